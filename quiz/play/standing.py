"""`quiz stats`: gathered from the history and the bank, then drawn or printed as JSON."""

from __future__ import annotations

from datetime import timedelta

from rich.console import Console
from rich.text import Text

from quiz.bank.index import Bank
from quiz.model import Misconception
from quiz.play.access import clock
from quiz.play.data import print_json
from quiz.play.hunting import catches
from quiz.study import activity
from quiz.study.beliefs import Belief, beliefs
from quiz.study.calibration import calibration
from quiz.study.history import History
from quiz.study.stats import report

LISTED = 5  # beliefs of each kind on the screen; --json has all


def stats(bank: Bank, history: History, console: Console, words, json: bool) -> None:
    now, rows = clock(), list(bank.rows())
    answers, cards = history.answers(), history.cards.all()
    found = report(rows, history, now)
    if not found.overall.answers and not json:
        console.print(Text(words("stats.empty")))
        return
    days = activity.days(answers)
    today = activity.local_day(now)
    due = activity.forecast([cards[row.key] for row in rows if row.key in cards], now)
    spent = activity.time_spent(answers, now)
    hardest = activity.hardest(rows, cards)
    believed = beliefs(answers, catches(bank))
    judged = calibration(answers)
    if json:
        print_json(
            found.as_dict()
            | {
                "days": [day._asdict() | {"date": str(day.date)} for day in days.values()],
                "forecast": [
                    {"date": str(today + timedelta(days=i)), "due": count}
                    for i, count in enumerate(due)
                ],
                "time": spent._asdict(),
                "hardest": [hard._asdict() for hard in hardest],
                "beliefs": {
                    "held": [b._asdict() for b in believed if b.dropped is None],
                    "dropped": [b._asdict() for b in believed if b.dropped is not None],
                },
                "calibration": judged and judged.as_dict(),
            }
        )
        return
    from quiz.screen.stats import Shown, Stats
    from quiz.screen.theme import signs

    told = _told(bank)

    def worded(of: list[Belief]) -> list[tuple[Belief, str]]:
        return [(b, told[b.id].belief.pick(words.lang) if b.id in told else b.id) for b in of]

    shown = Shown(
        report=found,
        counts={day: one.answers for day, one in days.items()},
        first=activity.first_day(today),
        today=today,
        forecast=due,
        time=spent,
        hardest=[(h, bank.question(h.question).prompt.pick(words.lang)) for h in hardest],
        held=worded([b for b in believed if b.dropped is None][:LISTED]),
        dropped=worded([b for b in believed if b.dropped is not None][:LISTED]),
        calibration=judged,
    )
    unicode = not console.options.ascii_only
    console.print(Stats(shown, signs(console), words, unicode=unicode))


def _told(bank: Bank) -> dict[str, Misconception]:
    """Every misconception of the bank by its id."""
    return {m.id: m for row in bank.topics() for m in bank.topic(row.id).misconceptions}
