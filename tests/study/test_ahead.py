"""What is due now, again today, and tomorrow."""

from zoneinfo import ZoneInfo

import pytest
from study_helpers import DAY, HOUR, MINUTE, START, Clock, Listed, Row, answer, open_quick

from quiz.study.ahead import Ahead, ahead
from quiz.study.days import today

ROWS = Listed([Row(key, "t", 0) for key in "abcdef"])


@pytest.fixture
def clock():
    return Clock(START + 5 * HOUR)


@pytest.fixture
def history(tmp_path, clock):
    with open_quick(tmp_path / "history.db", clock) as opened:
        yield opened


def found(history) -> Ahead:
    now = history.clock()
    return ahead(ROWS, history, now, today(now, ZoneInfo("UTC")))


def test_nothing_is_ahead_of_somebody_who_has_not_begun(history):
    assert found(history) == Ahead(0, 0, None, 0, None)


def test_what_is_due_what_was_missed_and_what_comes_tomorrow(history, clock):
    answer(history, "a")  # due in two days
    answer(history, "b")
    answer(history, "elsewhere")  # no question of this bank
    clock.now += DAY
    answer(history, "c")  # due the day after a and b
    assert found(history)[:4] == (0, 0, None, 2)
    clock.now += DAY - HOUR  # eight in the morning: a and b fall due at nine
    answer(history, "d", "wrong")
    again = clock.now + 10 * MINUTE
    answer(history, "elsewhere", "wrong")
    clock.now += MINUTE
    assert found(history)[:4] == (2, 1, again, 1)
    clock.now = again
    assert found(history)[:4] == (3, 0, None, 1)


def test_what_was_skipped_today_comes_tomorrow(history, clock):
    answer(history, "a")
    clock.now += 2 * DAY
    history.add_skip("a")
    assert found(history)[:4] == (0, 0, None, 1)


def test_the_next_date_is_known_where_neither_today_nor_tomorrow_has_any(history, clock):
    answer(history, "a", rating=4)
    card = history.cards.get("a")
    assert card.due > clock.now + 2 * DAY
    assert found(history) == Ahead(0, 0, None, 0, card.due)
