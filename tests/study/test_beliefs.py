"""When a belief is held, when it is dropped, and what is asked to drop it."""

import pytest
from study_helpers import START, Clock, answer, open_quick

from quiz.model import Option, Question, Reject, Text
from quiz.study.beliefs import beliefs, hunting

SAID = Text("x", "x")
CATCHES = {"q1": {"scale"}, "q2": {"scale", "mask"}, "q3": {"mask"}}


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def history(tmp_path, clock):
    with open_quick(tmp_path / "history.db", clock) as opened:
        yield opened


def told(history, catches=CATCHES) -> dict:
    return {b.id: b for b in beliefs(history, lambda question: catches.get(question, ()))}


def say(history, clock, question, verdict="right", *shown, **values):
    clock.now += 1000
    return answer(history, question, verdict, beliefs=shown, **values)


def test_a_question_catches_what_its_options_and_rejects_name():
    options = (Option(SAID, SAID, correct=True), Option(SAID, SAID, misconception="a"))
    reject = {"7": Reject(SAID, "b"), "8": Reject(SAID)}
    question = Question("q", "single", "core", SAID, SAID, options, reject=reject)
    assert question.catches == {"a", "b"}


def test_a_belief_is_held_once_shown_and_dropped_by_a_question_that_could_catch_it(history, clock):
    say(history, clock, "q1", "wrong", "scale")
    held = told(history)["scale"]
    assert (held.times, held.last, held.question, held.dropped) == (1, START + 1000, "q1", None)
    say(history, clock, "q3")  # cannot catch it
    assert told(history)["scale"].dropped is None
    say(history, clock, "q2")
    assert told(history)["scale"].dropped == START + 3000


def test_it_is_held_again_when_shown_again(history, clock):
    for verdict, shown in (("wrong", ["scale"]), ("right", []), ("partly", ["scale"])):
        say(history, clock, "q1", verdict, *shown)
    held = told(history)["scale"]
    assert (held.times, held.dropped) == (2, None)


def test_the_question_that_showed_it_drops_it_though_the_bank_has_changed(history, clock):
    say(history, clock, "q1", "wrong", "scale")
    say(history, clock, "q1")
    assert told(history, {})["scale"].dropped == START + 2000


@pytest.mark.parametrize("verdict", ["wrong", "partly"])
def test_an_answer_that_is_not_right_drops_nothing(history, clock, verdict):
    say(history, clock, "q1", "wrong", "scale")
    say(history, clock, "q2", verdict)
    assert told(history)["scale"].dropped is None


def test_a_right_answer_after_the_last_hint_drops_nothing(history, clock):
    say(history, clock, "q1", "wrong", "scale")
    say(history, clock, "q1", "right", rating=1, hints=3)
    assert told(history)["scale"].dropped is None


def test_an_overruled_or_undone_answer_shows_nothing(history, clock):
    given = say(history, clock, "q1", "wrong", "scale")
    assert history.shown.has("scale")
    history.overrule(given.id, "right", 3)
    say(history, clock, "q2", "wrong", "mask")
    history.undo_last()
    assert told(history) == {}
    assert not history.shown.has("scale") and not history.shown.has("mask")


def test_a_belief_is_known_by_its_whole_name(history, clock):
    say(history, clock, "q1", "wrong", "scale-by-d", "mask")
    assert history.shown.has("mask") and not history.shown.has("scale")


def test_held_ones_come_first_then_the_latest(history, clock):
    say(history, clock, "q1", "wrong", "scale")
    say(history, clock, "q3", "wrong", "mask")
    say(history, clock, "q9", "wrong", "other")
    say(history, clock, "q3")
    assert list(told(history)) == ["other", "scale", "mask"]


def test_hunting_takes_turns_and_leaves_the_question_just_read_for_last(history, clock):
    say(history, clock, "q1", "wrong", "scale")
    say(history, clock, "q1", "wrong", "scale")
    say(history, clock, "q2", "wrong", "mask")
    held = [belief for belief in told(history).values() if belief.dropped is None]
    catching = {"scale": ["q1", "q2"], "mask": ["q2", "q3"]}
    assert hunting(held, catching, {"q2": 0.9}) == ["q2", "q3", "q1"]
    more = catching | {"scale": ["q0", "q1", "q2"]}
    assert hunting(held, more, {"q0": 0.1, "q2": 0.9})[0] == "q0"
    assert hunting([], catching, {}) == []
