"""`quiz plan --by DATE`: what it takes to be ready, and sessions that follow it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from rich.console import Console
from rich.text import Text

from quiz.bank.index import Bank
from quiz.play.access import clock, settings
from quiz.play.data import print_json
from quiz.refusal import Refusal
from quiz.study import plan as planning
from quiz.study.activity import local_day
from quiz.study.forgetting import Forgetting
from quiz.study.history import History
from quiz.study.learner import learner
from quiz.study.memory import DAY
from quiz.study.plan import Forecast, Pace, Plan
from quiz.study.schedule import day_start, new_questions


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
    today = local_day(now)
    kept = planning.load(path, today)
    if not by and kept is None:
        raise Refusal(words("plan.when", example=today + timedelta(days=14)))
    when, goal = (_date(by, today, words), goal) if by else (kept.by, kept.recall)
    days = (when - today).days
    forgetting = Forgetting(history.scheduling)
    who = learner(history.answers(), forgetting, now)
    given = tasks(bank, history, now)
    present = None
    if who.pace is not None:
        pace = Pace(who.pace, settings().new_per_day)
        present = planning.forecast(given, pace, who, forgetting, days)
    plan = planning.needed(given, when, goal, who, forgetting, days)
    pace = plan.pace() if plan else Pace(planning.MOST, 999, planning.THRESHOLDS[0], goal)
    expected = planning.forecast(given, pace, who, forgetting, days)
    if plan:
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

    facts = Shown(when, days, goal, plan, expected, present, who, planning.days_shown(days))
    console.print(shown(facts, words))


def tasks(bank: Bank, history: History, now: int) -> list[planning.Task]:
    rows = list(bank.rows())
    new = new_questions(rows, rows, history.cards.begun(), requires(bank))
    return planning.tasks(rows, new, history.cards.all(), now)


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
        bank.rows(),
        history,
        now,
        at=at,
        today=day_start(now),
        requires=requires(bank),
        count=count,
    )


def left_today(plan: Plan, bank: Bank, history: History, now: int, words) -> str:
    """A line at the end of a session: how much the plan still wants today."""
    today = day_start(now)
    done = sum(answer.at >= today for answer in history.answers())
    left = min(len(questions(plan, bank, history, now, count=999)), plan.answers - done)
    if left <= 0:
        return words("plan.enough", by=plan.by)
    return words.plural("plan.left", left, by=plan.by)
