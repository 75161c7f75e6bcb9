"""A canvas of dots in character cells: two by four to a cell in braille, else one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from operator import or_

from rich.text import Text as Row

from quiz.screen.picture import AXIS, Device
from quiz.screen.ramps import HUES

Point = tuple[int, int]

# Bits of U+2800 by the dot's column and row within the cell (Unicode, Braille Patterns).
BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
MARKERS, MARKERS_ASCII = "●■▲◆○□△◇", "*o#x%@&$"
MARKED_EVERY = 8  # columns between markers that only tell lines apart
SOLID, DASHED, DOTTED = (), (5, 3), (1, 2)  # dots drawn, dots left out


@dataclass(frozen=True)
class Stroke:
    """How one series is drawn."""

    style: str
    dash: tuple[int, ...]
    marker: str
    char: str  # the whole cell, where there is no braille

    def swatch(self, device: Device, marked: bool) -> str:
        """The stroke as the legend shows it."""
        if not device.unicode:
            return self.char * 3
        dash = {SOLID: "━", DASHED: "╍", DOTTED: "┈"}[self.dash]
        return dash + (self.marker if marked else dash) + dash


def strokes(dotted: Sequence[bool], device: Device) -> list[Stroke]:
    """A stroke a series. Hue and marker both tell them apart; a second round is dashed."""
    colours = HUES[device.colours]
    made = []
    for i, is_dotted in enumerate(dotted):
        marker = MARKERS[i % len(MARKERS)]
        if is_dotted:
            earlier = sum(dotted[:i])
            char = ".:',"[earlier % 4]
        else:
            char = MARKERS_ASCII[i % len(MARKERS_ASCII)]
        dash = DOTTED if is_dotted else DASHED if i >= len(MARKERS) else SOLID
        made.append(Stroke(colours[i % len(colours)], dash, marker, char))
    return made


class Canvas:
    """Dots of several series, counted from the top left; what lies outside is not drawn."""

    def __init__(self, columns: int, rows: int, device: Device):
        self.columns, self.rows, self.device = columns, rows, device
        self.across, self.down = (2, 4) if device.unicode else (1, 1)
        self.width, self.height = columns * self.across, rows * self.down
        self._dots: dict[Point, dict[int, int]] = {}  # by cell, then by series: bits
        self._markers: dict[Point, tuple[str, int]] = {}  # by cell: the character, the series

    def dot(self, x: int, y: int, series: int) -> None:
        if 0 <= x < self.width and 0 <= y < self.height:
            bits = self._dots.setdefault((x // self.across, y // self.down), {})
            bits[series] = bits.get(series, 0) | BITS[x % self.across][y % self.down]

    def mark(self, x: int, y: int, char: str, series: int) -> bool:
        """Put a character over the cell of a dot, unless there is one already."""
        marker = (char, series)
        return self._markers.setdefault((x // self.across, y // self.down), marker) is marker

    def spread(self, points: Sequence[Point], char: str, series: int, of: int) -> None:
        """The character at some of the points, evenly over the width, and at one at least.

        Each of `of` series begins at a column of its own, so that they don't hide each other.
        """
        step = MARKED_EVERY * self.across
        due, marked = series * step // of % step, False
        for x, y in points:
            if x >= due and self.mark(x, y, char, series):
                due, marked = x + step, True
        if not marked:
            any(self.mark(x, y, char, series) for x, y in points)

    def line(self, points: Iterable[Point | None], series: int, dash: Sequence[int] = ()) -> None:
        """Join the points; None interrupts the line. A dash runs on across the points."""
        period, shown, walked, last = sum(dash), dash[0] if dash else 0, 0, None
        for point in points if dash else thinned(points):
            if point is not None and point != last:
                for x, y in between(last, point) if last else (point,):
                    if not period or walked % period < shown:
                        self.dot(x, y, series)
                    walked += 1
            last = point

    def cell(self, column: int, row: int) -> tuple[int, int]:
        """The braille bits of a cell, and the series that most of them belong to."""
        bits = self._dots.get((column, row), {0: 0})
        return reduce(or_, bits.values()), max(bits, key=lambda i: (bits[i].bit_count(), -i))

    def text_row(self, row: int, drawn: Sequence[Stroke], behind: str) -> Row:
        """One row of cells. `behind` is what shows where nothing is drawn, one cell a character."""
        text = Row()
        for column in range(self.columns):
            dots, series = self.cell(column, row)
            if marker := self._markers.get((column, row)):
                text.append(marker[0], drawn[marker[1]].style)
            elif dots:
                char = chr(0x2800 + dots) if self.device.unicode else drawn[series].char
                text.append(char, drawn[series].style)
            else:
                text.append(behind[column], AXIS)
        return text


def thinned(points: Iterable[Point | None]) -> Iterator[Point | None]:
    """The same line from fewer points: of those in a row at one x only the ends and extremes."""
    for _, run in groupby(points, key=lambda point: point and point[0]):
        here = list(run)
        if len(here) > 4 and here[0]:
            here = [here[0], min(here), max(here), here[-1]]
        yield from here


def between(start: Point, end: Point) -> Iterator[Point]:
    """The dots of a straight line, without its first."""
    across, down = end[0] - start[0], end[1] - start[1]
    steps = max(abs(across), abs(down))
    for i in range(1, steps + 1):
        yield start[0] + round(across * i / steps), start[1] + round(down * i / steps)
