"""What can be said about a history's soundness, and about what lies beside it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Collection
from pathlib import Path

from quiz.study import backup
from quiz.study.history import History
from quiz.study.store import suspect


def check(path: Path) -> str:
    """ "" for a database that SQLite finds sound in full, else what is wrong with it.

    A damaged one is marked, so that opening it sets it aside. One with an unfinished
    write is not judged: opening it takes that back, and only then it can be read.
    """
    if not path.is_file() or not path.stat().st_size:
        return ""
    db = sqlite3.connect(path.resolve().as_uri() + "?mode=ro", uri=True)
    try:
        found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
        found = "ok" if code == sqlite3.SQLITE_READONLY else str(error)
    finally:
        db.close()
    if found == "ok":
        return ""
    with contextlib.suppress(OSError):  # a folder that is not to be changed
        suspect(path).touch()
    return found


def aside(history: Path) -> list[Path]:
    """Damaged files that were set aside."""
    return sorted(history.parent.glob(f"{history.stem}.damaged-*{history.suffix}"))


def sources(history: Path) -> list[Path]:
    """Files that may hold what the history has lost: those set aside, and the newest backup."""
    return [*aside(history), *backup.backups(history)[:1]]


def missing(history: History) -> dict[Path, int]:
    """How many events each of these files holds that the history has not."""
    found = sources(history.path)
    known = history.ids() if found else set()
    return {path: sum(event.id not in known for event in backup.salvage(path)) for path in found}


def rescue(history: History) -> int:
    """Brings back what these files hold; returns how many events. The files stay."""
    return sum(bring_back(history, path) for path in sources(history.path))


def bring_back(history: History, damaged: Path) -> int:
    """Brings back what the newest backup and a damaged file hold; returns how many events.

    The backup goes first: where the two differ, it is the one that was checked.
    """
    added = 0
    for source in [*backup.backups(history.path)[:1], damaged]:
        known = history.ids()
        added += history.merge(event for event in backup.salvage(source) if event.id not in known)
    return added


def orphans(history: History, keys: Collection[str]) -> list[str]:
    """Questions that were answered and are not among the bank's `keys`."""
    return sorted(history.cards.all().keys() - set(keys))
