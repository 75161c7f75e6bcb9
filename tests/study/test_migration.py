"""A history of an earlier format, opened by this program."""

import sqlite3

import pytest
from study_helpers import DAY, START, Clock

from quiz.study import backup, store
from quiz.study.beliefs import beliefs
from quiz.study.events import Event, in_order
from quiz.study.history import EVENT, History

LOG = [
    Event("a" * 32, "one", 1, START, "answer", "q1", None, "x", "wrong", 1, 9000, 0, 95, None, "b"),
    Event("b" * 32, "one", 2, START - DAY, "answer", "q2", None, "y", "right", 3, 4000, 0, 50),
    Event("c" * 32, "two", 1, START - 1, "answer", "q1", None, "z", "right", 3, 0, 0),
    Event("d" * 32, "one", 3, START + DAY, "overrule", "q1", verdict="partly", rating=2,
          target="a" * 32),
]  # fmt: skip


@pytest.fixture
def old(tmp_path, monkeypatch):
    """A history as the first format keeps it."""
    path = tmp_path / "history.db"
    with monkeypatch.context() as patch:
        patch.setattr(store, "MIGRATIONS", store.MIGRATIONS[:1])
        db = store.open_store(path, stamp="20260101T000000").db
        marks = ", ".join("?" * len(Event._fields))
        db.executemany(f"INSERT INTO events ({EVENT}) VALUES ({marks})", LOG)
        db.execute("INSERT INTO meta VALUES ('cards', '2 0.9 default')")
        db.close()
    return path


def test_every_event_is_kept_and_all_that_follows_from_them_is_there(old):
    with History.open(old, clock=Clock(START + 2 * DAY)) as history:
        assert sorted(history.events()) == sorted(LOG)
        placed = [answer.id for _, answer in history.answers_after((0, "", 0, ""))]
        assert placed == [e.id for e in in_order(LOG) if e.kind == "answer"] == [
            "c" * 32, "a" * 32, "b" * 32,
        ]  # fmt: skip
        assert set(history.cards.all()) == {"q1", "q2"}
        assert [tally.value for tally in history.tallies.by("confidence")] == [50, 95]
        (shown,) = beliefs(history, lambda question: ())
        assert (shown.id, shown.times, shown.dropped) == ("b", 1, None)


def test_the_old_file_is_backed_up_first(old):
    History.open(old, clock=Clock()).close()
    (copy,) = backup.backups(old)
    assert copy.stem.endswith("-format-1")
    assert sorted(backup.salvage(copy)) == sorted(LOG)
    db = sqlite3.connect(copy)
    assert db.execute("PRAGMA user_version").fetchone() == (1,)
    db.close()


def test_it_is_migrated_once(old):
    for _ in range(2):
        History.open(old, clock=Clock()).close()
    assert len(backup.backups(old)) == 1
