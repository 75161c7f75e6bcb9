"""Fitting the FSRS weights, and whether the fit is any better."""

import json
import math
import random

import fsrs
import pytest
from study_helpers import DAY, HOUR, START, Clock, answer, open_quick

from quiz.study import weights
from quiz.study.fit import Score, by_package, fit, items, predictions, score
from quiz.study.forgetting import DEFAULTS, Forgetting
from quiz.study.memory import Scheduling

# Of a learner with whom nothing lasts: first answers an eighth as long, and reviews add less.
QUICK = (0.02, 0.1, 0.3, 1.0, *DEFAULTS[4:8], 0.6, *DEFAULTS[9:])


def reviews(true: tuple[float, ...], questions: int = 150, seed: int = 1) -> list:
    """Items of somebody whose memory follows these weights, in order of time."""
    rng, mind, found = random.Random(seed), Forgetting(Scheduling(weights=true)), []
    for question in range(questions):
        rating = rng.choice((1, 3, 3))
        item, state, day = ((rating, 0),), mind.first(rating), question // 5
        for since in (1, 3, 8, 20):
            day += since
            rating = 3 if rng.random() < mind.recall(state.stability, since) else 1
            item, state = (*item, (rating, since)), mind.next(state, rating, since)
            found.append((day, question, item))
    return [item for *_, item in sorted(found)]


def test_a_review_is_an_answer_of_another_day_with_all_that_came_before_it(tmp_path):
    clock = Clock()
    with open_quick(tmp_path / "history.db", clock) as history:
        answer(history, "a", "wrong")
        clock.now += 20 * 60_000
        answer(history, "a")  # the same sitting: it is no review, yet part of the past
        answer(history, "b", rating=4)
        clock.now = START + 23 * HOUR
        answer(history, "a", "wrong", cram=True)
        answer(history, "a")
        clock.now = START + 3 * DAY
        answer(history, "b", "partly")
        found = items(history.answers())
    assert found == [((1, 0), (3, 0), (3, 1)), ((4, 0), (2, 3))]


def test_log_loss_and_rmse_by_hand():
    """Two reviews alike (one day, one review before), and one by itself, missed."""
    some = [((3, 0), (3, 1)), ((3, 0), (1, 1)), ((3, 0), (1, 50))]
    found = score(some, [0.8, 0.9, 0.5])
    loss = -(math.log(0.8) + math.log(0.1) + math.log(0.5)) / 3
    # Of the two 1.7 were expected and 1 recalled; of the other 0.5 and 0.
    assert found == pytest.approx((loss, math.sqrt((0.7**2 / 2 + 0.5**2) / 3)))


def test_only_the_earlier_three_quarters_are_fitted_and_only_the_later_judge():
    some = reviews(DEFAULTS, questions=30)
    given = []

    def fitter(earlier):
        given.extend(earlier)
        return QUICK

    found = fit(some, None, fitter)
    assert given == some[:90]
    assert (found.reviews, found.held_out) == (120, 30)
    assert found.before == score(some[90:], predictions(some[90:], None))
    assert found.after == score(some[90:], predictions(some[90:], QUICK))


def test_weights_that_fit_the_learner_are_better_and_others_are_not():
    some = reviews(QUICK)
    right = fit(some, None, lambda earlier: QUICK)
    assert right.better and right.after.rmse < right.before.rmse
    assert not fit(some, QUICK, lambda earlier: DEFAULTS).better
    assert not fit(some, None, lambda earlier: DEFAULTS).better  # the same as those in use


def test_a_lead_within_one_standard_error_is_not_enough():
    near = (*(w * 1.02 for w in DEFAULTS[:4]), *DEFAULTS[4:])
    leads = []
    for seed in range(20):
        found = fit(reviews(DEFAULTS, 40, seed), None, lambda earlier: near)
        leads.append((found.before.log_loss - found.after.log_loss, found.error, found.better))
    assert any(0 < lead < error for lead, error, _ in leads)
    assert all(better == (lead > error) for lead, error, better in leads)


@pytest.mark.parametrize("bad", [DEFAULTS[:19], (*DEFAULTS[:20], 0.9), (math.nan, *DEFAULTS[1:])])
def test_weights_that_fsrs_cannot_work_with_are_refused(bad):
    with pytest.raises(ValueError, match="out of bounds"):
        fit(reviews(DEFAULTS, 5), None, lambda earlier: bad)


# --- kept in a file ---


def test_the_bounds_are_those_of_the_package():
    assert fsrs.scheduler.LOWER_BOUNDS_PARAMETERS == weights.LOWEST
    assert fsrs.scheduler.UPPER_BOUNDS_PARAMETERS == weights.HIGHEST


def test_weights_are_kept_and_found_again(tmp_path):
    path = tmp_path / "new" / "weights.json"
    assert weights.load(path) is None
    weights.save(QUICK, path)
    assert weights.load(path) == QUICK


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"weights": 3}', '{"weights": [1, 2]}', '{"weights": ["x"]}']
)
def test_a_file_that_is_damaged_means_the_usual_weights(tmp_path, text):
    path = tmp_path / "weights.json"
    path.write_text(text)
    assert weights.load(path) is None
    path.write_text(json.dumps({"weights": [*DEFAULTS[:20], 99]}))
    assert weights.load(path) is None


def test_the_cards_follow_the_weights_by_themselves(tmp_path):
    path, clock = tmp_path / "history.db", Clock()
    with open_quick(path, clock) as history:
        answer(history, "a")
        usual = history.cards.get("a")
    with open_quick(path, clock, scheduling=Scheduling(weights=QUICK)) as history:
        assert history.cards.get("a").stability == QUICK[2] < usual.stability
        assert history.cards.get("a").due < usual.due
    with open_quick(path, clock) as history:
        assert history.cards.get("a") == usual


# --- the package, where it is installed ---


def test_the_package_predicts_as_we_do():
    package = pytest.importorskip("fsrs_rs_python")
    some = random.Random(1).sample(reviews(QUICK), 100)
    model = package.FSRS(QUICK)
    for item, chance in zip(some, predictions(some, QUICK), strict=True):
        given = package.FSRSItem([package.FSRSReview(*review) for review in item])
        theirs = model.evaluate([given])
        loss, off = -math.log(chance if item[-1][0] > 1 else 1 - chance), item[-1][0] > 1
        assert (theirs.log_loss, theirs.rmse_bins) == pytest.approx(
            Score(loss, abs(chance - off)), abs=1e-4
        )


def test_the_package_finds_that_a_learner_forgets_faster():
    pytest.importorskip("fsrs_rs_python")
    found = fit(reviews(QUICK), None, by_package)
    assert found.better
    assert found.weights[2] < DEFAULTS[2] / 2  # days that a new question, once right, lasts
