"""What it takes to be ready on a date: the days until then, simulated from today's cards.

Each simulated learner is one who fits the history (`quiz.study.learner`); over
many of them the mean is the forecast and the spread its uncertainty. Questions
that have not been asked yet count as not known.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import date
from itertools import islice
from pathlib import Path
from statistics import fmean, quantiles
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from quiz.study.catalogue import Catalogue, Row
from quiz.study.days import Today
from quiz.study.forgetting import Forgetting, State
from quiz.study.learner import Learner
from quiz.study.memory import DAY, Card
from quiz.study.schedule import fresh
from quiz.study.simulation import CATCH_UP, Days, Pace, Person, Task
from quiz.study.waiting import Waiting, open_waiting

if TYPE_CHECKING:
    from quiz.study.history import History

RUNS = 60  # simulated learners behind a forecast
SEARCH_RUNS = 6  # behind each step of the search for the minutes
AGREEING = 24  # who have to agree with what those few found
STEPS = 4  # of a sixteenth, by which the minutes may grow until they do
MOST = 240  # minutes a day: beyond it there is no plan
LONGEST = 366  # days that are simulated
LARGEST = 500  # questions that are: of more, a sample stands for all
THRESHOLDS = (0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
USUALLY_BELOW = 0.05  # the wished recall: where the cheapest threshold lies as a rule
SEARCH_STEPS = len(THRESHOLDS) + STEPS


class Forecast(NamedTuple):
    """Recall 0..1 by topic ("" over all): means over the simulated learners."""

    days: Mapping[str, tuple[float, ...]]  # on the days of `days_shown`; the last is the date
    low: Mapping[str, float]  # on the date: one learner in ten ends below
    high: Mapping[str, float]  # one in ten above
    minutes: Mapping[str, float]  # a day, on average

    def on_the_date(self, topic: str = "") -> float:
        return self.days[topic][-1]


def sample(rows: Iterable[Row], most: int = LARGEST) -> tuple[list[Row], float]:
    """About so many rows at most, an even share of each topic's, and how many each stands for.

    The same ones each time, by a hash of their keys: their places say what is begun.
    """
    topics: dict[str, list[Row]] = {}
    for row in rows:
        topics.setdefault(row.topic, []).append(row)
    whole = sum(map(len, topics.values()))
    taken: list[Row] = []
    for of in topics.values():
        few = max(1, round(len(of) * min(1.0, most / whole)))
        drawn = {row.key for row in sorted(of, key=_hash)[:few]}
        taken += [row for row in of if row.key in drawn]
    return taken, whole / max(1, len(taken))


def _hash(row: Row) -> int:
    return crc32(row.key.encode())


def tasks(
    rows: Iterable[Row], new: Iterable[Row], cards: Mapping[str, Card], now: int
) -> list[Task]:
    """What is known of each question; the new ones follow in the order of `new`."""
    known = []
    for row in rows:
        card = cards.get(row.key)
        if card is not None and card.stability is not None:
            state = State(card.stability, card.difficulty)
            last, due = (card.last - now) / DAY, (card.due - now) / DAY
            known.append(Task(row.topic, state, last, due))
    return known + [Task(row.topic, None) for row in new]


def forecast(
    given: Sequence[Task],
    pace: Pace,
    learner: Learner,
    forgetting: Forgetting,
    days: int,
    *,
    runs: int = RUNS,
    curve: bool = True,
    step: Callable[[], None] = lambda: None,
) -> Forecast:
    """What `runs` learners who fit the history would know at this pace.

    Without `curve` only on the date. The same learners each time, so that paces compare.
    `step` is called for each of them.
    """
    shown = set(days_shown(days)) if curve else {days}
    topics = ["", *dict.fromkeys(task.topic for task in given)]
    done = []
    for seed, person in enumerate(learner.sample(runs)):
        rng = random.Random(seed)
        lived = Days(given, pace, learner.each, Person(*person), forgetting, days, rng)
        done.append((lived.run(shown), lived.spent))
        step()
    days_of_all = list(zip(*(known for known, _ in done), strict=True))
    ends = {topic: [known[-1][topic] for known, _ in done] for topic in topics}
    cuts = {topic: quantiles(end, n=10, method="inclusive") for topic, end in ends.items()}
    return Forecast(
        days={
            topic: tuple(fmean(at[topic] for at in day) for day in days_of_all) for topic in topics
        },
        low={topic: cuts[topic][0] for topic in topics},
        high={topic: cuts[topic][-1] for topic in topics},
        minutes={
            topic: fmean(seconds.get(topic, 0.0) for _, seconds in done) / 60 / max(1, days)
            for topic in topics
        },
    )


def days_shown(days: int) -> list[int]:
    """The days that a curve has points for: the first and the last, and thirty or so between."""
    step = max(1, days // 30)
    return [*range(0, days, step), days]


class Plan(NamedTuple):
    """What was decided: kept in a file, followed by each session until the date."""

    by: date
    recall: float
    minutes: int
    new_per_day: int
    threshold: float  # recall at which a question is asked again
    answers: int  # a day at most: what the minutes have room for

    def pace(self) -> Pace:
        return Pace(self.minutes, self.new_per_day, self.threshold, self.recall)

    def times(self, share: float) -> Plan:
        """For all questions, when it was made for a sample each of which stands for so many."""
        new, answers = round(self.new_per_day * share), round(self.answers * share)
        return self._replace(new_per_day=new, answers=answers)


def new_a_day(new: int, days: int) -> int:
    """So many new questions a day that all have been asked by half of the time."""
    return -(-new // max(1, days // 2))


def needed(
    given: Sequence[Task],
    by: date,
    goal: float,
    learner: Learner,
    forgetting: Forgetting,
    days: int,
    *,
    step: Callable[[], None] = lambda: None,
) -> Plan | None:
    """The plan of fewest minutes a day with which every topic reaches `goal`; None if none does.

    With a low threshold questions are asked rarely and each answer teaches more;
    with a high one they are never far from known. Which is cheaper depends on the
    goal, the days and what is known already, so all are tried. `step` is called
    SEARCH_STEPS times.
    """
    new = new_a_day(sum(task.state is None for task in given), days)

    def enough(minutes: int, threshold: float, runs: int = SEARCH_RUNS) -> bool:
        pace = Pace(minutes, new, threshold, goal)
        found = forecast(given, pace, learner, forgetting, days, runs=runs, curve=False)
        return all(curve[-1] >= goal for curve in found.days.values())

    best: Plan | None = None
    # What is cheapest as a rule comes first: the others then have one look each.
    for threshold in sorted(THRESHOLDS, key=lambda t: abs(t - goal + USUALLY_BELOW)):
        low, high = 0, best.minutes - 1 if best else MOST
        if new * learner.each > MOST * 60:
            high = 0  # new questions alone take more time than there is
        if high >= 1 and enough(high, threshold):
            while high - low > max(1, high // 16):
                middle = (low + high) // 2
                low, high = (low, middle) if enough(middle, threshold) else (middle, high)
            best = Plan(by, goal, high, new, threshold, 0)
        step()
    minutes = best.minutes if best else MOST
    for _ in range(STEPS):  # few learners found it: more have to agree
        if minutes < MOST and not enough(minutes, best.threshold, AGREEING):
            minutes += max(1, minutes // 16)
        step()
    return best and best._replace(minutes=minutes, answers=round(minutes * 60 / learner.each))


# --- kept, and followed ---


def save(plan: Plan, path: Path) -> None:
    """Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(plan._asdict() | {"by": plan.by.isoformat()}), encoding="utf-8")
    part.replace(path)


def load(path: Path, today: date) -> Plan | None:
    """The plan in force; None when there is none, its date is over, or it can't be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        plan = Plan(
            date.fromisoformat(found["by"]),
            float(found["recall"]),
            int(found["minutes"]),
            int(found["new_per_day"]),
            float(found["threshold"]),
            int(found["answers"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return plan if today < plan.by else None


def follow(
    plan: Plan,
    bank: Catalogue,
    history: History,
    now: int,
    *,
    at: int,
    today: Today,
    requires: Mapping[str, Sequence[str]],
    count: int,
    waiting: Callable[[], Waiting] | None = None,
) -> list[str]:
    """The keys of the questions that the plan asks now, at most `count`.

    What was missed comes first, so that it does not stay at that; then what has
    fallen below the threshold, the least remembered first; then new questions; in the
    last CATCH_UP days before `at` (UTC ms of the date) what would be forgotten by then.
    What was answered `today` waits until tomorrow, unless it was missed. `waiting` as for
    plan_session.
    """
    skipped = history.skipped_since(today.start)
    cards = history.cards
    chosen: dict[str, None] = {}

    def ask(keys: Iterable[str]) -> None:
        for key in keys:
            if len(chosen) >= count:
                return
            if key not in skipped and bank.row(key) is not None:
                chosen[key] = None

    ask(cards.missed(now))
    ask(cards.faded(now, plan.threshold, today.start))
    room = min(count - len(chosen), plan.new_per_day - cards.begun_since(today.start))
    if room > 0:
        with closing(waiting() if waiting else open_waiting(bank, history)) as new:
            ask([row.key for row in islice(fresh(new, requires, skipped), room)])
    if at - now <= CATCH_UP * DAY:
        ask(cards.faded(at, plan.recall, today.start))
    return list(chosen)
