"""Sessions through a pipe, and the commands as a script calls them."""

import json
import os
import select
import subprocess

import pytest

from quiz.bank.index import open_bank
from quiz.bank.packs import builtin
from quiz.lab.run import Lab
from quiz.words import Catalogue
from tests.player import ROOT, Expert


@pytest.fixture(scope="module")
def expert(tmp_path_factory):
    with open_bank(tmp_path_factory.mktemp("bank"), [builtin()]) as bank, Lab(ROOT) as lab:
        yield {lang: Expert(bank, lab, lang) for lang in ("en", "zh")}


@pytest.fixture
def quiz(home, command):
    """quiz(*words, said=…) -> (status, stdout, stderr)."""

    def run(*words: str, said: str | bytes = b"", **env: str):
        said = said.encode() if isinstance(said, str) else said
        done = subprocess.run(
            [*command, *words], input=said, capture_output=True, env=os.environ | env, timeout=60
        )
        return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode()

    return run


def said_by(child: subprocess.Popen, wanted: str) -> str:
    """What the command prints until `wanted` has come and it waits for a line (or has ended)."""
    text = b""
    while True:
        ready, _, _ = select.select([child.stdout], [], [], 0.7 if wanted.encode() in text else 20)
        if not ready:
            assert wanted.encode() in text, f"no {wanted!r} in 20 s:\n{text.decode()}"
            return text.decode()
        if not (data := os.read(child.stdout.fileno(), 65536)):
            return text.decode()
        text += data


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_whole_session_through_a_pipe(home, command, expert, lang):
    """Answered line by line, as a script would that reads what is asked."""
    player = expert[lang]
    seen = ""
    with subprocess.Popen(
        [*command, "practice", "--count", "6", "--seed", "3"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | {"QUIZ_LANG": lang},
    ) as child:  # fmt: skip
        for number in range(1, 7):
            text = said_by(child, f"{number}/6")
            seen += text
            open_question = text[text.index(f"{number}/6") :]
            question = player.recognise(open_question)
            if question.options or question.kind in ("verdict", "order"):
                answer = " ".join(map(str, player.right(question, open_question)))
            else:
                answer = player.typed(question)
            child.stdin.write(answer.encode() + b"\n")
            child.stdin.flush()
        seen += said_by(child, player.words("done.score", count=6, right=6, partly=0, wrong=0))
    assert child.returncode == 0
    assert player.words("done.score", count=6, right=6, partly=0, wrong=0) in seen
    assert "\x1b" not in seen


def test_the_end_of_input_saves_sums_up_and_exits_zero(quiz):
    status, out, _ = quiz("practice", "--kind", "single", "--count", "3", said="1\n")
    assert status == 0
    assert "of 1" in out.strip().splitlines()[-1] or "of 1" in out
    assert json.loads(quiz("stats", "--json")[1])["overall"]["answers"] == 1


def test_a_line_that_is_no_answer_leaves_its_question_unanswered(quiz):
    """One line a question: endless nonsense ends, and the next line is for the next question."""
    said = "99\n1\n"
    status, out, err = quiz("practice", "--kind", "single", "--count", "2", said=said)
    assert (status, err) == (0, "")
    assert "Choose with a number from 1 to" in out
    assert json.loads(quiz("stats", "--json")[1])["overall"]["answers"] == 1


def test_no_input_at_all_is_no_error(quiz):
    status, out, err = quiz("practice")
    assert (status, err) == (0, "")
    assert "Nothing answered." in out


def test_commands_of_line_mode(quiz):
    said = ":h\n:x\n1\n!!\n:r 4\n:u\n:q\n"
    status, out, _ = quiz("practice", "--kind", "single", "--count", "2", "--seed", "1", said=said)
    assert status == 0
    for shown in ("Hint 1", "No command :x", "Overruled by you.", "Rated 4 easy"):
        assert shown in out
    assert out.count("1/2") == 2  # undone and asked again
    assert json.loads(quiz("stats", "--json")[1])["overall"]["answers"] == 0


def test_invalid_utf8_is_an_answer_like_any_other(quiz):
    status, _, err = quiz("practice", "--kind", "short", "--count", "1", said=b"\xff\xfe\n")
    assert (status, err) == (0, "")
    assert json.loads(quiz("stats", "--json")[1])["overall"]["answers"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["practice", "scalling"], "scaling"),
        (["explain", "scalling"], "scaling"),
        (["demo", "logit-varience"], "logit-variance"),
        (["demo", "logit-variance", "dk=4"], "d_k"),
        (["demo", "logit-variance", "d_k=0"], "1.."),
        (["demo", "logit-variance", "d_k=x"], "1.."),
        (["demo", "logit-variance", "d_k"], "name=value"),
        (["demo", "logit-variance", "d_k=9..2"], "1.."),
        (["demo", "logit-variance", "scaled=1..2"], "on, off"),
        (["demo", "logit-variance", "dk=1..2"], "d_k"),
        (["demo", "logit-variance", "d_k=2..4", "rho=0..1"], "one knob"),
        (["show", "scaling-wyh"], "question"),
        (["practice", "--kind", "singel"], "single"),
        (["practice", "--level", "hard"], "senior"),
        (["practice", "--count", "0"], "--count"),
        (["practice", "--count", "many"], "--count"),
        (["practice", "--lang", "fr"], "en or zh"),
        (["frobnicate"], "frobnicate"),
        (["topics", "--frob"], "--frob"),
    ],
)
def test_bad_input_gets_one_line_and_writes_nothing(quiz, home, words, said):
    status, out, err = quiz(*words)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1 and said in err
    assert "Traceback" not in err
    assert not (home / "history.db").exists()


def test_topics_as_json(quiz):
    topics = json.loads(quiz("topics", "--json")[1])
    assert [topic["order"] for topic in topics] == list(range(1, 12))
    ranked = [topic["order"] for topic in sorted(topics, key=lambda t: t["rank"])]
    assert ranked == [3, 4, 2, 1, 5, 7, 6, 8, 10, 11, 9]
    for topic in topics:
        assert topic["questions"] >= 3 and topic["demos"] >= 1
        assert len(topic["kinds"]) >= 2 and topic["kinds"].get("predict")
        assert topic["statements"] >= 3


def test_list_and_show_as_json(quiz):
    rows = json.loads(quiz("list", "--json")[1])
    assert all(set(row) >= {"id", "topic", "kind", "level", "demo", "langs"} for row in rows)
    assert all(row["langs"] == ["en", "zh"] for row in rows)
    shown = json.loads(quiz("show", rows[0]["id"], "--json")[1])
    assert shown["id"] == rows[0]["id"]
    assert set(shown["prompt"]) == {"en", "zh"}
    only = json.loads(quiz("list", "scaling", "--kind", "predict", "--json")[1])
    assert only and all(r["topic"] == "scaling" and r["kind"] == "predict" for r in only)


def test_several_kinds_and_levels_may_be_asked_for(quiz):
    def found(*words):
        return json.loads(quiz("list", *words, "--json")[1])

    both = found("--kind", "single", "--kind", "predict")
    assert {row["kind"] for row in both} == {"single", "predict"}
    assert len(both) == len(found("--kind", "single")) + len(found("--kind", "predict"))
    levels = found("--level", "core", "--level", "senior", "--kind", "order")
    assert {row["level"] for row in levels} == {"core", "senior"}
    status, out, _ = quiz(
        "practice", "--plain", "--kind", "order", "--kind", "short", "--cram", "--count", "999"
    )
    many = len(found("--kind", "order", "--kind", "short"))
    assert status == 0 and f"1/{many}" in out
    status, _, err = quiz("practice", "--kind", "single", "--kind", "singel")
    assert (status, err.count("\n")) == (2, 1) and "singel" in err


def test_a_demo_as_json(quiz):
    run = json.loads(quiz("demo", "logit-variance", "d_k=16", "scaled=on", "--json")[1])
    assert {"demo", "topic", "params", "seed", "seconds", "figures", "claims"} <= set(run)
    assert run["params"]["d_k"] == 16 and run["params"]["scaled"] is True
    fields = {"name", "statement", "measured", "expected", "holds", "broken_by"}
    assert all(fields <= set(claim) for claim in run["claims"])
    broken = [claim for claim in run["claims"] if not claim["holds"]]
    assert broken, "scaling breaks the claim about unscaled logits"


def test_a_sweep_as_json_and_as_a_picture(quiz):
    runs = json.loads(quiz("demo", "logit-variance", "d_k=8..128", "--json")[1])
    sizes = [run["params"]["d_k"] for run in runs]
    assert sizes == sorted(sizes) and (sizes[0], sizes[-1]) == (8, 128) and len(sizes) >= 5
    status, out, _ = quiz("demo", "logit-variance", "d_k=8..128")
    assert status == 0 and "raw_variance" in out and "128" in out


def test_the_source_of_a_demo(quiz):
    out = quiz("demo", "logit-variance", "--source")[1]
    assert out.startswith('"""') and "@demo(" in out


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_explain_prints_the_answer_with_its_evidence(quiz, expert, lang):
    status, out, err = quiz("explain", "scaling", "--lang", lang)
    assert (status, err) == (0, "")
    words = expert[lang].words
    for part in ("explain.short", "explain.full", "explain.statements", "sources"):
        assert words(part) in out
    topic = expert[lang].bank.topic("scaling")
    assert out.count(words("measured", value="")) >= len(topic.statements) / 2
    assert "{{" not in out


def test_undo_takes_the_last_answer_back(quiz):
    quiz("practice", "--kind", "single", "--count", "1", said="1\n")
    assert json.loads(quiz("undo", "--json")[1])["undone"]["question"]
    assert json.loads(quiz("stats", "--json")[1])["overall"]["answers"] == 0
    assert json.loads(quiz("undo", "--json")[1])["undone"] is None


def test_a_reader_that_goes_away_is_no_error(home, command):
    done = subprocess.run(
        " ".join([*command, "explain", "scaling", "|", "head", "-1"]),
        shell=True, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stderr == ""


def test_a_full_device_gets_one_line(home, command):
    with open("/dev/full", "w") as full:
        done = subprocess.run([*command, "topics"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr


def test_closed_standard_input_gets_one_line(home, command):
    done = subprocess.run(
        " ".join([*command, "practice", "<&-"]), shell=True, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


def test_a_latin_1_terminal_gets_no_traceback(quiz):
    status, _, err = quiz("explain", "scaling", "--lang", "zh", PYTHONIOENCODING="latin-1")
    assert (status, err) == (0, "")


def test_a_list_that_is_piped_has_a_whole_question_in_each_line(quiz):
    lines = quiz("list", "scaling")[1].splitlines()
    ids = {row["id"] for row in json.loads(quiz("list", "scaling", "--json")[1])}
    cells = [line.split("\t") for line in lines]
    assert {c[0] for c in cells} == ids and all(len(c) == 5 for c in cells)
    prompt = json.loads(quiz("show", cells[0][0], "--json")[1])["prompt"]["en"]
    assert cells[0][4] == " ".join(prompt.split())


def test_a_line_that_is_no_answer_is_said_to_be_skipped(quiz):
    out = quiz("practice", "--kind", "numeric", said="hello\n")[1]
    assert Catalogue("en")("line.skipped") in out


def test_a_filter_that_no_question_fits_is_not_taken_for_a_days_work_done(quiz):
    out = quiz("practice", "masking", "--kind", "order", "--level", "senior")[1]
    assert out == Catalogue("en")("nothing-matches") + "\n"
