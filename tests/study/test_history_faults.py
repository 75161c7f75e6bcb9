"""What the history must survive: damage, strangers, full disks, kills, clocks, crowds."""

import hashlib
import os
import random
import signal
import sqlite3
import tempfile
import time
from pathlib import Path

import pytest
from study_helpers import DAY, HOUR, MINUTE, START, Clock, answer, child, open_quick

from quiz.study import backup, health, store
from quiz.study.history import HistoryError

YEAR = 365 * DAY


def opened(path, clock=None, **options):
    return open_quick(path, clock or Clock(), **options)


def filled(path: Path, answers: int = 40) -> list:
    clock = Clock(START - answers * MINUTE)
    with open_quick(path, clock) as history:
        for number in range(answers):
            clock.now += MINUTE
            answer(history, f"question-{number % 10}", answer="x" * 100)
        return list(history.events())


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def is_sound(path: Path) -> bool:
    db = sqlite3.connect(path)
    try:
        return db.execute("PRAGMA quick_check").fetchall() == [("ok",)]
    finally:
        db.close()


# Damage


def test_an_empty_file_is_initialised(tmp_path):
    path = tmp_path / "history.db"
    path.touch()
    with opened(path) as history:
        answer(history, "a")
        assert history.notices == []
        assert history.cards.get("a")


def overwrite_header(path):
    with path.open("r+b") as file:
        file.write(b"not a database!!")


def overwrite_middle(path):
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 2 // 4096 * 4096)
        file.write(b"\xff" * 4096)


def cut_in_half(path):
    os.truncate(path, path.stat().st_size // 2)


def cut_to_a_few_bytes(path):
    os.truncate(path, 37)


def replace_by_text(path):
    path.write_text("garbage\n" * 1000)


DAMAGE = [overwrite_header, overwrite_middle, cut_in_half, cut_to_a_few_bytes, replace_by_text]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_set_aside_unchanged_and_a_new_history_begins(tmp_path, damage):
    path = tmp_path / "history.db"
    filled(path)
    damage(path)
    before = digest(path)
    with opened(path) as history:
        (notice,) = history.notices
        assert list(history.events()) == []
        answer(history, "a")
    aside = Path(notice.path)
    assert notice.code == "set-aside"
    assert aside.name == "history.damaged-20260101T040000.db"
    assert digest(aside) == before


def test_a_header_torn_in_mid_transaction_is_restored_from_the_journal(tmp_path):
    path = tmp_path / "history.db"
    events = filled(path)
    (tmp_path / "torn").mkdir()
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = 1; BEGIN IMMEDIATE")
    db.execute("PRAGMA user_version = 7")
    db.execute("UPDATE events SET answer = 'lost'")
    for file in tmp_path.glob("history.db*"):
        (tmp_path / "torn" / file.name).write_bytes(file.read_bytes())
    db.close()
    overwrite_header(tmp_path / "torn" / "history.db")
    with opened(tmp_path / "torn" / "history.db") as history:
        assert history.notices == []
        assert list(history.events()) == events


def test_a_second_damaged_file_of_the_same_second_gets_a_name_of_its_own(tmp_path):
    path = tmp_path / "history.db"
    for text in ("one" * 100, "two" * 100):
        path.write_text(text)
        opened(path).close()
    found = {p.name: p.read_text()[:3] for p in tmp_path.glob("history.damaged-*")}
    assert found == {
        "history.damaged-20260101T040000.db": "one",
        "history.damaged-20260101T040000-2.db": "two",
    }


def test_damage_met_at_work_is_one_line_and_the_next_start_sets_the_file_aside(
    tmp_path, monkeypatch
):
    path = tmp_path / "history.db"
    filled(path, 300)
    overwrite_middle(path)
    monkeypatch.setattr(store, "SMALL", 0)  # as if it were too large to be checked at each start
    with opened(path) as history:
        assert history.notices == []
        with pytest.raises(HistoryError) as caught:
            history.answers()
            history.rebuild()
    assert caught.value.code == "damaged"
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)
    with opened(path) as history:
        assert [notice.code for notice in history.notices] == ["set-aside"]
    with opened(path) as history:
        assert history.notices == []


def test_a_damaged_file_gives_back_every_event_but_those_on_the_damaged_page(tmp_path):
    path = tmp_path / "history.db"
    events = filled(path, 300)
    with opened(path) as history:
        pages = history._db.execute("PRAGMA page_count").fetchone()[0]
    overwrite_middle(path)
    saved = list(backup.salvage(path))
    assert set(saved) <= set(events)
    assert len(events) * (1 - 4 / pages) <= len(saved)


def test_rescue_brings_back_what_the_backup_and_the_damaged_file_hold(tmp_path):
    path = tmp_path / "history.db"
    events = filled(path, 100)
    with opened(path) as history:
        assert history.back_up() is not None
    overwrite_header(path)
    with opened(path) as history:
        assert health.bring_back(history, Path(history.notices[0].path)) == len(events)
        assert list(history.events()) == events
        assert health.bring_back(history, Path(history.notices[0].path)) == 0


# Strangers


def test_a_database_of_another_program_is_refused_and_untouched(tmp_path):
    for number, setup in enumerate(
        (
            "PRAGMA application_id = 12345; CREATE TABLE notes (text)",
            "CREATE TABLE notes (text)",
            "PRAGMA journal_mode = WAL; CREATE TABLE events (id)",
        )
    ):
        path = tmp_path / str(number) / "history.db"
        path.parent.mkdir()
        db = sqlite3.connect(path)
        db.executescript(setup)
        db.close()
        before = digest(path)
        with pytest.raises(HistoryError, match="another program") as caught:
            opened(path)
        assert caught.value.code == "foreign"
        assert digest(path) == before
        assert [p.name for p in path.parent.iterdir()] == ["history.db"]


@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
def test_the_database_of_a_newer_version_is_refused_and_untouched(tmp_path, journal):
    folder = tmp_path / "data"
    folder.mkdir()
    path = tmp_path / "history.db"
    filled(path, 1)
    newer = sqlite3.connect(path, isolation_level=None)
    newer.execute("PRAGMA user_version = 99")
    newer.execute(f"PRAGMA journal_mode = {journal}")
    newer.execute("CREATE TABLE later (x)")
    for file in tmp_path.glob("history.db*"):  # as a killed program leaves it, log and all
        (folder / file.name).write_bytes(file.read_bytes())
    newer.close()
    before = {file.name: digest(file) for file in folder.iterdir()}
    assert len(before) == (3 if journal == "WAL" else 1)
    with pytest.raises(HistoryError, match=r"format 99.*Update quiz") as caught:
        opened(folder / "history.db")
    assert caught.value.code == "newer"
    assert {file.name: digest(file) for file in folder.iterdir()} == before


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: os.mkfifo(path)])
def test_what_is_not_a_file_is_refused_without_waiting(tmp_path, make):
    make(tmp_path / "history.db")
    with pytest.raises(HistoryError, match="not a file"):
        opened(tmp_path / "history.db")


def test_a_file_where_the_folder_should_be_is_one_line(tmp_path):
    (tmp_path / "data").write_text("")
    with pytest.raises(HistoryError) as caught:
        opened(tmp_path / "data" / "history.db")
    assert caught.value.code == "file"


# Disks


def test_a_full_disk_is_one_line_and_costs_nothing_that_was_saved(tmp_path):
    path = tmp_path / "history.db"
    with opened(path) as history:
        pages = history._db.execute("PRAGMA page_count").fetchone()[0]
        history._db.execute(f"PRAGMA max_page_count = {pages + 1}")
        saved = []
        with pytest.raises(HistoryError, match="disk is full") as caught:
            for number in range(1000):
                saved.append(answer(history, f"question-{number}", answer="x" * 500))
        assert caught.value.code == "full"
        assert saved
        assert list(history.events()) == saved
        history._db.execute(f"PRAGMA max_page_count = {pages + 100}")
        saved.append(answer(history, "after"))
        assert list(history.events()) == saved
    assert is_sound(path)


def test_a_file_that_may_not_grow_is_one_line_and_stays_sound(tmp_path):
    path = tmp_path / "history.db"
    events = filled(path)
    run = child(
        """
import resource, sys
from pathlib import Path
from study_helpers import START, answer
from quiz.study.history import History, HistoryError
path = Path(sys.argv[1])
history = History.open(path, clock=lambda: START)
size = path.stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
try:
    while True:
        print(answer(history, "q", answer="x" * 3000).id)
except HistoryError as error:
    print(error.code)
    print(error, file=sys.stderr)
""",
        path,
    )
    out, err = run.communicate()
    *ids, code = out.split()
    assert code in ("full", "file")
    assert err.count("\n") == 1 and str(path) in err
    assert is_sound(path)
    with opened(path) as history:
        assert [e.id for e in history.events() if e not in events] == ids


READ_ONLY = """
import os, random, sys, urllib.parse
from pathlib import Path
from study_helpers import START, Row, answer
from quiz.study import stats
from quiz.study.history import History, HistoryError
if os.getuid() == 0:
    os.setuid(65534)
history = History.open(Path(sys.argv[1]), clock=lambda: START)
print(history.can_save, [notice.code for notice in history.notices])
print(stats.report([Row("question-1", "t", 0)], history, START).overall.answers)
try:
    answer(history, "a")
except HistoryError as error:
    print(error.code)
"""


@pytest.mark.parametrize("state", ["filled", "missing", "damaged"])
def test_a_read_only_folder_can_be_read_but_says_that_it_cannot_save(state):
    with tempfile.TemporaryDirectory(dir="/tmp") as name:  # where any user may look
        folder = Path(name)
        path = folder / "history.db"
        if state != "missing":
            filled(path, 10)
        if state == "damaged":
            overwrite_header(path)
        os.chmod(folder, 0o555)
        before = {p.name: digest(p) for p in folder.iterdir()}
        out, err = child(READ_ONLY, path).communicate()
        assert {p.name: digest(p) for p in folder.iterdir()} == before
        os.chmod(folder, 0o755)
    assert err == ""
    seen = "1" if state == "filled" else "0"
    assert out.split("\n")[:3] == ["False ['read-only']", seen, "read-only"]


# Crowds


def test_a_lock_that_lasts_is_one_line_and_the_answer_can_be_given_again(tmp_path):
    path = tmp_path / "history.db"
    with opened(path, timeout=0.02) as history:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(HistoryError, match="keeps it locked") as caught:
            answer(history, "a")
        assert caught.value.code == "locked"
        other.execute("ROLLBACK")
        other.close()
        answer(history, "a")
        assert len(history.answers()) == 1


def test_three_processes_writing_at_once_lose_nothing(tmp_path):
    path = tmp_path / "history.db"
    code = """
import sys
from pathlib import Path
from study_helpers import Clock, answer, open_quick
with open_quick(Path(sys.argv[1]), Clock()) as history:
    for number in range(300):
        print(answer(history, f"question-{number % 40}").id)
"""
    writers = [child(code, path) for _ in range(3)]
    printed = []
    for writer in writers:
        out, err = writer.communicate()
        assert err == ""
        printed += out.split()
    with opened(path) as history:
        events = list(history.events())
        cards = history.cards.all()
        history.rebuild()
        assert history.cards.all() == cards
    assert len(printed) == 900
    assert {event.id for event in events} == set(printed)
    assert [event.seq for event in events] == list(range(1, 901))


# Kills

WRITER = """
import sys
from pathlib import Path
from study_helpers import START, answer
from quiz.study.history import History
with History.open(Path(sys.argv[1]), clock=lambda: START) as history:
    for number in range(10_000):
        given = answer(history, f"question-{number % 7}", answer="x" * 2000)
        print(given.id, flush=True)
        if number % 3 == 0:
            history.rate(given.id, 4)
        if number % 5 == 0:
            history.undo_last()
"""


def test_a_kill_at_any_moment_keeps_every_answer_that_was_shown(tmp_path):
    path = tmp_path / "history.db"
    rng = random.Random(0)
    shown: set[str] = set()
    for _ in range(20):
        writer = child(WRITER, path)
        for _ in range(rng.randrange(4)):
            shown.add(writer.stdout.readline().strip())
        time.sleep(rng.random() * 0.03)
        writer.send_signal(signal.SIGKILL)
        out, _ = writer.communicate()
        shown.update(line for line in out.split("\n")[:-1] if line)
        with opened(path) as history:
            assert history.notices == []
            assert shown <= {event.id for event in history.events()}
            cards = history.cards.all()
            history.rebuild()
            assert history.cards.all() == cards
    assert len(shown) >= 20
    assert is_sound(path)


def test_a_kill_during_a_migration_leaves_the_old_version_and_a_backup(tmp_path):
    path = tmp_path / "history.db"
    events = filled(path, 200)
    killed = child(
        """
import os, signal, sqlite3, sys
from pathlib import Path
from quiz.study import store
from quiz.study.history import History
store.MIGRATIONS = (*store.MIGRATIONS, ("UPDATE events SET answer = answer || answer",))
class Dying(sqlite3.Connection):
    def execute(self, sql, *rest):
        if sql == "COMMIT":
            os.kill(os.getpid(), signal.SIGKILL)
        return super().execute(sql, *rest)
connect = sqlite3.connect
def dying(path, **options):
    db = connect(path, factory=Dying, **options)
    db.execute("PRAGMA cache_size = 2")  # so that changed pages reach the file before the commit
    return db
store._connect = lambda path, timeout: dying(path, timeout=timeout, isolation_level=None)
History.open(Path(sys.argv[1]), clock=lambda: 1_767_225_600_000)
""",
        path,
    )
    _, err = killed.communicate()
    assert (killed.returncode, err) == (-signal.SIGKILL, "")
    assert (tmp_path / "history.db-journal").stat().st_size > 0  # it was in the midst of it
    with opened(path) as history:
        assert history.notices == []
        assert list(history.events()) == events
    assert is_sound(path)
    (copy,) = backup.backups(path)
    assert copy.name == f"history-20260101T000000-format-{len(store.MIGRATIONS)}.db"
    assert list(backup.salvage(copy)) == events


# Clocks


def test_a_clock_that_runs_backwards_is_told_and_keeps_the_order(tmp_path):
    clock = Clock()
    with opened(tmp_path / "history.db", clock) as history:
        first = answer(history, "a", "wrong")
        assert history.notices == []
        clock.now -= 3 * DAY
        second = answer(history, "a")
        assert [notice.code for notice in history.notices] == ["clock-back"]
        assert [a.id for a in history.answers("a")] == [first.id, second.id]
        card = history.cards.get("a")
        assert (card.last, card.verdict) == (clock.now, "right")
        assert card.due > clock.now
        answer(history, "a")
        assert len(history.notices) == 1


def test_a_clock_some_seconds_behind_is_not_worth_a_word(tmp_path):
    clock = Clock()
    with opened(tmp_path / "history.db", clock) as history:
        answer(history, "a")
        clock.now -= 5_000
        answer(history, "a")
        assert history.notices == []


def test_a_clock_years_ahead_is_told_and_does_not_park_the_question(tmp_path):
    path, clock = tmp_path / "history.db", Clock()
    with opened(path, clock) as history:
        answer(history, "a")
        clock.now += 5 * YEAR
        answer(history, "a")
        assert [notice.code for notice in history.notices] == ["clock-ahead"]
    clock.now = START + 2 * DAY
    with opened(path, clock) as history:  # told at the next start, before any answer
        assert [notice.code for notice in history.notices] == ["clock-back"]
        assert list(history.cards.due(clock.now, clock.now)) == ["a"]
        answer(history, "a")
        card = history.cards.get("a")
        assert card.last == clock.now < card.due < clock.now + YEAR


@pytest.mark.parametrize("now", [-1, 9_000_000_000_000])
def test_a_clock_out_of_this_world_is_refused(tmp_path, now):
    clock = Clock()
    with opened(tmp_path / "history.db", clock) as history:
        clock.now = now
        with pytest.raises(HistoryError, match="set it") as caught:
            answer(history, "a")
        assert caught.value.code == "clock"
        assert list(history.events()) == []


def test_a_dead_clock_battery_does_not_lose_the_answer(tmp_path):
    with opened(tmp_path / "history.db", Clock(0)) as history:
        answer(history, "a")
        assert history.cards.get("a").answers == 1


# Backups


def test_the_history_is_backed_up_once_a_day_and_the_copy_is_whole(tmp_path):
    path, clock = tmp_path / "history.db", Clock(START - 4 * HOUR)  # midnight
    with opened(path, clock) as history:
        assert history.back_up() is None  # nothing to keep yet
        given = answer(history, "a")
        copy = history.back_up()
        assert list(backup.salvage(copy)) == [given]
        clock.now += DAY - 1
        assert history.back_up() is None
        clock.now += 1
        assert history.back_up() == copy.with_name("history-20260102T000000.db")
        assert backup.backups(path) == [history.path.parent / "backups" / name for name in (
            "history-20260102T000000.db", "history-20260101T000000.db")]  # fmt: skip


def test_a_damaged_history_is_not_backed_up(tmp_path, monkeypatch):
    path = tmp_path / "history.db"
    filled(path, 300)
    overwrite_middle(path)
    monkeypatch.setattr(store, "SMALL", 0)
    with opened(path) as history, pytest.raises(HistoryError) as caught:
        history.back_up()
    assert caught.value.code == "damaged"
    assert list((tmp_path / "backups").iterdir()) == []


def test_two_years_of_daily_backups_are_thinned_to_days_weeks_and_months(tmp_path):
    from datetime import datetime, timedelta

    last = datetime(2026, 6, 30)
    kept = backup.kept(last - timedelta(days=n) for n in range(730))
    ages = sorted((last - date).days for date in kept)
    assert ages[:7] == [0, 1, 2, 3, 4, 5, 6]
    sundays = [n for n in range(2, 51, 7) if n > 6]  # 2026-06-30 is a Tuesday
    month_ends = [(last - datetime(2026, m, d)).days for m, d in ((5, 31), (4, 30), (1, 31))]
    assert set(sundays[:6]) <= set(ages)
    assert set(month_ends) <= set(ages)
    assert max(ages) == (last - datetime(2025, 7, 31)).days
    assert len(ages) <= backup.DAILY + backup.WEEKLY + backup.MONTHLY


def test_thinning_never_drops_a_backup_made_before_a_migration(tmp_path):
    path = tmp_path / "history.db"
    folder = backup.folder_of(path)
    folder.mkdir()
    old = folder / "history-20200101T000000-format-1.db"
    old.touch()
    for day in range(1, 29):
        (folder / f"history-202602{day:02}T120000.db").touch()
    backup.thin(path)
    left = [p.name for p in backup.backups(path)]
    assert old.name in left
    assert len(left) == 1 + 7 + 3  # and the Sundays 1st, 8th, 15th (the 22nd is among the days)
