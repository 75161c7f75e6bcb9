"""What is kept of the events equals what a plain sum over all answers says, whatever happened."""

import random
import statistics
from collections import Counter, defaultdict
from zoneinfo import ZoneInfo

import pytest
from study_helpers import DAY, HOUR, MINUTE, Clock, Listed, Row, answer, open_quick

from quiz.study import log
from quiz.study.activity import days, time_spent
from quiz.study.beliefs import Belief, beliefs
from quiz.study.calibration import calibration
from quiz.study.days import local_day
from quiz.study.events import VERDICTS, in_order
from quiz.study.waiting import open_waiting

QUESTIONS = [f"q{number}" for number in range(12)]
NAMED = ["scale", "mask", "norm", "heads"]
CATCHES = {key: set(NAMED[number % 5 : number % 5 + 2]) for number, key in enumerate(QUESTIONS)}
ZONES = [ZoneInfo(name) for name in ("UTC", "Asia/Kathmandu", "America/New_York")]
START = (0, "", 0, "")  # a place before all events


def act(history, rng: random.Random) -> None:
    """One thing that a learner does, at a clock that may have been set back."""
    history.clock.now += rng.choice([MINUTE, HOUR, 5 * HOUR, 3 * DAY, -2 * HOUR])
    given = [event for event in history.events() if event.kind == "answer"]
    done = rng.random()
    if done < 0.6 or not given:
        verdict = rng.choice(VERDICTS)
        answer(
            history,
            rng.choice(QUESTIONS),
            verdict,
            rating=rng.randint(1, 4),
            duration=rng.choice([0, 900, 20_000, rng.randrange(60_000)]),
            confidence=rng.choice([None, 25, 95]),
            beliefs=rng.choices(NAMED, k=rng.choice([0, 1, 2])) if verdict != "right" else (),
            cram=rng.random() < 0.1,
        )
    elif done < 0.7:
        history.rate(rng.choice(given).id, rng.randint(1, 4))
    elif done < 0.8:
        history.overrule(rng.choice(given).id, rng.choice(VERDICTS), rng.randint(1, 4))
    elif done < 0.9:
        history.undo_last()
    else:
        history.void(rng.choice(given).id)


@pytest.fixture(params=range(6))
def history(request, tmp_path):
    """Of one of two devices that exchanged their logs, in pieces and in any order."""
    rng = random.Random(request.param)
    one, other = (open_quick(tmp_path / f"{name}.db", Clock()) for name in ("one", "other"))
    with one, other:
        for _ in range(4):
            for _ in range(12):
                act(one, rng)
                act(other, rng)
            if rng.random() < 0.5:
                one.rename({"q0": rng.choice(QUESTIONS[2:]), "q1": "renamed"})
            log = list(other.events())
            rng.shuffle(log)
            one.merge(log[: rng.randrange(len(log))])
        yield one


def plain_beliefs(answers) -> list[Belief]:
    """The rule in words: held from a showing until a right answer that could have caught it."""
    found: dict[str, Belief] = {}
    shown_by = defaultdict(set)
    for given in answers:
        if given.verdict != "right":
            for id in given.beliefs:
                times = found[id].times if id in found else 0
                found[id] = Belief(id, times + 1, given.at, given.question, None)
                shown_by[given.question].add(id)
        elif given.rating > 1:
            for id in CATCHES.get(given.question, set()) | shown_by[given.question]:
                if id in found and found[id].dropped is None:
                    found[id] = found[id]._replace(dropped=given.at)
    return list(found.values())


def test_days_and_time_are_those_of_all_answers(history):
    answers = history.answers()
    for zone in ZONES:
        counted, right, ms = Counter(), Counter(), Counter()
        for given in answers:
            day = local_day(given.at, zone)
            counted[day] += 1
            right[day] += given.verdict == "right"
            ms[day] += given.duration
        found = days(history.tallies, zone)
        assert {day: (one.answers, one.right, one.duration) for day, one in found.items()} == {
            day: (counted[day], right[day], ms[day]) for day in sorted(counted)
        }
        assert list(found) == sorted(found)
        spent = time_spent(found, history.tallies.by("duration"), history.clock.now, zone)
        timed = [given.duration / 1000 for given in answers if given.duration]
        assert spent.each == statistics.median(timed)
        assert spent.total == round(sum(ms.values()) / 1000)


def test_calibration_is_that_of_all_answers(history):
    given = [(a.confidence, a.verdict == "right") for a in history.answers() if a.confidence]
    found = calibration(history.tallies.by("confidence"))
    assert found.answers == len(given)
    assert found.right == pytest.approx(sum(right for _, right in given) / len(given))
    squares = [(confidence / 100 - right) ** 2 for confidence, right in given]
    assert found.brier == pytest.approx(statistics.fmean(squares))


def test_beliefs_are_those_that_all_answers_show_in_their_order(history):
    found = beliefs(history, lambda question: CATCHES.get(question, ()))
    assert sorted(found) == sorted(plain_beliefs(history.answers()))
    assert {belief.id for belief in found} == {id for id in NAMED if history.shown.has(id)}


def test_the_log_is_in_one_order_whole_or_from_a_place_on(history, monkeypatch):
    monkeypatch.setattr(log, "PAGE", 2)
    answers = history.answers()
    placed = list(history.answers_after(START))
    assert [given for _, given in placed] == answers
    where = {event.id: number for number, event in enumerate(in_order(history.events()))}
    assert sorted(answers, key=lambda given: where[given.id]) == answers
    middle = len(placed) // 2
    assert list(history.answers_after(placed[middle][0])) == placed[middle + 1 :]


def test_rebuilding_changes_nothing_that_is_kept(history):
    def kept():
        return [
            history._db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()
            for table in ("cards", "shown")
        ] + [history.tallies.by(measure) for measure in ("quarter", "duration", "confidence")]

    before = kept()
    history.rebuild()
    assert kept() == before


def test_what_waits_is_what_is_not_begun(history, tmp_path):
    rng = random.Random(1)
    bank = Listed(Row(key, f"topic-{number % 3}", number % 3, position=number)
                  for number, key in enumerate(QUESTIONS))  # fmt: skip
    for _ in range(15):
        waiting = open_waiting(bank, history, tmp_path / "waiting.sqlite", "bank 1")
        begun = history.cards.begun()
        for topic in ("topic-0", "topic-1", "topic-2"):
            expected = [row.key for row in bank.in_order(topic) if row.key not in begun]
            assert [row.key for row in waiting.in_order(topic)] == expected
            assert waiting.begun()[topic] == waiting.sizes()[topic] - len(expected)
        waiting.close()
        act(history, rng)
