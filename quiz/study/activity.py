"""Days of work, days to come, time spent, and what is hardest. Numbers only; screens draw them."""

from __future__ import annotations

import statistics
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta, tzinfo
from itertools import accumulate
from typing import NamedTuple

from quiz.study.catalogue import Row
from quiz.study.days import local_day, today
from quiz.study.memory import Card
from quiz.study.tallies import QUARTER, Tallies, Tally

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
    duration: int  # ms spent answering

    def as_dict(self) -> dict:
        """For --json."""
        seconds = round(self.duration / 1000)
        return {
            "date": str(self.date),
            "answers": self.answers,
            "right": self.right,
            "seconds": seconds,
        }


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


def days(tallies: Tallies, zone: tzinfo | None = None) -> dict[date, Day]:
    """Every day on which something was answered."""
    spans = tallies.spans("quarter", lambda quarter: today(quarter * QUARTER, zone).end // QUARTER)
    return {
        (day := local_day(span.value * QUARTER, zone)): Day(
            day, span.answers, span.right, span.duration
        )
        for span in spans
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
    ends = [today(now, zone).end]
    while len(ends) < ahead:
        ends.append(today(ends[-1], zone).end)
    counts = [0] * (ahead + 1)  # the last: later than that
    for card in cards:
        if card.due is not None:
            counts[bisect_right(ends, card.due)] += 1
    return counts[:ahead]


def time_spent(
    days: Mapping[date, Day], durations: Sequence[Tally], now: int, zone: tzinfo | None = None
) -> Time:
    """From every day's answers, and the tallies by duration."""
    day = local_day(now, zone)
    week = [days[date] for ago in range(7) if (date := day - timedelta(days=ago)) in days]
    sums = (
        sum(one.duration for one in some)
        for some in ([one for one in week if one.date == day], week, days.values())
    )
    return Time(*(round(ms / 1000) for ms in sums), each=_median(durations))


def _median(durations: Sequence[Tally]) -> float | None:
    """In seconds; None without any."""
    count = sum(tally.answers for tally in durations)
    if not count:
        return None
    reached = list(accumulate(tally.answers for tally in durations))
    middle = (durations[bisect_right(reached, at)] for at in ((count - 1) // 2, count // 2))
    return statistics.median(tally.value / 1000 for tally in middle)


def is_leech(card: Card) -> bool:
    """Missed again and again, and still not stable."""
    wrong = card.answers - card.right - card.partly
    return wrong >= LEECH and (card.stability or 0.0) < STABLE


def hardest(rows: Iterable[Row], cards: Mapping[str, Card], most: int = HARDEST) -> list[Hard]:
    """Questions answered wrong at least twice, the worst first: leeches, then by share right."""
    found = []
    for row in rows:
        card = cards.get(row.key)
        if card is None or (wrong := card.answers - card.right - card.partly) < 2:
            continue
        found.append(Hard(row.key, row.topic, card.answers, card.right, wrong, is_leech(card)))
    # One more right and one more wrong than there were: 0 of 2 is not worse than 1 of 9.
    found.sort(key=lambda h: (not h.leech, (h.right + 1) / (h.answers + 2), -h.wrong, h.question))
    return found[:most]
