"""The log of events, and what it says of itself. `quiz.study.history` adds to it.

It is in one order (`events.in_order`), by which each event has a place: its `moment`,
device, seq and id.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from quiz.study.events import LATEST, Answer, Event, effective, in_order
from quiz.study.shown import Place
from quiz.study.store import HistoryError, explain, suspect

EVENT = ", ".join(Event._fields)
STANDS = "AND NOT EXISTS (SELECT 1 FROM events WHERE target = e.id AND kind = 'void')"
PAGE, LARGEST_PAGE = 64, 16_384  # events


class Log:
    """Reading the events. Every method raises HistoryError when the file cannot be read."""

    def __init__(self, path: Path, db: sqlite3.Connection, *, can_save: bool) -> None:
        self.path = path
        self.can_save = can_save
        self._db = db

    def events(self) -> Iterator[Event]:
        """The whole log, device by device, each in its own order."""
        with self._reading() as db:
            yield from map(
                Event._make,
                db.execute(f"SELECT {EVENT} FROM events ORDER BY device, seq, id"),
            )

    def ids(self) -> set[str]:
        """Of all events."""
        with self._reading() as db:
            return {id for (id,) in db.execute("SELECT id FROM events")}

    def size(self, after: int = -1) -> tuple[int, int, int]:
        """How many events there are later than `after`, of how many devices, and the last's time.

        Times are UTC ms.
        """
        with self._reading() as db:
            return db.execute(
                "SELECT count(*), count(DISTINCT device), coalesce(max(at), 0) FROM events"
                " WHERE at > ?",
                (after,),
            ).fetchone()

    def event(self, id: str) -> Event | None:
        with self._reading():
            return self._event_by_id(id)

    def answers(self, question: str | None = None) -> list[Answer]:
        """The answers that count, in order: of one question, or of all."""
        if question is not None:
            with self._reading():
                return effective(self._events_of(self._current(question)))
        with self._reading() as db:
            aliases = dict(db.execute("SELECT old, new FROM aliases"))
        by_question: dict[str, list[Event]] = {}
        place: dict[str, int] = {}
        for number, event in enumerate(in_order(self.events())):
            place[event.id] = number
            name = aliases.get(event.question, event.question)
            by_question.setdefault(name, []).append(event._replace(question=name))
        found = [answer for events in by_question.values() for answer in effective(events)]
        return sorted(found, key=lambda answer: place[answer.id])

    def answers_after(self, place: Place) -> Iterator[tuple[Place, Answer]]:
        """The answers that count after a place in the log, in its order, each with its own.

        Read a page at a time, so that no lock is held between answers; pages grow, as many
        events may share a moment, where a clock was ahead, and each page has to sort those.
        """
        size = PAGE
        while True:
            with self._reading() as db:
                page = db.execute(
                    f"SELECT moment, {EVENT}, coalesce(new, question),"
                    " EXISTS (SELECT 1 FROM events WHERE target = e.id)"
                    " FROM events AS e LEFT JOIN aliases ON old = question"
                    " WHERE kind = 'answer' AND moment >= ?1"
                    " AND (moment, device, seq, id) > (?1, ?2, ?3, ?4)"
                    f" ORDER BY moment, device, seq, id LIMIT {size}",
                    place,
                ).fetchall()
            for moment, *values, question, corrected in page:
                event = Event(*values)._replace(question=question)
                place = (moment, event.device, event.seq, event.id)
                given = self.answers(question) if corrected else effective([event])
                yield from ((place, answer) for answer in given if answer.id == event.id)
            if len(page) < size:
                return
            size = min(2 * size, LARGEST_PAGE)

    def latest(self, count: int) -> list[Answer]:
        """The last answers that count, in order: about so many, or all where there are fewer."""
        with self._reading() as db:
            row = db.execute(
                "SELECT moment FROM events WHERE kind = 'answer'"
                " ORDER BY moment DESC LIMIT 1 OFFSET ?",
                (count - 1,),
            ).fetchone()
        start = row[0] if row else 0
        return [answer for _, answer in self.answers_after((start, "", 0, ""))]

    def skipped_since(self, start: int) -> set[str]:
        """Questions skipped at `start` (UTC ms) or later."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT coalesce(new, question) FROM events AS e"
                f" LEFT JOIN aliases ON old = question WHERE kind = 'skip' AND at >= ? {STANDS}",
                (start,),
            )
            return {question for (question,) in rows}

    def answered_between(self, start: int, end: int) -> bool:
        """Was there an answer that counts in [start, end), UTC ms?"""
        with self._reading() as db:
            row = db.execute(
                "SELECT 1 FROM events AS e WHERE at >= ? AND at < ? AND kind = 'answer'"
                f" {STANDS} LIMIT 1",
                (start, end),
            ).fetchone()
        return row is not None

    def mark(self) -> str:
        """Where the log ends now: what comes later is `changed_since` this."""
        with self._reading() as db:
            last = db.execute("SELECT rowid, id FROM events ORDER BY rowid DESC LIMIT 1").fetchone()
        return "{} {}".format(*last or (0, ""))

    def changed_since(self, mark: str) -> tuple[str, set[str] | None]:
        """The mark of now, and the questions that an event added since an earlier one is about.

        None in place of the questions for a mark of another log, such as the one that a
        backup has since replaced.
        """
        now = self.mark()
        (since, id), (until, _) = (text.partition(" ")[::2] for text in (mark, now))
        with self._reading() as db:
            if (
                since != "0"
                and not db.execute(
                    "SELECT 1 FROM events WHERE rowid = ? AND id = ?", (since, id)
                ).fetchone()
            ):
                return now, None
            rows = db.execute(
                "SELECT DISTINCT coalesce(new, question) FROM events"
                " LEFT JOIN aliases ON old = question"
                " WHERE events.rowid > ? AND events.rowid <= ?",
                (int(since), int(until)),
            )
            return now, {question for (question,) in rows}

    # For those who add to it

    def _current(self, question: str) -> str:
        row = self._db.execute("SELECT new FROM aliases WHERE old = ?", (question,)).fetchone()
        return row[0] if row else question

    def _event_by_id(self, id: str) -> Event | None:
        row = self._db.execute(f"SELECT {EVENT} FROM events WHERE id = ?", (id,)).fetchone()
        return Event._make(row) if row else None

    def _events_of(self, question: str) -> list[Event]:
        """Its events, those under its former ids too."""
        rows = self._db.execute(
            f"SELECT {EVENT} FROM events WHERE question = :name"
            " OR question IN (SELECT old FROM aliases WHERE new = :name)",
            {"name": question},
        )
        return [Event._make(row)._replace(question=question) for row in rows]

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            yield self._db
        except sqlite3.Error as error:
            raise self._explain(error) from error

    def _explain(self, error: sqlite3.Error) -> HistoryError:
        explained = explain(error, self.path)
        if explained.code == "damaged" and self.can_save:
            suspect(self.path).touch()
        return explained


def insert(db: sqlite3.Connection, event: Event) -> None:
    """Adds it to the log, and keeps the log's order (`in_order`) in its moments."""
    place = {"device": event.device, "seq": event.seq, "id": event.id, "moment": event.at}
    before = db.execute(
        "SELECT moment FROM events WHERE device = :device AND (seq, id) < (:seq, :id)"
        " ORDER BY seq DESC, id DESC LIMIT 1",
        place,
    ).fetchone()
    place["moment"] = max(event.at, *before or (0,))
    marks = ", ".join("?" * len(event))
    db.execute(
        f"INSERT INTO events ({EVENT}, moment) VALUES ({marks}, ?)", (*event, place["moment"])
    )
    # Those after it on its device that would be earlier: as a rule there are none.
    db.execute(
        "UPDATE events SET moment = :moment WHERE device = :device"
        " AND (seq, id) > (:seq, :id) AND moment < :moment AND seq <= coalesce(("
        "SELECT seq FROM events WHERE device = :device AND (seq, id) > (:seq, :id)"
        " AND moment >= :moment ORDER BY seq, id LIMIT 1), :latest)",
        place | {"latest": LATEST},
    )
