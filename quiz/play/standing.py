"""`quiz stats`: gathered from the history and the bank, then drawn or printed as JSON."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from typing import NamedTuple

from rich.console import Console
from rich.text import Text

from quiz.bank.index import Bank
from quiz.model import Misconception
from quiz.play.access import clock
from quiz.play.data import print_json
from quiz.play.hunting import remembered
from quiz.play.progress import Progress
from quiz.study import activity
from quiz.study.beliefs import Belief
from quiz.study.calibration import Calibration, calibration
from quiz.study.days import local_day
from quiz.study.history import History
from quiz.study.stats import Report, report

LISTED = 5  # beliefs of each kind on the screen; --json has all


class Found(NamedTuple):
    """What the history amounts to; shapes as in quiz.study."""

    report: Report
    days: dict[date, activity.Day]
    forecast: list[int]
    time: activity.Time
    hardest: list[activity.Hard]
    believed: list[Belief]
    calibration: Calibration | None


def gather(bank: Bank, history: History, now: int, progress: Callable[[int, int], None]) -> Found:
    """All the figures; `progress(done, of)` is called between the longer of them."""
    rows, cards = list(bank.rows()), history.cards.all()
    progress(1, 4)
    found = report(rows, history, now, cards=cards)
    progress(2, 4)
    days = activity.days(history.tallies)
    progress(3, 4)
    believed = remembered(bank, history)
    progress(4, 4)
    return Found(
        report=found,
        days=days,
        forecast=activity.forecast((cards[row.key] for row in rows if row.key in cards), now),
        time=activity.time_spent(days, history.tallies.by("duration"), now),
        hardest=activity.hardest(rows, cards),
        believed=believed,
        calibration=calibration(history.tallies.by("confidence")),
    )


def stats(bank: Bank, history: History, console: Console, words, json: bool) -> None:
    now = clock()
    today = local_day(now)
    with closing(Progress(sys.stderr)) as progress:
        found = gather(bank, history, now, progress)
    held = [belief for belief in found.believed if belief.dropped is None]
    dropped = found.believed[len(held) :]
    if json:
        print_json(
            found.report.as_dict()
            | {
                "days": [day.as_dict() for day in found.days.values()],
                "forecast": [
                    {"date": str(today + timedelta(days=i)), "due": count}
                    for i, count in enumerate(found.forecast)
                ],
                "time": found.time._asdict(),
                "hardest": [hard._asdict() for hard in found.hardest],
                "beliefs": {
                    "held": [belief._asdict() for belief in held],
                    "dropped": [belief._asdict() for belief in dropped],
                },
                "calibration": found.calibration and found.calibration.as_dict(),
            }
        )
        return
    if not found.report.overall.answers:
        console.print(Text(words("stats.empty")))
        return
    from quiz.screen.stats import Shown, Stats
    from quiz.screen.theme import signs

    told = _told(bank)

    def worded(of: list[Belief]) -> list[tuple[Belief, str]]:
        return [(b, told[b.id].belief.pick(words.lang) if b.id in told else b.id) for b in of]

    shown = Shown(
        report=found.report,
        counts={day: one.answers for day, one in found.days.items()},
        first=activity.first_day(today),
        today=today,
        forecast=found.forecast,
        time=found.time,
        hardest=[(h, bank.question(h.question).prompt.pick(words.lang)) for h in found.hardest],
        held=worded(held[:LISTED]),
        dropped=worded(dropped[:LISTED]),
        calibration=found.calibration,
    )
    unicode = not console.options.ascii_only
    console.print(Stats(shown, signs(console), words, unicode=unicode))


def _told(bank: Bank) -> dict[str, Misconception]:
    """Every misconception of the bank by its id."""
    return {m.id: m for row in bank.topics() for m in bank.topic(row.id).misconceptions}
