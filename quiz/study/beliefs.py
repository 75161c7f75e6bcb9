"""Misconceptions remembered: which beliefs wrong answers have shown, and which were dropped."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from quiz.model import Question
from quiz.study.events import Answer

if TYPE_CHECKING:
    from quiz.study.history import History


class Belief(NamedTuple):
    """One misconception that answers have shown. Times are UTC ms."""

    id: str
    times: int  # answers that showed it
    last: int  # when it was last shown
    question: str  # by an answer to this one
    dropped: int | None  # when a question that could catch it was answered right; None: held


def caught_by(question: Question) -> frozenset[str]:
    """The misconceptions that a wrong answer to this question can show."""
    given = [option.misconception for option in question.options]
    given += [reject.misconception for reject in (question.reject or {}).values()]
    return frozenset(filter(None, given))


def beliefs(answers: Iterable[Answer], catches: Mapping[str, Collection[str]]) -> list[Belief]:
    """Beliefs shown, those held first, then the latest first.

    `answers` in order; `catches` maps a question to the beliefs it can catch. A
    belief is held from the answer that shows it until a right answer to a question
    that could have caught it, or to the very question that did. An answer that the
    learner rated "again" (or that took the last hint) drops nothing.
    """
    found: dict[str, Belief] = {}
    shown_by: dict[str, set[str]] = {}
    for answer in answers:
        if answer.verdict != "right":
            for id in answer.beliefs:
                times = found[id].times if id in found else 0
                found[id] = Belief(id, times + 1, answer.at, answer.question, None)
                shown_by.setdefault(answer.question, set()).add(id)
        elif answer.rating > 1:
            caught = {*catches.get(answer.question, ()), *shown_by.get(answer.question, ())}
            for id in caught & found.keys():
                if found[id].dropped is None:
                    found[id] = found[id]._replace(dropped=answer.at)
    return sorted(found.values(), key=lambda b: (b.dropped is not None, -(b.dropped or b.last)))


def shown_before(history: History, belief: str) -> bool:
    """Has an answer that counts shown this belief?"""
    asked = {e.question for e in history.events() if belief in (e.beliefs or "").split(",")}
    answers = (answer for question in asked for answer in history.answers(question))
    return any(belief in answer.beliefs and answer.verdict != "right" for answer in answers)


def hunting(
    held: Iterable[Belief], catches: Mapping[str, Collection[str]], strength: Mapping[str, float]
) -> list[str]:
    """Questions that can catch the beliefs held, one a belief in turn.

    The belief shown most often comes first; of its questions the one least
    remembered (`strength`: recall by question; none is 0), but the one that
    showed the belief comes last, as its answer has just been read.
    """
    queues = []
    for belief in sorted(held, key=lambda b: (-b.times, -b.last, b.id)):
        keys = [key for key, caught in catches.items() if belief.id in caught]
        keys.sort(key=lambda k: (k == belief.question, strength.get(k, 0.0), k), reverse=True)
        queues.append(keys)
    plan: dict[str, None] = {}
    while any(queues):
        for keys in filter(None, queues):
            plan.setdefault(keys.pop())
    return list(plan)
