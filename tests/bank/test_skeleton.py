"""What `quiz new` writes: nothing is wrong with it but its gaps, and each gap is named."""

from __future__ import annotations

import pytest
import yaml
from jsonschema import Draft202012Validator

from quiz.bank import skeleton
from quiz.bank.check import check
from quiz.bank.packs import Pack, builtin
from quiz.bank.rules.kind_fields import FIELDS
from quiz.bank.schema import schema
from quiz.lab.labs import Labs
from quiz.lab.pack import PackLab
from quiz.lab.run import Lab
from quiz.lab.trust import survey
from quiz.model import Question, Topic


def gaps(text: str) -> set[int]:
    """The lines, from 1, with a gap; comments apart."""
    lines = (line.partition("  #")[0] for line in text.splitlines())
    return {i for i, line in enumerate(lines, 1) if "TODO" in line and not line.startswith("#")}


def named(problems) -> set[int]:
    # A demo that is yet to be named is unknown, a number that is yet to be given is none.
    assert {p.code for p in problems} <= {"todo", "unknown-demo", "type", "unknown-misconception"}
    assert all("TODO" in p.message for p in problems)
    return {p.line for p in problems}


@pytest.fixture
def write(tmp_path):
    root = tmp_path / "mine"

    def written(path: str, text: str):
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    return written


@pytest.fixture
def run(tmp_path):
    """Runs the demos of the pack, trusted."""
    root = tmp_path / "mine"
    with Labs(
        Lab(builtin().root),
        [PackLab("mine", root, builtin().root, lambda: survey(root).digest)],
    ) as labs:
        yield lambda name, params, pack: labs.run(labs.resolve(name, pack.name), params)


@pytest.mark.parametrize("with_demo", [False, True], ids=["alone", "with a demo"])
@pytest.mark.parametrize("kind", FIELDS)
def test_check_names_every_gap_of_a_new_question_and_nothing_else(write, run, kind, with_demo):
    demo = "my-own" if with_demo else ""
    text = skeleton.question("my-own", "scaling", kind, langs=("en",), demo=demo)
    file = write("content/scaling/my-own.yaml", text)
    if with_demo:
        write("demos/scaling/my_own.py", skeleton.demo("scaling"))
    found = gaps(text)
    if kind == "predict" and not with_demo:
        found -= {i for i, line in enumerate(text.splitlines(), 1) if line.startswith("figure:")}
    problems = check([file], run=run)
    if kind == "numeric":
        # A number that can't be read hides what else is to be written, until it is there.
        assert [p.code for p in problems] == ["type"]
        text = text.replace("value: TODO", "value: 3")
        problems = check([write("content/scaling/my-own.yaml", text)], run=run)
        found = gaps(text)
    assert named(problems) == found


@pytest.mark.parametrize("kind", FIELDS)
def test_in_the_built_in_pack_both_languages_and_the_beliefs_are_gaps(write, monkeypatch, kind):
    text = skeleton.question("my-own", "scaling", kind, langs=("en", "zh"), beliefs=True)
    text = text.replace("value: TODO", "value: 3")
    file = write("content/scaling/my-own.yaml", text)
    write("content/scaling/topic.yaml", (builtin().root / "content/scaling/topic.yaml").read_text())
    pack = Pack("builtin", file.parents[2], builtin=True)
    for module in ("check", "packs"):
        monkeypatch.setattr(f"quiz.bank.{module}.builtin", lambda: pack)
    known = {"unknown-topic", "unknown-demo"}
    # On a line with both languages each of them is named.
    problems = [p for p in check([file]) if p.code not in known or "TODO" in p.message]
    found = gaps(text)
    found -= {i for i, line in enumerate(text.splitlines(), 1) if line.startswith("figure:")}
    assert {p.line for p in problems} == found
    assert {p.code for p in problems} <= {"todo", "unknown-misconception", "unknown-demo"}


def test_check_names_every_gap_of_a_new_topic_and_nothing_else(write):
    text = skeleton.topic("my-topic", 12, langs=("en",))
    assert named_or_todo(check([write("content/my-topic/topic.yaml", text)])) == gaps(text)


def named_or_todo(problems) -> set[int]:
    assert {p.code for p in problems} == {"todo"}
    return {p.line for p in problems}


def test_a_new_demo_runs_and_its_claim_can_be_broken(write):
    write("demos/scaling/my_own.py", skeleton.demo("scaling"))
    root = write("content/.keep", "").parents[1]
    lab = PackLab("mine", root, builtin().root, lambda: survey(root).digest)
    (claim,) = lab.run("my-own").claims
    assert claim.holds
    (broken,) = lab.run("my-own", claim.broken_by).claims
    assert not broken.holds


@pytest.mark.parametrize("kind", sorted(set(FIELDS) - {"numeric"}))
def test_an_editor_finds_nothing_wrong_with_a_skeleton(kind):
    text = skeleton.question("my-own", "scaling", kind, langs=("en",))
    validator = Draft202012Validator(schema(Question))
    assert not list(validator.iter_errors(yaml.safe_load(text)))
    text = skeleton.topic("my-topic", 12, langs=("zh",))
    assert not list(Draft202012Validator(schema(Topic)).iter_errors(yaml.safe_load(text)))
