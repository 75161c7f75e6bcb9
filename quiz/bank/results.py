"""What checking a file found, kept until the file, or what it refers to, changes."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import quiz

_SCHEMA = """
CREATE TABLE IF NOT EXISTS results(
    root TEXT, path TEXT, size INTEGER, mtime_ns INTEGER, sha TEXT, problems TEXT, declared TEXT,
    around TEXT, found TEXT, rests TEXT, behind TEXT, shows TEXT, PRIMARY KEY(root, path)) STRICT
"""
_AT_ONCE = 500  # results written in one transaction


class Result(NamedTuple):
    """One file's results. Problems are kept without the file's name."""

    size: int
    mtime_ns: int
    sha: str
    problems: list[tuple]  # of the file itself: (line, column, code, message)
    declared: list[tuple]
    around: str = ""  # digest of the names that `found` was found with
    found: list[tuple] = []  # noqa: RUF012 (never changed in place)
    rests: str = ""  # what runs must bear out, as JSON (quiz.bank.running)
    behind: str = ""  # digest of the demos that `shows` was found with
    shows: list[tuple] = []  # noqa: RUF012


_LISTS = ("problems", "declared", "found", "shows")


class Results:
    """Results by file, in a cache folder, or in memory only if that can't be used."""

    def __init__(self, cache: Path | None):
        self._db = _open(cache)
        self._unsaved: dict[tuple[Path, str], Result] = {}
        self._loaded: dict[Path, dict[str, tuple]] = {}

    def close(self) -> None:
        self._save()
        self._db.close()

    def get(self, root: Path, path: str) -> Result | None:
        if unsaved := self._unsaved.get((root, path)):
            return unsaved
        if root not in self._loaded:  # one query for all: a tenth of the time of one a file
            rows = self._db.execute("SELECT * FROM results WHERE root = ?", (str(root),))
            self._loaded[root] = {row[1]: row[2:] for row in rows}
        row = self._loaded[root].get(path)
        if row is None:
            return None
        result = Result._make(row)
        return result._replace(**{name: _list(getattr(result, name)) for name in _LISTS})

    def keep(self, root: Path, path: str, result: Result) -> None:
        self._unsaved[root, path] = result
        if len(self._unsaved) >= _AT_ONCE:
            self._save()

    def _save(self) -> None:
        rows = [
            (
                str(root),
                path,
                *result._replace(**{n: json.dumps(getattr(result, n)) for n in _LISTS}),
            )
            for (root, path), result in self._unsaved.items()
        ]
        self._unsaved.clear()
        # A full disk or a folder that can't be written costs time next time, nothing else.
        with suppress(sqlite3.OperationalError), self._db:
            self._db.executemany(
                "INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows
            )


def _list(text: str) -> list:
    return [] if text == "[]" else json.loads(text)  # it mostly is


def _open(cache: Path | None) -> sqlite3.Connection:
    if cache is None:
        return _connect(":memory:")
    path = cache / f"check-{_rules_digest()}.sqlite"
    try:
        cache.mkdir(parents=True, exist_ok=True)
        for other in cache.glob("check-*.sqlite"):
            if other != path:
                other.unlink(missing_ok=True)
        return _connect(path)
    except (sqlite3.OperationalError, OSError):
        return _connect(":memory:")
    except sqlite3.DatabaseError:  # damaged, or somebody else's
        path.unlink()
        return _connect(path)


def _connect(path: Path | str) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=30)
    try:
        db.execute("PRAGMA synchronous = OFF")
        db.execute(_SCHEMA)
    except sqlite3.Error:
        db.close()
        raise
    return db


def _rules_digest() -> str:
    """Other rules find other things, so their results are kept apart."""
    package = Path(__file__).parent
    sources = [*package.glob("*.py"), *package.glob("rules/*.py"), package.parent / "model.py"]
    stamps = [f"{path.name} {path.stat().st_mtime_ns}" for path in sorted(sources)]
    return hashlib.sha256("\n".join([quiz.__version__, *stamps]).encode()).hexdigest()[:12]
