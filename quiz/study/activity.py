"""Days of work, days to come, time spent, and what is hardest. Numbers only; screens draw them."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from quiz.study.events import Answer
from quiz.study.memory import Card
from quiz.study.schedule import Row

WEEKS = 53  # of a year's map
AHEAD = 14  # days of the forecast
LEECH = 4  # wrong answers that make one, while it is still not stable
STABLE = 21.0  # days of stability from which a question no longer is one
HARDEST = 5


class Day(NamedTuple):
    """One local day with at least one answer."""

    date: date
    answers: int
    right: int
    seconds: int


class Time(NamedTuple):
    """Seconds spent answering; `each` is the median over answers that were timed."""

    today: int
    week: int  # the last seven days, today included
    total: int
    each: float | None


class Hard(NamedTuple):
    """A question that is often missed."""

    question: str
    topic: str
    answers: int
    right: int
    wrong: int
    leech: bool  # missed again and again, and still not stable


def local_day(at: int, zone: tzinfo | None = None) -> date:
    """The day of a moment (UTC ms) in `zone` (None: the system's)."""
    return datetime.fromtimestamp(at / 1000, zone).date()


def days(answers: Iterable[Answer], zone: tzinfo | None = None) -> dict[date, Day]:
    """Every day on which something was answered."""
    found: dict[date, Day] = {}
    for answer in answers:
        day = local_day(answer.at, zone)
        before = found.get(day, Day(day, 0, 0, 0))
        found[day] = Day(
            day,
            before.answers + 1,
            before.right + (answer.verdict == "right"),
            before.seconds + answer.duration,  # in ms until all are added
        )
    return {
        day: one._replace(seconds=round(one.seconds / 1000)) for day, one in sorted(found.items())
    }


def first_day(today: date) -> date:
    """The Monday on which the map of a year that ends today begins."""
    return today - timedelta(days=today.weekday(), weeks=WEEKS - 1)


def forecast(
    cards: Iterable[Card], now: int, zone: tzinfo | None = None, ahead: int = AHEAD
) -> list[int]:
    """How many questions fall due today (overdue ones too), tomorrow, and so on.

    Answering them moves them on; what that adds is not foreseen here.
    """
    counts = [0] * ahead
    today = local_day(now, zone)
    for card in cards:
        if card.due is not None:
            day = max(0, (local_day(card.due, zone) - today).days)
            if day < ahead:
                counts[day] += 1
    return counts


def time_spent(answers: Sequence[Answer], now: int, zone: tzinfo | None = None) -> Time:
    today = local_day(now, zone)
    sums = {"today": 0, "week": 0, "total": 0}
    for answer in answers:
        ago = (today - local_day(answer.at, zone)).days
        sums["total"] += answer.duration
        sums["week"] += answer.duration if 0 <= ago < 7 else 0
        sums["today"] += answer.duration if ago == 0 else 0
    timed = [answer.duration / 1000 for answer in answers if answer.duration]
    seconds = {name: round(ms / 1000) for name, ms in sums.items()}
    return Time(**seconds, each=statistics.median(timed) if timed else None)


def hardest(rows: Iterable[Row], cards: Mapping[str, Card], most: int = HARDEST) -> list[Hard]:
    """Questions answered wrong at least twice, the worst first: leeches, then by share right."""
    found = []
    for row in rows:
        card = cards.get(row.key)
        if card is None or (wrong := card.answers - card.right - card.partly) < 2:
            continue
        leech = wrong >= LEECH and (card.stability or 0.0) < STABLE
        found.append(Hard(row.key, row.topic, card.answers, card.right, wrong, leech))
    # One more right and one more wrong than there were: 0 of 2 is not worse than 1 of 9.
    found.sort(key=lambda h: (not h.leech, (h.right + 1) / (h.answers + 2), -h.wrong, h.question))
    return found[:most]
