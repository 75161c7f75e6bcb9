"""The simulation behind a plan, and what a plan asks from day to day."""

import random
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from simulated import Mind, Student, at_random
from study_helpers import DAY, HOUR, START, Clock, Listed, Row, answer, open_quick

from quiz.study.days import today
from quiz.study.forgetting import Forgetting, State
from quiz.study.learner import EACH, FIRST, GRID, Learner, learner
from quiz.study.memory import Scheduling
from quiz.study.plan import (
    RUNS,
    SEARCH_STEPS,
    Pace,
    Plan,
    Task,
    days_shown,
    follow,
    forecast,
    load,
    needed,
    new_a_day,
    save,
    tasks,
)

MODEL = Forgetting(Scheduling())
SURE = tuple(float(value == 1.0) for value in GRID)  # memory exactly as FSRS expects
AVERAGE = Learner(lasting=SURE, first=(600.0, 400.0), each=60.0, pace=None, reviews=0)
BY = date(2026, 2, 1)
ROWS = [Row(f"{topic}{i}", topic, rank, position=i)
        for rank, topic in enumerate("ab") for i in range(30)]  # fmt: skip


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def history(tmp_path, clock):
    with open_quick(tmp_path / "history.db", clock) as opened:
        yield opened


# --- the learner ---


def test_nothing_is_known_of_a_new_learner_but_the_average(history):
    found = learner(history.answers(), MODEL, START)
    assert found.typical == 1.0
    assert (found.first, found.each, found.pace, found.reviews) == (FIRST, EACH, None, 0)


def test_first_answers_pace_and_seconds_are_counted(history, clock):
    for i in range(20):  # two days ago: twenty new questions, half a minute each
        answer(history, f"q{i}", "right" if i < 15 else "wrong")
        clock.now += 30_000
    answer(history, "crammed", cram=True)
    clock.now = START + 2 * DAY
    found = learner(history.answers(), MODEL, clock.now)
    assert found.first == (FIRST[0] + 15, FIRST[1] + 5)
    assert found.each == pytest.approx(30)
    assert found.pace == pytest.approx(21 * 30 / 60 / 2)


@pytest.mark.parametrize(
    ("lasting", "low", "high"), [(0.3, 0.2, 0.45), (1.0, 0.7, 1.4), (4.0, 1.6, 7)]
)
def test_how_long_memory_lasts_is_found_from_reviews(tmp_path, lasting, low, high):
    rows = [Row(f"q{i}", "t", 0, position=i) for i in range(60)]
    student = Student(rows, {}, tmp_path, Mind(random.Random(3), lasting=lasting, first=0.6))
    for _ in range(60):
        student.day(student.session, 12)
    found = learner(student.history.answers(), MODEL, student.clock.now)
    assert found.reviews > 100
    assert low <= found.typical <= high


# --- the simulation ---


def test_questions_never_asked_count_as_not_known():
    given = [Task("a", State(1e6, 5.0), 0.0, 1e6), Task("a", None), Task("b", None)]
    found = forecast(given, Pace(0, 0), AVERAGE, MODEL, 3, runs=2)
    assert found.days[""][0] == pytest.approx(1 / 3, abs=1e-3)
    assert found.days["a"][0] == pytest.approx(1 / 2, abs=1e-3)
    assert found.days["b"] == (0.0, 0.0, 0.0, 0.0)
    assert found.minutes == {"": 0.0, "a": 0.0, "b": 0.0}


def test_without_study_recall_falls_along_the_forgetting_curve():
    found = forecast(
        [Task("a", State(10.0, 5.0), -2.0, 8.0)], Pace(0, 0), AVERAGE, MODEL, 8, runs=2
    )
    assert found.days["a"][0] == pytest.approx(MODEL.recall(10.0, 2))
    assert found.on_the_date("a") == pytest.approx(0.9)  # ten days after the last answer


def test_new_questions_take_their_minutes_and_are_known_afterwards():
    given = [Task("a", None)] * 10
    found = forecast(given, Pace(60, 5), AVERAGE, MODEL, 1, runs=50)
    assert found.minutes[""] == pytest.approx(5 * 1.4, rel=0.15)  # four of ten are asked twice
    assert 0.4 < found.on_the_date() < 0.5  # five of ten, a day later


def test_a_day_ends_when_its_minutes_are_spent():
    given = [Task("a", State(1.0, 5.0), -30.0, -29.0)] * 40
    found = forecast(given, Pace(10, 0), AVERAGE, MODEL, 1, runs=20)
    assert 10 <= found.minutes[""] <= 12


def test_the_same_learners_are_drawn_each_time():
    given = [Task("a", None)] * 20
    assert forecast(given, Pace(9, 5), AVERAGE, MODEL, 9) == forecast(
        given, Pace(9, 5), AVERAGE, MODEL, 9
    )


def test_the_less_is_known_of_a_learner_the_wider_the_range():
    given = [Task("a", None)] * 40
    unknown = AVERAGE._replace(lasting=tuple([1 / len(GRID)] * len(GRID)), first=(3.0, 2.0))
    known = forecast(given, Pace(20, 5), AVERAGE, MODEL, 20)
    guessed = forecast(given, Pace(20, 5), unknown, MODEL, 20)
    assert guessed.high[""] - guessed.low[""] > 2 * (known.high[""] - known.low[""])


def test_curves_have_a_point_today_and_one_on_the_date():
    assert days_shown(1) == [0, 1]
    assert days_shown(14) == list(range(15))
    assert days_shown(365)[0] == 0 and days_shown(365)[-1] == 365 and len(days_shown(365)) < 40


# --- the plan ---


def test_the_plan_reaches_the_goal_on_every_topic_and_less_time_does_not():
    given = tasks(ROWS, ROWS, {}, START)
    plan = needed(given, BY, 0.85, AVERAGE, MODEL, 20)
    found = forecast(given, plan.pace(), AVERAGE, MODEL, 20)
    assert all(found.on_the_date(topic) >= 0.84 for topic in ("", "a", "b"))
    less = plan.pace()._replace(minutes=plan.minutes / 2)
    assert forecast(given, less, AVERAGE, MODEL, 20).on_the_date() < 0.85
    assert plan.new_per_day == 6  # sixty questions in the first half of twenty days
    assert plan.answers == plan.minutes


def test_what_cannot_be_reached_has_no_plan():
    given = [Task("a", None)] * 2000
    assert needed(given, BY, 0.9, AVERAGE, MODEL, 1) is None


@pytest.mark.parametrize("new", [20, 2000], ids=["reached", "out of reach"])
def test_how_far_the_search_has_come_is_told_step_by_step(new):
    steps = []
    needed([Task("a", None)] * new, BY, 0.8, AVERAGE, MODEL, 5, step=lambda: steps.append(1))
    assert len(steps) == SEARCH_STEPS
    forecast([Task("a", None)], Pace(5, 1), AVERAGE, MODEL, 5, step=lambda: steps.append(2))
    assert steps.count(2) == RUNS


def test_new_questions_are_all_asked_by_half_of_the_time():
    assert [new_a_day(60, days) for days in (1, 2, 3, 20, 365)] == [60, 60, 60, 6, 1]
    assert new_a_day(0, 10) == 0


def test_a_plan_promises_what_comes_true_and_beats_random_order(tmp_path):
    """A small edition of tests/bench/learner.py."""
    rows = [Row(f"{topic}{i}", topic, rank, position=i)
            for rank, topic in enumerate("abc") for i in range(40)]  # fmt: skip
    mind = Mind(random.Random(1), lasting=0.7, first=0.55)
    student = Student(rows, {}, tmp_path, mind)
    for _ in range(10):
        student.day(student.session, 12)
    plan, promise = student.made_plan(30, 0.85)
    student.follow(plan, 30)
    true = mind.knows(student.keys, student.clock.now)
    assert true == pytest.approx(promise.on_the_date(), abs=0.05)
    other = Mind(random.Random(1), lasting=0.7, first=0.55)
    assert true > at_random(rows, other, student.by_day, random.Random(1))


def test_a_plan_is_kept_until_its_date(tmp_path):
    path = tmp_path / "deep" / "plan.json"
    plan = Plan(BY, 0.9, 25, 7, 0.8, 40)
    assert load(path, BY - timedelta(days=1)) is None
    save(plan, path)
    assert load(path, BY - timedelta(days=1)) == plan
    assert load(path, BY) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"by": "soon"}', '{"by": 7}'])
def test_a_plan_that_cannot_be_read_is_none(tmp_path, text):
    path = tmp_path / "plan.json"
    path.write_text(text)
    assert load(path, BY) is None


# --- following it ---

PLAN = Plan(BY, 0.9, 25, new_per_day=2, threshold=0.8, answers=40)


def asked(history, now, *, days_left=20, plan=PLAN, count=12, rows=ROWS[:4]):
    day = today(now, ZoneInfo("UTC"))
    return follow(plan, Listed(rows), history, now, at=now + days_left * DAY, today=day,
                  requires={}, count=count)  # fmt: skip


def test_new_questions_come_up_to_the_plans_number_a_day(history):
    assert asked(history, START) == ["a0", "a1"]
    answer(history, "a0")
    assert asked(history, START) == ["a1"]
    assert asked(history, START, count=0) == []


def test_a_question_is_asked_when_its_recall_has_fallen_to_the_threshold(history, clock):
    for i in range(4):
        answer(history, f"a{i}")  # stability 2.3 days
    days = MODEL.until(2.3065, 0.8)
    assert asked(history, START + int((days - 0.1) * DAY)) == []
    assert asked(history, START + int((days + 0.1) * DAY)) == ["a0", "a1", "a2", "a3"]
    high = PLAN._replace(threshold=0.95)
    assert MODEL.until(2.3065, 0.95) < 1  # yet the same day it would not count as a review
    assert asked(history, START + 23 * HOUR, plan=high) == []
    assert asked(history, START + DAY, plan=high) == ["a0", "a1", "a2", "a3"]


def test_two_sittings_on_one_day_are_no_two_days(history, clock):
    high = PLAN._replace(threshold=0.97)
    clock.now += 3 * HOUR  # seven in the morning
    answer(history, "a0")
    assert asked(history, START + 16 * HOUR, plan=high, rows=ROWS[:1]) == []  # thirteen hours on
    assert asked(history, START + DAY + HOUR, plan=high, rows=ROWS[:1]) == ["a0"]


def test_what_was_missed_comes_first_and_what_was_skipped_waits(history, clock):
    answer(history, "a0")
    clock.now += 20 * DAY
    answer(history, "a1", "wrong")
    clock.now += 11 * 60_000
    assert asked(history, clock.now)[:2] == ["a1", "a0"]
    history.add_skip("a0")
    assert "a0" not in asked(history, clock.now)


def test_in_the_last_days_what_would_be_forgotten_is_asked_ahead_of_time(history, clock):
    for i in range(4):
        answer(history, f"a{i}")
    clock.now += DAY
    assert asked(history, clock.now, days_left=4) == []
    assert asked(history, clock.now, days_left=3) == ["a0", "a1", "a2", "a3"]
    answer(history, "a0", rating=4)
    assert "a0" not in asked(history, clock.now, days_left=3)
