"""The cards: per question, what is remembered and when it is due. A cache of the events.

Whoever adds events refreshes the cards of their questions in the same
transaction; each is replayed from its first answer, so no state can drift.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager

from quiz.study import memory
from quiz.study.events import Event, effective
from quiz.study.memory import DAY, Card, Scheduling

COLUMNS = ", ".join(Card._fields)
REPLAY = 2  # raise when the replay itself changes, and every history rebuilds its cards
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

    def due(self, now: int) -> Iterator[str]:
        """Questions due at `now` (UTC ms), in learning steps first, then the least remembered.

        What was missed today would come last by its recall, having just been read:
        but it is not known yet, and the day may end before its turn. Among others
        recall falls with (time passed) / stability, so that ratio is the order.
        A card last answered in the future comes first: its clock was wrong.
        Read a page at a time, so that no lock is held between questions.
        """
        with self._reading() as db:
            ahead = db.execute(
                "SELECT question FROM cards WHERE last > ? ORDER BY last, question", (now + DAY,)
            ).fetchall()
        yield from (question for (question,) in ahead)
        known, ratio, question = 0, 1e300, ""  # before any there is
        while True:
            with self._reading() as db:
                page = db.execute(
                    "SELECT state = 2 AS known, (:now - last) / stability AS ratio, question"
                    " FROM cards WHERE due <= :now AND (known > :known OR known = :known"
                    " AND (ratio < :ratio OR ratio = :ratio AND question > :question))"
                    " ORDER BY known, ratio DESC, question LIMIT :page",
                    {
                        "now": now,
                        "known": known,
                        "ratio": ratio,
                        "question": question,
                        "page": PAGE,
                    },
                ).fetchall()
            for known, ratio, question in page:  # noqa: B007 - the last is where the next starts
                yield question
            if len(page) < PAGE:
                return

    def begun(self) -> set[str]:
        """Questions that were answered at least once, cramming aside."""
        with self._reading() as db:
            return {q for (q,) in db.execute("SELECT question FROM cards WHERE first IS NOT NULL")}

    def begun_since(self, start: int) -> int:
        """How many questions had their first answer at `start` (UTC ms) or later."""
        with self._reading() as db:
            return db.execute("SELECT count(*) FROM cards WHERE first >= ?", (start,)).fetchone()[0]


def refresh(
    db: sqlite3.Connection,
    questions: Iterable[str],
    events_of: Callable[[str], list[Event]],
    scheduling: Scheduling,
) -> None:
    """Replays the cards of these questions; the caller's transaction is open."""
    scheduler = None
    for question in questions:
        answers = effective(events_of(question))
        if not answers:
            db.execute("DELETE FROM cards WHERE question = ?", (question,))
            continue
        scheduler = scheduler or memory.scheduler(scheduling)
        card = memory.replay(question, answers, scheduler)
        marks = ", ".join("?" * len(card))
        db.execute(f"INSERT OR REPLACE INTO cards ({COLUMNS}) VALUES ({marks})", card)


def signature(scheduling: Scheduling) -> str:
    """What the cards depend on besides the events: other words, other cards."""
    return f"{REPLAY} {scheduling.retention} {scheduling.weights or 'default'}"
