"""Sums over all answers that count: by time of day, by time taken, by confidence. A cache.

Whoever adds events moves them, in the same transaction, by what that changes: so no
figure over a million answers has to read them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import NamedTuple

from quiz.study.events import Answer

# A learner's day begins at another moment in each time zone, but, since 1972, at a whole
# quarter of an hour in all of them.
QUARTER = 900_000  # ms

# What answers are summed by: the value an answer is counted under, None for not at all.
MEASURES: dict[str, Callable[[Answer], int | None]] = {
    "quarter": lambda answer: answer.at // QUARTER,  # of an hour, since 1970 in UTC
    "duration": lambda answer: answer.duration or None,  # ms; 0 is not timed
    "confidence": lambda answer: answer.confidence,  # percent
}


class Tally(NamedTuple):
    """The answers that share a value, or a span of values that begins with it."""

    value: int
    answers: int
    right: int
    duration: int  # ms


class Tallies:
    """Reading the sums of a history, through its `tallies` attribute. Raises HistoryError."""

    def __init__(self, reading: Callable[[], AbstractContextManager[sqlite3.Connection]]) -> None:
        self._reading = reading

    def by(self, measure: str) -> list[Tally]:
        """The sums by one of MEASURES, by rising value."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT value, answers, right, duration FROM tallies"
                " WHERE measure = ? AND answers > 0 ORDER BY value",
                (measure,),
            ).fetchall()
        return [Tally._make(row) for row in rows]

    def since(self, measure: str, value: int) -> int:
        """How many answers are counted under this value or a higher one."""
        with self._reading() as db:
            return db.execute(
                "SELECT coalesce(sum(answers), 0) FROM tallies WHERE measure = ? AND value >= ?",
                (measure, value),
            ).fetchone()[0]

    def spans(self, measure: str, end_of: Callable[[int], int]) -> Iterator[Tally]:
        """Sums over spans, each from a value that there is until before `end_of` it."""
        end = 0
        while True:
            with self._reading() as db:
                (start,) = db.execute(
                    "SELECT min(value) FROM tallies"
                    " WHERE measure = ? AND value >= ? AND answers > 0",
                    (measure, end),
                ).fetchone()
                if start is None:
                    return
                end = end_of(start)
                sums = db.execute(
                    "SELECT sum(answers), sum(right), sum(duration) FROM tallies"
                    " WHERE measure = ? AND value >= ? AND value < ?",
                    (measure, start, end),
                ).fetchone()
            yield Tally(start, *sums)


class Change:
    """What a transaction does to the sums."""

    def __init__(self) -> None:
        self._sums: dict[tuple[str, int], list[int]] = {}

    def replace(self, before: Iterable[Answer], after: Iterable[Answer]) -> None:
        """The answers that counted give way to those that count now."""
        gone, come = set(before), set(after)
        self._add(gone - come, -1)
        self._add(come - gone, 1)

    def _add(self, answers: Iterable[Answer], sign: int) -> None:
        for answer in answers:
            for measure, value_of in MEASURES.items():
                if (value := value_of(answer)) is not None:
                    sums = self._sums.setdefault((measure, value), [0, 0, 0])
                    sums[0] += sign
                    sums[1] += sign * (answer.verdict == "right")
                    sums[2] += sign * answer.duration

    def write(self, db: sqlite3.Connection) -> None:
        db.executemany(
            "INSERT INTO tallies VALUES (?, ?, ?, ?, ?) ON CONFLICT (measure, value) DO UPDATE SET"
            " answers = answers + excluded.answers, right = right + excluded.right,"
            " duration = duration + excluded.duration",
            ((*key, *sums) for key, sums in sorted(self._sums.items()) if any(sums)),
        )
