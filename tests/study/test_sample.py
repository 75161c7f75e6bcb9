"""What is planned from a part of a large bank and of a long history holds for the whole."""

import random
from datetime import date

import pytest
from study_helpers import DAY, MINUTE, Clock, Row, answer, open_quick

from quiz.study import learner as module
from quiz.study.forgetting import Forgetting
from quiz.study.history import Scheduling
from quiz.study.learner import learner, learner_of
from quiz.study.plan import forecast, needed, sample, tasks

MODEL = Forgetting(Scheduling())
BY, DAYS = date(2026, 1, 31), 30
ROWS = [
    Row(f"{topic}-{number}", topic, rank, position=number)
    for rank, topic in enumerate(("logits", "masks", "norms"))
    for number in range(80)
]


@pytest.fixture
def history(tmp_path):
    """Some weeks of study: half of the questions begun, each answered several times."""
    rng, clock = random.Random(3), Clock()
    with open_quick(tmp_path / "history.db", clock) as opened:
        for _ in range(15):
            for key in rng.sample([row.key for row in ROWS[::2]], 40):
                clock.now += rng.randrange(20, 90) * 1000
                answer(opened, key, rng.choices(["right", "wrong"], [4, 1])[0])
            clock.now += DAY - clock.now % DAY + 9 * 60 * MINUTE
        yield opened


def test_a_small_bank_is_taken_whole():
    assert sample(ROWS, len(ROWS)) == (ROWS, 1.0)
    assert sample([]) == ([], 0.0)


def test_a_sample_has_an_even_share_of_each_topic():
    taken, share = sample([*ROWS, Row("only", "small", 3)], 60)
    counts = {topic: sum(row.topic == topic for row in taken) for topic in ("logits", "small")}
    assert counts == {"logits": 20, "small": 1}
    assert share == pytest.approx(241 / len(taken))


def test_a_plan_from_a_sample_asks_for_the_same_minutes(history):
    now, who = history.clock(), learner(history.answers(), MODEL, history.clock())
    cards = history.cards.all()
    plans, promised = [], []
    for most in (len(ROWS), 120):
        rows, share = sample(ROWS, most)
        given = tasks(rows, [row for row in rows if row.key not in cards], cards, now)
        drawn = who._replace(each=who.each * share)
        plan = needed(given, BY, 0.7, drawn, MODEL, DAYS)
        promised.append(forecast(given, plan.pace(), drawn, MODEL, DAYS).on_the_date())
        plans.append(plan.times(share))
    whole, part = plans
    assert part.minutes == pytest.approx(whole.minutes, rel=0.3)
    assert part.new_per_day == pytest.approx(whole.new_per_day, rel=0.35)
    assert part.answers == pytest.approx(part.minutes * 60 / who.each, rel=0.05)
    assert promised[1] == pytest.approx(promised[0], abs=0.03)


def test_a_short_history_is_read_whole(history):
    now = history.clock()
    found, expected = learner_of(history, MODEL, now), learner(history.answers(), MODEL, now)
    assert found.lasting == pytest.approx(expected.lasting)
    assert found[1:] == expected[1:]
    assert history.latest(10_000) == history.answers()


def test_of_a_long_history_a_part_tells_the_same(history, monkeypatch):
    now = history.clock()
    whole = learner_of(history, MODEL, now)
    monkeypatch.setattr(module, "ENOUGH", 200)
    part = learner_of(history, MODEL, now)
    assert 100 < part.reviews < whole.reviews / 2
    assert part.typical == pytest.approx(whole.typical, rel=0.35)
    assert part.each == pytest.approx(whole.each, rel=0.15)
    assert part.pace == pytest.approx(whole.pace, rel=0.15)


def test_the_latest_answers_are_those_at_the_end_of_the_log(history):
    assert history.latest(25) == history.answers()[-25:]
