"""What is due, and when the next questions will be."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from quiz.study.days import Today
from quiz.study.memory import DAY, REVIEW

if TYPE_CHECKING:
    from quiz.study.catalogue import Catalogue
    from quiz.study.history import History


class Ahead(NamedTuple):
    """Numbers of questions of the bank; times are UTC ms."""

    now: int  # due
    again: int  # missed today, and asked again once their minutes have passed
    again_at: int | None  # when the first of these is
    tomorrow: int  # due on the day after
    later: int | None  # when the first is due after that


def ahead(bank: Catalogue, history: History, now: int, today: Today) -> Ahead:
    """What a session would ask now, and what comes next. New questions are not counted."""
    skipped = history.skipped_since(today.start)
    tonight, next_night = today.end, today.end + DAY
    due, again, tomorrow = [], {}, []
    for question, at, state in history.cards.coming(next_night):
        if at >= tonight or question in skipped:
            tomorrow.append(question)
        elif state == REVIEW or at <= now:
            due.append(question)
        else:
            again[question] = at
    known_again = [at for key, at in again.items() if bank.row(key) is not None]
    return Ahead(
        now=_known(bank, due),
        again=len(known_again),
        again_at=min(known_again, default=None),
        tomorrow=_known(bank, tomorrow),
        later=history.cards.next_due(next_night),
    )


def _known(bank: Catalogue, keys: Collection[str]) -> int:
    return sum(bank.sizes(keys).values()) if keys else 0
