"""What it takes until a date: in words, by topic, and as curves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table as Grid
from rich.text import Text

from quiz.evidence import Curve, Line, Mark
from quiz.model import Text as Said
from quiz.screen import theme
from quiz.screen.plots import draw
from quiz.screen.prose import Prose
from quiz.screen.tables import Table, percent

EACH = 38  # columns of a topic's curve, at least
HEIGHT = 9


class Shown(NamedTuple):
    """Shapes as in quiz.study.plan and quiz.study.learner."""

    by: date
    left: int  # days
    goal: float
    plan: object | None
    expected: object  # Forecast with the plan
    present: object | None  # Forecast at the present pace
    learner: object
    days: Sequence[int]  # of the curves' points
    runs: int  # simulated learners


def shown(facts: Shown, words) -> RenderableType:
    return Group(
        *_summary(facts, words), Text(""), _table(facts, words), Text(""), Curves(facts, words)
    )


def _summary(facts: Shown, words) -> Iterator[RenderableType]:
    plan, expected = facts.plan, facts.expected
    yield Text(words.plural("plan.title", facts.left, by=facts.by), theme.TITLE)
    about = f"{expected.minutes['']:.0f}"
    if plan is None:
        yield Prose(words("plan.out-of-reach", goal=percent(facts.goal)), style=theme.WRONG)
    else:
        yield Prose(
            words(
                "plan.minutes", about=about, most=plan.minutes, new=plan.new_per_day,
                threshold=percent(plan.threshold),
            )
        )  # fmt: skip
    yield Prose(words("plan.with", **_span(expected)))
    if facts.present is not None:
        minutes = f"{facts.learner.pace:.0f}"
        yield Prose(words("plan.present", minutes=minutes, **_span(facts.present)))
    lasting = f"{facts.learner.typical:.1f}"
    name = "plan.note" if facts.learner.reviews else "plan.note.none"
    note = words(name, runs=facts.runs, reviews=facts.learner.reviews, lasting=lasting)
    yield Prose(note, style=theme.QUIET)


def _span(forecast) -> dict[str, str]:
    return {
        "recall": percent(forecast.on_the_date()),
        "low": percent(forecast.low[""]),
        "high": percent(forecast.high[""]),
    }


def _table(facts: Shown, words) -> Table:
    expected, present = facts.expected, facts.present
    rows = [
        (
            topic or words("total"),
            percent(expected.days[topic][0]),
            present and percent(present.on_the_date(topic)),
            percent(expected.on_the_date(topic)),
            f"{percent(expected.low[topic])}..{percent(expected.high[topic])}",
            round(expected.minutes[topic], 1),
        )
        for topic in [*(t for t in expected.days if t), ""]
    ]
    names = ("topic", "plan.now", "plan.as-now", "plan.then", "plan.range", "plan.a-day")
    return Table([words(name) for name in names], rows, total=True)


class Curves:
    """One curve over all, then one a topic, as many beside each other as fit."""

    def __init__(self, facts: Shown, words):
        self.facts, self.words = facts, words

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lang = self.words.lang
        yield draw(self.curve("", legend=True), lang, height=HEIGHT + 5)
        topics = [topic for topic in self.facts.expected.days if topic]
        beside = max(1, options.max_width // (EACH + 2))
        for start in range(0, len(topics), beside):
            grid = Grid.grid(padding=(0, 2, 0, 0), expand=True)
            row = topics[start : start + beside]
            for _ in range(beside):
                grid.add_column(ratio=1)
            pictures = [draw(self.curve(topic), lang, height=HEIGHT) for topic in row]
            grid.add_row(*pictures, *[""] * (beside - len(row)))
            yield Text("")
            yield grid

    def curve(self, topic: str, *, legend: bool = False) -> Curve:
        facts = self.facts
        lines = []
        for key, forecast in (("plan.then", facts.expected), ("plan.as-now", facts.present)):
            if forecast is not None:
                label = _said(self.words(key)) if legend else Said()
                shares = tuple(100 * share for share in forecast.days[topic])
                days = tuple(map(float, facts.days))
                lines.append(Line(label, days, shares, dotted=key == "plan.as-now"))
        goal = Mark("y", 100 * facts.goal, _said(self.words("plan.goal")) if legend else Said())
        title = topic or self.words("plan.curve")
        x_label = _said(self.words("plan.days")) if legend else Said()
        return Curve(_said(title), tuple(lines), x_label=x_label, marks=(goal,))


def _said(text: str) -> Said:
    return Said(text, text)
