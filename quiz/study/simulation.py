"""Somebody's days of study, simulated: what is asked, what is recalled, what that teaches."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from math import ceil
from typing import NamedTuple

from quiz.study.forgetting import AGAIN, GOOD, Forgetting, State

CATCH_UP = 3  # last days on which what would be forgotten by the date is asked ahead of time


class Task(NamedTuple):
    """A question as the simulation sees it; days count from now."""

    topic: str
    state: State | None  # None: new
    last: float = 0.0
    due: float = 0.0


class Pace(NamedTuple):
    """How one studies: minutes and new questions a day, and whether the end is prepared for."""

    minutes: float
    new_per_day: float
    threshold: float | None = None  # recall at which a question is due; None: by its own date
    catch_up: float = 0.0  # recall on the date below which a question is asked ahead of time


class Person(NamedTuple):
    lasting: float  # their memory lasts so many times what FSRS expects
    first: float  # their chance of knowing a new question


class Days:
    """A person's days with these questions, at this pace; `each` is seconds a question.

    What stands in parallel lists are the questions begun, in the order they were. The
    schedule sees what FSRS expects; whether the person recalls is up to their memory.
    """

    def __init__(
        self,
        given: Sequence[Task],
        pace: Pace,
        each: float,
        person: Person,
        forgetting: Forgetting,
        days: int,
        rng: random.Random,
    ):
        self.pace, self.each, self.person, self.days = pace, each, person, days
        self.forgetting, self.rng = forgetting, rng
        self.spent: dict[str, float] = {"": 0.0}  # seconds, by topic
        self._until = 0.0  # of `spent`, on the day before
        self._sizes: dict[str, int] = {}
        for task in given:
            self._sizes[task.topic] = self._sizes.get(task.topic, 0) + 1
        self._new = [task.topic for task in reversed(given) if task.state is None]
        known = [task for task in given if task.state is not None]
        self._topic = [task.topic for task in known]
        self._state: list[State] = [task.state for task in known]
        self._last: list[float] = [task.last for task in known]
        if pace.threshold is None:
            self._due = [task.due for task in known]
        else:
            self._wait = forgetting.until(1.0, pace.threshold)  # it grows with stability
            self._due = [self._due_after(task.state, task.last) for task in known]
        # Looking at each question on each day would take most of the time there is.
        self._falling_due: list[list[int]] = [[] for _ in range(days)]
        for i in range(len(known)):
            self._enter(i)
        self._missed_at_first = forgetting.next(forgetting.first(AGAIN), GOOD, 0)
        self._known_at_first = forgetting.first(GOOD)

    def run(self, shown: Collection[int]) -> list[dict[str, float]]:
        """Recall by topic ("" over all) on the days of `shown`."""
        curve = [self._tested(0)] if 0 in shown else []
        overdue: list[int] = []
        for day in range(self.days):
            overdue = self._study(day, overdue)
            if day + 1 in shown:
                curve.append(self._tested(day + 1))
        return curve

    def _study(self, day: int, overdue: list[int]) -> list[int]:
        """As in a real session: what is due, the least remembered first; then what is new.

        Returns what was left for the next day.
        """
        state, last, due = self._state, self._last, self._due
        # What a day ran over is taken from the next.
        until = self._until = min(self.spent[""], self._until) + self.pace.minutes * 60
        fallen = dict.fromkeys(overdue + self._falling_due[day])
        queue = [i for i in fallen if due[i] <= day]  # the rest was asked ahead of time meanwhile
        queue.sort(key=lambda i: (last[i] - day) / state[i].stability)
        done = 0
        for i in queue:
            if self.spent[""] >= until:
                break
            self._review(i, day)
            done += 1
        new = int((day + 1) * self.pace.new_per_day) - int(day * self.pace.new_per_day)
        for _ in range(min(new, len(self._new))):
            if self.spent[""] >= until:
                break
            self._begin(self._new.pop(), day)
        if self.pace.catch_up and self.days - day <= CATCH_UP and not self._new:
            self._catch_up(day, until, set(queue))
        return queue[done:]

    def _catch_up(self, day: int, until: float, asked: set[int]) -> None:
        """Ask ahead of time what would be forgotten by the date, as FSRS expects."""
        then = {
            i: self.forgetting.recall(self._state[i].stability, self.days - last)
            for i, last in enumerate(self._last)
            if i not in asked and last < day
        }
        wanted = [i for i, known in then.items() if known < self.pace.catch_up]
        for i in sorted(wanted, key=then.__getitem__):
            if self.spent[""] >= until:
                break
            self._review(i, day)

    def _review(self, i: int, day: int) -> None:
        state, since = self._state[i], day - self._last[i]
        chance = self.forgetting.recall(state.stability * self.person.lasting, since)
        right = self.rng.random() < chance
        passed = int(since + 0.5)  # as days_between counts
        state = self.forgetting.next(state, GOOD if right else AGAIN, passed)
        if not right:
            state = self.forgetting.next(state, GOOD, 0)
        self._answered(i, state, day, right)

    def _begin(self, topic: str, day: int) -> None:
        right = self.rng.random() < self.person.first
        state = self._known_at_first if right else self._missed_at_first
        self._topic.append(topic)
        self._state.append(state)
        self._last.append(0.0)
        self._due.append(0.0)
        self._answered(len(self._topic) - 1, state, day, right)

    def _answered(self, i: int, state: State, day: int, right: bool) -> None:
        # What was missed is asked again that day, its answer just read.
        seconds = self.each * (1 if right else 2)
        topic = self._topic[i]
        self.spent[""] += seconds
        self.spent[topic] = self.spent.get(topic, 0.0) + seconds
        self._state[i], self._last[i] = state, day
        self._due[i] = self._due_after(state, day)
        self._enter(i)

    def _due_after(self, state: State, last: float) -> float:
        if self.pace.threshold is None:
            return last + self.forgetting.interval(state.stability)
        return last + max(1.0, state.stability * self._wait)

    def _enter(self, i: int) -> None:
        day = max(0, ceil(self._due[i]))
        if day < self.days:
            self._falling_due[day].append(i)

    def _tested(self, day: int) -> dict[str, float]:
        recall, lasting = self.forgetting.recall, self.person.lasting
        sums = dict.fromkeys(self._sizes, 0.0)
        for topic, state, last in zip(self._topic, self._state, self._last, strict=True):
            sums[topic] += recall(state.stability * lasting, day - last)
        over_all = sum(sums.values()) / max(1, sum(self._sizes.values()))
        return {"": over_all} | {topic: sums[topic] / size for topic, size in self._sizes.items()}
