"""What is said of a history's file, and what is got back from those beside it."""

import shutil
import sqlite3

import pytest
from study_helpers import Clock, answer, open_quick

from quiz.study.health import check, missing, orphans, rescue
from quiz.study.store import suspect


@pytest.fixture
def history(tmp_path):
    with open_quick(tmp_path / "history.db", Clock()) as opened:
        yield opened


def test_no_file_an_empty_one_and_a_sound_one_are_well(tmp_path, history):
    (tmp_path / "empty.db").touch()
    answer(history, "a")
    assert check(tmp_path / "none.db") == check(tmp_path / "empty.db") == check(history.path) == ""
    assert not suspect(history.path).exists()


def test_damage_is_named_and_marked_for_the_next_opening(tmp_path, history):
    for i in range(300):
        answer(history, f"q{i}")
    history.close()
    data = bytearray(history.path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 4096] = b"\xff" * 4096
    history.path.write_bytes(data)
    assert check(history.path) != ""
    assert suspect(history.path).exists()
    assert history.path.read_bytes() == bytes(data)


def test_an_unfinished_write_is_no_damage(tmp_path, history):
    """Copied while a transaction is under way: as a killed process leaves it."""
    for i in range(300):
        answer(history, f"q{i}")
    history.close()
    db = sqlite3.connect(history.path, isolation_level=None)
    db.execute("PRAGMA cache_size = 1")
    db.execute("BEGIN IMMEDIATE")
    db.execute("UPDATE events SET at = at + 1")
    copy = tmp_path / "killed" / "history.db"
    copy.parent.mkdir()
    for name in ("history.db", "history.db-journal"):
        shutil.copy(tmp_path / name, copy.parent / name)
    db.close()
    assert check(copy) == "" and not suspect(copy).exists()
    with open_quick(copy, Clock()) as opened:
        assert len(list(opened.events())) == 300 and not opened.notices
    assert check(copy) == ""


def test_what_files_set_aside_and_the_newest_backup_hold_comes_back_once(tmp_path, history):
    for i in range(5):
        answer(history, f"q{i}")
    made = history.back_up()
    answer(history, "later")
    history.close()
    aside = history.path.with_name("history.damaged-20260101T040000.db")
    history.path.rename(aside)
    with open_quick(history.path, Clock()) as opened:
        answer(opened, "new")
        assert missing(opened) == {aside: 6, made: 5}
        assert rescue(opened) == 6
        assert missing(opened) == {aside: 0, made: 0}
        assert rescue(opened) == 0
        assert len(opened.cards.all()) == 7
    assert aside.exists() and made.exists()


def test_orphans_are_answered_questions_that_the_bank_has_not(history):
    answer(history, "here")
    answer(history, "gone")
    assert orphans(history, ["here", "never"]) == ["gone"]
