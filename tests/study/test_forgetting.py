"""The fast FSRS-6 against the package `fsrs`, answer by answer."""

import random
from datetime import UTC, datetime, timedelta

import fsrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.study import memory
from quiz.study.forgetting import DEFAULTS, Forgetting
from quiz.study.memory import Scheduling

START = datetime(2026, 1, 1, tzinfo=UTC)
REVIEWS = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 60), st.floats(0, 0.9)), min_size=1, max_size=15
)


def test_the_weights_are_those_of_the_package():
    assert fsrs.scheduler.DEFAULT_PARAMETERS == DEFAULTS


@given(reviews=REVIEWS, retention=st.sampled_from([0.7, 0.8, 0.9, 0.97]))
def test_every_answer_leads_to_the_state_that_the_package_finds(reviews, retention):
    scheduling = Scheduling(retention)
    fast, slow = Forgetting(scheduling), memory.scheduler(scheduling)
    card, state, at = fsrs.Card(card_id=1), None, START
    for rating, days, part in reviews:
        since = timedelta(days=days, hours=24 * part)
        state = fast.next(state, rating, since.days) if state else fast.first(rating)
        at += since
        card, _ = slow.review_card(card, fsrs.Rating(rating), at)
        assert state == pytest.approx((card.stability, card.difficulty), rel=1e-9)
    if card.state == fsrs.State.Review:
        assert fast.interval(state.stability) == (card.due - at).days
    later = at + timedelta(days=9)
    known = slow.get_card_retrievability(card, later)
    assert fast.recall(state.stability, 9) == pytest.approx(known, rel=1e-9)


def test_other_weights_are_used_throughout():
    weights = tuple(w * 1.05 for w in DEFAULTS)
    scheduling = Scheduling(0.9, weights)
    fast, slow = Forgetting(scheduling), memory.scheduler(scheduling)
    rng = random.Random(1)
    card, state, at = fsrs.Card(card_id=1), None, START
    for _ in range(12):
        rating, days = rng.randrange(1, 5), rng.randrange(40)
        state = fast.next(state, rating, days) if state else fast.first(rating)
        at += timedelta(days=days)
        card, _ = slow.review_card(card, fsrs.Rating(rating), at)
    assert state == pytest.approx((card.stability, card.difficulty), rel=1e-9)
