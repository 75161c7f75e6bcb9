"""The learner's history: every answer, kept from the moment its verdict is shown.

One method, one transaction. What they amount to (the cards, sums, beliefs
shown) is a cache of them, brought up to date in the same transaction.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from quiz.study import backup, caches
from quiz.study.cards import Cards
from quiz.study.events import LATEST, Answer, Event, fault
from quiz.study.log import EVENT, STANDS, Log, insert
from quiz.study.memory import DAY, EPOCH, Card, Scheduling
from quiz.study.shown import Shown
from quiz.study.store import HistoryError, Notice, open_store
from quiz.study.tallies import Tallies

__all__ = ["Answer", "Card", "Event", "History", "HistoryError", "Notice", "Scheduling"]

BEHIND = 60_000  # ms a clock may fall back (time servers correct by less) before a word is said
AHEAD = 400 * DAY
LATELY = 200  # events: a clock that was once years ahead is not held against it for ever

Progress = Callable[[int, int], None]


class History(Log):
    """The log, added to, and what it amounts to. Open one with `History.open`.

    Every method raises HistoryError when the file cannot be read or written;
    then nothing of that call was saved.
    """

    def __init__(
        self,
        path: Path,
        db: sqlite3.Connection,
        *,
        clock: Callable[[], int],
        scheduling: Scheduling,
        can_save: bool,
        notices: list[Notice],
        entropy: Callable[[int], bytes],
    ) -> None:
        super().__init__(path, db, can_save=can_save)
        self.clock = clock
        self.scheduling = scheduling
        self.notices = notices  # for the screen, which may clear it
        self.cards = Cards(self._reading, scheduling)
        self.tallies = Tallies(self._reading)
        self.shown = Shown(self._reading)
        self._entropy = entropy

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        clock: Callable[[], int],
        scheduling: Scheduling = Scheduling(),  # noqa: B008
        timeout: float = 5.0,
        entropy: Callable[[int], bytes] = os.urandom,
        progress: Progress = lambda done, of: None,
    ) -> History:
        """Opens or creates the history at `path`.

        `clock` gives UTC in ms, `timeout` is how long to wait for another
        process (s), `entropy` makes the ids, `progress(done, of)` is called where
        what is kept of the events has to be made anew.

        Raises HistoryError: foreign, newer, locked, full, file, clock; ValueError
        for a retention that FSRS cannot keep.
        """
        if not 0.7 <= scheduling.retention <= 0.99:
            raise ValueError(f"retention {scheduling.retention}: give 0.7 to 0.99")
        stamp = _stamp(clock())

        def before_migration(db: sqlite3.Connection, version: int) -> None:
            backup.copy(db, path, f"{stamp}-format-{version}")

        store = open_store(path, stamp=stamp, timeout=timeout, before_migration=before_migration)
        history = cls(
            path,
            store.db,
            clock=clock,
            scheduling=scheduling,
            can_save=store.can_save,
            notices=store.notices,
            entropy=entropy,
        )
        try:
            history._watch_clock(clock())
            history._renew_caches(progress)
        except BaseException:
            history.close()
            raise
        return history

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> History:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @property
    def device(self) -> str:
        """The id that this machine writes under: made when first asked for, or at the first answer.

        Raises HistoryError where nothing can be saved.
        """
        with self._writing():
            return self._device()

    # Adding

    def add_answer(
        self,
        question: str,
        *,
        verdict: str,
        rating: int,
        answer: str = "",
        revision: str = "",
        duration: int = 0,
        hints: int = 0,
        beliefs: Sequence[str] = (),
        confidence: int | None = None,
        cram: bool = False,
    ) -> Event:
        """An answer with its verdict and the rating suggested for it.

        `duration` in ms, `confidence` in percent; `beliefs` are the misconceptions
        that it shows; with `cram` it is kept but does not move the schedule.
        """
        return self._add(
            kind="answer",
            question=question,
            verdict=verdict,
            rating=rating,
            # What a terminal could not decode arrives as lone surrogates.
            answer=answer.encode("utf-8", "replace").decode(),
            revision=revision,
            duration=duration,
            hints=hints,
            confidence=confidence,
            cram=1 if cram else None,
            beliefs=",".join(beliefs) or None,
        )

    def add_skip(self, question: str) -> Event:
        """The learner would not answer it today."""
        return self._add(kind="skip", question=question)

    def rate(self, target: str, rating: int) -> Event:
        """The learner's own rating of an answer (by its event id)."""
        return self._add(kind="rate", target=target, rating=rating)

    def overrule(self, target: str, verdict: str, rating: int) -> Event:
        """The learner's own verdict on an answer, and the rating that follows from it."""
        return self._add(kind="overrule", target=target, verdict=verdict, rating=rating)

    def void(self, target: str) -> Event:
        """Takes an event back; the log keeps both."""
        return self._add(kind="void", target=target)

    def undo_last(self) -> Event | None:
        """Voids the last answer given on this device and returns it; None when there is none."""
        with self._writing() as db:
            row = db.execute(
                f"SELECT {EVENT} FROM events AS e WHERE device = ? AND kind = 'answer'"
                f" {STANDS} ORDER BY seq DESC LIMIT 1",
                (self._device(),),
            ).fetchone()
            if row is None:
                return None
            answer = Event._make(row)
            event = self._event(kind="void", question=answer.question, target=answer.id)
            insert(self._db, event)
            self._refresh([answer.question], {event.id})
        return answer

    def merge(self, events: Iterable[Event]) -> int:
        """Adds the events that are not here yet; returns how many. All or nothing.

        Raises HistoryError: conflict (an id that is here with other content),
        event (one that no quiz could have written).
        """
        touched: set[str] = set()
        added: set[str] = set()
        with self._writing() as db:
            device = self._device()
            copied = False
            for event in events:
                if wrong := fault(event):
                    raise HistoryError("event", f"event {event.id!r}: {wrong}. Nothing was merged")
                known = self._event_by_id(event.id)
                if known is None:
                    insert(self._db, event)
                    touched.add(event.question)
                    copied = copied or event.device == device
                    added.add(event.id)
                elif known != event:
                    raise HistoryError(
                        "conflict",
                        f"event {event.id} is here with other content. Nothing was merged",
                    )
            self._refresh(touched, added)
            if copied:
                # Somebody else writes under this device's id: the folder was copied.
                db.execute("UPDATE meta SET value = ? WHERE key = 'device'", (self._new_id(),))
        if copied:
            self.notices.append(
                Notice(
                    "device-renewed",
                    "This history was copied from another machine: it now "
                    "writes under an id of its own",
                )
            )
        return len(added)

    def back_up(self) -> Path | None:
        """A dated copy beside the history, the first time of each day (UTC); thins the old ones.

        Returns its path, None when there was nothing to do.
        """
        today = _stamp(self.clock())
        newest = next((b for b in backup.backups(self.path) if backup.date_of(b)), None)
        with self._reading() as db:
            empty = db.execute("SELECT 1 FROM events LIMIT 1").fetchone() is None
            if empty or not self.can_save or (newest and today[:8] in newest.stem):
                return None
            try:
                made = backup.copy(db, self.path, today)
                backup.thin(self.path)
            except OSError as error:
                raise HistoryError("file", f"{error.filename}: {error.strerror}") from error
        return made

    # The caches

    def rebuild(self, progress: Progress = lambda done, of: None) -> None:
        """Makes the cards and all else that is kept anew from the events."""
        with self._writing() as db:
            caches.clear(db)
            names = "SELECT DISTINCT coalesce(new, question) FROM events LEFT JOIN aliases"
            rows = db.execute(names + " ON old = question").fetchall()
            self._replay(_counted([question for (question,) in rows], progress), lambda event: True)
            db.execute(
                "INSERT OR REPLACE INTO meta VALUES ('cards', ?)",
                (caches.signature(self.scheduling),),
            )

    def rename(self, aliases: Mapping[str, str]) -> None:
        """Takes over what the bank now calls its questions: `aliases` maps old ids to new.

        Answers under an old id then count for the new one. Names left out lose
        their alias; unchanged aliases cost one read.
        """
        with self._reading() as db:
            before = dict(db.execute("SELECT old, new FROM aliases"))
        if before == dict(aliases):
            return
        changed = {item for item in (before.items() ^ aliases.items())}
        with self._writing() as db:
            db.execute("DELETE FROM aliases")
            db.executemany("INSERT INTO aliases VALUES (?, ?)", aliases.items())
            self._refresh({name for pair in changed for name in pair})

    def _refresh(self, questions: Iterable[str], added: Collection[str] = ()) -> None:
        """Brings what is kept of these up to date; `added` are the events that are new to it."""
        current = set()
        for question in questions:
            current.add(self._current(question))
            if question not in current:
                caches.forget(self._db, question)
        self._replay(current, lambda event: event.id in added)

    def _replay(self, questions: Iterable[str], is_new: Callable[[Event], bool]) -> None:
        caches.refresh(self._db, questions, self._events_of, is_new, self.scheduling)

    # Inside a transaction

    def _add(self, *, kind: str, question: str = "", target: str | None = None, **values) -> Event:
        with self._writing():
            if target is not None:
                about = self._event_by_id(target)
                wanted = KINDS_OF_TARGET[kind]
                if about is None or about.kind not in wanted:
                    raise HistoryError(
                        "event", f"{kind}: there is no {' or '.join(wanted)} {target!r}"
                    )
                question = about.question
            event = self._event(kind=kind, question=question, target=target, **values)
            if wrong := fault(event):
                raise HistoryError("event", f"{kind} {question!r}: {wrong}")
            self._watch_clock(event.at)
            insert(self._db, event)
            if kind != "skip":
                self._refresh([question], {event.id})
        return event

    def _event(self, **values) -> Event:
        device = self._device()
        last = self._db.execute("SELECT max(seq) FROM events WHERE device = ?", (device,))
        return Event(
            id=self._new_id(),
            device=device,
            seq=(last.fetchone()[0] or 0) + 1,
            at=_plausible(self.clock()),
            **values,
        )

    def _renew_caches(self, progress: Progress) -> None:
        with self._reading() as db:
            made = db.execute("SELECT value FROM meta WHERE key = 'cards'").fetchone()
            empty = db.execute("SELECT 1 FROM events LIMIT 1").fetchone() is None
        if self.can_save and not empty and made != (caches.signature(self.scheduling),):
            self.rebuild(progress)

    def _device(self) -> str:
        """This device's id; made by the first write."""
        row = self._db.execute("SELECT value FROM meta WHERE key = 'device'").fetchone()
        if row is None:
            row = (self._new_id(),)
            signed = caches.signature(self.scheduling)
            self._db.execute("INSERT INTO meta VALUES ('device', ?), ('cards', ?)", (*row, signed))
        return row[0]

    def _new_id(self) -> str:
        """A version 4 UUID (RFC 9562) in hex, without the 1 ms import of `uuid`."""
        bits = int.from_bytes(self._entropy(16), "big")
        bits = bits & ~(0xF << 76) & ~(0x3 << 62) | (0x4 << 76) | (0x2 << 62)
        return f"{bits:032x}"

    def _watch_clock(self, now: int) -> None:
        """A word, once, when the clock contradicts what this device has recorded of late."""
        with self._reading() as db:
            (latest,) = db.execute(
                "SELECT max(at) FROM (SELECT at FROM events"
                " WHERE device = (SELECT value FROM meta WHERE key = 'device')"
                " ORDER BY seq DESC LIMIT ?)",
                (LATELY,),
            ).fetchone()
        if latest is None:
            return
        last = (EPOCH + timedelta(milliseconds=latest)).strftime("%Y-%m-%d %H:%M")
        if now < latest - BEHIND:
            self._notice_once(
                "clock-back", f"The clock is behind the last answer ({last} UTC): check it"
            )
        elif now > latest + AHEAD:
            self._notice_once(
                "clock-ahead",
                f"The clock is over a year past the last answer ({last} UTC): check it",
            )

    def _notice_once(self, code: str, text: str) -> None:
        if all(notice.code != code for notice in self.notices):
            self.notices.append(Notice(code, text))

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        if not self.can_save:
            raise HistoryError(
                "read-only",
                f"{self.path}: cannot be written. Give yourself write permission, or set "
                "QUIZ_HOME elsewhere",
            )
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield self._db
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._explain(error) from error
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")


KINDS_OF_TARGET = {
    "rate": ("answer",),
    "overrule": ("answer",),
    "void": ("answer", "rate", "overrule", "skip"),
}


def _counted(questions: Sequence[str], progress: Progress) -> Iterator[str]:
    for done, question in enumerate(questions):
        progress(done, len(questions))
        yield question


def _plausible(at: int) -> int:
    if not 0 <= at <= LATEST:
        raise HistoryError("clock", "The clock is before 1970 or after 2200: set it")
    return at


def _stamp(at: int) -> str:
    return (EPOCH + timedelta(milliseconds=_plausible(at))).strftime(backup.STAMP)
