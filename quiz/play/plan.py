"""`quiz plan --by DATE`: what it takes to be ready, and sessions that follow it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.text import Text

from quiz.bank.index import Bank
from quiz.play.access import clock, settings, waiting
from quiz.play.data import print_json
from quiz.play.progress import Progress
from quiz.refusal import Refusal
from quiz.study import plan as planning
from quiz.study.ahead import ahead
from quiz.study.catalogue import Row
from quiz.study.days import local_day, today
from quiz.study.forgetting import Forgetting
from quiz.study.history import History
from quiz.study.learner import learner_of
from quiz.study.memory import DAY
from quiz.study.plan import Forecast, Pace, Plan
from quiz.study.schedule import new_questions
from quiz.study.tallies import QUARTER

SEARCH = 10  # a step of the search takes the time of about so many simulated learners


def report(
    bank: Bank,
    history: History,
    path: Path,
    console: Console,
    words,
    *,
    by: str,
    goal: float,
    drop: bool,
    json: bool,
) -> None:
    """Make and keep the plan for a date, or show the one that is kept. Raises Refusal."""
    if drop:
        path.unlink(missing_ok=True)
        console.print(Text(words("plan.dropped")))
        return
    now = clock()
    day = local_day(now)
    kept = planning.load(path, day)
    if not by and kept is None:
        raise Refusal(words("plan.when", example=day + timedelta(days=14)))
    when, goal = (_date(by, day, words), goal) if by else (kept.by, kept.recall)
    days = (when - day).days
    forgetting = Forgetting(history.scheduling)
    who = learner_of(history, forgetting, now)
    rows, share = planning.sample(bank.rows())
    given = tasks(rows, bank, history, now)
    drawn = who._replace(each=who.each * share)  # each question stands for so many
    present = None
    with closing(_Steps(2 * planning.RUNS + SEARCH * planning.SEARCH_STEPS)) as steps:
        if who.pace is not None:
            pace = Pace(who.pace, settings().new_per_day / share)
            present = planning.forecast(given, pace, drawn, forgetting, days, step=steps)
        search = partial(steps, SEARCH)
        plan = planning.needed(given, when, goal, drawn, forgetting, days, step=search)
        pace = plan.pace() if plan else Pace(planning.MOST, 999, planning.THRESHOLDS[0], goal)
        expected = planning.forecast(given, pace, drawn, forgetting, days, step=steps)
    if plan:
        plan = plan.times(share)
        planning.save(plan, path)
    if json:
        print_json(
            {
                "by": str(when),
                "days": days,
                "recall": goal,
                "plan": plan and plan._asdict() | {"by": str(when)},
                "curve_days": planning.days_shown(days),
                "with_plan": as_data(expected),
                "at_present": present and as_data(present) | {"minutes_a_day": who.pace},
                "learner": {
                    "lasting": who.typical,
                    "first": who.first[0] / sum(who.first),
                    "seconds_each": who.each,
                    "reviews": who.reviews,
                },
            }
        )
        return
    from quiz.screen.plan import Shown, shown

    shown_days = planning.days_shown(days)
    facts = Shown(when, days, goal, plan, expected, present, who, shown_days, planning.RUNS)
    console.print(shown(facts, words))


class _Steps:
    """Counts the simulation's steps, and shows them where it takes long."""

    def __init__(self, whole: int):
        self._progress, self._done, self._whole = Progress(sys.stderr), 0, whole

    def __call__(self, steps: int = 1) -> None:
        self._done += steps
        self._progress(self._done, self._whole)

    def close(self) -> None:
        self._progress.close()


def tasks(rows: Sequence[Row], bank: Bank, history: History, now: int) -> list[planning.Task]:
    cards = {row.key: card for row in rows if (card := history.cards.get(row.key))}
    begun = {key for key, card in cards.items() if card.first is not None}
    new = new_questions(rows, rows, begun, requires(bank))
    return planning.tasks(rows, new, cards, now)


def requires(bank: Bank) -> dict[str, tuple[str, ...]]:
    return {row.id: row.requires for row in bank.topics()}


def as_data(found: Forecast) -> dict:
    """A forecast for --json: all, and each topic."""

    def of(topic: str) -> dict:
        return {
            "recall": found.on_the_date(topic),
            "low": found.low[topic],
            "high": found.high[topic],
            "minutes": found.minutes[topic],
            "curve": list(found.days[topic]),
        }

    return of("") | {"topics": {topic: of(topic) for topic in found.days if topic}}


def _date(text: str, today: date, words) -> date:
    try:
        when = date.fromisoformat(text)
    except ValueError:
        raise Refusal(words("plan.date", text=text, example=today + timedelta(days=14))) from None
    if not 1 <= (when - today).days <= planning.LONGEST:
        raise Refusal(words("plan.span", date=when, days=planning.LONGEST))
    return when


# --- following it ---


def questions(plan: Plan, bank: Bank, history: History, now: int, count: int) -> list[str]:
    """What the plan asks now."""
    at = now + (plan.by - local_day(now)).days * DAY
    return planning.follow(
        plan,
        bank,
        history,
        now,
        at=at,
        today=today(now),
        requires=requires(bank),
        count=count,
        waiting=partial(waiting, bank, history),
    )


def left_today(plan: Plan, bank: Bank, history: History, now: int, words) -> str:
    """A line at the end of a session: how much the plan still wants today."""
    day = today(now)
    done = history.tallies.since("quarter", day.start // QUARTER)
    wanted = questions(plan, bank, history, now, count=999)
    again = ahead(bank, history, now, day).again
    # What was missed is asked again the same day, beyond its minutes if need be: so the
    # simulation has it.
    missed = again + len(set(wanted) & set(history.cards.missed(now)))
    left = max(missed, min(len(wanted) + again, plan.answers - done))
    if left <= 0:
        return words("plan.enough", by=plan.by)
    return words.plural("plan.left", left, by=plan.by)
