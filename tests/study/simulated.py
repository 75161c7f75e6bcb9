"""A learner whose memory is known, studying with the real history, schedule and plan."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from study_helpers import DAY, HOUR, START, Clock, Listed, answer, open_quick

from quiz.study.catalogue import Row
from quiz.study.days import local_day, today
from quiz.study.forgetting import AGAIN, GOOD, Forgetting, State
from quiz.study.learner import learner
from quiz.study.memory import Scheduling, days_between
from quiz.study.plan import Forecast, Plan, follow, forecast, needed, tasks
from quiz.study.schedule import new_questions, plan_session

EACH = 45_000  # ms from one question to the next


class Mind:
    """Remembers `lasting` times as long as FSRS expects; `first`: new questions it knows."""

    def __init__(self, rng: random.Random, *, lasting: float, first: float):
        self.rng, self.lasting, self.first = rng, lasting, first
        self.model = Forgetting(Scheduling())
        self.states: dict[str, tuple[State, int]] = {}

    def recall(self, key: str, now: int) -> float:
        if key not in self.states:
            return 0.0
        state, last = self.states[key]
        return self.model.recall(state.stability * self.lasting, (now - last) / DAY)

    def knows(self, keys: Sequence[str], now: int) -> float:
        """Mean recall; what was never asked counts as not known."""
        return sum(self.recall(key, now) for key in keys) / len(keys)

    def answer(self, key: str, now: int) -> str:
        if key not in self.states:
            right = self.rng.random() < self.first
            state = self.model.first(GOOD if right else AGAIN)
        else:
            right = self.rng.random() < self.recall(key, now)
            state, last = self.states[key]
            state = self.model.next(state, GOOD if right else AGAIN, days_between(last, now))
        self.states[key] = (state, now)
        return "right" if right else "wrong"


class Student:
    """Studies the rows day after day with the clock turned."""

    def __init__(self, rows: Sequence[Row], requires: Mapping, folder: Path, mind: Mind):
        self.rows, self.requires, self.mind = list(rows), requires, mind
        self.clock = Clock(START + 5 * HOUR)
        self.history = open_quick(folder / "history.db", self.clock)
        self.by_day: list[int] = []  # answers

    @property
    def keys(self) -> list[str]:
        return [row.key for row in self.rows]

    def day(self, choose: Callable[[], list[str]], answers: int) -> None:
        """About so many answers of what `choose` says each time, missed ones asked again."""
        morning, done = self.clock.now, 0
        while done < answers and (plan := choose()):
            queue = plan[: answers - done]
            for key in queue:  # it grows by what is missed, as with the key r at the end
                self.clock.now += EACH
                verdict = self.mind.answer(key, self.clock.now)
                answer(self.history, key, verdict, duration=20_000)
                done += 1
                if verdict == "wrong":
                    queue.append(key)
        self.by_day.append(done)
        self.clock.now = morning + DAY

    def session(self, new: int = 10, plan: Plan | None = None) -> list[str]:
        """Twelve questions, as `quiz` chooses them."""
        now = self.clock.now
        day = today(now)
        if plan:
            at = now + (plan.by - local_day(now)).days * DAY
            return follow(
                plan, Listed(self.rows), self.history, now, at=at, today=day,
                requires=self.requires, count=12,
            )  # fmt: skip
        return plan_session(
            Listed(self.rows), self.history, now, today=day, requires=self.requires,
            rng=random.Random(1), new_limit=new,
        )  # fmt: skip

    def made_plan(self, days: int, goal: float) -> tuple[Plan, Forecast]:
        """The plan of fewest minutes, and what it promises for the date."""
        now, forgetting = self.clock.now, Forgetting(self.history.scheduling)
        who = learner(self.history.answers(), forgetting, now)
        begun = self.history.cards.begun()
        new = new_questions(self.rows, self.rows, begun, self.requires)
        given = tasks(self.rows, new, self.history.cards.all(), now)
        by = local_day(now) + timedelta(days=days)
        plan = needed(given, by, goal, who, forgetting, days)
        return plan, forecast(given, plan.pace(), who, forgetting, days)

    def follow(self, plan: Plan, days: int) -> None:
        for _ in range(days):
            self.day(lambda: self.session(plan=plan), plan.minutes * 60_000 // EACH)


def at_random(rows: Sequence[Row], mind: Mind, by_day: Sequence[int], rng: random.Random) -> float:
    """What a mind knows after the same days with as many answers, asked in random order."""
    now, keys = START + 5 * HOUR, [row.key for row in rows]
    for answers in by_day:
        for i in range(answers):
            mind.answer(rng.choice(keys), now + i * EACH)
        now += DAY
    return mind.knows(keys, now)
