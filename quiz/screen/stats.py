"""`quiz stats`, drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table as Grid
from rich.text import Text

from quiz.screen import theme
from quiz.screen.columns import Columns
from quiz.screen.prose import Prose
from quiz.screen.tables import Table, percent
from quiz.screen.theme import Signs
from quiz.screen.year import Year

WIDE = 120  # columns from which the sections stand beside each other
BAR = 20  # columns of a bar for a share
EIGHTHS = " ▏▎▍▌▋▊▉█"


class Shown(NamedTuple):
    """What there is to show; shapes as in quiz.study, texts in the learner's language."""

    report: object  # study.stats.Report
    counts: Mapping[date, int]
    first: date
    today: date
    forecast: Sequence[int]
    time: object  # study.activity.Time
    hardest: Sequence[tuple[object, str]]  # study.activity.Hard and its prompt
    held: Sequence[tuple[object, str]]  # study.beliefs.Belief and what it says
    dropped: Sequence[tuple[object, str]]
    calibration: object | None  # study.calibration.Calibration


class Stats:
    def __init__(self, shown: Shown, signs: Signs, words, *, unicode: bool):
        self.shown, self.signs, self.words, self.unicode = shown, signs, words, unicode

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        shown, words = self.shown, self.words
        yield self._headline()
        yield Text("")
        yield Year(shown.counts, shown.first, shown.today, words)
        yield Text("")
        numbers = [*self._topics(), *self._forecast()]
        people = [*self._hardest(), *self._beliefs(), *self._calibration()]
        if options.max_width < WIDE or not people:
            yield from (*numbers, *people)
            return
        grid = Grid.grid(padding=(0, 3, 0, 0), expand=True)
        grid.add_column(ratio=13)
        grid.add_column(ratio=10)
        grid.add_row(Group(*numbers), Group(*people))
        yield grid

    def _headline(self) -> RenderableType:
        overall, time, words = self.shown.report.overall, self.shown.time, self.words
        line = Text(words.plural("stats.answers", overall.answers), theme.TITLE)
        parts = [words("stats.correct", share=percent(overall.correct))]
        parts.append(words.plural("stats.streak", self.shown.report.streak))
        for part in parts:
            line.append(f" · {part}")
        spent = words(
            "stats.time", today=self._span(time.today), week=self._span(time.week),
            total=self._span(time.total),
        )  # fmt: skip
        if time.each:
            spent += f" · {words('stats.each', seconds=f'{time.each:.0f}')}"
        return Group(line, Prose(spent, style=theme.QUIET))

    def _span(self, seconds: int) -> str:
        hours, minutes = divmod(round(seconds / 60), 60)
        if hours:
            return self.words("span.hours", hours=hours, minutes=minutes)
        return self.words("span.minutes", minutes=minutes)

    def _topics(self) -> Iterator[RenderableType]:
        words, found = self.words, self.shown.report
        rows = [
            (
                standing.topic or words("total"),
                standing.questions,
                standing.seen,
                standing.due,
                percent(standing.correct),
                percent(standing.recall),
                self._bar(standing.recall),
            )
            for standing in (*found.topics, found.overall)
        ]
        names = ("topic", "questions", "seen", "due", "correct", "recall")
        yield Table([*(words(name) for name in names), ""], rows, total=True)
        yield Prose(words("recall.note"), style=theme.QUIET)

    def _bar(self, share: float | None) -> str:
        if share is None:
            return ""
        if not self.unicode:
            return "#" * round(share * BAR)
        whole, part = divmod(round(share * BAR * 8), 8)
        return "█" * whole + EIGHTHS[part].strip()

    def _forecast(self) -> Iterator[RenderableType]:
        shown, words = self.shown, self.words
        names = words("weekdays").split()
        days = [shown.today + timedelta(days=i) for i in range(len(shown.forecast))]
        yield self._heading("stats.forecast")
        yield Columns(
            [
                (words("today.short") if i == 0 else names[day.weekday()], str(day.day), count)
                for i, (day, count) in enumerate(zip(days, shown.forecast, strict=True))
            ]
        )

    def _hardest(self) -> Iterator[RenderableType]:
        words = self.words
        if not self.shown.hardest:
            return
        yield self._heading("stats.hardest")
        for hard, prompt in self.shown.hardest:
            share = words("stats.of", right=hard.right, answers=hard.answers)
            note = f"{share} · {words('stats.leech')}" if hard.leech else share
            yield self._item(self.signs.wrong, prompt)
            yield Prose(f"{hard.question} · {note}", first=Text("  "), style=theme.QUIET)
        if any(hard.leech for hard, _ in self.shown.hardest):
            yield Prose(words("stats.leeches"), style=theme.QUIET)

    def _beliefs(self) -> Iterator[RenderableType]:
        words = self.words
        for key, told in (("stats.held", self.shown.held), ("stats.dropped", self.shown.dropped)):
            if not told:
                continue
            yield self._heading(key)
            for belief, text in told:
                times = words.plural("stats.times", belief.times)
                sign = self.signs.wrong if belief.dropped is None else self.signs.right
                yield self._item(sign, text)
                yield Prose(f"{belief.id} · {times}", first=Text("  "), style=theme.QUIET)
            if key == "stats.held":
                yield Text(words("stats.hunt"), theme.QUIET)

    def _calibration(self) -> Iterator[RenderableType]:
        words, found = self.words, self.shown.calibration
        if found is None:
            return
        yield self._heading("stats.calibration")
        rows = [
            (f"{p.confidence}%", percent(p.right), p.answers, self._bar(p.right))
            for p in found.points
        ]
        yield Table([words("stats.said"), words("stats.was"), words("stats.count"), ""], rows)
        said, was = percent(found.confidence), percent(found.right)
        yield Prose(words(f"stats.sure.{found.word}", said=said, was=was))
        brier = words("stats.brier", brier=f"{found.brier:.2f}")
        yield Prose(brier, style=theme.QUIET)

    def _heading(self, key: str) -> RenderableType:
        return Group(Text(""), Text(self.words(key), theme.ACCENT))

    def _item(self, sign: str, text: str) -> RenderableType:
        style = theme.WRONG if sign == self.signs.wrong else theme.RIGHT
        return Prose(text, first=Text(f"{sign} ", style))
