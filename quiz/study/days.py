"""The learner's day: from four in the morning to the next, on the clock of the wall.

An hour past midnight still belongs to the evening before, so that a late session
neither breaks a row of days nor opens the next day's questions. What falls due at any
hour of a day is asked from that day's beginning on: whoever studies at nine each
morning would else meet a question that is due at five past nine a day late.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

ROLLOVER = 4  # o'clock


class Today(NamedTuple):
    """A learner's day in UTC ms: from `start` until before `end`."""

    start: int
    end: int


def local_day(at: int, zone: tzinfo | None = None) -> date:
    """The day that a moment (UTC ms) belongs to in `zone` (None: the system's)."""
    return (datetime.fromtimestamp(at / 1000, zone) - timedelta(hours=ROLLOVER)).date()


def today(now: int, zone: tzinfo | None = None) -> Today:
    """The day around `now` (UTC ms); 23 or 25 hours of it where clocks are changed."""
    day = local_day(now, zone)
    return Today(_start(day, zone), _start(day + timedelta(days=1), zone))


def day_start(now: int, zone: tzinfo | None = None) -> int:
    """UTC ms at which the day around `now` began."""
    return today(now, zone).start


def _start(day: date, zone: tzinfo | None) -> int:
    return round(datetime(day.year, day.month, day.day, ROLLOVER, tzinfo=zone).timestamp() * 1000)
