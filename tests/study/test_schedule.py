"""What is asked next, and what an answer does to the schedule."""

import random
from datetime import timedelta
from functools import partial
from itertools import pairwise
from zoneinfo import ZoneInfo

import fsrs
import pytest
from study_helpers import DAY, HOUR, MINUTE, START, Clock, Listed, Row, answer, open_quick

from quiz.bank.index import open_bank
from quiz.bank.packs import builtin
from quiz.study import cards as cards_module
from quiz.study.days import today
from quiz.study.history import Scheduling
from quiz.study.memory import EPOCH, Card, recall, scheduler
from quiz.study.schedule import (
    COUNT,
    NEW_A_DAY,
    new_questions,
    plan_session,
    suggested_rating,
)
from quiz.study.waiting import open_waiting

UTC = ZoneInfo("UTC")
# A small bank: "logits" rests on nothing, "scaling" and "masks" on it, "rotary" on both.
REQUIRES = {"scaling": ["logits"], "masks": ["logits"], "rotary": ["scaling", "masks"]}
TOPICS = ("logits", "scaling", "masks", "rotary")


def bank(questions: int = 5) -> list[Row]:
    """Per topic: a warm-up, core questions and, last, a senior one. Not in teaching order."""
    rows = []
    for rank, topic in enumerate(TOPICS):
        for position in range(questions):
            level = {0: "warm-up", questions - 1: "senior"}.get(position, "core")
            kind = "predict" if position == 1 else "single"
            rows.append(Row(f"{topic}-{position}", topic, rank, kind, level, position))
    return rows[::-1]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def history(tmp_path, clock):
    with open_quick(tmp_path / "history.db", clock) as opened:
        yield opened


def plan(history, rows=None, **options) -> list[str]:
    now = history.clock()
    options.setdefault("rng", random.Random(0))
    return plan_session(
        Listed(bank() if rows is None else rows),
        history,
        now,
        today=today(now, UTC),
        requires=REQUIRES,
        **options,
    )


# Ratings


@pytest.mark.parametrize(
    ("verdict", "hints", "rating"),
    [
        ("right", 0, 3),
        ("partly", 0, 2),
        ("wrong", 0, 1),
        ("right", 1, 2),
        ("right", 2, 2),
        ("right", 3, 1),
        ("partly", 3, 1),
        ("wrong", 2, 1),
    ],
)
def test_the_suggested_rating_follows_the_verdict_and_each_hint_caps_it(verdict, hints, rating):
    assert suggested_rating(verdict, hints) == rating


# New questions


def test_an_empty_history_starts_with_the_warm_up_of_the_first_topic(history):
    assert plan(history)[:3] == ["logits-0", "logits-1", "logits-2"]


def test_a_topic_opens_after_three_questions_of_each_that_it_requires(history):
    order = plan(history, new_limit=20, count=20)
    assert len(order) == len(set(order)) == 20
    for topic, required in REQUIRES.items():
        first = order.index(f"{topic}-0")
        for other in required:
            assert sum(key.startswith(other) for key in order[:first]) >= 3


def test_a_topic_with_fewer_than_three_questions_must_be_answered_whole(history):
    rows = [row for row in bank() if row.topic != "logits" or row.position < 2]
    assert plan(history, rows)[:3] == ["logits-0", "logits-1", "scaling-0"]


def test_topics_alternate_once_there_is_a_choice(history):
    order = plan(history, new_limit=20, count=20)
    choice = [key.split("-")[0] for key in order[3:15]]
    assert all(one != other for one, other in pairwise(choice))


def test_of_open_topics_the_one_with_the_least_progress_comes_next():
    rows = bank()
    begun = {f"logits-{n}" for n in range(4)} | {"scaling-0", "scaling-1"}
    order = [row.key for row in new_questions(rows, rows, begun, REQUIRES)]
    # logits 4/5, scaling 2/5, masks 0/5, then masks 1/5 but not twice in a row
    assert order[:3] == ["masks-0", "scaling-2", "masks-1"]


def test_within_a_topic_the_order_is_that_of_teaching_and_senior_comes_last(history):
    rows = [
        Row("hard", "logits", 0, level="senior", position=0),
        Row("second", "logits", 0, position=2),
        Row("first", "logits", 0, level="warm-up", position=1),
    ]
    assert plan(history, rows) == ["first", "second", "hard"]


def test_new_questions_are_limited_for_the_day_not_for_the_session(history, clock):
    first = plan(history)
    assert len(first) == NEW_A_DAY
    for key in first[:7]:
        clock.now += MINUTE
        answer(history, key, rating=4)
    assert len(plan(history)) == 3
    clock.now += DAY
    assert len(plan(history)) == 10


def test_the_next_session_goes_on_where_the_last_one_stopped(history, clock):
    whole = plan(history)
    for key in whole[:4]:
        clock.now += MINUTE
        answer(history, key, rating=4)
    assert plan(history) == whole[4:]


def test_a_topic_asked_for_by_name_needs_no_other_first(history):
    assert plan(history, topics={"rotary"})[0] == "rotary-0"


def test_kinds_and_levels_narrow_the_choice(history):
    assert plan(history, kinds={"predict"}) == [f"{topic}-1" for topic in TOPICS]
    assert {key[-1] for key in plan(history, levels={"senior"})} == {"4"}
    assert plan(history, topics={"nothing"}) == []


def test_requirements_in_a_circle_or_outside_the_bank_block_nothing():
    rows = [Row("a", "one", 0), Row("b", "two", 1), Row("c", "three", 2)]
    requires = {"one": ["two"], "two": ["one"], "three": ["elsewhere"]}
    found = list(new_questions(rows, rows, set(), requires))
    assert sorted(row.key for row in found) == ["a", "b", "c"]


def test_a_skipped_question_waits_until_tomorrow(history, clock):
    first, second = plan(history)[:2]
    history.add_skip(first)
    assert plan(history)[0] == second
    assert first not in plan(history)
    clock.now += DAY
    assert plan(history)[0] == first


def test_a_bank_is_asked_as_its_rows_would_be(tmp_path, history, clock):
    """The index's queries against the same in plain Python, over weeks of sessions."""
    rng = random.Random(5)
    with open_bank(tmp_path / "cache", [builtin()]) as real:
        listed = Listed(real.rows())
        requires = {row.id: row.requires for row in real.topics()}
        wanted = [{}, {"topics": ["masking", "scaling"]}, {"kinds": ["predict"]},
                  {"levels": ["senior", "core"], "count": 30, "new_limit": 30}]  # fmt: skip
        seen = set()
        for _ in range(40):
            clock.now += rng.randrange(DAY)
            day = today(clock.now, UTC)
            for options in wanted:
                plans = [
                    plan_session(bank, history, clock.now, today=day, requires=requires,
                                 rng=random.Random(0), **options)
                    for bank in (real, listed)
                ]  # fmt: skip
                assert plans[0] == plans[1]
                seen.update(plans[0])
            for key in plans[0][:12]:
                if rng.random() < 0.1:
                    history.add_skip(key)
                else:
                    answer(history, key, rng.choice(["right", "right", "wrong"]))
    assert len(seen) > 100


def test_choosing_reads_no_more_of_a_bank_than_it_asks(tmp_path, history, clock):
    with open_bank(tmp_path / "cache", [builtin()]) as real:
        real.rows = lambda *_: pytest.fail("read the whole bank")
        requires = {row.id: row.requires for row in real.topics()}
        waiting = partial(open_waiting, real, history, tmp_path / "waiting.sqlite", "bank 1")
        waiting().close()
        answer(history, next(real.in_order(real.topics()[0].id)).key)
        real.in_order = lambda *_: pytest.fail("read a whole topic")
        seen = []
        real._db.set_trace_callback(seen.append)
        found = plan_session(
            real, history, START, today=today(START, UTC), requires=requires,
            rng=random.Random(0), waiting=waiting,
        )  # fmt: skip
        real._db.set_trace_callback(None)
        steps = [row[3] for sql in seen for row in real._db.execute("EXPLAIN QUERY PLAN " + sql)]
    assert len(found) == NEW_A_DAY - 1
    assert all("INDEX" in step for step in steps if "questions" in step)


# Due questions


def test_what_is_due_comes_before_what_is_new_and_the_least_remembered_first(history, clock):
    answer(history, "logits-0", rating=4)  # stability 8.3 days
    answer(history, "logits-1", rating=3)  # 2.3
    answer(history, "logits-2", "wrong")  # 0.2
    clock.now += 8 * DAY
    found = plan(history)
    assert found[:3] == ["logits-2", "logits-1", "logits-0"]
    assert found[3:] and not set(found[3:]) & set(found[:3])
    recalls = [recall(history.cards.get(key), clock.now) for key in found[:3]]
    assert recalls == sorted(recalls)


def test_what_is_not_due_is_not_asked(history, clock):
    answer(history, "logits-0", rating=3)
    clock.now += DAY
    assert "logits-0" not in plan(history)
    clock.now += DAY
    assert plan(history)[0] == "logits-0"


def test_what_was_missed_returns_the_same_day_and_what_was_right_does_not(history, clock):
    answer(history, "logits-0", "wrong")
    answer(history, "logits-1", "right")
    assert "logits-0" not in plan(history)
    clock.now += 10 * MINUTE
    found = plan(history)
    assert found[0] == "logits-0"
    assert "logits-1" not in found


def test_what_was_known_and_then_missed_returns_the_same_day_too(history, clock):
    answer(history, "logits-0")
    clock.now += 2 * DAY
    answer(history, "logits-0", "wrong")
    assert history.cards.get("logits-0").lapses == 1
    clock.now += 10 * MINUTE
    assert plan(history)[0] == "logits-0"


def test_what_was_missed_today_comes_before_all_else_that_is_due(history, clock, monkeypatch):
    monkeypatch.setattr(cards_module, "PAGE", 2)
    for key in ("logits-0", "logits-1", "logits-2"):
        answer(history, key)
    clock.now += 9 * DAY
    answer(history, "logits-1", "wrong")  # known before
    answer(history, "logits-3", "wrong")  # new
    clock.now += 15 * MINUTE
    assert plan(history)[:4] == ["logits-3", "logits-1", "logits-0", "logits-2"]


def test_many_due_questions_leave_no_room_for_new_ones(history, clock):
    rows = bank(10)
    for row in rows[:15]:
        answer(history, row.key)
    clock.now += 30 * DAY
    found = plan(history, rows)
    assert len(found) == COUNT
    assert set(found) <= {row.key for row in rows[:15]}
    assert len(plan(history, rows, count=3)) == 3


def test_due_questions_are_limited_for_the_day_and_new_ones_wait_for_them(history, clock):
    rows = bank(10)
    for row in rows[:8]:
        answer(history, row.key)
    clock.now += 30 * DAY
    first = plan(history, rows, due_limit=5)
    assert len(first) == 5 and set(first) <= {row.key for row in rows[:8]}
    for key in first[:3]:
        clock.now += MINUTE
        answer(history, key)
    assert len(plan(history, rows, due_limit=5)) == 2
    assert plan(history, rows, due_limit=3) == []
    assert len(plan(history, rows, due_limit=3, cram=True)) == COUNT
    clock.now += DAY  # the limit is anew, and what is left of the backlog leaves room
    found = plan(history, rows, due_limit=6)
    assert len(found) == COUNT and set(found[:5]) == {r.key for r in rows[:8]} - set(first[:3])


def test_answers_to_questions_that_the_bank_no_longer_has_are_passed_over(history, clock):
    answer(history, "removed")
    clock.now += 30 * DAY
    assert "removed" not in plan(history)


def test_all_that_is_due_is_found_across_pages_each_once(history, clock, monkeypatch):
    monkeypatch.setattr(cards_module, "PAGE", 3)
    names = [f"q{number:02}" for number in range(20)]
    for number, name in enumerate(names):
        answer(history, name, rating=1 + number % 4)  # many with equal memory
    clock.now += 60 * DAY
    found = list(history.cards.due(clock.now, clock.now))
    assert sorted(found) == names
    recalls = [recall(history.cards.get(name), clock.now) for name in found]
    assert recalls == sorted(recalls)


def test_choosing_what_is_due_reads_an_index_not_the_table(history):
    answer(history, "a")
    seen = []
    history._db.set_trace_callback(seen.append)
    list(history.cards.due(START, START + DAY))
    history.cards.begun_since(START)
    history._db.set_trace_callback(None)
    plans = [
        " ".join(row[3] for row in history._db.execute("EXPLAIN QUERY PLAN " + sql)) for sql in seen
    ]
    assert len(plans) == 3
    assert all("SEARCH cards USING" in steps and "INDEX" in steps for steps in plans)
    assert all("SCAN" not in steps for steps in plans)


# Cramming


def test_cramming_asks_everything_selected_the_weakest_first(history, clock):
    for key, rating in (("logits-0", 4), ("logits-1", 3), ("logits-2", 1)):
        answer(history, key, rating=rating)
    clock.now += DAY
    found = plan(history, topics={"logits"}, cram=True)
    assert found[2:] == ["logits-2", "logits-1", "logits-0"]
    assert set(found[:2]) == {"logits-3", "logits-4"}


def test_cramming_shuffles_equals_by_the_seed(history):
    orders = {tuple(plan(history, cram=True, rng=random.Random(seed))) for seed in range(5)}
    assert len(orders) == 5
    again = plan(history, cram=True, rng=random.Random(3))
    assert again == plan(history, cram=True, rng=random.Random(3))


# Memory


def card_of(card: fsrs.Card) -> Card:
    last = (card.last_review - EPOCH) // timedelta(milliseconds=1)
    rest = dict.fromkeys(Card._fields, 0)
    return Card(**{**rest, "stability": card.stability, "last": last})


def test_recall_is_that_of_fsrs_at_whole_days():
    weights = [*fsrs.scheduler.DEFAULT_PARAMETERS[:20], 0.5]
    for scheduling in (Scheduling(), Scheduling(weights=tuple(weights))):
        made = scheduler(scheduling)
        for rating in fsrs.Rating:
            at = EPOCH + timedelta(milliseconds=START)
            card, _ = made.review_card(fsrs.Card(card_id=1), rating, at)
            for days in (0, 1, 2, 10, 100, 5000):
                now = at + timedelta(days=days)
                ours = recall(card_of(card), START + days * DAY, scheduling)
                assert ours == pytest.approx(made.get_card_retrievability(card, now), rel=1e-12)


def test_recall_is_ninety_percent_after_as_many_days_as_the_stability_says(history, clock):
    answer(history, "a")
    card = history.cards.get("a")
    assert recall(card, START) == 1
    assert recall(card, START + round(card.stability * DAY)) == pytest.approx(0.9)
    assert recall(card, START - DAY) == 1  # a clock that went back makes no memory stronger
    assert recall(card._replace(stability=None), START) == 0


def test_the_card_is_what_fsrs_makes_of_the_same_reviews(history, clock):
    made = scheduler(Scheduling())
    card = fsrs.Card(card_id=1)
    rng = random.Random(2)
    lapses = 0
    for _ in range(30):
        clock.now += rng.choice((2 * MINUTE, 11 * HOUR, rng.randint(1, 20) * DAY))
        rating = rng.randint(1, 4)
        lapses += card.state == fsrs.State.Review and rating == 1
        answer(history, "a", rating=rating)
        at = EPOCH + timedelta(milliseconds=clock.now)
        card, _ = made.review_card(card, fsrs.Rating(rating), at)
    ours = history.cards.get("a")
    assert (ours.stability, ours.difficulty) == (card.stability, card.difficulty)
    assert (ours.state, ours.step) == (card.state, card.step)
    assert EPOCH + timedelta(milliseconds=ours.due) == card.due
    assert (ours.reps, ours.lapses, ours.first <= ours.last) == (30, lapses, True)


@pytest.mark.parametrize(
    ("passed", "days"),
    [
        (11 * HOUR, 0),
        (12 * HOUR, 1),
        (DAY - MINUTE, 1),
        (2 * DAY - 13 * HOUR, 1),
        (2 * DAY - MINUTE, 2),
        (30 * DAY - 11 * HOUR, 30),
    ],
)
def test_an_answer_minutes_or_hours_early_counts_as_one_of_its_day(history, clock, passed, days):
    answer(history, "early")
    answer(history, "exact")
    clock.now = START + days * DAY
    answer(history, "exact")
    clock.now = START + passed
    answer(history, "early")
    early, exact = history.cards.get("early"), history.cards.get("exact")
    assert (early.stability, early.difficulty) == (exact.stability, exact.difficulty)
    assert early.last == clock.now  # only the span is rounded, the answer stays where it was
    assert early.due - early.last == exact.due - exact.last


def test_ten_thousand_events_rebuild_to_the_same_cards(history, clock):
    rng = random.Random(3)
    history._db.execute("PRAGMA journal_mode = MEMORY")
    given = []
    for number in range(10_000):
        clock.now += rng.randrange(1, 40) * MINUTE
        chance = rng.random()
        if chance < 0.85 or not given:
            verdict = rng.choice(["right", "right", "partly", "wrong"])
            cram = rng.random() < 0.1
            given.append(answer(history, f"q{rng.randrange(800)}", verdict, cram=cram).id)
        elif chance < 0.95:
            history.rate(given[-1], rng.randint(1, 4))
        elif chance < 0.98:
            history.overrule(rng.choice(given[-20:]), "right", 3)
        else:
            history.undo_last()
        if number == 5000:
            halfway = history.cards.all()
    before = history.cards.all()
    history.rebuild()
    assert history.cards.all() == before != halfway
    assert len(before) > 700


def test_a_clock_that_went_back_counts_as_no_time_passed(history, clock):
    for question, hours in (("a", 0), ("b", -50)):
        clock.now = START
        answer(history, question)
        clock.now += hours * HOUR
        answer(history, question, "partly")
    same, back = history.cards.get("a"), history.cards.get("b")
    assert (back.stability, back.difficulty) == (same.stability, same.difficulty)
    assert back.due - back.last == same.due - same.last
