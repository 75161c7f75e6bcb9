"""`quiz pack` and sessions with packs: usable at once, run only when trusted."""

import json
import os
import shutil
import subprocess

import pytest

from quiz.words import Catalogue
from tests.player import ROOT
from tests.terminal import Terminal

EXAMPLE = ROOT / "tests" / "packs" / "example"
UNTRUSTED = "was not run: its pack is not trusted"


@pytest.fixture
def pack(tmp_path):
    """The example pack, whose demo also writes to `canary` when it is imported."""
    root = tmp_path / "example"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("__pycache__"))
    canary = tmp_path / "canary"
    demo = root / "demos" / "sampling" / "nucleus.py"
    demo.write_text(demo.read_text() + f"\nopen({str(canary)!r}, 'a').write('ran')\n")
    return root


@pytest.fixture
def canary(tmp_path):
    return tmp_path / "canary"


@pytest.fixture
def quiz(home, command):
    """quiz(*words, said=…) -> (status, stdout, stderr)."""

    def run(*words: str, said: str = "", **env: str):
        done = subprocess.run(
            [*command, *words], input=said.encode(), capture_output=True,
            env=os.environ | env, timeout=60,
        )  # fmt: skip
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    return run


def data(done) -> object:
    assert done[0] == 0, done
    return json.loads(done[1])


def code_of(quiz, name: str) -> str:
    return next(p["code"] for p in data(quiz("pack", "list", "--json")) if p["name"] == name)


def test_nothing_of_a_pack_runs_before_it_is_trusted(quiz, pack, canary):
    """Whatever is done with the pack short of trusting it."""
    folder = str(pack)
    assert quiz("pack", "add", folder)[0] == 0
    file = str(pack / "content" / "sampling" / "nucleus-size.yaml")
    for words in (
        ("pack", "list"), ("list",), ("topics",), ("show", "example:nucleus-size"), ("doctor",),
        ("explain", "sampling"), ("demo",), ("demo", "--all"), ("demo", "nucleus"), ("stats",),
        ("demo", "nucleus", "--source"), ("check", folder), ("preview", file), ("search", "p"),
        ("pack", "untrust", "example"), ("pack", "trust", "example"),
    ):  # fmt: skip
        status, out, err = quiz(*words)
        assert "Traceback" not in err, err
        if words[0] == "pack" and words[1] == "trust":
            assert status == 2 and "--yes" in err  # nobody to ask
            assert "nucleus.py" in out
    quiz("practice", "sampling", "--cram", said="1\n1\n1\n1\n1\n")
    assert not canary.exists()
    quiz("pack", "trust", "example", "--yes")
    assert quiz("demo", "nucleus", "--json")[0] == 0
    assert canary.exists()  # so it would have been written


def test_a_question_of_a_pack_that_is_not_trusted_is_answered_without_its_run(quiz, pack):
    status, out, err = quiz(
        "practice", "sampling", "--kind", "predict", "--count", "2", "--pack", str(pack),
        said="1\n1\n",
    )  # fmt: skip
    assert status == 0, err
    words = Catalogue("en")
    flat = " ".join(out.split())
    assert words("ungraded") in flat
    assert UNTRUSTED in flat and f"quiz pack trust {pack}" in flat
    assert "The nucleus is the smallest set that reaches p" in flat  # the answer itself
    assert data(quiz("stats", "--json"))["overall"]["answers"] == 0


@pytest.mark.parametrize("kind", ["predict", "single"])
def test_in_a_terminal_the_reveal_says_how_to_trust(quiz, pack, command, canary, kind):
    """However long the question was on screen before it was answered."""
    words = ["practice", "sampling", "--kind", kind, "--count", "1", "--pack", str(pack)]
    with Terminal([*command, *words], env=dict(os.environ), columns=140) as terminal:
        terminal.until("s skip")
        terminal.settle(0.5)
        assert UNTRUSTED not in terminal.text
        terminal.press("1")
        terminal.until(UNTRUSTED)
        assert "quiz pack trust" in terminal.text
        assert (Catalogue("en")("ungraded") in terminal.text) == (kind == "predict")
        assert "Answer" in terminal.text
        terminal.press("q")
        assert terminal.end() == 0
    assert not canary.exists()


def test_once_trusted_its_runs_grade_and_fill_the_answers(quiz, pack):
    assert quiz("pack", "add", str(pack))[0] == 0
    assert quiz("pack", "trust", "example", "--yes")[0] == 0
    status, out, err = quiz(
        "practice", "sampling", "--kind", "predict", "--count", "2", "--seed", "1", said="1\n2\n"
    )
    assert (status, err) == (0, "")
    assert "measured just now: example:nucleus" in out
    assert "{{" not in out and "40 tokens hold 0.902" in out
    assert data(quiz("stats", "--json"))["overall"]["answers"] == 2


def test_trust_ends_with_a_byte_and_with_untrust(quiz, pack):
    quiz("pack", "add", str(pack))
    assert code_of(quiz, "example") == "untrusted"
    quiz("pack", "trust", "example", "--yes")
    assert code_of(quiz, "example") == "trusted"
    with (pack / "content" / "sampling" / "topic.yaml").open("a") as file:
        file.write("\n")
    assert code_of(quiz, "example") == "changed"
    status, _, err = quiz("demo", "nucleus", "--json")
    assert status == 2 and UNTRUSTED in err and err.count("\n") == 1
    quiz("pack", "trust", "example", "--yes")
    assert code_of(quiz, "example") == "trusted"
    quiz("pack", "untrust", "example")
    assert code_of(quiz, "example") == "untrusted"


def test_trusting_shows_the_code_and_says_what_it_may_do(quiz, pack):
    _, out, _ = quiz("pack", "trust", str(pack), "--yes")
    assert str(pack / "demos" / "sampling" / "nucleus.py") in out.replace("\n", "")
    assert "runs with your permissions" in " ".join(out.split())
    assert "sandbox" not in out.lower()


@pytest.mark.parametrize(
    ("said", "code"), [("y\r", "trusted"), ("n\r", "untrusted"), ("\r", "untrusted")]
)
def test_in_a_terminal_trusting_asks(quiz, pack, command, said, code):
    quiz("pack", "add", str(pack))
    with Terminal([*command, "pack", "trust", "example"], env=dict(os.environ)) as terminal:
        terminal.until("[y/N]")
        terminal.press(said)
        assert terminal.end() == 0
    assert code_of(quiz, "example") == code


def test_packs_are_listed_added_and_removed(quiz, pack):
    assert [p["name"] for p in data(quiz("pack", "list", "--json"))] == ["builtin"]
    quiz("pack", "add", str(pack))
    (_, found) = data(quiz("pack", "list", "--json"))
    assert (found["name"], found["files"], found["demos"]) == ("example", 3, 1)
    assert any(q["id"] == "example:nucleus-size" for q in data(quiz("list", "--json")))
    assert quiz("pack", "remove", "example")[0] == 0
    assert [p["name"] for p in data(quiz("pack", "list", "--json"))] == ["builtin"]
    assert pack.is_dir()


def test_an_added_pack_that_is_away_stops_nothing_and_is_listed(quiz, pack, tmp_path):
    quiz("pack", "add", str(pack))
    pack.rename(tmp_path / "taken-away")
    assert data(quiz("list", "--json"))
    assert code_of(quiz, "example") == "missing"
    assert quiz("pack", "remove", "example")[0] == 0
    assert [p["name"] for p in data(quiz("pack", "list", "--json"))] == ["builtin"]


def test_a_pack_for_one_command_only(quiz, pack):
    folder = str(pack)
    assert "example:nucleus-size" in quiz("list", "--pack", folder)[1]
    assert "example:" not in quiz("list")[1]
    assert (
        data(quiz("show", "example:nucleus-size", "--pack", folder, "--json"))["pack"] == "example"
    )
    topics = data(quiz("topics", "--pack", folder, "--json"))
    assert topics[-1]["id"] == "sampling" and topics[-1]["demos"] == 1
    assert "Choosing the next token" in quiz("explain", "sampling", "--pack", folder)[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("pack", "add", "/nowhere"), "not a pack"),
        (("pack", "trust", "exampel"), "no pack “exampel”"),
        (("pack", "remove", "example"), "no pack “example”"),
        (("list", "--pack", "/nowhere"), "not a pack"),
    ],
)
def test_what_is_no_pack_is_refused_in_one_line(quiz, words, said):
    status, out, err = quiz(*words)
    assert (status, out) == (2, "") and said in err and err.count("\n") == 1


def test_a_pack_without_code_needs_no_trust(quiz, pack):
    shutil.rmtree(pack / "demos")
    quiz("pack", "add", str(pack))
    assert code_of(quiz, "example") == "none"
    assert "nothing to trust" in quiz("pack", "trust", "example", "--yes")[1]


def test_a_demo_of_a_pack_is_played_with_by_name(quiz, pack, command):
    quiz("pack", "add", str(pack))
    quiz("pack", "trust", "example", "--yes")
    with Terminal([*command, "demo", "nucleus"], env=dict(os.environ)) as terminal:
        terminal.until("keep_crossing")
        terminal.press("\x1b[B\x1b[B\x1b[B ")
        terminal.until("That change broke a claim")
        terminal.press("q")
        assert terminal.end() == 0


def test_the_worked_example_has_nothing_to_put_right(quiz):
    status, out, err = quiz("check", str(EXAMPLE), "--trust")
    assert (status, err) == (0, ""), out
