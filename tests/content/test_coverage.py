"""`quiz topics --coverage`: what examines each statement, and what it rests on."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from quiz.bank.index import open_bank
from quiz.bank.packs import builtin
from quiz.lab.run import Lab
from quiz.model import LANGS, LEVELS
from quiz.play import reports
from quiz.words import Catalogue


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    with open_bank(tmp_path_factory.mktemp("bank"), [builtin()]) as bank:
        yield bank


def test_topics_count_questions_by_kind_and_level(bank, content, capsys):
    reports.topics(bank, Lab(builtin().root), Console(file=io.StringIO()), Catalogue("en"), True)
    topics = json.loads(capsys.readouterr().out)
    assert sum(topic["questions"] for topic in topics) == len(content.questions)
    for topic in topics:
        assert sum(topic["kinds"].values()) == sum(topic["levels"].values()) == topic["questions"]
        assert set(topic["levels"]) == set(LEVELS)
        own = [q.kind for q in content.questions if q.topic == topic["id"]]
        assert topic["kinds"] == {kind: own.count(kind) for kind in own}


def test_coverage_lists_every_statement_and_names_what_exists(bank, content, capsys):
    reports.coverage(bank, Console(file=io.StringIO()), Catalogue("en"), True)
    found = json.loads(capsys.readouterr().out)
    assert [one["statement"] for one in found] == [
        said.id
        for topic in sorted(content.topics, key=lambda t: t.order)
        for said in topic.statements
    ]
    covers = {q.id: q.covers for q in content.questions}
    for one in found:
        assert one["questions"], one["statement"]
        assert all(one["statement"] in covers[id] for id in one["questions"])
        assert one["claims"] or one["sources"], one["statement"]
        assert bool(one["demo"]) >= bool(one["claims"])


@pytest.mark.parametrize("lang", LANGS)
def test_the_coverage_table_shows_all_that_the_data_holds(lang, bank, capsys):
    reports.coverage(bank, Console(file=io.StringIO()), Catalogue(lang), True)
    found = json.loads(capsys.readouterr().out)
    shown = io.StringIO()
    reports.coverage(bank, Console(file=shown, width=400), Catalogue(lang), False)
    blocks = shown.getvalue().strip().split("\n\n")
    assert len(blocks) == len(found) + 1
    for one, block in zip(found, blocks, strict=False):
        assert block.startswith(one["statement"]) and one["text"] in block
        assert all(id in block for id in (*one["questions"], *one["claims"], *one["sources"]))
    assert str(len(found)) in blocks[-1]


def test_an_unexamined_statement_is_seen_in_the_total(capsys):
    from quiz.screen.coverage import coverage

    bare = {"questions": [], "demo": None, "claims": [], "sources": [], "verdict": "wrong"}
    shown = io.StringIO()
    console = Console(file=shown, width=100)
    console.print(coverage([{"statement": "T1.1", "text": "?", **bare}], Catalogue("en")))
    assert "1 statements: 0 examined" in shown.getvalue()
