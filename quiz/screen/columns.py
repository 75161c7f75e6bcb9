"""Upright bars for a row of days, each with its number above and its label below."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from quiz.screen import theme
from quiz.screen.picture import Device

EIGHTHS = " ▁▂▃▄▅▆▇█"
ROWS = 4  # of the highest bar
WIDEST = 6


class Columns:
    def __init__(self, bars: Sequence[tuple[str, str, int]]):
        """`bars`: (label, second label, number of 0 or more) from left to right."""
        self.bars = bars

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        wide = max(4, min(WIDEST, options.max_width // len(self.bars)))
        shown = self.bars[: max(1, options.max_width // wide)]
        unicode = Device.of(console, options).unicode
        top = max(max(number for *_, number in shown), 1)
        eighths = [-(-number * ROWS * 8 // top) for *_, number in shown]
        for row in range(ROWS, -1, -1):
            line = Text()
            for (*_, number), high in zip(shown, eighths, strict=True):
                above = -(-high // 8) if unicode else round(high / 8 + 0.49)
                if row == above and number:
                    line.append(f"{number:^{wide}}")
                elif row < above:
                    part = min(8, high - row * 8)
                    block = (EIGHTHS[part] if unicode else "#") * (wide - 1)
                    line.append(f"{block} ", theme.ACCENT)
                else:
                    line.append(" " * wide)
            line.rstrip()
            yield line
        for place in (0, 1):
            line = Text(style=theme.QUIET)
            for bar in shown:
                left = (wide - cell_len(bar[place])) // 2
                line.append(" " * left + bar[place])
                line.append(" " * (wide - left - cell_len(bar[place])))
            line.rstrip()
            yield line
