"""Plain tables of reports: a header, a row a line; what is too long ends in an ellipsis."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from quiz.screen import theme

GAP = 2


class Table:
    """Numbers align right, None is a dash; with `total` the last row stands out.

    When room is short the last column gives way, not the ids before it.
    """

    def __init__(
        self, header: Sequence[str], rows: Sequence[Sequence[object]], *, total: bool = False
    ):
        self.header, self.rows, self.total = header, rows, total

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = [list(self.header), *([cell(c) for c in row] for row in self.rows)]
        widths = [max(cell_len(line[i]) for line in lines) for i in range(len(self.header))]
        right = [all(is_number(row[i]) for row in self.rows) for i in range(len(widths))]
        for number, line in enumerate(lines):
            text = Text(no_wrap=True, overflow="ellipsis")
            for i, value in enumerate(line):
                last = i == len(line) - 1
                space = " " * (widths[i] - cell_len(value))
                if right[i] and self.rows:
                    text.append(space + value)
                else:
                    text.append(value if last else value + space)
                text.append("" if last else " " * GAP)
            if number == 0:
                text.stylize(theme.QUIET)
            elif self.total and number == len(self.rows):
                text.stylize(theme.TITLE)
            text.truncate(options.max_width, overflow="ellipsis")
            yield text


def cell(value: object) -> str:
    return "–" if value is None else str(value)


def is_number(value: object) -> bool:
    return value is None or isinstance(value, int | float) or str(value).endswith("%")


def percent(share: float | None) -> str | None:
    return None if share is None else f"{share:.0%}"
