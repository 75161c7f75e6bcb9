"""The state machine of a sitting, with a log that remembers what it was told, in order."""

from types import SimpleNamespace

import pytest

from quiz.model import DemoCall, Option, Point, Question, Text
from quiz.study.grade import Unreadable
from quiz.study.session import ASK, END, REVEAL, SURE, TICK, WAIT, Session


def text(words: str) -> Text:
    return Text(words, words)


def single(id: str) -> Question:
    options = (
        Option(text("right"), text("because"), correct=True),
        Option(text("wrong"), text("no"), misconception="belief"),
    )
    return Question(id, "single", "core", text("?"), text("!"), options, hints=(text("h"),))


PREDICT = Question(
    "p", "predict", "core", text("?"), text("!"), figure="x", tolerance="10%",
    demo=DemoCall("demo", {}),
)  # fmt: skip
EXPLAIN = Question(
    "e", "explain", "core", text("?"), text("!"),
    points=(Point(text("a"), ("alpha",)), Point(text("b"), ("beta",))),
)  # fmt: skip


class Log:
    """What the session told the history."""

    def __init__(self):
        self.said = []

    def add_answer(self, question, **about):
        self.said.append(("answer", question, about["verdict"], about["rating"]))
        self.last = about
        return SimpleNamespace(id=f"event-{len(self.said)}")

    def add_skip(self, question):
        self.said.append(("add_skip", question))
        return SimpleNamespace(id=f"event-{len(self.said)}")

    def __getattr__(self, kind):
        return lambda *about: self.said.append((kind, *about))


def sitting(*questions: Question, **options):
    known = {q.id: q for q in questions}
    log = Log()
    keep_order = {"shuffle": lambda places: None, "clock": lambda: 0} | options
    return Session(list(known), known.__getitem__, log, **keep_order), log


def answer(session: Session, place: int) -> None:
    session.pick(place)
    session.submit()


def test_an_answer_is_saved_before_it_is_revealed():
    session, log = sitting(single("a"), single("b"))
    seen = []
    log.add_answer = lambda question, **about: seen.append(session.phase) or SimpleNamespace(id="1")
    answer(session, 0)
    assert seen == [ASK]
    assert session.phase == REVEAL


def test_the_sitting_goes_through_its_questions_and_ends():
    session, log = sitting(single("a"), single("b"))
    assert (session.number, session.count) == (1, 2)
    answer(session, 0)
    assert (session.number, session.count) == (1, 2)
    session.advance()
    assert (session.number, session.count, session.key) == (2, 2, "b")
    answer(session, 1)
    session.advance()
    assert session.phase == END
    assert log.said == [("answer", "a", "right", 3), ("answer", "b", "wrong", 1)]
    assert [o.key for o in session.missed] == ["b"]


def test_a_wrong_choice_tells_the_history_which_belief_it_showed():
    session, log = sitting(single("a"))
    answer(session, 1)
    assert log.last["beliefs"] == ("belief",)


def test_options_are_shuffled_on_screen_and_kept_in_file_order_in_the_history():
    session, log = sitting(single("a"), shuffle=lambda places: places.reverse())
    assert [o.text.en for o in session.options] == ["wrong", "right"]
    assert session.right == (1,)
    answer(session, 1)
    assert (session.grade.verdict, log.last["answer"]) == ("right", "1")


def test_a_hint_caps_the_rating():
    session, _ = sitting(single("a"))
    assert session.hint()
    assert not session.hint()
    answer(session, 0)
    assert session.rating == 2


def test_rating_and_overruling_are_events_of_their_own():
    session, log = sitting(single("a"))
    answer(session, 1)
    session.overrule()
    assert (session.grade.verdict, session.rating) == ("right", 3)
    session.rate(4)
    session.rate(4)  # no news
    assert log.said[1:] == [("overrule", "event-1", "right", 3), ("rate", "event-1", 4)]
    assert session.missed == []


def test_undo_takes_the_last_answer_back_and_asks_again():
    session, log = sitting(single("a"), single("b"))
    assert not session.undo()
    answer(session, 1)
    session.advance()
    assert session.undo()
    assert (session.key, session.phase, session.number) == ("a", ASK, 1)
    assert log.said[-1] == ("void", "event-1")
    answer(session, 0)
    session.advance()
    assert session.key == "b"  # the question that was open has not been lost


def test_a_skipped_question_is_not_counted():
    session, log = sitting(single("a"), single("b"))
    session.skip()
    assert (session.key, session.number, session.count) == ("b", 1, 1)
    assert log.said == [("add_skip", "a")]


def test_a_prediction_waits_for_its_run():
    session, log = sitting(PREDICT)
    session.submit("9.5")
    assert (session.phase, log.said) == (WAIT, [])
    session.supply(SimpleNamespace(figures={"x": 9.0}, claims=()))
    assert (session.phase, session.grade.verdict) == (REVEAL, "right")


def test_a_prediction_is_graded_at_once_when_the_run_is_there_already():
    session, _ = sitting(PREDICT)
    session.supply(SimpleNamespace(figures={"x": 9.0}, claims=()))
    session.submit("1")
    assert session.grade.verdict == "wrong"


@pytest.mark.parametrize("before", [True, False])
def test_a_prediction_whose_demo_fails_is_shown_but_not_counted(before):
    session, log = sitting(PREDICT)
    if before:
        session.supply(None)
    session.submit("9.5")
    if not before:
        session.supply(None)
    assert (session.phase, session.grade, log.said) == (REVEAL, None, [])


def test_what_is_no_answer_leaves_the_question_open():
    session, log = sitting(PREDICT)
    with pytest.raises(Unreadable):
        session.submit("nine")
    assert (session.phase, log.said) == (ASK, [])


def test_the_learner_confirms_which_points_an_explanation_made():
    session, log = sitting(EXPLAIN)
    session.submit("alpha comes first")
    assert (session.phase, session.made, log.said) == (TICK, [0], [])
    session.tick(1)
    session.confirm()
    assert (session.phase, session.grade.verdict, session.grade.found) == (REVEAL, "right", (0, 1))


def test_missed_questions_can_be_asked_again():
    session, _ = sitting(single("a"), single("b"))
    answer(session, 1)
    session.advance()
    answer(session, 0)
    session.advance()
    session.retry()
    assert (session.key, session.phase) == ("a", ASK)


def test_an_order_is_never_shown_in_its_right_order():
    items = (text("1"), text("2"), text("3"))
    question = Question("o", "order", "core", text("?"), text("!"), items=items)
    turns = iter(([0, 1, 2], [2, 0, 1]))

    def shuffle(places):
        places[:] = next(turns)

    session, log = sitting(question, shuffle=shuffle)
    assert session.order == [2, 0, 1]
    for place in (1, 2, 0):
        session.pick(place)
    session.submit()
    assert (session.grade.verdict, log.last["answer"]) == ("right", "1,2,3")


def test_a_clock_that_runs_backwards_gives_no_negative_duration():
    ticks = iter([1000, 400])
    session, log = sitting(single("a"), clock=lambda: next(ticks, 0))
    answer(session, 0)
    assert log.last["duration"] == 0


def test_confidence_is_asked_before_anything_is_graded_or_saved():
    session, log = sitting(single("a"), confidence=True)
    answer(session, 1)
    assert session.phase == SURE and not log.said and session.grade is None
    session.sure(75)
    assert session.phase == REVEAL and log.last["confidence"] == 75


def test_without_the_setting_no_confidence_is_asked_or_kept():
    session, log = sitting(single("a"))
    answer(session, 0)
    assert session.phase == REVEAL and log.last["confidence"] is None


def test_what_is_no_answer_is_refused_before_confidence_is_asked():
    session, _ = sitting(EXPLAIN, confidence=True)
    with pytest.raises(Unreadable):
        session.submit(" ")
    assert session.phase == ASK


def test_confidence_comes_before_the_points_and_before_the_run():
    session, log = sitting(EXPLAIN, PREDICT, confidence=True)
    session.submit("alpha")
    assert session.phase == SURE
    session.sure(25)
    assert session.phase == TICK
    session.confirm()
    assert log.last["confidence"] == 25
    session.advance()
    session.submit("7")
    session.supply(SimpleNamespace(figures={"x": 7.0}, claims=()))  # arrives meanwhile
    assert session.phase == SURE
    session.sure(95)
    assert session.phase == REVEAL and log.last["confidence"] == 95
    assert log.last["verdict"] == "right"


def test_a_demo_that_fails_while_confidence_is_asked_is_shown_and_not_counted():
    session, log = sitting(PREDICT, confidence=True)
    session.submit("7")
    session.supply(None)
    session.sure(50)
    assert session.phase == REVEAL and session.grade is None and not log.said


def test_undo_while_confidence_is_asked_takes_the_answer_before_it_back():
    session, log = sitting(single("a"), single("b"), confidence=True)
    answer(session, 0)
    session.sure(50)
    session.advance()
    answer(session, 0)
    assert session.phase == SURE and session.undo()
    assert session.key == "a" and session.phase == ASK and log.said[-1][0] == "void"
    answer(session, 0)
    session.sure(50)
    session.advance()
    assert session.key == "b"


def test_a_belief_is_repeated_when_an_earlier_answer_showed_it():
    asked = []
    session, _ = sitting(single("a"), shown_before=lambda b: asked.append(b) or True)
    answer(session, 1)
    assert session.repeated == ["belief"] and asked == ["belief"]
    session, _ = sitting(single("a"), shown_before=lambda b: False)
    answer(session, 1)
    assert session.repeated == []


def test_what_cannot_be_saved_is_not_shown_and_can_be_answered_again():
    run = SimpleNamespace(figures={"x": 9.0}, claims=())
    for question, give in (
        (single("a"), lambda s: answer(s, 0)),
        (EXPLAIN, lambda s: (s.submit("alpha"), s.confirm())),
        (PREDICT, lambda s: (s.submit("9"), s.supply(run))),
    ):
        session, log = sitting(question, single("next"))
        save = log.add_answer

        def full(*_, **__):
            raise OSError("disk full")

        log.add_answer = full
        with pytest.raises(OSError, match="disk full"):
            give(session)
        assert (session.phase, session.key, session.outcomes) == (ASK, question.id, [])
        log.add_answer = save
        give(session) if session.run is None else session.submit("9")
        assert session.phase == REVEAL and len(log.said) == 1


def test_an_undo_that_cannot_be_saved_takes_nothing_back():
    session, log = sitting(single("a"))
    answer(session, 1)

    def full(*_):
        raise OSError("disk full")

    log.void = full
    with pytest.raises(OSError, match="disk full"):
        session.undo()
    assert session.phase == REVEAL and [o.key for o in session.outcomes] == ["a"]


def test_a_hint_caps_the_learners_own_rating_too():
    session, log = sitting(single("a"))
    session.hint()
    answer(session, 0)
    session.rate(4)
    assert session.rating == 2 and len(log.said) == 1  # as it was suggested: no news
    session.rate(1)
    assert session.rating == 1


def test_undo_after_an_answer_that_was_not_graded_loses_neither_question():
    session, _ = sitting(single("a"), PREDICT)
    answer(session, 0)
    session.advance()
    session.submit("7")
    session.supply(None)
    assert (session.phase, session.grade) == (REVEAL, None)
    session.undo()
    assert (session.key, session.phase) == ("a", ASK)
    answer(session, 0)
    session.advance()
    assert (session.key, session.phase) == ("p", ASK)


def test_undo_after_a_skip_takes_the_skip_back_and_then_the_answer_before_it():
    session, log = sitting(single("a"), single("b"), single("c"))
    answer(session, 0)
    session.advance()
    session.skip()
    assert session.key == "c" and session.undo()
    assert (session.key, session.phase, log.said[-1]) == ("b", ASK, ("void", "event-2"))
    assert [o.key for o in session.outcomes] == ["a"]
    session.undo()
    assert (session.key, log.said[-1]) == ("a", ("void", "event-1"))
    assert not session.undo()
    for key in "abc":
        assert session.key == key
        answer(session, 0)
        session.advance()
    assert session.phase == END


def test_undo_at_the_end_takes_back_what_was_done_last():
    session, _ = sitting(single("a"), single("b"))
    session.skip()
    answer(session, 0)
    session.advance()
    assert session.phase == END and session.undo()
    assert session.key == "b"
    session.skip()
    assert session.phase == END and session.undo()
    assert session.key == "b" and session.undo()
    assert session.key == "a"


@pytest.mark.parametrize("steps", ["!u", "!!u", "3!u", "!3u", "u!", "3u3"])
def test_overruling_rating_and_undoing_in_any_order_ends_in_one_question_asked(steps):
    session, log = sitting(single("a"), single("b"))
    answer(session, 1)
    for step in steps:
        done = {"!": session.overrule, "u": session.undo, "3": lambda: session.rate(3)}[step]()
        assert done == (step == "u" or bool(session.outcomes))
    assert (session.phase, session.key, session.outcomes) == (ASK, "a", [])
    assert log.said.count(("void", "event-1")) == 1


def test_a_miss_that_makes_a_leech_is_named_and_a_right_answer_never_is():
    session, _ = sitting(single("a"), single("b"), is_leech=lambda key: True)
    answer(session, 1)
    assert session.leech
    session.advance()
    answer(session, 0)
    assert not session.leech
