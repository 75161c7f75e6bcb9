"""Tables: numbers under each other, words wrapped; too many columns become a list of records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.text import Text as Row

from quiz.evidence import Table
from quiz.model import Text
from quiz.screen.numbers import column
from quiz.screen.picture import AXIS, NOTHING, Device, Picture, wrapped

GAP = 2
NARROWEST = 8  # columns that words are squeezed to, before the table becomes a list

YES, NO = Text("yes", "是"), Text("no", "否")


class TablePlot(Picture):
    view: Table

    def rows(self, width: int, height: int, device: Device) -> Iterator[Row]:
        columns = self.columns()
        if not columns:
            return
        widths = squeezed(columns, width)
        rule = "─" if device.unicode else "-"
        if not widths:
            yield from self.records(columns, width)
        else:
            heads = [broken(c.head, w) for c, w in zip(columns, widths, strict=True)]
            yield from beside(heads, columns, widths, low=True)
            yield Row((" " * GAP).join(rule * w for w in widths), AXIS)
            for i in range(len(self.view.rows)):
                cells = [wrapped(Row(c.cells[i]), w) for c, w in zip(columns, widths, strict=True)]
                yield from beside(cells, columns, widths)
        if not self.view.rows:
            yield Row(self.say(NOTHING), AXIS)

    def natural_width(self, width: int, device: Device) -> int:
        return max(row.cell_len for row in self.lines(width, self.height, device))

    def columns(self) -> list[Column]:
        view = self.view
        count = max([len(view.header), *(len(row) for row in view.rows)])
        return [
            Column(
                self.say(view.header[j]) if j < len(view.header) else "",
                *self.cells([row[j] if j < len(row) else Text() for row in view.rows]),
            )
            for j in range(count)
        ]

    def cells(self, values: Sequence[Text | float | int]) -> tuple[list[str], bool]:
        """The cells of a column as text, and whether it is one of numbers."""
        numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
        written = iter(column(numbers))
        cells = []
        for value in values:
            if isinstance(value, bool):
                cells.append(self.say(YES if value else NO))
            elif isinstance(value, Text):
                cells.append(self.say(value))
            else:
                cells.append(next(written))
        return cells, len(numbers) * 2 > len(values)

    def records(self, columns: Sequence[Column], width: int) -> Iterator[Row]:
        """Each row as a list of its cells, named by their columns."""
        room = min(max(cell_len(c.head) for c in columns), width // 2)
        for i in range(len(self.view.rows)):
            if i:
                yield Row()
            for c in columns:
                head = wrapped(Row(c.head, AXIS), room)
                cell = wrapped(Row(c.cells[i]), width - room - GAP)
                for k in range(max(len(head), len(cell))):
                    line = head[k] if k < len(head) else Row()
                    if k < len(cell):
                        line.pad_right(room + GAP - line.cell_len)
                        line.append_text(cell[k])
                    yield line


class Column:
    def __init__(self, head: str, cells: list[str], numbers: bool):
        self.head, self.cells, self.numbers = head, cells, numbers
        content = max(map(cell_len, cells), default=0)
        self.natural = max(cell_len(head), content, 1)
        self.whole = max(content, *map(cell_len, re.split(r"_|\s", head)))
        # Numbers are never broken.
        firm = content if numbers else min(content, NARROWEST)
        self.least = max(firm, min(cell_len(head), NARROWEST - 2), 1)


def broken(head: str, width: int) -> list[Row]:
    """The head of a column on lines; names of figures break at their underscores."""
    lines = [""]
    for part in re.split("(_)", head):
        if cell_len(lines[-1] + part) > width and lines[-1]:
            lines.append("")
        lines[-1] += part
    return [row for line in lines for row in wrapped(Row(line), width)]


def squeezed(columns: Sequence[Column], width: int) -> list[int]:
    """Column widths that fit, the widest giving way first; none if they can't."""
    room = width - GAP * (len(columns) - 1)
    widths = [c.natural for c in columns]
    while sum(widths) > room:
        spare = [j for j, c in enumerate(columns) if widths[j] > c.least]
        if not spare:
            return []
        # Words of the heads stay whole as long as another column can give way.
        widths[max(spare, key=lambda j: (widths[j] > columns[j].whole, widths[j]))] -= 1
    return widths


def beside(
    cells: Sequence[list[Row]], columns: Sequence[Column], widths: Sequence[int], low: bool = False
) -> Iterator[Row]:
    """The cells of one row of a table, line by line. `low`: short cells stand at the bottom."""
    high = max(map(len, cells))
    for k in range(high):
        line = Row()
        start = 0
        for lines, column_, width in zip(cells, columns, widths, strict=True):
            at = k - (high - len(lines)) if low else k
            text = lines[at] if 0 <= at < len(lines) else Row()
            shift = width - text.cell_len if column_.numbers else 0
            if text:
                line.pad_right(start + shift - line.cell_len)
                line.append_text(text)
            start += width + GAP
        yield line
