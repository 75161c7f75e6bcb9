"""The cards: per question, what is remembered and when it is due. A cache of the events."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager

from quiz.study.memory import DAY, Card, Scheduling, days_until

COLUMNS = ", ".join(Card._fields)
PAGE = 256


class Cards:
    """Reading the cards of a history, through its `cards` attribute.

    Methods raise HistoryError when the file cannot be read.
    """

    def __init__(
        self,
        reading: Callable[[], AbstractContextManager[sqlite3.Connection]],
        scheduling: Scheduling,
    ) -> None:
        self._reading = reading
        self.scheduling = scheduling

    def get(self, question: str) -> Card | None:
        with self._reading() as db:
            rows = db.execute(f"SELECT {COLUMNS} FROM cards WHERE question = ?", (question,))
            row = rows.fetchone()
        return Card._make(row) if row else None

    def all(self) -> dict[str, Card]:
        """Every card, by question. For statistics; choosing what to ask uses `due` and `begun`."""
        with self._reading() as db:
            rows = db.execute(f"SELECT {COLUMNS} FROM cards").fetchall()
        return {row[0]: Card._make(row) for row in rows}

    def due(self, now: int, tonight: int) -> Iterator[str]:
        """Questions due at `now` (UTC ms), in learning steps first, then the least remembered.

        A review counts as due from the beginning of its day on: so all that come before
        `tonight`, when the learner's day ends, are. A learning step is of minutes, and waits.
        What was missed today would come last by its recall, having just been read:
        but it is not known yet, and the day may end before its turn. Among others
        recall falls with (time passed) / stability, so that ratio is the order.
        A card last answered in the future comes first: its clock was wrong.
        Read a page at a time, so that no lock is held between questions; each page is larger
        than the one before, as each has to find its beginning among all that is due.
        """
        with self._reading() as db:
            ahead = db.execute(
                "SELECT question FROM cards WHERE last > ? ORDER BY last, question", (now + DAY,)
            ).fetchall()
        yield from (question for (question,) in ahead)
        known, ratio, question = 0, 1e300, ""  # before any there is
        size = PAGE
        while True:
            with self._reading() as db:
                page = db.execute(
                    "SELECT state = 2 AS known, (:now - last) / stability AS ratio, question"
                    " FROM cards WHERE due < :tonight AND (state = 2 OR due <= :now)"
                    " AND (known > :known OR known = :known"
                    " AND (ratio < :ratio OR ratio = :ratio AND question > :question))"
                    " ORDER BY known, ratio DESC, question LIMIT :page",
                    {
                        "now": now,
                        "tonight": tonight,
                        "known": known,
                        "ratio": ratio,
                        "question": question,
                        "page": size,
                    },
                ).fetchall()
            for known, ratio, question in page:  # noqa: B007 - the last is where the next starts
                yield question
            if len(page) < size:
                return
            size *= 8

    def missed(self, now: int) -> list[str]:
        """Questions in their learning steps whose minutes have passed, the least remembered first.

        All that there are: what is missed is asked again within the day.
        """
        with self._reading() as db:
            rows = db.execute(
                "SELECT question FROM cards WHERE state != 2 AND due <= :now"
                " ORDER BY (:now - last) / stability DESC, question",
                {"now": now},
            )
            return [question for (question,) in rows]

    def faded(self, at: int, threshold: float, before: int) -> list[str]:
        """Questions last answered before `before` that recall `at` a time is below a threshold of.

        The least remembered first; times in UTC ms.
        """
        with self._reading() as db:
            rows = db.execute(
                "SELECT question FROM cards WHERE last < :before"
                " AND (:at - last) / stability > :ratio"
                " ORDER BY (:at - last) / stability DESC, question",
                {"at": at, "before": before, "ratio": days_until(threshold, self.scheduling) * DAY},
            )
            return [question for (question,) in rows]

    def every(self, step: int) -> list[str]:
        """One in so many of the questions that was answered."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT question FROM (SELECT question, row_number() OVER (ORDER BY question)"
                " AS number FROM cards) WHERE number % ? = 0",
                (step,),
            )
            return [question for (question,) in rows]

    def begun(self) -> set[str]:
        """Questions that were answered at least once, cramming aside."""
        with self._reading() as db:
            return {q for (q,) in db.execute("SELECT question FROM cards WHERE first IS NOT NULL")}

    def begun_among(self, questions: Iterable[str]) -> dict[str, bool]:
        """Which of these questions are begun and which are not."""
        with self._reading() as db:
            return {
                question: db.execute(
                    "SELECT 1 FROM cards WHERE question = ? AND first IS NOT NULL", (question,)
                ).fetchone()
                is not None
                for question in questions
            }

    def coming(self, until: int) -> list[tuple[str, int, int]]:
        """(question, when it is due, state) of all that are due before `until` (UTC ms)."""
        with self._reading() as db:
            return db.execute(
                "SELECT question, due, state FROM cards WHERE due < ? ORDER BY due", (until,)
            ).fetchall()

    def next_due(self, start: int) -> int | None:
        """When the first question is due at `start` (UTC ms) or later."""
        with self._reading() as db:
            return db.execute("SELECT min(due) FROM cards WHERE due >= ?", (start,)).fetchone()[0]

    def reviewed_since(self, start: int) -> int:
        """How many questions begun before `start` (UTC ms) were answered then or later."""
        with self._reading() as db:
            return db.execute(
                "SELECT count(*) FROM cards WHERE last >= ? AND first < ?", (start, start)
            ).fetchone()[0]

    def begun_since(self, start: int) -> int:
        """How many questions had their first answer at `start` (UTC ms) or later."""
        with self._reading() as db:
            return db.execute("SELECT count(*) FROM cards WHERE first >= ?", (start,)).fetchone()[0]


def put(db: sqlite3.Connection, card: Card) -> None:
    marks = ", ".join("?" * len(card))
    db.execute(f"INSERT OR REPLACE INTO cards ({COLUMNS}) VALUES ({marks})", card)


def drop(db: sqlite3.Connection, question: str) -> None:
    db.execute("DELETE FROM cards WHERE question = ?", (question,))
