"""A year of days: weeks from left to right, Monday to Sunday downwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from quiz.screen import ramps, theme
from quiz.screen.picture import Device

LEVELS = 4
SHADES, SHADES_ASCII = "░▒▓█", ".:*#"
NAMED = (0, 2, 4)  # the weekdays that are labelled


class Year:
    """`counts` by day; `first` is a Monday. Two columns a week where there is room, else one."""

    def __init__(self, counts: Mapping[date, int], first: date, today: date, words):
        self.counts, self.first, self.today, self.words = counts, first, today, words
        self.top = max((n for day, n in counts.items() if day >= first), default=1)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        device = Device.of(console, options)
        names = self.words("weekdays").split()
        gutter = max(map(cell_len, names)) + 1
        weeks = (self.today - self.first).days // 7 + 1
        wide = 2 if gutter + 2 * weeks <= options.max_width else 1
        shown = min(weeks, (options.max_width - gutter) // wide)  # the latest, where room is short
        start = self.first + timedelta(weeks=weeks - shown)
        yield from self._lines(device, names, gutter, start, shown, wide)

    def _lines(
        self, device: Device, names: list[str], gutter: int, start: date, weeks: int, wide: int
    ) -> Iterator[Text]:
        label = self.words("months.label")
        lead = label + " " * (gutter - cell_len(label))
        yield Text(lead + self._months(start, weeks, wide), theme.QUIET)
        for weekday in range(7):
            name = names[weekday] if weekday in NAMED else ""
            line = Text(name + " " * (gutter - cell_len(name)), theme.QUIET)
            for week in range(weeks):
                day = start + timedelta(weeks=week, days=weekday)
                if day <= self.today:
                    line.append_text(self.cell(self.counts.get(day, 0), device))
                    line.append(" " * (wide - 1))
            yield line
        yield self._legend(device, gutter)

    def cell(self, count: int, device: Device) -> Text:
        if not count:
            return Text("·" if device.unicode else " ", theme.QUIET)
        level = min(LEVELS - 1, (count * LEVELS - 1) // self.top)
        if device.colours:
            colour = ramps.shade((level + 1) / LEVELS, ramps.SEQUENTIAL[device.colours])
            return Text("■" if device.unicode else "#", colour)
        return Text((SHADES if device.unicode else SHADES_ASCII)[level])

    def _months(self, start: date, weeks: int, wide: int) -> str:
        """Each month's name over the week that its first day is in, where it fits."""
        names = self.words("months").split()
        line, free = "", 0
        for week in range(weeks):
            monday = start + timedelta(weeks=week)
            first = next((d for i in range(7) if (d := monday + timedelta(days=i)).day == 1), None)
            if first is None or first > self.today or week * wide < free:
                continue
            name = names[first.month - 1]
            if week * wide + cell_len(name) > weeks * wide:
                break
            line += " " * (week * wide - cell_len(line)) + name
            free = week * wide + cell_len(name) + 1
        return line

    def _legend(self, device: Device, gutter: int) -> Text:
        line = Text(" " * gutter + f"{self.words('year.less')} ", theme.QUIET)
        for level in range(LEVELS):
            line.append_text(self.cell(max(1, (level + 1) * self.top // LEVELS), device))
        said = self.words("year.more", top=self.top)
        return line.append(f" {said}", theme.QUIET)
