"""Which misconceptions the answers to each question have shown. A cache of the events."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import NamedTuple

from quiz.study.events import Answer

Place = tuple[int, str, int, str]  # of an event in the log: moment, device, seq, id


class Showing(NamedTuple):
    """A belief, as answers have shown it."""

    belief: str
    times: int
    question: str  # whose answer showed it last
    at: int  # UTC ms of that answer
    place: Place  # of the same


class Shown:
    """Reading the beliefs shown, through a history's `shown` attribute. Raises HistoryError."""

    def __init__(self, reading: Callable[[], AbstractContextManager[sqlite3.Connection]]) -> None:
        self._reading = reading

    def all(self) -> list[Showing]:
        """Every belief, in the order in which they were last shown."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT belief, total, question, at, moment, device, seq, id FROM ("
                " SELECT belief, shown.question, at, moment, device, seq, id,"
                " sum(times) OVER (PARTITION BY belief) AS total, row_number() OVER ("
                "  PARTITION BY belief ORDER BY moment DESC, device DESC, seq DESC, id DESC"
                " ) AS number FROM shown JOIN events ON events.id = shown.last"
                ") WHERE number = 1 ORDER BY moment, device, seq, id"
            ).fetchall()
        return [Showing(*row[:4], row[4:]) for row in rows]

    def by(self, question: str) -> set[str]:
        """The beliefs that answers to this question have shown."""
        with self._reading() as db:
            rows = db.execute("SELECT belief FROM shown WHERE question = ?", (question,))
            return {belief for (belief,) in rows}

    def has(self, belief: str) -> bool:
        """Has an answer that counts shown this belief?"""
        with self._reading() as db:
            row = db.execute("SELECT 1 FROM shown WHERE belief = ? LIMIT 1", (belief,)).fetchone()
        return row is not None


def put(db: sqlite3.Connection, question: str, answers: Iterable[Answer]) -> None:
    """What the answers to a question show, in place of what they have shown so far."""
    found: dict[str, tuple[int, str]] = {}
    for answer in answers:
        if answer.verdict != "right":
            for belief in answer.beliefs:
                times, _ = found.get(belief, (0, ""))
                found[belief] = (times + 1, answer.id)
    db.execute("DELETE FROM shown WHERE question = ?", (question,))
    db.executemany(
        "INSERT INTO shown VALUES (?, ?, ?, ?)",
        ((belief, question, *of) for belief, of in found.items()),
    )
