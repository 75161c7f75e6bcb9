"""The questions not begun: kept in a file that can be dropped, and never out of date."""

import sqlite3

import pytest
from study_helpers import Clock, Listed, Row, answer, open_quick

from quiz.study import waiting as module
from quiz.study.waiting import open_waiting

ROWS = [
    Row(f"{topic}-{number}", topic, rank, "predict" if number == 1 else "single",
        "senior" if number == 4 else "core", number)
    for rank, topic in enumerate(("logits", "masks"))
    for number in range(5)
]  # fmt: skip


@pytest.fixture
def history(tmp_path):
    with open_quick(tmp_path / "history.db", Clock()) as opened:
        yield opened


@pytest.fixture
def waits(tmp_path, history):
    """Keys that wait in a topic, from what is kept in a file."""

    def read(topic="logits", *narrowed, rows=ROWS, stamp="bank 1", of=history) -> list[str]:
        opened = open_waiting(Listed(rows), of, tmp_path / "waiting.sqlite", stamp)
        found = [row.key for row in opened.in_order(topic, *narrowed)]
        assert len(found) <= opened.sizes().get(topic, 0)
        opened.close()
        return found

    return read


def test_what_waits_comes_in_teaching_order_and_across_pages(waits, monkeypatch):
    expected = [f"logits-{number}" for number in range(5)]
    assert waits() == expected
    monkeypatch.setattr(module, "PAGE", 2)
    assert waits() == expected


def test_it_is_narrowed_by_kind_and_level(waits):
    assert waits("masks", ["predict"]) == ["masks-1"]
    assert waits("masks", None, ["senior"]) == ["masks-4"]
    assert waits("masks", ["predict"], ["senior"]) == []


def test_only_what_has_happened_since_is_read_again(waits, history, monkeypatch):
    waits()
    answer(history, "logits-0")
    monkeypatch.setattr(history.cards, "begun", lambda: pytest.fail("read all that is begun"))
    monkeypatch.setattr(Listed, "in_order", lambda *_: pytest.fail("read the whole bank"))
    assert waits()[0] == "logits-1"
    history.undo_last()
    assert waits()[0] == "logits-0"


def test_a_crammed_question_still_waits(waits, history):
    answer(history, "logits-0", cram=True)
    assert waits()[0] == "logits-0"


def test_a_renamed_question_does_not_wait_again(waits, history):
    answer(history, "old")
    assert "logits-2" in waits()
    history.rename({"old": "logits-2"})
    assert "logits-2" not in waits(stamp="bank 2")  # names change with the bank only


def test_another_bank_and_another_history_are_taken_over(tmp_path, waits, history):
    answer(history, "logits-0")
    assert waits() == [f"logits-{number}" for number in range(1, 5)]
    assert waits(rows=ROWS[2:], stamp="bank 2") == ["logits-2", "logits-3", "logits-4"]
    assert waits("masks", rows=ROWS[:5], stamp="bank 3") == []
    with open_quick(tmp_path / "other.db", Clock()) as other:
        assert len(waits(of=other)) == 5
        answer(other, "logits-3")
        assert "logits-3" not in waits(of=other)
    assert waits() == [f"logits-{number}" for number in range(1, 5)]


@pytest.mark.parametrize("content", [b"no database at all " * 9, b""])
def test_a_damaged_file_is_made_again(tmp_path, waits, history, content):
    answer(history, "logits-0")
    waits()
    path = tmp_path / "waiting.sqlite"
    path.write_bytes(content)
    assert len(waits()) == 4
    waits()
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT count(*) FROM questions").fetchone() == (10,)
    db.close()


def test_where_nothing_can_be_kept_it_is_worked_out(tmp_path, history):
    answer(history, "logits-0")
    opened = open_waiting(Listed(ROWS), history, tmp_path / "nowhere" / "waiting.sqlite", "bank 1")
    assert opened.begun() == {"logits": 1, "masks": 0}
    assert next(opened.in_order("logits")).key == "logits-1"
    opened.close()


def test_another_process_at_work_is_not_waited_for_long(tmp_path, waits, history, monkeypatch):
    monkeypatch.setattr(module, "WAIT", 0.01)
    waits()
    answer(history, "logits-0")
    with sqlite3.connect(tmp_path / "waiting.sqlite", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        assert waits()[0] == "logits-1"
        other.execute("ROLLBACK")
    other.close()


def test_finding_what_waits_reads_an_index(tmp_path, waits, history):
    waits()
    opened = open_waiting(Listed(ROWS), history, tmp_path / "waiting.sqlite", "bank 1")
    seen = []
    opened._db.set_trace_callback(seen.append)
    list(opened.in_order("logits", ["single"], ["core"]))
    opened._db.set_trace_callback(None)
    steps = [row[3] for sql in seen for row in opened._db.execute("EXPLAIN QUERY PLAN " + sql)]
    assert all("SEARCH questions USING COVERING INDEX waiting" in step for step in steps)
    opened.close()
