"""Misconceptions remembered: which beliefs wrong answers have shown, and which were dropped."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from quiz.study.shown import Showing

if TYPE_CHECKING:
    from quiz.study.history import History


class Belief(NamedTuple):
    """One misconception that answers have shown. Times are UTC ms."""

    id: str
    times: int  # answers that showed it
    last: int  # when it was last shown
    question: str  # by an answer to this one
    dropped: int | None  # when a question that could catch it was answered right; None: held


def beliefs(history: History, catches: Callable[[str], Collection[str]]) -> list[Belief]:
    """Beliefs shown, those held first, then the latest first.

    `catches` tells which beliefs a question can catch; it is asked only for questions
    that were answered while a belief was held. A belief is held from the answer that
    shows it until a right answer to a question that could have caught it, or to one
    that did. An answer that the learner rated "again" (or that took the last hint)
    drops nothing.
    """
    showings = history.shown.all()
    dropped = _dropped(history, showings, cache(catches))
    found = [
        Belief(each.belief, each.times, each.at, each.question, dropped.get(each.belief))
        for each in showings
    ]
    return sorted(found, key=lambda b: (b.dropped is not None, -(b.dropped or b.last), b.id))


def _dropped(
    history: History, showings: Iterable[Showing], catches: Callable[[str], Collection[str]]
) -> dict[str, int]:
    """When beliefs were dropped. Of the answers only those are read that met a held one."""
    to_come = deque(showings)
    dropped: dict[str, int] = {}
    while to_come:
        first = to_come.popleft()
        held = {first.belief}
        for place, answer in history.answers_after(first.place):
            while to_come and to_come[0].place <= place:
                held.add(to_come.popleft().belief)
            if answer.verdict == "right" and answer.rating > 1:
                caught = held & {*catches(answer.question), *history.shown.by(answer.question)}
                dropped |= dict.fromkeys(caught, answer.at)
                held -= caught
            if not held:
                break
    return dropped


def hunting(
    held: Iterable[Belief], catching: Mapping[str, Collection[str]], strength: Mapping[str, float]
) -> list[str]:
    """Questions that can catch the beliefs held, one a belief in turn.

    `catching` has the questions of each belief. The belief shown most often comes
    first; of its questions the one least remembered (`strength`: recall by question;
    none is 0), but the one that showed the belief comes last, as its answer has just
    been read.
    """
    queues = []
    for belief in sorted(held, key=lambda b: (-b.times, -b.last, b.id)):
        keys = list(catching.get(belief.id, ()))
        keys.sort(key=lambda k: (k == belief.question, strength.get(k, 0.0), k), reverse=True)
        queues.append(keys)
    plan: dict[str, None] = {}
    while any(queues):
        for keys in filter(None, queues):
            plan.setdefault(keys.pop())
    return list(plan)
