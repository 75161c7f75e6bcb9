"""FSRS-6 in plain arithmetic, for simulating months of study in a second.

The package `fsrs` keeps the real schedule (`quiz.study.memory`); with its dates
and copies a simulated review takes five times as long. The tests hold this module
against it, answer by answer. Formulas: FSRS-6 (Ye et al.), weights w0..w20.
"""

from __future__ import annotations

from math import exp
from typing import NamedTuple

from quiz.study.memory import DECAY, Scheduling

AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4
DEFAULTS = (
    0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796,
    1.4835, 0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, DECAY,
)  # fmt: skip
LEAST = 0.001  # days of stability
LONGEST = 365  # days of an interval, as in quiz.study.memory


class State(NamedTuple):
    stability: float  # days after which recall has fallen to 90 %
    difficulty: float  # 1..10


class Forgetting:
    """The memory model for a scheduling's weights and retention."""

    def __init__(self, scheduling: Scheduling):
        self.w = scheduling.weights or DEFAULTS
        self.decay = self.w[20]
        self.factor = 0.9 ** (-1 / self.decay) - 1
        self._interval = self.until(1.0, scheduling.retention)
        self._easiest = self._first_difficulty(EASY)
        # What does not change from answer to answer.
        w = self.w
        self._same_day = {r: exp(w[17] * (r - 3 + w[18])) for r in (AGAIN, HARD, GOOD, EASY)}
        self._bonus = {HARD: exp(w[8]) * w[15], GOOD: exp(w[8]), EASY: exp(w[8]) * w[16]}
        self._at_most = exp(-w[17] * w[18])  # of what it was, once forgotten
        self._reverted = w[7] * self._easiest

    def recall(self, stability: float, days: float) -> float:
        """Probability of recall so many days after the last answer."""
        since = days if days > 0.0 else 0.0  # not max(): this is where simulations spend their time
        return (1 + self.factor * since / stability) ** -self.decay

    def until(self, stability: float, threshold: float) -> float:
        """Days until recall has fallen to a threshold."""
        return stability * (threshold ** (-1 / self.decay) - 1) / self.factor

    def interval(self, stability: float) -> int:
        """Whole days until a question is due again."""
        return min(LONGEST, max(1, round(stability * self._interval)))

    def first(self, rating: int) -> State:
        """After the first answer to a new question."""
        return State(max(LEAST, self.w[rating - 1]), _clamped(self._first_difficulty(rating)))

    def next(self, state: State, rating: int, days: int) -> State:
        """After an answer so many whole days after the one before."""
        w, (s, d) = self.w, state
        if days < 1:
            grown = self._same_day[rating] * s ** -w[19]
            stability = s * (max(1.0, grown) if rating > AGAIN else grown)
        else:
            missing = 1 - self.recall(s, days)
            if rating == AGAIN:
                late = w[11] * d ** -w[12] * ((s + 1) ** w[13] - 1) * exp(missing * w[14])
                stability = min(late, s * self._at_most)
            else:
                grown = (11 - d) * s ** -w[9] * (exp(missing * w[10]) - 1)
                stability = s * (1 + grown * self._bonus[rating])
        moved = d - w[6] * (rating - 3) * (10 - d) / 9
        difficulty = self._reverted + (1 - w[7]) * moved
        return State(
            stability if stability > LEAST else LEAST,
            10.0 if difficulty > 10.0 else difficulty if difficulty > 1.0 else 1.0,
        )

    def _first_difficulty(self, rating: int) -> float:
        return self.w[4] - exp(self.w[5] * (rating - 1)) + 1


def _clamped(difficulty: float) -> float:
    return min(10.0, max(1.0, difficulty))
