"""Each figure of the calibration, by hand."""

import pytest
from study_helpers import Clock, answer, open_quick

from quiz.study.calibration import calibration


@pytest.fixture
def history(tmp_path):
    with open_quick(tmp_path / "history.db", Clock()) as opened:
        yield opened


def give(history, confidence, *verdicts):
    for verdict in verdicts:
        answer(history, "q", verdict, confidence=confidence)


def test_without_confidence_there_is_nothing_to_say(history):
    answer(history, "q")
    assert calibration(history.tallies.by("confidence")) is None


def test_points_means_and_brier_score(history):
    give(history, 95, "right", "right", "right", "wrong")
    give(history, 50, "right", "partly")
    answer(history, "q")  # without confidence: left out
    found = calibration(history.tallies.by("confidence"))
    assert [(p.confidence, p.answers, p.right) for p in found.points] == [
        (50, 2, 0.5),
        (95, 4, 0.75),
    ]
    assert found.answers == 6
    assert found.confidence == pytest.approx((4 * 0.95 + 2 * 0.5) / 6)
    assert found.right == pytest.approx(4 / 6)
    # 3 x 0.05^2, 0.95^2, 2 x 0.5^2
    assert found.brier == pytest.approx((0.0075 + 0.9025 + 0.5) / 6)
    # Wilson 1927 for 3 of 4 at 95 %: 0.3006 .. 0.9544
    assert (found.points[1].low, found.points[1].high) == pytest.approx((0.3006, 0.9544), abs=5e-4)


@pytest.mark.parametrize(
    ("right", "wrong", "word"), [(18, 6, "close"), (8, 16, "over"), (24, 0, "under"), (4, 1, "few")]
)
def test_the_verdict_in_a_word(history, right, wrong, word):
    give(history, 75, *["right"] * right, *["wrong"] * wrong)
    assert calibration(history.tallies.by("confidence")).word == word


def test_an_overruled_answer_counts_as_the_learner_says(history):
    given = answer(history, "q", "wrong", confidence=95)
    history.overrule(given.id, "right", 3)
    assert calibration(history.tallies.by("confidence")).right == 1.0
