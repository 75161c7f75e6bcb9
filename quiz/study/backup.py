"""Copies of the history, dated and thinned, and what can be got back from a damaged one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from quiz.study.events import Event, fault
from quiz.study.store import damage

STAMP = "%Y%m%dT%H%M%S"
DAILY, WEEKLY, MONTHLY = 7, 8, 12  # how many of each are kept
EVENT = ", ".join(Event._fields)


def folder_of(history: Path) -> Path:
    return history.parent / "backups"


def backups(history: Path) -> list[Path]:
    """The backups of the history at this path, the newest first."""
    found = folder_of(history).glob(f"{history.stem}-*{history.suffix}")
    return sorted(found, key=lambda path: path.name, reverse=True)


def copy(db: sqlite3.Connection, history: Path, label: str) -> Path:
    """A checked copy in the backups' folder, which other processes see whole or not at all.

    Raises sqlite3.Error, also when it is the original that is damaged, and OSError.
    """
    folder = folder_of(history)
    folder.mkdir(exist_ok=True)
    target = folder / f"{history.stem}-{label}{history.suffix}"
    part = target.with_suffix(".part")
    try:
        to = sqlite3.connect(part)
        try:
            db.backup(to)
            found = to.execute("PRAGMA quick_check(1)").fetchone()[0]
        finally:
            to.close()
        if found != "ok":
            raise damage(found)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target


def date_of(path: Path) -> datetime | None:
    """When a daily backup was made (UTC); None for one made before a migration."""
    try:
        return datetime.strptime(path.stem.rpartition("-")[2], STAMP)
    except ValueError:
        return None


def thin(history: Path) -> None:
    """Drops the daily backups that newer ones make superfluous."""
    dated = {date: path for path in backups(history) if (date := date_of(path)) is not None}
    for date in dated.keys() - kept(dated):
        dated[date].unlink()


def kept(dates: Iterable[datetime]) -> set[datetime]:
    """The newest of each of the last DAILY days, WEEKLY weeks and MONTHLY months there are."""
    keep = set()
    newest_first = sorted(dates, reverse=True)
    for form, number in (("%Y-%m-%d", DAILY), ("%G-%V", WEEKLY), ("%Y-%m", MONTHLY)):
        newest: dict[str, datetime] = {}
        for date in newest_first:
            newest.setdefault(date.strftime(form), date)
        keep.update(list(newest.values())[:number])
    return keep


def salvage(path: Path) -> Iterator[Event]:
    """The events that can still be read from a database, however damaged. Only reads it."""
    uri = path.resolve().as_uri() + "?mode=ro&immutable=1"
    db = sqlite3.connect(uri, uri=True)
    try:
        try:
            last = db.execute("SELECT max(rowid) FROM events").fetchone()[0] or 0
        except sqlite3.Error:
            last = path.stat().st_size // 64  # no event takes less room
        ranges = [(1, last)]
        while ranges:
            low, high = ranges.pop()
            if low > high:
                continue
            try:
                rows = db.execute(
                    f"SELECT {EVENT} FROM events WHERE rowid BETWEEN ? AND ?", (low, high)
                ).fetchall()
            except sqlite3.Error:
                middle = (low + high) // 2
                ranges += [(middle + 1, high), (low, middle)] if low < high else []
                continue
            yield from (event for event in map(Event._make, rows) if not fault(event))
    finally:
        db.close()
