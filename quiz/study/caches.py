"""What the events amount to, kept so that no command has to read them all.

Cards (what is remembered), tallies (sums) and the beliefs shown. Whoever adds events
refreshes the questions they are about in the same transaction; each question is
replayed from its first answer, so no state can drift.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable

from quiz.study import cards, memory, shown, tallies
from quiz.study.events import Event, effective
from quiz.study.memory import Scheduling

REPLAY = 4  # raise when the replay itself changes, and every history rebuilds its caches


def refresh(
    db: sqlite3.Connection,
    questions: Iterable[str],
    events_of: Callable[[str], list[Event]],
    is_new: Callable[[Event], bool],
    scheduling: Scheduling,
) -> None:
    """Brings these questions up to date; `is_new` tells the events not counted before."""
    scheduler = None
    change = tallies.Change()
    for question in questions:
        events = events_of(question)
        answers = effective(events)
        change.replace(effective(event for event in events if not is_new(event)), answers)
        shown.put(db, question, answers)
        if answers:
            scheduler = scheduler or memory.scheduler(scheduling)
            cards.put(db, memory.replay(question, answers, scheduler))
        else:
            cards.drop(db, question)
    change.write(db)


def forget(db: sqlite3.Connection, former: str) -> None:
    """Drops what was kept under a former name."""
    cards.drop(db, former)
    shown.put(db, former, ())


def clear(db: sqlite3.Connection) -> None:
    for table in ("cards", "tallies", "shown"):
        db.execute(f"DELETE FROM {table}")


def signature(scheduling: Scheduling) -> str:
    """What the caches depend on besides the events: another signature, other caches."""
    return f"{REPLAY} {scheduling.retention} {scheduling.weights or 'default'}"
