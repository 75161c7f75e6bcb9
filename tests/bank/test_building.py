"""Compiling a large bank: interrupted, gone on with, used meanwhile by another process."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from quiz.bank import build, changes, disk, entries, fill, spread
from quiz.bank.compile import compile_file
from quiz.bank.index import open_bank
from quiz.bank.packs import stamp
from quiz.refusal import Refusal

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def large(monkeypatch):
    """Three files are many; two of them are a batch."""
    monkeypatch.setattr(disk, "FEW", 2)
    monkeypatch.setattr(fill, "BATCH", 2)


@pytest.fixture
def full(maker):
    """A pack with what the order of questions goes by, and with ids that clash."""
    maker.topic("masking", "requires: [scaling]")
    for n in range(9):
        level = ("senior", "core", "warm-up")[n % 3]
        maker.question(f"id: q-{n}\nlevel: {level}\naliases: [old-{n}]")
        maker.question(f"id: m-{n}\nlevel: {level}", topic="masking")
    maker.question("id: q-4", name="q-4-again")
    maker.question("id: loose", topic="nowhere")
    maker.write("scaling/broken.yaml", "id: 'x\n")
    return maker


def content(cache: Path) -> list:
    """All that the index holds, but for the numbers that rows have."""
    (file,) = cache.glob("bank-*.sqlite")
    with closing(sqlite3.connect(file)) as db:
        return [
            db.execute(query).fetchall()
            for query in (
                "SELECT pack, path, size, mtime_ns, sha FROM files ORDER BY pack, path",
                "SELECT key, f.path, topic, rank, kind, level, position, langs, revision, blob"
                " FROM questions q JOIN files f ON f.id = q.file ORDER BY key",
                "SELECT id, rank, ord, title_en, requires, blob FROM topics ORDER BY id",
                "SELECT alias, key FROM aliases ORDER BY alias",
                "SELECT path, line, column, code, message FROM problems p"
                " JOIN files f ON f.id = p.file ORDER BY path, line",
                "SELECT key, prompt_en, prompt_zh, answer_en, answer_zh FROM prose p"
                " JOIN questions q ON q.rowid = p.rowid ORDER BY key",
                "SELECT count(*) FROM prose WHERE prose MATCH '\"log\"'",
                "SELECT pack, path, mtime_ns FROM folders ORDER BY pack, path",
                "SELECT * FROM stale",
                "SELECT * FROM building",
            )
        ]


def compiled_at_once(maker, cache: Path) -> list:
    open_bank(cache, [maker.pack]).close()
    return content(cache)


def other_process(maker, cache: Path, then: str) -> subprocess.Popen:
    """Compiles the pack in batches of two files, and does `then` when eleven are through."""
    program = (
        "import os, signal, sys\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from pathlib import Path\n"
        "from quiz.bank import disk, fill, index\n"
        "from quiz.bank.packs import Pack\n"
        "fill.BATCH = disk.FEW = 2\n"
        "def progress(done, of):\n"
        f"    if done == 11:\n        {then}\n"
        "pack = Pack('mine', Path(sys.argv[2]))\n"
        "index.open_bank(Path(sys.argv[1]), [pack], progress=progress).close()\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", program, str(cache), str(maker.root)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_a_killed_compile_is_gone_on_with(full, large, tmp_path, monkeypatch):
    cache, again = tmp_path / "cache", []

    def watched(pack, path, **options):
        again.append(path)
        return compile_file(pack, path, **options)

    with other_process(full, cache, "os.kill(os.getpid(), signal.SIGKILL)") as other:
        assert other.wait(30) == -signal.SIGKILL
    monkeypatch.setattr(entries, "compile_file", watched)
    seen = []
    open_bank(cache, [full.pack], progress=lambda *n: seen.append(n)).close()
    files = list(full.pack.files())
    assert len(again) == len(files) - 10, "what was kept is not compiled again"
    assert seen[0] == (10, len(files)) and seen[-1] == (len(files), len(files))
    assert content(cache) == compiled_at_once(full, tmp_path / "other")


def test_an_interrupted_compile_is_gone_on_with(full, large, tmp_path):
    def interrupted(done, of):
        if done == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        open_bank(tmp_path / "cache", [full.pack], progress=interrupted)
    seen = []
    open_bank(tmp_path / "cache", [full.pack], progress=lambda *n: seen.append(n)).close()
    assert seen[0][0] == 6
    assert content(tmp_path / "cache") == compiled_at_once(full, tmp_path / "other")


def test_a_change_during_an_interruption_is_seen(full, large, tmp_path):
    def interrupted(done, of):
        if done == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        open_bank(tmp_path / "cache", [full.pack], progress=interrupted)
    full.topic("masking", "title: Masks")
    full.question("id: q-0\nlevel: senior\nprompt: Another one?")
    (full.root / "content/scaling/q-1.yaml").unlink()
    open_bank(tmp_path / "cache", [full.pack]).close()
    assert content(tmp_path / "cache") == compiled_at_once(full, tmp_path / "other")


def test_another_process_uses_what_is_compiled_so_far(full, large, tmp_path):
    cache = tmp_path / "cache"
    wait = "print('now', flush=True); sys.stdin.readline()"
    with other_process(full, cache, wait) as other:
        assert other.stdout.readline() == "now\n"
        with open_bank(cache, [full.pack]) as bank:
            assert bank.building == (10, len(list(full.pack.files())))
            rows = bank.rows()
            assert 0 < len(rows) < 12 and {row.topic for row in rows} <= {"masking", "scaling"}
            assert [bank.question(row.key).id for row in rows] == [row.id for row in rows]
            assert [row.id for row in bank.topics()] == ["scaling", "masking"]
            paged = [row.id for topic in bank.topics() for row in bank.in_order(topic.id)]
            assert paged == [row.id for row in rows]
            bank.look_over()
            other.communicate("go on\n", timeout=30)
            assert other.returncode == 0
            assert len(bank.rows()) > len(rows)
    with open_bank(cache, [full.pack]) as bank:
        assert bank.building is None
    assert content(cache) == compiled_at_once(full, tmp_path / "other")
    assert {file.suffix for file in cache.iterdir()} == {".sqlite", ".lock"}


def test_a_process_waits_for_another_that_has_nothing_yet(full, tmp_path, monkeypatch):
    """As it does for a short change."""
    monkeypatch.setattr(disk, "WAIT", 0.1)
    cache = tmp_path / "cache"
    cache.mkdir()
    path = cache / disk.file_name([full.pack])
    with build._turn(path) as ours:
        assert ours
        with open_bank(cache, [full.pack]) as bank:  # in the end it does without
            assert bank.building is None and bank.count() > 18
        assert not path.exists()


def test_several_processes_put_in_what_one_does(full, large, tmp_path, monkeypatch):
    monkeypatch.setattr(spread, "MANY", 1)
    monkeypatch.setattr(spread.chunks, "__defaults__", (2,))
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 1}, raising=False)
    by_many = compiled_at_once(full, tmp_path / "many")
    monkeypatch.setattr(spread, "MANY", 10**6)
    assert by_many == compiled_at_once(full, tmp_path / "one")


def test_changes_one_by_one_give_the_index_that_all_at_once_give(full, large, tmp_path):
    cache = tmp_path / "cache"
    open_bank(cache, [full.pack]).close()

    def changed(*questions):
        with open_bank(cache, [full.pack]) as bank:
            bank.look_over()
        open_bank(cache, [full.pack]).close()
        assert content(cache) == compiled_at_once(full, tmp_path / f"after-{len(questions)}")

    full.question("id: q-5\nlevel: warm-up")
    changed("level")
    full.topic("masking", "requires: []\norder: 1")
    changed("order", "of topics")
    (full.root / "content/masking/m-3.yaml").unlink()
    full.question("id: new", topic="masking")
    changed("one", "gone", "another there")
    full.topic("nowhere")
    changed(*range(4))
    (full.root / "content/scaling/q-4.yaml").unlink()
    changed(*range(5))


def test_a_question_edited_in_a_large_bank_is_the_only_one_looked_at(
    full, large, tmp_path, monkeypatch
):
    cache, seen = tmp_path / "cache", []
    open_bank(cache, [full.pack]).close()
    file = full.root / "content/scaling/q-5.yaml"
    file.write_text(file.read_text("utf-8").replace("Why are", "Why then are"), "utf-8")
    with open_bank(cache, [full.pack]) as bank:
        bank.look_over()

    def watched(path):
        seen.append(path.rpartition("/")[2])
        return stamp(path)

    monkeypatch.setattr(changes, "stamp", watched)
    with open_bank(cache, [full.pack]) as bank:
        assert bank.question("mine:q-5").prompt.en.startswith("Why then")
    # Those whose ids clash may have got them now.
    assert set(seen) == {"q-5.yaml", "q-4.yaml", "topic.yaml"}


@pytest.mark.parametrize("lock", ["BEGIN EXCLUSIVE", "PRAGMA locking_mode = EXCLUSIVE"])
def test_an_index_that_is_locked_is_not_taken_for_damaged(maker, tmp_path, monkeypatch, lock):
    maker.question("id: a")
    open_bank(tmp_path, [maker.pack]).close()
    monkeypatch.setattr(disk, "WAIT", 0.1)
    (file,) = tmp_path.glob("bank-*.sqlite")
    before = file.stat()
    with open_bank(tmp_path, [maker.pack]) as bank:
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute(lock)
            other.execute("UPDATE questions SET level = level")
            with pytest.raises(Refusal, match=r"^[^\n]*locked[^\n]*try again$"):
                bank.rows()
        assert [row.id for row in bank.rows()] == ["a", "verdict-T4.1"]
    assert file.stat().st_ino == before.st_ino


@pytest.mark.parametrize(
    ("code", "damaged"),
    [("CORRUPT", True), ("CORRUPT_VTAB", True), ("NOTADB", True), ("BUSY", False),
     ("BUSY_SNAPSHOT", False), ("LOCKED", False), ("READONLY", False), ("IOERR", False),
     ("IOERR_READ", False), ("FULL", False), ("CANTOPEN", False)],
)  # fmt: skip
def test_only_damage_is_taken_for_damage(code, damaged):
    problem = sqlite3.OperationalError("said")
    problem.sqlite_errorcode = getattr(sqlite3, f"SQLITE_{code}")
    assert disk.is_damage(problem) == damaged


def test_tables_of_another_version_are_damage():
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE topics(id)")
        for query, damaged in (("SELECT * FROM questions", True), ("SELECT x FROM topics", True),
                               ("SELECT FROM", False)):  # fmt: skip
            with pytest.raises(sqlite3.OperationalError) as raised:
                db.execute(query)
            assert disk.is_damage(raised.value) == damaged
