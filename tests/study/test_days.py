"""The learner's day: when it begins, and that what falls due on it is asked on it."""

import time
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from study_helpers import DAY, HOUR, MINUTE, START, Clock, Listed, Row, answer, open_quick

from quiz.study import activity
from quiz.study.days import day_start, local_day, today
from quiz.study.memory import is_due
from quiz.study.schedule import plan_session
from quiz.study.stats import report

UTC, TOKYO, BERLIN = ZoneInfo("UTC"), ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")
NOON = 1_774_778_400_000  # 2026-03-29 10:00 UTC: noon of the 23-hour day in Berlin
ROWS = [Row("a", "logits", 0), Row("b", "logits", 0), Row("c", "logits", 0)]


@pytest.fixture
def clock():
    return Clock(START + 5 * HOUR)  # nine in the morning in UTC


@pytest.fixture
def history(tmp_path, clock):
    with open_quick(tmp_path / "history.db", clock) as opened:
        yield opened


def asked(history) -> list[str]:
    now = history.clock()
    return plan_session(
        Listed(ROWS), history, now, today=today(now, UTC), requires={}, rng=None, new_limit=0
    )


def test_a_day_begins_at_four_in_the_morning_so_that_a_late_evening_belongs_to_it():
    assert local_day(START, UTC) == date(2026, 1, 1)
    assert local_day(START - 1, UTC) == date(2025, 12, 31)
    assert today(START, UTC) == (START, START + DAY)
    assert today(START - 1, UTC) == (START - DAY, START)
    assert day_start(START, TOKYO) == START - 9 * HOUR


def test_a_day_is_shorter_or_longer_where_clocks_change():
    # At four the clocks have changed already, so the short day is the one before.
    assert today(NOON, BERLIN) == (NOON - 8 * HOUR, NOON + 16 * HOUR)
    start, end = today(NOON - DAY, BERLIN)
    assert (start, end) == (NOON - 31 * HOUR, NOON - 8 * HOUR)
    october = 1_792_911_600_000  # 2026-10-25 05:00 UTC, when Berlin has turned back
    start, end = today(october - DAY, BERLIN)
    assert end - start == 25 * HOUR


def test_the_systems_own_zone_is_the_default(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        for now in (NOON, NOON - DAY, START):
            assert today(now) == today(now, BERLIN)
            assert local_day(now) == local_day(now, BERLIN)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_review_due_at_five_past_nine_is_asked_in_the_sitting_at_nine(history, clock):
    clock.now += 5 * MINUTE
    answer(history, "a")  # due in two days, at 09:05
    clock.now += 2 * DAY - 5 * MINUTE
    assert asked(history) == ["a"]


def test_a_review_due_in_the_evening_is_asked_in_the_morning_but_no_day_early(history, clock):
    clock.now += 14 * HOUR  # 23:00
    answer(history, "a")  # due in two days
    clock.now += DAY  # 23:00 on the day between
    assert asked(history) == []
    clock.now += 3 * HOUR  # 02:00: still that evening
    assert asked(history) == []
    clock.now += 3 * HOUR
    assert asked(history) == ["a"]


def test_a_learning_step_waits_for_its_minutes(history, clock):
    answer(history, "a", "wrong")  # again in ten minutes
    assert asked(history) == []
    clock.now += 10 * MINUTE
    assert asked(history) == ["a"]


def test_answered_ahead_the_interval_grows_by_the_time_that_has_passed(history, clock):
    answer(history, "a")
    answer(history, "b")
    clock.now += DAY  # b is due in one day more
    answer(history, "a")
    clock.now += DAY
    answer(history, "b")
    assert history.cards.get("a").stability < history.cards.get("b").stability


def test_what_is_asked_and_every_count_of_what_is_due_agree(history, clock):
    clock.now += 10 * HOUR
    answer(history, "a")  # a review, due in two days at 19:00
    answer(history, "b", "wrong")  # a learning step
    for hours in (0, 0.1, 1, 5, 9.5, 24, 33, 38, 47, 60):
        clock.now = START + round((15 + hours) * HOUR)
        now, end = clock.now, today(clock.now, UTC).end
        cards = history.cards.all()
        found = set(asked(history))
        assert found == set(history.cards.due(now, end))
        assert found == {key for key, card in cards.items() if is_due(card, now, end)}
        assert report(ROWS, history, now, zone=UTC).overall.due == len(found)
        reviews = [card for card in cards.values() if card.state == 2]
        forecast = activity.forecast(reviews, now, UTC)[0]
        assert forecast == sum(is_due(card, now, end) for card in reviews)
