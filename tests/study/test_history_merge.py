"""Merging is the union of events: any order, any number of times, the same result."""

import itertools
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from study_helpers import DAY, HOUR, START, Clock, answer, open_quick

from quiz.study.events import VERDICTS, Event, effective, in_order
from quiz.study.history import HistoryError

QUESTIONS = ("a", "b", "c")


@st.composite
def logs(draw, devices=("one", "two", "three")) -> list[list[Event]]:
    """The log of each device; they rate, overrule and void each other's events too."""
    known: list[Event] = []
    made: dict[str, list[Event]] = {device: [] for device in devices}
    for number in range(draw(st.integers(1, 25))):
        device = draw(st.sampled_from(devices))
        at = START + draw(st.integers(-20, 200)) * HOUR  # clocks that go back, and equal ones
        kind = draw(st.sampled_from(["answer"] * 4 + ["rate", "overrule", "void", "skip"]))
        common = {"id": f"{number:032x}", "device": device, "seq": len(made[device]) + 1, "at": at}
        targets = [e for e in known if kind == "void" or e.kind == "answer"]
        if kind in ("answer", "skip") or not targets:
            event = Event(
                **common,
                kind="answer" if kind not in ("answer", "skip") else kind,
                question=draw(st.sampled_from(QUESTIONS)),
                verdict=draw(st.sampled_from(VERDICTS)) if kind != "skip" else None,
                rating=draw(st.integers(1, 4)) if kind != "skip" else None,
                cram=draw(st.sampled_from([None, None, 1])),
            )
        else:
            target = draw(st.sampled_from(targets))
            event = Event(
                **common,
                kind=kind,
                question=target.question,
                target=target.id,
                verdict=draw(st.sampled_from(VERDICTS)) if kind == "overrule" else None,
                rating=draw(st.integers(1, 4)) if kind != "void" else None,
            )
        made[device].append(event)
        known.append(event)
    return list(made.values())


def state_after(folder: Path, merges: list[list[Event]]) -> tuple:
    with open_quick(folder / "history.db", Clock()) as history:
        for events in merges:
            history.merge(events)
        assert history.notices == []
        return list(history.events()), history.answers(), history.cards.all()


@settings(max_examples=20, deadline=None, derandomize=True)
@given(logs())
def test_three_devices_merged_in_any_order_give_the_same_history(devices):
    states = []
    for order in itertools.permutations(devices):
        with tempfile.TemporaryDirectory() as folder:
            states.append(state_after(Path(folder), list(order)))
    assert all(state == states[0] for state in states)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(logs(), st.randoms(use_true_random=False))
def test_merging_in_pieces_and_twice_gives_the_same_history(devices, rng):
    whole = [event for log in devices for event in log]
    pieces = [[event] for event in whole] + [log[: len(log) // 2] for log in devices]
    rng.shuffle(pieces)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        assert state_after(Path(one), [whole]) == state_after(Path(other), [*pieces, whole])


@settings(max_examples=200, deadline=None, derandomize=True)
@given(logs(), st.randoms(use_true_random=False))
def test_a_devices_events_keep_their_order_whatever_its_clock_did(devices, rng):
    events = [event for log in devices for event in log]
    expected = in_order(events)
    rng.shuffle(events)
    assert in_order(events) == expected
    for log in devices:
        assert [event for event in expected if event in log] == log
    by_question = [e for e in events if e.question == "a"]
    assert effective(by_question) == effective(sorted(by_question))


def test_devices_that_exchange_their_logs_agree(tmp_path):
    clock, rng = Clock(), random.Random(1)
    histories = [open_quick(tmp_path / f"{name}.db", clock) for name in "abc"]
    for _ in range(3):
        for history in histories:
            for _ in range(5):
                clock.now += HOUR
                given = answer(history, rng.choice(QUESTIONS), rng.choice(VERDICTS))
                if rng.random() < 0.4:
                    history.rate(given.id, rng.randint(1, 4))
            if rng.random() < 0.5:
                history.undo_last()
        for one, other in itertools.permutations(histories, 2):
            one.merge(list(other.events()))
    logs_, cards = zip(*((list(h.events()), h.cards.all()) for h in histories), strict=True)
    assert logs_[0] == logs_[1] == logs_[2]
    assert cards[0] == cards[1] == cards[2]
    assert all(h.notices == [] for h in histories)
    for history in histories:
        history.close()


def test_merging_tells_how_many_events_were_new(tmp_path):
    clock = Clock()
    with open_quick(tmp_path / "a.db", clock) as a, open_quick(tmp_path / "b.db", clock) as b:
        answer(a, "x")
        answer(a, "y")
        assert b.merge(a.events()) == 2
        assert b.merge(a.events()) == 0


def test_an_id_with_other_content_is_refused_and_nothing_is_written(tmp_path):
    clock = Clock()
    with open_quick(tmp_path / "a.db", clock) as a, open_quick(tmp_path / "b.db", clock) as b:
        given = answer(a, "x")
        b.merge([given])
        clock.now += DAY
        newer = answer(a, "y")
        with pytest.raises(HistoryError, match="other content") as caught:
            b.merge([newer, given._replace(rating=4)])
        assert caught.value.code == "conflict"
        assert list(b.events()) == [given]
        assert set(b.cards.all()) == {"x"}


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "guess"},
        {"verdict": None},
        {"verdict": "perhaps"},
        {"rating": 7},
        {"rating": None},
        {"rating": True},
        {"at": -1},
        {"at": 10**15},
        {"at": "yesterday"},
        {"seq": None},
        {"seq": 1.5},
        {"id": ""},
        {"id": None},
        {"question": 7},
        {"answer": b"bytes"},
        {"answer": "\ud800"},
        {"kind": "void"},
        {"duration": -5},
    ],
)
def test_an_event_that_no_quiz_could_have_written_is_refused(tmp_path, change):
    clock = Clock()
    with open_quick(tmp_path / "a.db", clock) as a, open_quick(tmp_path / "b.db", clock) as b:
        given = answer(a, "x")
        with pytest.raises(HistoryError, match="Nothing was merged") as caught:
            b.merge([given, given._replace(id="f" * 32)._replace(**change)])
        assert caught.value.code == "event"
        assert list(b.events()) == []


def test_a_copied_folder_loses_nothing_and_gets_an_id_of_its_own(tmp_path):
    clock = Clock()
    with open_quick(tmp_path / "a.db", clock) as a:
        answer(a, "before")
    (tmp_path / "b.db").write_bytes((tmp_path / "a.db").read_bytes())
    with open_quick(tmp_path / "a.db", clock) as a, open_quick(tmp_path / "b.db", clock) as b:
        first, second = answer(a, "on-a"), answer(b, "on-b")
        assert (first.device, first.seq) == (second.device, second.seq)
        log_of_a = list(a.events())
        a.merge(b.events())
        b.merge(log_of_a)
        assert [notice.code for notice in a.notices + b.notices] == ["device-renewed"] * 2
        assert list(a.events()) == list(b.events())
        assert set(a.cards.all()) == {"before", "on-a", "on-b"}
        assert len({first.device, answer(a, "x").device, answer(b, "x").device}) == 3
