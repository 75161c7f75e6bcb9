"""What it takes to be ready on a date: the days until then, simulated from today's cards.

Each simulated learner is one who fits the history (`quiz.study.learner`); over
many of them the mean is the forecast and the spread its uncertainty. Questions
that have not been asked yet count as not known.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from statistics import fmean, quantiles
from typing import TYPE_CHECKING, NamedTuple

from quiz.study.forgetting import AGAIN, GOOD, Forgetting, State
from quiz.study.learner import Learner
from quiz.study.memory import DAY, RESTED, Card, recall
from quiz.study.schedule import Row, new_questions

if TYPE_CHECKING:
    from quiz.study.history import History

RUNS = 100  # simulated learners behind a forecast
SEARCH_RUNS = 8  # behind each step of the search for the minutes
STEPS = 4  # of a sixteenth, by which those minutes may grow when many are asked
MOST = 240  # minutes a day: beyond it there is no plan
CATCH_UP = 3  # last days on which what would be forgotten by the date is asked ahead of time
LONGEST = 366  # days that are simulated
THRESHOLDS = (0.7, 0.6, 0.75, 0.8, 0.85, 0.9, 0.95)
REVIEW = 2  # the state of a card that has left its learning steps


class Task(NamedTuple):
    """A question as the simulation sees it; days count from now."""

    topic: str
    state: State | None  # None: new
    last: float = 0.0
    due: float = 0.0


class Pace(NamedTuple):
    """How one studies: minutes and new questions a day, and whether the end is prepared for."""

    minutes: float
    new_per_day: int
    threshold: float | None = None  # recall at which a question is due; None: by its own date
    catch_up: float = 0.0  # recall on the date below which a question is asked ahead of time


class Forecast(NamedTuple):
    """Recall 0..1 by topic ("" over all): means over the simulated learners."""

    days: Mapping[str, tuple[float, ...]]  # on the days of `days_shown`; the last is the date
    low: Mapping[str, float]  # on the date: one learner in ten ends below
    high: Mapping[str, float]  # one in ten above
    minutes: Mapping[str, float]  # a day, on average

    def on_the_date(self, topic: str = "") -> float:
        return self.days[topic][-1]


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
) -> Forecast:
    """What `runs` learners who fit the history would know at this pace.

    Without `curve` only on the date. The same learners each time, so that paces compare.
    """
    topics = ["", *dict.fromkeys(task.topic for task in given)]
    done = [
        _run(given, pace, learner.each, person, forgetting, days, random.Random(i), curve)
        for i, person in enumerate(learner.sample(runs))
    ]
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


def _run(
    given: Sequence[Task],
    pace: Pace,
    each: float,
    person: tuple[float, float],
    forgetting: Forgetting,
    days: int,
    rng: random.Random,
    curve_too: bool,
) -> tuple[list[dict[str, float]], dict[str, float]]:
    """One learner: recall by topic on each day, and the seconds spent on each topic."""
    lasting, first = person
    new = [task for task in reversed(given) if task.state is None]
    sizes: dict[str, int] = {}
    for task in given:
        sizes[task.topic] = sizes.get(task.topic, 0) + 1
    spent: dict[str, float] = {"": 0.0}

    def due_after(state: State, last: float) -> float:
        if pace.threshold is None:
            return last + forgetting.interval(state.stability)
        return last + max(1.0, forgetting.until(state.stability, pace.threshold))

    def chance(task: Task, day: float) -> float:
        return forgetting.recall(task.state.stability * lasting, day - task.last)

    def answered(task: Task, day: int) -> Task:
        if task.state is None:
            right = rng.random() < first
            state = forgetting.first(GOOD if right else AGAIN)
        else:
            right = rng.random() < chance(task, day)
            since = int(day - task.last)
            state = forgetting.next(task.state, GOOD if right else AGAIN, since)
        if not right:  # asked again in the same sitting, its answer just read
            state = forgetting.next(state, GOOD, 0)
        seconds = each * (1 if right else 2)
        spent[""] += seconds
        spent[task.topic] = spent.get(task.topic, 0.0) + seconds
        return Task(task.topic, state, day, due_after(state, day))

    def tested(day: int) -> dict[str, float]:
        sums = dict.fromkeys(sizes, 0.0)
        for task in known:
            sums[task.topic] += chance(task, day)
        over_all = sum(sums.values()) / max(1, len(given))
        return {"": over_all} | {topic: sums[topic] / size for topic, size in sizes.items()}

    known = [
        task if pace.threshold is None else task._replace(due=due_after(task.state, task.last))
        for task in given
        if task.state is not None
    ]
    shown = set(days_shown(days)) if curve_too else {days}
    curve = [tested(0)] if curve_too else []
    for day in range(days):
        until = spent[""] + pace.minutes * 60
        late = days - day <= CATCH_UP
        # As in a real session: what is due, the least remembered first; then what is new.
        due = [i for i, task in enumerate(known) if task.due <= day]
        asked = set(due)
        due.sort(key=lambda i: (known[i].last - day) / known[i].state.stability)
        if late:  # judged by what FSRS expects, as a real session must
            then = {
                i: forgetting.recall(task.state.stability, days - task.last)
                for i, task in enumerate(known)
                if i not in asked and task.last < day
            }
            due += sorted((i for i in then if then[i] < pace.catch_up), key=then.__getitem__)
        begun = 0
        for i in due:
            if spent[""] >= until:
                break
            if i not in asked and new:
                break  # new questions go before what is asked ahead of time
            known[i] = answered(known[i], day)
        while new and begun < pace.new_per_day and spent[""] < until:
            known.append(answered(new.pop(), day))
            begun += 1
        if day + 1 in shown:
            curve.append(tested(day + 1))
    return curve, spent


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
) -> Plan | None:
    """The plan of fewest minutes a day with which every topic reaches `goal`; None if none does.

    With a low threshold questions are asked rarely and each answer teaches more;
    with a high one they are never far from known. Which is cheaper depends on the
    goal, the days and what is known already, so all are tried.
    """
    new = new_a_day(sum(task.state is None for task in given), days)

    def enough(minutes: int, threshold: float, runs: int = SEARCH_RUNS) -> bool:
        pace = Pace(minutes, new, threshold, goal)
        found = forecast(given, pace, learner, forgetting, days, runs=runs, curve=False)
        return all(curve[-1] >= goal for curve in found.days.values())

    best: Plan | None = None
    for threshold in THRESHOLDS:
        low, high = 0, best.minutes - 1 if best else MOST
        if high < 1 or not enough(high, threshold):
            continue
        while high - low > max(1, high // 16):
            middle = (low + high) // 2
            low, high = (low, middle) if enough(middle, threshold) else (middle, high)
        best = Plan(by, goal, high, new, threshold, 0)
    if best is None:
        return None
    minutes = best.minutes
    for _ in range(STEPS):  # few learners found it: many have to agree
        if minutes >= MOST or enough(minutes, best.threshold, RUNS):
            break
        minutes += max(1, minutes // 16)
    return best._replace(minutes=minutes, answers=round(minutes * 60 / learner.each))


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
    rows: Sequence[Row],
    history: History,
    now: int,
    *,
    at: int,
    today: int,
    requires: Mapping[str, Sequence[str]],
    count: int,
) -> list[str]:
    """The keys of the questions that the plan asks now, at most `count`.

    What was missed comes first, so that it does not stay at that; then what has
    fallen below the threshold, the least remembered first; then new questions; in the
    last CATCH_UP days before `at` (UTC ms of the date) what would be forgotten by then.
    `today` is the local midnight, as for plan_session.
    """
    skipped = history.skipped_since(today)
    cards = history.cards.all()
    scheduling = history.scheduling
    open_rows = [row for row in rows if row.key not in skipped]
    known = [
        (cards[row.key], row.key)
        for row in open_rows
        if row.key in cards and cards[row.key].stability is not None
    ]
    due = []
    for card, key in known:
        now_known = recall(card, now, scheduling)
        missed = card.state != REVIEW and card.due <= now
        # Sooner FSRS takes an answer for one of the same sitting, which teaches little.
        rested = now - card.last >= RESTED
        if missed or (rested and now_known < plan.threshold):
            due.append((not missed, now_known, key))
    chosen = [key for *_, key in sorted(due)][:count]
    room = min(count - len(chosen), plan.new_per_day - history.cards.begun_since(today))
    if room > 0:
        fresh = new_questions(rows, open_rows, history.cards.begun(), requires)
        chosen += [row.key for row, _ in zip(fresh, range(room), strict=False)]
    if at - now <= CATCH_UP * DAY:
        late = [
            (then, key)
            for card, key in known
            if now - card.last >= RESTED and (then := recall(card, at, scheduling)) < plan.recall
        ]
        chosen += [key for _, key in sorted(late) if key not in chosen]
    return chosen[:count]
