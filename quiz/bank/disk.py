"""The index as a file: what it is made of, and whether it is sound, whole and up to date.

Of more than FEW files only folders and topics are looked at before the first question: a
file that was added or removed, or replaced by an editor, changes its folder. What was
changed in place is met when that question is read, or by `Bank.look_over`.
"""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from quiz.bank.packs import Pack, Stamp, stamp

Progress = Callable[[int, int], None]  # called with the files done, and of how many

APPLICATION_ID = 0x7175697A  # "quiz"
VERSION = 4  # of the tables
WAIT = 30  # seconds, for another process that is compiling
FEW = 2000  # files: a look at each of so many takes no time that anybody would notice (6 ms)

SCHEMA = """
CREATE TABLE files(
    id INTEGER PRIMARY KEY, pack TEXT, path TEXT, size INTEGER, mtime_ns INTEGER, sha TEXT,
    UNIQUE(pack, path)) STRICT;
CREATE TABLE topics(
    id TEXT PRIMARY KEY, file INTEGER, pack TEXT, rank INTEGER, ord INTEGER,
    title_en TEXT, title_zh TEXT, requires TEXT, blob TEXT) STRICT;
CREATE TABLE questions(
    key TEXT PRIMARY KEY, id TEXT, file INTEGER, pack TEXT, topic TEXT, rank INTEGER, kind TEXT,
    level TEXT, position INTEGER, demo TEXT, langs TEXT, revision TEXT, blob TEXT) STRICT;
-- All that choosing needs is in these, as the rows themselves are far apart.
CREATE INDEX questions_order ON questions(
    rank, position, key, id, topic, kind, level, demo, langs);
CREATE INDEX questions_topic ON questions(
    topic, position, key, id, rank, kind, level, demo, langs);
CREATE INDEX questions_key ON questions(key, topic);
CREATE INDEX questions_file ON questions(file);
CREATE TABLE folders(pack TEXT, path TEXT, mtime_ns INTEGER) STRICT;
-- Files that were seen to have changed.
CREATE TABLE stale(pack TEXT, path TEXT, UNIQUE(pack, path)) STRICT;
-- How many files are in, of how many: a row as long as some are to come.
CREATE TABLE building(done INTEGER, total INTEGER) STRICT;
-- The misconceptions that a wrong answer to a question can show.
CREATE TABLE catches(key TEXT, belief TEXT, file INTEGER, PRIMARY KEY(key, belief)) STRICT;
CREATE INDEX catches_belief ON catches(belief, key);
CREATE INDEX catches_file ON catches(file);
CREATE TABLE aliases(alias TEXT PRIMARY KEY, key TEXT, file INTEGER) STRICT;
CREATE TABLE problems(
    file INTEGER, line INTEGER, column INTEGER, code TEXT, message TEXT) STRICT;
"""


def file_name(packs: Sequence[Pack]) -> str:
    """Another set of packs has an index of its own, and so has another compiler."""
    return f"bank-{_named(packs)}.{_compiler()}.sqlite"


def _named(packs: Sequence[Pack]) -> str:
    return f"{zlib.crc32(repr([(pack.name, str(pack.root)) for pack in packs]).encode()):08x}"


def _compiler() -> str:
    """Another name as soon as the code that compiles, or what it compiles into, changes."""
    here = os.path.dirname(__file__)
    stamps = [os.stat(f"{here}/../model.py").st_mtime_ns]
    for folder in (here, f"{here}/rules"):
        with os.scandir(folder) as entries:
            stamps += sorted(e.stat().st_mtime_ns for e in entries if e.name.endswith(".py"))
    return f"{zlib.crc32(repr(stamps).encode()):08x}"


def connect(path: Path | str) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=WAIT, isolation_level=None)


def is_ours(connection: sqlite3.Connection) -> bool:
    ((application,),) = connection.execute("PRAGMA application_id")
    ((found,),) = connection.execute("PRAGMA user_version")
    return (application, found) == (APPLICATION_ID, VERSION)


def stamps(packs: Sequence[Pack]) -> dict[tuple[str, str], Stamp]:
    """(pack, path) of every file -> what tells that it has changed."""
    found = {}
    for pack in packs:
        root = str(pack.root)
        for path in pack.files():
            found[pack.name, path] = stamp(f"{root}/{path}")
    return found


def changed(connection: sqlite3.Connection, packs: Sequence[Pack]) -> list[tuple[str, str]]:
    """(pack, path) of every file that is new, gone or other than when it was compiled."""
    now = stamps(packs)
    known = {
        (pack, path): (size, mtime)
        for pack, path, size, mtime in connection.execute(
            "SELECT pack, path, size, mtime_ns FROM files"
        )
    }
    if known == now:
        return []
    return [where for where in known.keys() | now.keys() if known.get(where) != now.get(where)]


def is_small(connection: sqlite3.Connection) -> bool:
    rows = connection.execute("SELECT id FROM files LIMIT 1 OFFSET ?", (FEW,))
    return rows.fetchone() is None


def is_whole(connection: sqlite3.Connection) -> bool:
    """Whether every file was compiled that there was."""
    return connection.execute("SELECT 1 FROM building").fetchone() is None


def folders(packs: Sequence[Pack]) -> dict[tuple[str, str], int]:
    """(pack, path) of every folder of content -> when something was last put in or taken out."""
    return {
        (pack.name, path): stamp(f"{pack.root}/{path}")[1]
        for pack in packs
        for path in pack.folders()
    }


def known_folders(connection: sqlite3.Connection) -> dict[tuple[str, str], int]:
    """The same, as it was when they were compiled."""
    rows = connection.execute("SELECT pack, path, mtime_ns FROM folders")
    return {(pack, path): mtime for pack, path, mtime in rows}


def moved(connection: sqlite3.Connection, packs: Sequence[Pack]) -> bool:
    """Whether folders, the topics' own files, or any known to have changed, are to be compiled."""
    if known_folders(connection) != folders(packs):
        return True
    if connection.execute("SELECT 1 FROM stale LIMIT 1").fetchone():
        return True
    roots = {pack.name: pack.root for pack in packs}
    topics = connection.execute(
        "SELECT pack, path, size, mtime_ns FROM files WHERE id IN (SELECT file FROM topics)"
    )
    return any(stamp(f"{roots[pack]}/{path}") != tuple(rest) for pack, path, *rest in topics)


def is_damage(problem: sqlite3.DatabaseError) -> bool:
    """Whether the index has to be made again; not where it only can't be used at the moment."""
    code, said = _code(problem), str(problem)
    if code == sqlite3.SQLITE_ERROR:  # tables of another version
        return "no such" in said or "has no column" in said
    # Text that is no text is met by Python, without a code.
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or "decode to UTF-8" in said


def is_busy(problem: sqlite3.DatabaseError) -> bool:
    return _code(problem) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _code(problem: sqlite3.DatabaseError) -> int:
    return (getattr(problem, "sqlite_errorcode", None) or 0) & 0xFF


def fresh(path: Path, packs: Sequence[Pack]) -> sqlite3.Connection | None:
    """A connection to the index, if it is there, sound as far as can be seen, and up to date."""
    if not path.exists():
        return None
    connection = connect(path)
    with suppress(sqlite3.DatabaseError):
        if is_ours(connection):
            differs = changed if is_small(connection) else moved
            if is_whole(connection) and not differs(connection, packs):
                return connection
    connection.close()
    return None


def unfinished(path: Path) -> sqlite3.Connection | None:
    """A connection to the index that another process fills, if there is something in it."""
    if not path.exists():
        return None
    connection = connect(path)
    with suppress(sqlite3.DatabaseError):
        if is_ours(connection) and not is_whole(connection):
            return connection
    connection.close()
    return None
