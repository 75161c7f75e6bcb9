"""What a history says about its learner: how fast they forget, how fast they work.

Both are uncertain while there are few answers, and say so.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from quiz.study.events import Answer
from quiz.study.forgetting import AGAIN, Forgetting, State
from quiz.study.memory import DAY, days_between

if TYPE_CHECKING:
    from quiz.study.history import History

GRID = tuple(math.exp(i / 10) for i in range(-20, 21))  # 0.14 .. 7.4 times as lasting
SPREAD = 0.5  # of the prior over log(lasting): two thirds of people within 0.6 .. 1.6
FIRST = (3.0, 2.0)  # Beta prior of a first answer that is right: as if 3 of 5 had been
PAUSE = 300_000  # ms between two answers from which it was a break
EACH = 45.0  # seconds from one question to the next, before there is a record
TIMED = 10  # gaps between answers from which the record counts
DRAWS = 1000  # from which the quantiles of the first answers are read
ENOUGH = 5000  # answers: more of them tell nothing new
RECENT = 14  # days that the present pace is taken from


class Learner(NamedTuple):
    """`lasting` scales the days that memory lasts: 1 is what FSRS expects, 0.5 half of it."""

    lasting: tuple[float, ...]  # posterior weight of each value of GRID; they sum to 1
    first: tuple[float, float]  # Beta posterior of answering a new question right
    each: float  # seconds from one question to the next
    pace: float | None  # minutes a day lately; None before the first answer
    reviews: int  # answers that `lasting` rests on

    def sample(self, count: int) -> list[tuple[float, float]]:
        """(lasting, chance of a right first answer) of learners who fit the history.

        They are spread evenly over what is possible, so that few stand for all, and
        they are the same each time.
        """
        rng = random.Random(count)
        firsts = sorted(rng.betavariate(*self.first) for _ in range(DRAWS))
        ranks = [(i + 0.5) / count for i in range(count)]
        chances = [firsts[int(rank * DRAWS)] for rank in ranks]
        rng.shuffle(chances)
        return [(self.quantile(rank), chance) for rank, chance in zip(ranks, chances, strict=True)]

    @property
    def typical(self) -> float:
        """The posterior median of `lasting`."""
        return self.quantile(0.5)

    def quantile(self, share: float) -> float:
        """What `lasting` stays below with this probability."""
        total = 0.0
        for value, weight in zip(GRID, self.lasting, strict=True):
            total += weight
            if total >= share:
                return value
        return GRID[-1]


def learner_of(history: History, forgetting: Forgetting, now: int) -> Learner:
    """From a history: of a long one, from an even share of its questions and what came last."""
    every = math.ceil(history.tallies.since("quarter", 0) / ENOUGH)
    answers = [a for key in history.cards.every(max(1, every)) for a in history.answers(key)]
    return learner(answers, forgetting, now, history.latest(ENOUGH))


def learner(
    answers: Sequence[Answer],
    forgetting: Forgetting,
    now: int,
    latest: Sequence[Answer] | None = None,
) -> Learner:
    """From the answers that count, those to a question in order; `now` in UTC ms.

    `latest`: the last ones, of all questions and in order, which tell how fast they
    work; None for these very answers.
    """
    latest = answers if latest is None else latest
    right = wrong = reviews = 0
    logs = [-((math.log(value) / SPREAD) ** 2) / 2 for value in GRID]
    states: dict[str, tuple[State, int]] = {}
    for answer in answers:
        if answer.cram:
            continue
        known = states.get(answer.question)
        recalled = answer.rating > AGAIN
        if known is None:
            right, wrong = right + recalled, wrong + (not recalled)
            state = forgetting.first(answer.rating)
        else:
            state, last = known
            days = days_between(last, answer.at)
            if days >= 1:  # it tells of forgetting rather than of the same sitting
                reviews += 1
                passed = (answer.at - last) / DAY
                for i, value in enumerate(GRID):
                    chance = forgetting.recall(state.stability * value, passed)
                    logs[i] += math.log(max(1e-9, chance if recalled else 1 - chance))
            state = forgetting.next(state, answer.rating, days)
        states[answer.question] = (state, answer.at)
    top = max(logs)
    weights = [math.exp(log - top) for log in logs]
    return Learner(
        lasting=tuple(weight / sum(weights) for weight in weights),
        first=(FIRST[0] + right, FIRST[1] + wrong),
        each=_each(latest),
        pace=_pace(latest, now),
        reviews=reviews,
    )


def _each(answers: Iterable[Answer]) -> float:
    """Mean seconds from an answer to the next one, reading included, breaks left out."""
    at = [answer.at for answer in answers]
    gaps = [b - a for a, b in pairwise(at) if 0 < b - a < PAUSE]
    return sum(gaps) / len(gaps) / 1000 if len(gaps) >= TIMED else EACH


def _pace(answers: Sequence[Answer], now: int) -> float | None:
    """Minutes a day over the last RECENT days, or since the first answer if that is later."""
    if not answers:
        return None
    days = min(RECENT, max(1, math.ceil((now - answers[0].at) / DAY)))
    lately = [answer for answer in answers if answer.at >= now - days * DAY]
    return len(lately) * _each(answers) / 60 / days
