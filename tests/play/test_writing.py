"""From an empty folder to a question in a session; and editing in the middle of one."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.player import ROOT, squeezed
from tests.terminal import Terminal

EXAMPLE = ROOT / "tests" / "packs" / "example"

# An editor that does to the file what its environment says, and notes how it was called.
SCRIPT = """
import os, sys
from pathlib import Path
file = Path(sys.argv[-1])
with open(os.environ["CALLS"], "a") as calls:
    print(*sys.argv[1:], file=calls)
text = file.read_text(encoding="utf-8")
for pair in os.environ["CHANGES"].split("|"):
    old, _, new = pair.partition("=>")
    assert old in text, old
    text = text.replace(old, new)
file.write_text(text, encoding="utf-8")
"""


@pytest.fixture
def folder(tmp_path):
    empty = tmp_path / "my-bank"
    empty.mkdir()
    return empty


@pytest.fixture
def env(home, tmp_path):
    """Environment with the scripted editor, called as vim is."""
    script = tmp_path / "edit.py"
    script.write_text(SCRIPT)
    editor = tmp_path / "vim"
    editor.write_text(f'#!/bin/sh\nexec {sys.executable} {script} "$@"\n')
    editor.chmod(0o755)
    given = {"EDITOR": str(editor), "CALLS": str(tmp_path / "calls"), "QUIZ_LANG": "en"}
    clean = {k: v for k, v in os.environ.items() if k not in ("VISUAL", "COLUMNS", "LINES")}
    return clean | {"PYTHONPATH": str(ROOT), "CHANGES": "TODO=>TODO"} | given


@pytest.fixture
def run(command, env, folder):
    def run(*words: str, cwd=folder, **more: str):
        done = subprocess.run(
            [*command, *words], cwd=cwd, env=env | more, capture_output=True, encoding="utf-8"
        )
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.fixture
def terminal(command, env, folder):
    running = []

    def start(*words: str, **more: str) -> Terminal:
        inside = ["sh", "-c", f'cd "{folder}" && exec "$@"', "sh", *command, *words]
        running.append(Terminal(inside, env=env | more))
        return running[-1]

    yield start
    for each in running:
        each.__exit__()


FILLED = (
    "TODO what is asked=>Two keys, equal logits. What is the weight of each?"
    "|TODO the right answer=>A half"
    "|TODO why it is right=>Softmax of equal logits is uniform."
    "|TODO what an able candidate gets wrong=>One"
    "|TODO what it mixes up=>That is their sum."
    "|TODO what to notice, without giving it away=>What do they add up to?"
    "|TODO the explanation=>It is 1/n; a lead of 2 over seven others gives"
)


def test_new_edit_check_preview_and_practice_in_an_empty_folder(run, terminal, folder, tmp_path):
    # new: the skeleton is written, and the editor opens on it
    new = terminal("new", "softmax-weights", "two-keys", "--with-demo")
    assert new.end() == 0
    file = folder / "content" / "softmax-weights" / "two-keys.yaml"
    assert (
        f"+1 {file.relative_to(folder)}" in (tmp_path / "calls").read_text()
        or str(file) in (tmp_path / "calls").read_text()
    )
    assert (folder / "content" / "softmax-weights" / "topic.yaml").exists()
    assert (folder / "demos" / "softmax_weights" / "two_keys.py").exists()
    modeline = file.read_text().splitlines()[0]
    schema = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", modeline)[1]
    assert (file.parent / schema).resolve().is_file()
    # check: the gaps are named
    status, out, _ = run("check")
    assert status == 1 and out.count(" todo ") == 7 + 4
    # edit: filled in, and checked when the editor is closed
    topic = folder / "content" / "softmax-weights" / "topic.yaml"
    topic.write_text(topic.read_text().replace("TODO ", ""))
    edit = terminal("edit", "my-bank:two-keys", "--pack", ".", CHANGES=FILLED)
    assert edit.end() == 1  # its demo is not trusted yet
    assert "demo-fails" in edit.text and " todo " not in edit.text
    assert run("pack", "trust", ".", "--yes")[0] == 0
    assert run("check") == (0, "Nothing to put right.\n", "")
    # preview: as it is asked, as it is answered, and anew when it is saved
    preview = terminal("preview", str(file))
    preview.until("What is the weight of each?")
    assert "Softmax of equal logits" not in preview.text
    preview.press("\r")
    preview.until("Softmax of equal logits")
    preview.until("gives 0.514")
    file.write_text(file.read_text().replace("A half", "One half"))
    preview.until("One half")
    file.write_text(file.read_text().replace("kind: single", "kind: singel"))
    preview.until("'singel'")
    file.write_text(file.read_text().replace("kind: singel", "kind: single"))
    preview.until_gone("'singel'")
    preview.press("q")
    assert preview.end() == 0
    # practice
    assert run("pack", "add", ".")[0] == 0
    assert run("pack", "trust", "my-bank", "--yes")[0] == 0
    practice = terminal("practice", "softmax-weights", "--count", "1")
    practice.until("What is the weight of each?")
    row = next(line for line in practice.settle().splitlines() if "One half" in line)
    practice.press(re.search(r"\d", row)[0])
    practice.until("Right")
    practice.until("0.514")
    practice.press("q")
    assert practice.end() == 0


@pytest.fixture
def session(folder, terminal, run):
    """A session on the example pack, trusted; its file of one question."""
    shutil.copytree(EXAMPLE / "content", folder / "content")
    shutil.copytree(EXAMPLE / "demos", folder / "demos", ignore=shutil.ignore_patterns("__*"))
    run("pack", "add", ".")
    run("pack", "trust", "my-bank", "--yes")

    def start(**more: str) -> Terminal:
        practice = terminal(
            "practice",
            "sampling",
            "--kind",
            "predict",
            "--level",
            "warm-up",
            "--count",
            "1",
            **more,
        )
        practice.until("long tail")
        practice.press("1")
        practice.until("Right")
        return practice

    return start


def test_e_edits_the_question_on_screen_and_the_session_goes_on(session, run, folder, tmp_path):
    practice = session(
        CHANGES="That would take a tail=>It would need a tail|the point of=>THE POINT OF"
    )
    assert practice.raw.count(b"\x1b[?1049h") == 1
    practice.press("e")
    practice.until("Edited: this is what it says now.")
    assert practice.raw.count(b"\x1b[?1049h") == 2  # left, and taken over again
    assert "THE POINT OF" in practice.settle()
    file = folder / "content" / "sampling" / "nucleus-size.yaml"
    line = 1 + file.read_text().splitlines().index("id: nucleus-size")
    assert (tmp_path / "calls").read_text().split()[0] in ("+1", f"+{line}")
    practice.press("\r")
    practice.until("Session over")
    practice.press("q")
    assert practice.end() == 0
    assert "It would need a tail" in run("show", "my-bank:nucleus-size")[1]


def test_a_question_edited_into_another_shape_is_asked_anew_next_time(session):
    practice = session(CHANGES="  - text: 100 to 500=>  - text: Exactly 99\n    range: [99, 100]\n"
                       "    why: Nobody says so.\n  - text: 100 to 500"
                       "|[-inf, 100]=>[-inf, 99]")  # fmt: skip
    practice.press("e")
    practice.until("Edited: it is asked in its new form from the next time on.")
    assert "Exactly 99" not in practice.text


def test_a_fault_that_was_edited_in_is_named_and_the_session_goes_on(session):
    practice = session(CHANGES="kind: predict=>kind: guess")
    practice.press("e")
    practice.until("'guess'")
    assert "nucleus-size.yaml:3:" in squeezed(practice.text)
    practice.press("\r")
    practice.until("Session over")


def test_an_editor_that_fails_is_reported_and_nothing_is_lost(session, run):
    practice = session(EDITOR="/bin/false", CHANGES="")
    practice.press("e")
    practice.until("the editor /bin/false failed: 1")
    practice.press("q")
    assert practice.end() == 0


# --- what new and edit refuse ---


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("scaling", "Why_Not"), "“Why_Not” is no id"),
        (("Scaling", "why"), "“Scaling” is no id"),
        (("scaling", "../../etc"), "is no id"),
        (("scaling", "why", "--kind", "singel"), "did you mean single?"),
        (("scaling", "why", "--kind", "verdict"), "no kind"),
        (("scaling", "verdict-1"), "is no id"),
    ],
)
def test_new_refuses_what_would_be_no_question(run, folder, words, said):
    status, out, err = run("new", *words)
    assert (status, out) == (2, "") and said in err
    assert list(folder.iterdir()) == []


def test_new_overwrites_nothing(run, folder):
    assert run("new", "scaling", "why")[0] == 0
    file = folder / "content" / "scaling" / "why.yaml"
    file.write_text("mine")
    status, _, err = run("new", "scaling", "why", "--with-demo")
    assert status == 2 and "is there already" in err
    assert file.read_text() == "mine" and not (folder / "demos").exists()
    (folder / "demos" / "scaling").mkdir(parents=True)
    (folder / "demos" / "scaling" / "other.py").write_text("mine")
    assert run("new", "scaling", "other", "--with-demo")[0] == 2
    assert not file.with_name("other.yaml").exists()


def test_new_makes_no_pack_of_a_folder_with_something_else_in_it(run, folder):
    (folder / "letter.txt").touch()
    status, _, err = run("new", "scaling", "why")
    assert status == 2 and "neither empty nor a pack" in err
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]


def test_new_writes_into_the_pack_around_us_or_the_one_named(run, folder, tmp_path):
    assert run("new", "scaling", "one")[0] == 0
    assert run("new", "scaling", "two", cwd=folder / "content" / "scaling")[0] == 0
    assert run("new", "scaling", "three", "--pack", str(folder), cwd=tmp_path)[0] == 0
    assert run("new", "scaling", "four", "--pack", "another", cwd=tmp_path)[0] == 0
    found = sorted(path.stem for path in (folder / "content" / "scaling").iterdir())
    assert found == ["one", "three", "two"]
    assert (tmp_path / "another" / "content" / "scaling" / "four.yaml").exists()


def test_new_leaves_nothing_where_the_folder_can_not_be_called_a_pack(run, tmp_path):
    folder = tmp_path / "9 lives"
    folder.mkdir()
    status, _, err = run("new", "scaling", "why", cwd=folder)
    assert status == 2 and "rename the folder" in err
    assert list(folder.iterdir()) == []


def test_edit_suggests_the_question_that_may_be_meant(run):
    status, _, err = run("edit", "no-such-question-at-all")
    assert status == 2 and "no question" in err


def test_without_an_editor_edit_says_how_to_have_one(run, folder):
    run("new", "scaling", "why")
    status, _, err = run("edit", "my-bank:why", "--pack", ".", EDITOR="", PATH="/nonexistent")
    assert status == 2 and "set EDITOR" in err


# --- preview without a terminal ---


def test_preview_prints_every_question_of_a_file(run):
    file = EXAMPLE / "content" / "sampling" / "nucleus-crossing.yaml"
    status, out, err = run("preview", str(file), "--trust")
    assert (status, err) == (0, "")
    assert "A colleague's top-p" in out and "You double the temperature" in out
    assert "measured just now: example:nucleus" in out


def test_preview_prints_a_topic(run):
    status, out, _ = run("preview", str(EXAMPLE / "content" / "sampling" / "topic.yaml"), "--trust")
    assert status == 0 and "In thirty seconds" in out and "keeps 40 of 1,000" in squeeze(out)


def squeeze(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("path", ["nowhere.yaml", "README.md", "content/x.yaml", "/dev/null"])
def test_preview_refuses_what_is_no_question_file(run, folder, path):
    (folder / "content").mkdir()
    (folder / "README.md").touch()
    status, _, err = run("preview", path)
    assert status == 2 and err.count("\n") == 1 and "Traceback" not in err


def test_a_topic_that_is_new_is_said_to_be_so_with_the_nearest_one(home, command, tmp_path):
    done = subprocess.run(
        [*command, "new", "scalin", "my-question", "--pack", str(tmp_path / "bank")],
        capture_output=True, text=True, stdin=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("A new topic, “scalin”; did you mean scaling?\n")
