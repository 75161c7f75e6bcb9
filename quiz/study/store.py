"""The file `history.db`: opened, created, migrated, refused or set aside. SQLite.

Nothing here ever overwrites or repairs a file: what is damaged is renamed, what
is not ours, or newer than this program, is left as it is.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from quiz.refusal import Refusal

APPLICATION_ID = 0x51755A31  # "QuZ1"
MAGIC = b"SQLite format 3\x00"
SMALL = 512 * 1024  # bytes: up to here the whole file is checked at each start

# One tuple of statements a version. A version that has been released never changes.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
        """CREATE TABLE events (
            id TEXT PRIMARY KEY, device TEXT NOT NULL, seq INTEGER NOT NULL,
            at INTEGER NOT NULL, kind TEXT NOT NULL, question TEXT NOT NULL,
            revision TEXT, answer TEXT, verdict TEXT, rating INTEGER, duration INTEGER,
            hints INTEGER, confidence INTEGER, cram INTEGER, beliefs TEXT, target TEXT
        ) STRICT""",
        # What a renamed question was called; made again whenever the bank changes.
        "CREATE TABLE aliases (old TEXT PRIMARY KEY, new TEXT NOT NULL) STRICT, WITHOUT ROWID",
        "CREATE INDEX aliases_new ON aliases (new)",
        "CREATE INDEX events_device ON events (device, seq)",
        "CREATE INDEX events_question ON events (question)",
        "CREATE INDEX events_at ON events (at)",
        "CREATE INDEX events_target ON events (target) WHERE target IS NOT NULL",
        """CREATE TABLE cards (
            question TEXT PRIMARY KEY, state INTEGER, step INTEGER, stability REAL,
            difficulty REAL, due INTEGER, first INTEGER, last INTEGER,
            reps INTEGER NOT NULL, lapses INTEGER NOT NULL, answers INTEGER NOT NULL,
            right INTEGER NOT NULL, partly INTEGER NOT NULL, duration INTEGER NOT NULL,
            answered INTEGER NOT NULL, verdict TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX cards_due ON cards (due, last, stability, question)",
        "CREATE INDEX cards_first ON cards (first)",
        "CREATE INDEX cards_last ON cards (last)",
    ),
    (
        # The time by which the log is in order: an event's own, or the latest before it on
        # its device where that is later (`events.in_order`).
        "ALTER TABLE events ADD COLUMN moment INTEGER NOT NULL DEFAULT 0",
        """UPDATE events SET moment = later.moment FROM (
            SELECT id, max(at) OVER (PARTITION BY device ORDER BY seq, id) AS moment FROM events
        ) AS later WHERE later.id = events.id""",
        "CREATE INDEX events_moment ON events (moment)",
        # Read by itself when choosing what is due, so all that it takes is in it.
        "DROP INDEX cards_due",
        "CREATE INDEX cards_due ON cards (due, state, last, stability, question)",
        """CREATE TABLE tallies (
            measure TEXT NOT NULL, value INTEGER NOT NULL, answers INTEGER NOT NULL,
            right INTEGER NOT NULL, duration INTEGER NOT NULL, PRIMARY KEY (measure, value)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE shown (
            belief TEXT NOT NULL, question TEXT NOT NULL, times INTEGER NOT NULL,
            last TEXT NOT NULL, PRIMARY KEY (belief, question)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX shown_question ON shown (question)",
        "DELETE FROM meta WHERE key = 'cards'",  # so that what is kept is made anew
    ),
)


class HistoryError(Refusal):
    """Why the history cannot be read or written, and what to do: one line.

    `code` is one of foreign, newer, damaged, full, locked, read-only, file,
    clock, conflict, event; screens may word it in their own language.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Notice(NamedTuple):
    """Something the learner should be told, though work goes on."""

    code: str  # set-aside | read-only | clock-back | clock-ahead | device-renewed
    text: str
    path: str = ""


class Store(NamedTuple):
    db: sqlite3.Connection
    can_save: bool
    notices: list[Notice]


def open_store(
    path: Path,
    *,
    stamp: str,
    timeout: float = 5.0,
    before_migration: Callable[[sqlite3.Connection, int], None] | None = None,
) -> Store:
    """Opens the database at `path`, creating folders and file where they are missing.

    `stamp` is the date and time for the name of a file set aside; `timeout`
    is how many seconds to wait for another process.

    Raises HistoryError: foreign, newer, locked, full, file.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            raise HistoryError("file", f"{path}: not a file. Move it away")
        if not _writable(path):
            return _for_reading(path)
        notices = []
        if _is_garbage(path):
            notices.append(set_aside(path, stamp))
        try:
            db = _prepare(path, timeout, before_migration)
        except sqlite3.DatabaseError as error:
            if explain(error, path).code != "damaged":
                raise
            notices.append(set_aside(path, stamp))
            db = _prepare(path, timeout, before_migration)
        return Store(db, True, notices)
    except sqlite3.Error as error:
        raise explain(error, path) from error
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return _for_reading(path)
        raise HistoryError("file", f"{path}: {error.strerror}") from error


def suspect(path: Path) -> Path:
    """A marker left by a run that met damage: the next start checks the whole file."""
    return path.with_name(path.name + ".suspect")


def set_aside(path: Path, stamp: str) -> Notice:
    """Renames a damaged file (and its journal) to a dated name that is not yet taken."""
    aside = path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}")
    number = 2
    while aside.exists():
        aside = path.with_name(f"{path.stem}.damaged-{stamp}-{number}{path.suffix}")
        number += 1
    if _journal(path).exists():
        _journal(path).rename(_journal(aside))
    path.rename(aside)
    suspect(path).unlink(missing_ok=True)
    return Notice(
        "set-aside",
        f"{path.name} was damaged and is kept as {aside.name}. "
        "`quiz doctor --rescue` brings back what it and the newest backup hold",
        str(aside),
    )


def explain(error: sqlite3.Error, path: Path) -> HistoryError:
    """SQLite's error as one line with a remedy."""
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return HistoryError("full", f"{path}: the disk is full. Free some space and answer again")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return HistoryError(
            "locked", f"{path}: another program keeps it locked. Close that one and try again"
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return HistoryError(
            "read-only", f"{path}: cannot be written. Give yourself write permission"
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return HistoryError(
            "damaged", f"{path}: the file is damaged. Start again: it will be set aside, not lost"
        )
    return HistoryError("file", f"{path}: {error}. Check the disk's free space and its health")


def damage(found: str) -> sqlite3.DatabaseError:
    """What SQLite itself raises where it meets damage, for what a check has found."""
    error = sqlite3.DatabaseError(found)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def _is_garbage(path: Path) -> bool:
    """Whether there is a file that no SQLite wrote, judged by its header alone.

    What is not ours must not even be opened by SQLite, which may write to what
    it opens. Where a journal lies beside it, SQLite recovers first and then
    judges by itself. Raises HistoryError: foreign, newer.
    """
    if not path.exists() or path.stat().st_size == 0:
        return False
    with path.open("rb") as file:
        header = file.read(100)
    unfinished = _journal(path).exists()
    if len(header) < 100 or not header.startswith(MAGIC):
        return not unfinished
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise HistoryError(
            "foreign", f"{path}: a database of another program. Move it or set QUIZ_HOME"
        )
    if not unfinished:  # or else the version may be one that the journal takes back
        _refuse_newer(path, int.from_bytes(header[60:64], "big"))
    return False


def _journal(path: Path) -> Path:
    return path.with_name(path.name + "-journal")


def _refuse_newer(path: Path, version: int) -> None:
    if version > len(MIGRATIONS):
        raise HistoryError(
            "newer",
            f"{path}: written by a newer quiz (format {version}, this one reads up to "
            f"{len(MIGRATIONS)}). Update quiz",
        )


def _writable(path: Path) -> bool:
    # SQLite needs the folder too: that is where the journal goes.
    return os.access(path.parent, os.W_OK) and (not path.exists() or os.access(path, os.W_OK))


def _connect(path: Path | str, timeout: float, *, uri: bool = False) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=timeout, isolation_level=None, uri=uri)


def _prepare(
    path: Path, timeout: float, before: Callable[[sqlite3.Connection, int], None] | None
) -> sqlite3.Connection:
    db = _connect(path, timeout)
    try:
        db.execute("PRAGMA synchronous = FULL")
        _check(path, db)
        _migrate(path, db, before)
    except BaseException:
        db.close()
        raise
    return db


def _check(path: Path, db: sqlite3.Connection) -> None:
    """Rolls back what a killed run left and looks for damage, in full when that is cheap."""
    _refuse_newer(path, _version(db))
    marker = suspect(path)
    if path.stat().st_size <= SMALL or marker.exists():
        found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise damage(found)
        marker.unlink(missing_ok=True)


def _version(db: sqlite3.Connection) -> int:
    return db.execute("PRAGMA user_version").fetchone()[0]


def _migrate(
    path: Path,
    db: sqlite3.Connection,
    before: Callable[[sqlite3.Connection, int], None] | None,
) -> None:
    version = _version(db)
    if version == len(MIGRATIONS):
        return
    if version and before is not None:
        before(db, version)
    db.execute("PRAGMA journal_mode = DELETE")
    db.execute("BEGIN IMMEDIATE")
    try:
        # Read again: another process may have done it while this one waited.
        version = _version(db)
        _refuse_newer(path, version)
        for statements in MIGRATIONS[version:]:
            for statement in statements:
                db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _for_reading(path: Path) -> Store:
    """The history as it is, not to be changed. One that is missing or damaged counts as empty."""
    notice = Notice(
        "read-only",
        f"{path.parent}: cannot be written, so answers are not saved. Set QUIZ_HOME elsewhere",
        str(path),
    )
    db = None
    if os.access(path, os.R_OK) and path.stat().st_size and not _is_garbage(path):
        db = _connect(path.resolve().as_uri() + "?mode=ro", 5.0, uri=True)
        try:
            version = _version(db)
        except sqlite3.Error as error:
            db.close()
            raise explain(error, path) from error
        if version < len(MIGRATIONS):
            db.close()
            db = None
    if db is None:
        db = _connect(":memory:", 5.0)
        _migrate(path, db, None)
    return Store(db, False, [notice])
