"""Each figure on a history made by hand."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from study_helpers import DAY, HOUR, START, Clock, Row, answer, open_quick

from quiz.study.activity import (
    WEEKS,
    Day,
    Hard,
    Time,
    days,
    first_day,
    forecast,
    hardest,
    time_spent,
)

UTC, TOKYO = ZoneInfo("UTC"), ZoneInfo("Asia/Tokyo")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def history(tmp_path, clock):
    with open_quick(tmp_path / "history.db", clock) as opened:
        yield opened


def spent(history, now) -> Time:
    return time_spent(days(history.tallies, UTC), history.tallies.by("duration"), now, UTC)


def test_days_count_what_stands_by_the_local_date(history, clock):
    answer(history, "a", "right", duration=30_400)
    answer(history, "b", "wrong", duration=30_400)
    clock.now += 16 * HOUR  # 2026-01-01 16:00 in UTC, 2026-01-02 01:00 in Tokyo
    answer(history, "a", "partly")
    taken_back = answer(history, "b", "right")
    history.void(taken_back.id)
    assert days(history.tallies, UTC) == {
        date(2026, 1, 1): Day(date(2026, 1, 1), answers=3, right=1, duration=60_800)
    }
    assert [(d.date.day, d.answers) for d in days(history.tallies, TOKYO).values()] == [
        (1, 2),
        (2, 1),
    ]


def test_the_map_of_a_year_begins_on_a_monday_and_ends_this_week():
    for today in (date(2026, 1, 1), date(2026, 3, 2), date(2026, 3, 8)):
        first = first_day(today)
        assert first.weekday() == 0
        assert (today - first).days // 7 == WEEKS - 1
        assert (today - first).days >= 364


def test_the_forecast_counts_overdue_and_today_first(history, clock):
    answer(history, "a")  # right at once: due in two days
    answer(history, "b", "wrong")  # due in ten minutes
    answer(history, "c", cram=True)  # never due
    cards = history.cards.all()
    assert (cards["a"].due - START) // DAY == 2
    assert forecast(cards.values(), START, UTC, 4) == [1, 0, 1, 0]
    assert forecast(cards.values(), START + DAY, UTC, 4) == [1, 1, 0, 0]
    assert forecast(cards.values(), START + 9 * DAY, UTC, 4) == [2, 0, 0, 0]
    assert forecast(cards.values(), START, UTC, 2) == [1, 0]
    assert forecast([], START, UTC) == [0] * 14


def test_time_spent_today_this_week_and_in_all(history, clock):
    for seconds in (10, 20):  # nine days ago, six days ago
        answer(history, "a", duration=seconds * 1000)
        clock.now += 3 * DAY
    clock.now += 3 * DAY
    answer(history, "a", duration=60_000)
    answer(history, "b")  # not timed
    assert spent(history, clock.now) == Time(60, 80, 90, 20.0)
    assert time_spent({}, [], clock.now, UTC) == Time(0, 0, 0, None)


def test_the_hardest_are_leeches_first_then_by_share_right(history, clock):
    rows = [Row(key, "topic", 0) for key in ("often", "half", "once", "twice")]
    given = {
        "often": ["wrong"] * 4 + ["right"] * 8,  # a leech: 4 wrong, not stable
        "half": ["wrong", "wrong", "right", "right", "partly"],
        "once": ["wrong", "right"],
        "twice": ["wrong", "wrong"],
        "gone": ["wrong"] * 9,  # no longer in the bank
    }
    for key, verdicts in given.items():
        for verdict in verdicts:
            answer(history, key, verdict)
    assert hardest(rows, history.cards.all()) == [
        Hard("often", "topic", 12, 8, 4, True),
        Hard("twice", "topic", 2, 0, 2, False),
        Hard("half", "topic", 5, 2, 2, False),
    ]
    assert len(hardest(rows, history.cards.all(), most=1)) == 1


def test_a_leech_that_has_become_stable_is_none(history, clock):
    for _ in range(4):
        answer(history, "a", "wrong")
    clock.now += DAY
    while history.cards.get("a").stability < 21:
        answer(history, "a")
        clock.now = max(history.cards.get("a").due, clock.now + DAY)
    (hard,) = hardest([Row("a", "topic", 0)], history.cards.all())
    assert hard.wrong == 4 and not hard.leech
