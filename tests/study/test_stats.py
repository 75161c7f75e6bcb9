"""Each figure on a history made by hand."""

import json
from zoneinfo import ZoneInfo

import pytest
from study_helpers import DAY, HOUR, START, Clock, Row, answer, open_quick

from quiz.study.stats import report, streak

UTC = ZoneInfo("UTC")
ROWS = [
    Row("b1", "second", 1),
    Row("a1", "first", 0),
    Row("a2", "first", 0),
    Row("a3", "first", 0),
]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def history(tmp_path, clock):
    with open_quick(tmp_path / "history.db", clock) as opened:
        yield opened


def test_an_empty_history_has_nothing_to_share_out(history):
    found = report(ROWS, history, START, zone=UTC)
    assert [t.topic for t in found.topics] == ["first", "second"]
    assert [t.questions for t in found.topics] == [3, 1]
    overall = found.overall
    assert (overall.questions, overall.seen, overall.due, overall.answers) == (4, 0, 0, 0)
    assert (overall.correct, overall.recall, found.streak) == (None, None, 0)


def test_each_figure_of_a_history_made_by_hand(history, clock):
    answer(history, "a1", "right", duration=30_000)  # stability 2.3065 days, due in 2 days
    answer(history, "a2", "wrong", duration=45_000)
    answer(history, "gone", "right", duration=99_000)  # no longer in the bank
    clock.now += 3 * DAY
    answer(history, "b1", "partly", duration=15_400)  # due in 15 minutes
    answer(history, "a3", "right", cram=True)
    taken_back = answer(history, "a3", "wrong")
    history.void(taken_back.id)

    first, second = report(ROWS, history, clock.now, zone=UTC).topics
    assert (first.questions, first.seen, first.due) == (3, 3, 2)
    assert (first.answers, first.right, first.correct) == (3, 2, pytest.approx(2 / 3))
    assert (first.new_today, first.seconds) == (0, 75)
    assert (second.questions, second.seen, second.due, second.correct) == (1, 1, 0, 0.0)
    assert (second.new_today, second.recall, second.seconds) == (1, 1.0, 15)

    # FSRS-6: R = (1 + (0.9^(-1/0.1542) - 1) t/S)^-0.1542 with t = 3 days, by hand.
    factor = 0.9 ** (-1 / 0.1542) - 1
    known = [(1 + factor * 3 / stability) ** -0.1542 for stability in (2.3065, 0.212)]
    assert first.recall == pytest.approx(sum(known) / 2)

    overall = report(ROWS, history, clock.now, zone=UTC).overall
    assert (overall.questions, overall.seen, overall.due, overall.answers) == (4, 4, 2, 4)
    assert overall.recall == pytest.approx((sum(known) + 1) / 3)
    assert (overall.new_today, overall.seconds) == (1, 90)


def test_the_streak_counts_days_in_a_row_up_to_today_or_yesterday(history, clock):
    for _ in range(3):
        answer(history, "a1")
        clock.now += DAY
    assert streak(history, clock.now - DAY, UTC) == 3
    assert streak(history, clock.now, UTC) == 3  # today is not over
    assert streak(history, clock.now + DAY, UTC) == 0
    clock.now += DAY
    answer(history, "a1")
    assert streak(history, clock.now, UTC) == 1


def test_an_answer_taken_back_does_not_count_for_the_streak(history, clock):
    answer(history, "a1")
    history.undo_last()
    assert streak(history, clock.now, UTC) == 0


def test_a_late_evening_counts_for_the_local_day(history, clock):
    clock.now = START + 15 * HOUR  # 2026-01-02 00:00 in Tokyo
    answer(history, "a1")
    clock.now = START + 32 * HOUR  # the same day there, the next one in UTC
    answer(history, "a1")
    assert streak(history, clock.now, ZoneInfo("Asia/Tokyo")) == 1
    assert streak(history, clock.now, UTC) == 2


def test_the_report_is_ready_for_json(history):
    answer(history, "a1")
    found = json.loads(json.dumps(report(ROWS, history, START, zone=UTC).as_dict()))
    assert [t["topic"] for t in found["topics"]] == ["first", "second"]
    assert found["overall"]["answers"] == 1
    assert found["streak"] == 1
