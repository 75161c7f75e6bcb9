"""The log of answers: what is added stays, and what counts follows from it."""

import subprocess
import sys

import pytest
from study_helpers import DAY, HOUR, MINUTE, ROOT, START, Clock, answer, open_quick

from quiz.study.history import History, HistoryError, Scheduling
from quiz.study.store import MIGRATIONS


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def history(tmp_path, clock):
    with open_quick(tmp_path / "history.db", clock) as opened:
        yield opened


def test_opening_creates_the_folders_and_an_empty_history(tmp_path, clock):
    path = tmp_path / "new" / "folder" / "history.db"
    with History.open(path, clock=clock) as history:
        assert history.can_save
        assert history.notices == []
        assert list(history.events()) == []
    assert path.is_file()


def test_an_answer_is_there_again_after_reopening(tmp_path, clock):
    path = tmp_path / "history.db"
    with History.open(path, clock=clock) as history:
        given = history.add_answer(
            "scaling-why",
            verdict="partly",
            rating=2,
            answer="除以根号 dk\x00 €",
            revision="abc123",
            duration=12_345,
            hints=1,
            beliefs=["scaling-is-for-overflow", "another"],
            confidence=80,
        )
    with History.open(path, clock=clock) as history:
        (event,) = history.events()
        (counted,) = history.answers("scaling-why")
    assert event == given
    assert (event.at, event.seq, event.kind) == (START, 1, "answer")
    assert counted.answer == "除以根号 dk\x00 €"
    assert counted.beliefs == ("scaling-is-for-overflow", "another")
    assert (counted.duration, counted.hints, counted.confidence) == (12_345, 1, 80)


def test_bytes_that_the_terminal_could_not_decode_are_replaced_and_saved(history):
    given = answer(history, "a", answer="caf\udce9")
    assert given.answer == "caf?"
    assert history.event(given.id) == given


def test_ids_are_version_4_uuids(history):
    import uuid

    found = uuid.UUID(answer(history, "a").id)
    assert (found.version, found.variant) == (4, uuid.RFC_4122)


def test_the_database_is_durable_by_its_settings(tmp_path, clock):
    with History.open(tmp_path / "history.db", clock=clock) as history:
        pragma = {
            name: history._db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "user_version")
        }
    assert pragma == {"journal_mode": "delete", "synchronous": 2, "user_version": len(MIGRATIONS)}


def test_the_learners_rating_replaces_the_suggested_one(history):
    given = answer(history, "a")
    history.rate(given.id, 4)
    history.rate(given.id, 2)
    assert [a.rating for a in history.answers("a")] == [2]
    assert [e.rating for e in history.events()] == [3, 4, 2]  # nothing was overwritten


def test_an_overruled_verdict_counts_with_its_own_rating(history):
    given = answer(history, "a", "wrong")
    history.overrule(given.id, "right", 3)
    (counted,) = history.answers("a")
    assert (counted.verdict, counted.rating, counted.overruled) == ("right", 3, True)
    assert history.cards.get("a").right == 1


def test_undo_takes_back_the_last_answer_and_its_ratings_then_the_one_before(history, clock):
    first = answer(history, "a")
    clock.now += MINUTE
    second = answer(history, "b", "wrong")
    history.rate(second.id, 4)
    assert history.undo_last() == second
    assert history.cards.get("b") is None
    assert history.undo_last() == first
    assert history.undo_last() is None
    assert history.answers() == []
    assert len(list(history.events())) == 5  # 2 answers, 1 rating, 2 voids


def test_undo_leaves_the_card_as_it_was_before_the_answer(history, clock):
    answer(history, "a")
    before = history.cards.get("a")
    clock.now += 3 * DAY
    answer(history, "a", "wrong")
    assert history.cards.get("a") != before
    history.undo_last()
    assert history.cards.get("a") == before


def test_a_rating_can_be_taken_back_by_itself(history):
    given = answer(history, "a")
    rated = history.rate(given.id, 1)
    history.void(rated.id)
    assert [a.rating for a in history.answers("a")] == [3]


def test_a_skip_answers_nothing_and_can_be_taken_back(history, clock):
    skipped = history.add_skip("a")
    assert history.answers() == []
    assert history.cards.get("a") is None
    assert history.skipped_since(START) == {"a"}
    assert history.skipped_since(START + 1) == set()
    history.void(skipped.id)
    assert history.skipped_since(START) == set()


def test_a_crammed_answer_is_kept_but_does_not_move_the_schedule(history, clock):
    answer(history, "a")
    before = history.cards.get("a")
    clock.now += DAY
    answer(history, "a", "wrong", cram=True)
    after = history.cards.get("a")
    assert (after.due, after.stability, after.reps) == (before.due, before.stability, before.reps)
    assert (after.answers, after.right, after.verdict) == (2, 1, "wrong")
    answer(history, "b", cram=True)
    assert history.cards.get("b").stability is None
    assert history.cards.begun() == {"a"}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda h, e: h.rate("nothing", 3), "no answer 'nothing'"),
        (lambda h, e: h.rate(e.id, 5), "rating must be"),
        (lambda h, e: h.rate(e.id, 0), "rating must be"),
        (lambda h, e: h.overrule(e.id, "perhaps", 3), "verdict must be"),
        (lambda h, e: h.void(h.void(e.id).id), "there is no answer"),
        (lambda h, e: answer(h, ""), "question must be text"),
        (lambda h, e: answer(h, "a", duration=-1), "duration must be"),
    ],
)
def test_what_makes_no_sense_is_refused_and_not_saved(history, call, message):
    given = answer(history, "a")
    with pytest.raises(HistoryError, match=message) as caught:
        call(history, given)
    assert caught.value.code == "event"
    assert "\n" not in str(caught.value)
    assert len([e for e in history.events() if e.kind in ("answer", "rate")]) == 1


def test_answers_under_a_former_id_count_for_the_renamed_question(history, clock):
    first = answer(history, "old-id", "wrong")
    clock.now += HOUR
    answer(history, "new-id")
    history.rename({"old-id": "new-id"})
    assert set(history.cards.all()) == {"new-id"}
    assert history.cards.get("new-id").answers == 2
    assert [a.verdict for a in history.answers("old-id")] == ["wrong", "right"]
    assert [a.question for a in history.answers()] == ["new-id", "new-id"]
    history.overrule(first.id, "right", 3)
    assert history.cards.get("new-id").right == 2
    before = history.cards.all()
    history.rebuild()
    assert history.cards.all() == before
    history.rename({})
    assert {q: card.answers for q, card in history.cards.all().items()} == {
        "old-id": 1,
        "new-id": 1,
    }


def test_another_retention_rebuilds_the_cards_when_the_history_is_opened(tmp_path, clock):
    path = tmp_path / "history.db"
    with open_quick(path, clock) as history:
        answer(history, "a", rating=4)
        usual = history.cards.get("a")
    with open_quick(path, clock, scheduling=Scheduling(retention=0.97)) as history:
        strict = history.cards.get("a")
    assert strict.due < usual.due
    assert strict.stability == usual.stability
    with open_quick(path, clock) as history:
        assert history.cards.get("a") == usual


def test_a_retention_that_cannot_be_kept_is_refused(tmp_path, clock):
    with pytest.raises(ValueError, match=r"give 0\.7 to 0\.99"):
        History.open(tmp_path / "history.db", clock=clock, scheduling=Scheduling(retention=1.0))
    assert list(tmp_path.iterdir()) == []


def test_choosing_the_first_question_loads_nothing_heavy(tmp_path):
    code = """
import random, sys
from pathlib import Path
from study_helpers import Listed, Row, START
from quiz.study.history import History
from quiz.study.days import today
from quiz.study.schedule import plan_session
history = History.open(Path(sys.argv[1]) / "history.db", clock=lambda: START)
bank = Listed([Row("a", "t", 0)])
plan = plan_session(
    bank, history, START, today=today(START), requires={}, rng=random.Random(0)
)
assert plan == ["a"], plan
print(sorted({"fsrs", "numpy", "yaml", "pydantic", "uuid", "rich"} & set(sys.modules)))
"""
    path = f"{ROOT}:{ROOT / 'tests' / 'study'}"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        env={"PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
