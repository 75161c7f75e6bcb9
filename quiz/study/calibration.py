"""How sure the learner was, against how often they were right."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, sqrt
from typing import NamedTuple

from quiz.study.tallies import Tally

SURE = (25, 50, 75, 95)  # percent, by the key pressed: 1 guessing .. 4 certain
ENOUGH = 20  # answers below which a difference says nothing
CLOSE = 0.05  # between sureness and correctness: well judged
Z = 1.96  # 95 %


class Point(NamedTuple):
    """Answers given with one confidence; shares 0..1."""

    confidence: int  # percent
    answers: int
    right: float
    low: float  # 95 % interval of `right` (Wilson)
    high: float


class Calibration(NamedTuple):
    points: tuple[Point, ...]  # by rising confidence
    answers: int
    confidence: float  # mean, 0..1
    right: float
    brier: float  # mean squared distance: 0 perfect, 0.25 for saying 50 % always
    word: str  # "few" | "close" | "over" | "under"

    def as_dict(self) -> dict:
        return self._asdict() | {"points": [point._asdict() for point in self.points]}


def calibration(levels: Sequence[Tally]) -> Calibration | None:
    """From the tallies by confidence; None when it was never given. Partly right is not right.

    Brier 1950: the mean of (confidence - outcome)^2, outcome 0 or 1.
    """
    count = sum(level.answers for level in levels)
    if not count:
        return None
    points = [Point(of.value, of.answers, *_share(of.right, of.answers)) for of in levels]
    sure = sum(of.value * of.answers for of in levels) / 100 / count
    right = sum(of.right for of in levels) / count
    brier = fsum(
        of.right * (of.value / 100 - 1) ** 2 + (of.answers - of.right) * (of.value / 100) ** 2
        for of in levels
    ) / count  # fmt: skip
    word = "over" if sure > right else "under"
    if count < ENOUGH:
        word = "few"
    elif abs(sure - right) < CLOSE:
        word = "close"
    return Calibration(tuple(points), count, sure, right, brier, word)


def _share(count: int, of: int) -> tuple[float, float, float]:
    """The share and its 95 % interval (Wilson 1927)."""
    share = count / of
    middle = (share + Z * Z / (2 * of)) / (1 + Z * Z / of)
    half = Z * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of)) / (1 + Z * Z / of)
    return share, max(0.0, middle - half), min(1.0, middle + half)
