"""How sure the learner was, against how often they were right."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from quiz.study.events import Answer

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


def calibration(answers: Iterable[Answer]) -> Calibration | None:
    """None when confidence was never given. Partly right counts as not right.

    Brier 1950: the mean of (confidence - outcome)^2, outcome 0 or 1.
    """
    given = [(a.confidence, a.verdict == "right") for a in answers if a.confidence is not None]
    if not given:
        return None
    points = []
    for level in sorted({confidence for confidence, _ in given}):
        outcomes = [right for confidence, right in given if confidence == level]
        points.append(Point(level, len(outcomes), *_share(sum(outcomes), len(outcomes))))
    sure = sum(confidence for confidence, _ in given) / 100 / len(given)
    right = sum(right for _, right in given) / len(given)
    brier = sum((confidence / 100 - right) ** 2 for confidence, right in given) / len(given)
    word = "over" if sure > right else "under"
    if len(given) < ENOUGH:
        word = "few"
    elif abs(sure - right) < CLOSE:
        word = "close"
    return Calibration(tuple(points), len(given), sure, right, brier, word)


def _share(count: int, of: int) -> tuple[float, float, float]:
    """The share and its 95 % interval (Wilson 1927)."""
    share = count / of
    middle = (share + Z * Z / (2 * of)) / (1 + Z * Z / of)
    half = Z * math.sqrt(share * (1 - share) / of + Z * Z / (4 * of * of)) / (1 + Z * Z / of)
    return share, max(0.0, middle - half), min(1.0, middle + half)
