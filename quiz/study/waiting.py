"""The questions that are not begun yet, ready to be asked: found without reading the others.

They follow from the bank and the history together, so they are kept in a file of their
own that can be dropped: made from all questions when the bank changes, and brought up
to date by what has happened in the history since it was last looked at.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from quiz.study.catalogue import Catalogue
    from quiz.study.history import History

FORMAT = 1  # raise when SCHEMA changes
PAGE = 64  # rows that are read at once: as a rule a dozen are asked
WAIT = 1.0  # seconds for another process; beyond it this one works out its own

SCHEMA = """
CREATE TABLE seen(bank TEXT NOT NULL, history TEXT NOT NULL) STRICT;
CREATE TABLE topics(
    topic TEXT PRIMARY KEY, total INTEGER NOT NULL, begun INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE questions(
    key TEXT PRIMARY KEY, topic TEXT NOT NULL, rank INTEGER NOT NULL, kind TEXT NOT NULL,
    level TEXT NOT NULL, place INTEGER NOT NULL, begun INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX waiting ON questions(topic, place, kind, level, key, rank, begun) WHERE NOT begun;
"""


class Waits(NamedTuple):
    """A question that is not begun; `position` is its place in the topic's teaching order."""

    key: str
    topic: str
    rank: int
    kind: str
    level: str
    position: int


class Waiting:
    """What is not begun, topic by topic. Open with `open_waiting`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def close(self) -> None:
        self._db.close()

    def sizes(self) -> dict[str, int]:
        """How many questions each topic has."""
        return dict(self._db.execute("SELECT topic, total FROM topics"))

    def begun(self) -> dict[str, int]:
        """How many questions of each topic are begun."""
        return dict(self._db.execute("SELECT topic, begun FROM topics"))

    def in_order(
        self,
        topic: str,
        kinds: Collection[str] | None = None,
        levels: Collection[str] | None = None,
    ) -> Iterator[Waits]:
        """A topic's questions that wait, as they are to be taught; read as far as asked for."""
        where, given = "", []
        for name, wanted in (("kind", kinds), ("level", levels)):
            if wanted is not None:
                where += f" AND {name} IN ({', '.join('?' * len(wanted))})"
                given += wanted
        query = (
            "SELECT key, topic, rank, kind, level, place FROM questions"
            f" WHERE NOT begun AND topic = ? AND place > ?{where} ORDER BY place LIMIT {PAGE}"
        )
        last = -1
        while page := self._db.execute(query, (topic, last, *given)).fetchall():
            yield from map(Waits._make, page)
            last = page[-1][-1]


def open_waiting(
    bank: Catalogue, history: History, path: Path | None = None, stamp: str = ""
) -> Waiting:
    """What waits now. `stamp` changes whenever the bank does.

    Kept at `path`; worked out in memory without one, or where it can't be written.
    Raises HistoryError.
    """
    if path is not None:
        try:
            return _kept(path, stamp, bank, history)
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) in (
                sqlite3.SQLITE_NOTADB,
                sqlite3.SQLITE_CORRUPT,
            ):
                path.unlink(missing_ok=True)  # made anew by the next start
    db = _connect(":memory:")
    _bring_up_to_date(db, stamp, bank, history)
    return Waiting(db)


def _kept(path: Path, stamp: str, bank: Catalogue, history: History) -> Waiting:
    db = _connect(path)
    try:
        _bring_up_to_date(db, stamp, bank, history)
    except BaseException:
        db.close()
        raise
    return Waiting(db)


def _connect(path: Path | str) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=WAIT, isolation_level=None)
    db.execute("PRAGMA synchronous = OFF")  # what a loss of power takes can be made again
    return db


def _bring_up_to_date(
    db: sqlite3.Connection, stamp: str, bank: Catalogue, history: History
) -> None:
    stamp, known = f"{FORMAT} {stamp}", _seen(db)
    if known == (stamp, history.mark()):
        return
    db.execute("BEGIN IMMEDIATE")
    known = _seen(db)  # again: another process may have done it while this one waited
    mark, changed = history.changed_since(known[1]) if known[0] == stamp else (history.mark(), None)
    if changed is None:
        _fill(db, bank, history.cards.begun())
    else:
        _renew(db, history.cards.begun_among(changed))
    db.execute("DELETE FROM seen")
    db.execute("INSERT INTO seen VALUES (?, ?)", (stamp, mark))
    db.execute("COMMIT")


def _seen(db: sqlite3.Connection) -> tuple[str, str]:
    """The bank and the place in the history that it was made of."""
    if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'seen'").fetchone() is None:
        return "", ""
    return db.execute("SELECT bank, history FROM seen").fetchone()


def _fill(db: sqlite3.Connection, bank: Catalogue, begun: Collection[str]) -> None:
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        db.execute(f"DROP TABLE {name}")
    for statement in SCHEMA.split(";"):
        db.execute(statement)
    for topic in bank.sizes():
        db.executemany(
            "INSERT OR IGNORE INTO questions VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (row.key, topic, row.rank, row.kind, row.level, place, row.key in begun)
                for place, row in enumerate(bank.in_order(topic, None, None))
            ),
        )
    db.execute(
        "INSERT INTO topics SELECT topic, count(*), sum(begun) FROM questions GROUP BY topic"
    )


def _renew(db: sqlite3.Connection, begun: Mapping[str, bool]) -> None:
    """Takes over which of these questions are begun."""
    for key, is_begun in begun.items():
        for (topic,) in db.execute(
            "UPDATE questions SET begun = ?2 WHERE key = ?1 AND begun != ?2 RETURNING topic",
            (key, is_begun),
        ).fetchall():
            more = 1 if is_begun else -1
            db.execute("UPDATE topics SET begun = begun + ? WHERE topic = ?", (more, topic))
