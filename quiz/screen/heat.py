"""Heat maps: two cells of the matrix to a character; without colour, numbers or shades."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from rich.style import Style
from rich.text import Text as Row

from quiz.evidence import Heatmap
from quiz.model import Text
from quiz.screen import axes, ramps
from quiz.screen.numbers import short
from quiz.screen.picture import AXIS, FEWEST_ROWS, Device, Picture, flowed, wrapped

STRETCH = 3  # cells may be so many times as wide as high, before columns are averaged
SMALL = 24  # columns that a small matrix is stretched to
TALLEST = 2  # lines of one matrix row, at most
WHOLE = 24  # rows that are drawn one by one, whatever the height asked for
BAR = 24  # columns of the colour scale
FLAT = 1e-9  # a span smaller than this share of the values is noise around a constant

AVERAGED = Text("{}, drawn as {}: neighbours averaged", "{} 的矩阵，画成 {}：相邻元素取平均")
UNIT = Text("in units of {}", "单位：{}")
EVERYWHERE = Text("{} everywhere", "处处为 {}")
BLANK = Text("blank: {}", "空白处：{}")

Matrix = Sequence[Sequence[float]]


class Grid(NamedTuple):
    """What is drawn of a matrix, and how large."""

    values: Matrix
    high: int  # pixels of a row: half lines in colour, lines without
    wide: int  # columns of the terminal to a column of the matrix


class Scale(NamedTuple):
    low: float
    high: float

    def place(self, value: float) -> float:
        """0 at the low end, 1 at the high end; beyond them the nearer end."""
        span = self.high / 2 - self.low / 2  # halves can't overflow
        return min(1.0, max(0.0, (value / 2 - self.low / 2) / span)) if span > 0 else 0.5


class HeatPlot(Picture):
    view: Heatmap

    def rows(self, width: int, height: int, device: Device) -> Iterator[Row]:
        values = self.view.values
        if not values or not values[0]:
            return
        header = self.header(width, device)
        yield from header
        pixels = 2 if device.colours and device.unicode else 1  # in a line
        room = max(FEWEST_ROWS, height - len(header) - 2)  # ticks and scale are below
        if len(values) <= WHOLE:
            room = max(room, math.ceil(len(values) / pixels))
        gutter = len(str(len(values) - 1)) + 1
        figures = None if device.colours else numeric(values)
        if figures and len(values) <= room:
            last = str(len(values[0]) - 1)
            size = max(len(text) for row in [*figures.cells, [last]] for text in row) + 1
            if gutter + size * len(values[0]) <= width:
                yield from self.numbers(figures, size, gutter)
                return

        grid = fitted(values, room * pixels, width - gutter, pixels)
        notes: list[Row] = []
        if len(grid.values) < len(values) or len(grid.values[0]) < len(values[0]):
            times = "×" if device.unicode else "x"
            sizes = (f"{len(v)} {times} {len(v[0])}" for v in (values, grid.values))
            notes = wrapped(Row(self.say(AVERAGED).format(*sizes), AXIS), width)
            room = max(FEWEST_ROWS, room - len(notes))
            grid = fitted(values, room * pixels, width - gutter, pixels)

        scale, ramp = self.scale(grid.values), self.ramp(device)
        if not device.colours:
            body = list(shades(grid, scale, ramp))
        else:
            body = list(blocks(grid, scale, ramp, pixels))
        lines_each = len(grid.values) * grid.high / pixels / len(values)
        labels = row_ticks(len(values), lines_each)
        for i, row in enumerate(body):
            yield Row.assemble((f"{labels.get(i, ''):>{gutter - 1}} ", AXIS), row)
        yield self.column_labels(len(values[0]), len(grid.values[0]) * grid.wide, gutter)
        yield from flowed(self.key(scale, ramp, grid.values, width, device), width)
        yield from notes

    def natural_width(self, width: int, device: Device) -> int:
        rows = self.lines(width, self.height, device)
        return max(row.cell_len for row in rows)

    def header(self, width: int, device: Device) -> list[Row]:
        down, right = "↓→" if device.unicode else "v>"
        labels = ((down, self.say(self.view.y_label)), (right, self.say(self.view.x_label)))
        return flowed((Row(f"{sign} {label}", AXIS) for sign, label in labels if label), width)

    def column_labels(self, count: int, columns: int, gutter: int) -> Row:
        each = columns / count
        for step in axes.round_steps():
            ticks = [(int((i + 0.5) * each), str(i)) for i in range(0, count, step)]
            if axes.fits(ticks, gutter, gutter + columns):
                return Row(axes.under(ticks, gutter, gutter + columns), AXIS)
        return Row()

    def scale(self, drawn: Matrix) -> Scale:
        """From low to high: as given, else the ends of what is drawn."""
        view = self.view
        finite = [v for row in drawn for v in row if math.isfinite(v)] or [0.0]
        low = min(finite) if view.low is None else view.low
        high = max(finite) if view.high is None else view.high
        if high / 2 - low / 2 <= FLAT * max(abs(low), abs(high)):
            high = low
        if view.diverging:
            high = max(abs(low), abs(high))
            low = -high
        return Scale(low, high)

    def ramp(self, device: Device) -> Sequence[str]:
        signed = self.view.diverging
        if device.colours:
            return (ramps.DIVERGING if signed else ramps.SEQUENTIAL)[device.colours]
        if signed:
            return ramps.SIGNED_SHADES
        return ramps.SHADES if device.unicode else ramps.SHADES_ASCII

    def key(
        self, scale: Scale, ramp: Sequence[str], drawn: Matrix, width: int, device: Device
    ) -> Iterator[Row]:
        """The scale between its two ends, and what could not be coloured."""
        finite = [v for row in drawn for v in row if math.isfinite(v)]
        if finite and scale.low == scale.high:
            yield Row(self.say(EVERYWHERE).format(short(scale.low, 3)), AXIS)
        elif finite:
            # Values beyond an end of the scale have the colour of that end.
            below, above = ("≤", "≥") if device.unicode else ("<=", ">=")
            low = below * (min(finite) < scale.low) + short(scale.low, 3)
            high = above * (max(finite) > scale.high) + short(scale.high, 3)
            if device.colours:
                columns = max(len(ramp), min(BAR, width - len(low) - len(high) - 2))
                colours = (ramps.shade(i / (columns - 1), ramp) for i in range(columns))
                bar = Row.assemble(*((" ", Style(bgcolor=colour)) for colour in colours))
            else:
                bar = Row("".join(char * 2 for char in ramp))
            yield Row.assemble((f"{low} ", AXIS), bar, (f" {high}", AXIS))
        blank = Counter(short(v) for row in drawn for v in row if not math.isfinite(v))
        if blank:
            listed = ", ".join(f"{count} {name}" for name, count in blank.items())
            yield Row(self.say(BLANK).format(listed), AXIS)

    def numbers(self, figures: Figures, size: int, gutter: int) -> Iterator[Row]:
        cells = figures.cells
        for i, row in enumerate(cells):
            text = "".join(f"{cell:>{size}}" for cell in row)
            yield Row.assemble((f"{i:>{gutter - 1}}", AXIS), " ", text[1:])
        head = "".join(f"{j:>{size}}" for j in range(len(cells[0])))
        yield Row(" " * gutter + head[1:], AXIS)
        if figures.unit:
            yield Row(self.say(UNIT).format(figures.unit), AXIS)


class Figures(NamedTuple):
    cells: list[list[str]]
    unit: str  # what the figures are multiples of; empty for 1


def numeric(values: Matrix) -> Figures:
    """The matrix in numbers of two digits, all to the same decimals; an exact zero is "0"."""
    finite = [abs(v) for row in values for v in row if math.isfinite(v)]
    top = max(finite, default=0.0)
    whole = top < 1000 and all(v == int(v) for v in finite)
    power = math.floor(math.log10(top)) if top else 0
    plain = whole or -1 <= power <= 2
    decimals = 0 if whole else 2 if top <= 1 and plain else max(0, 1 - power) if plain else 1

    def figure(value: float) -> str:
        if not math.isfinite(value):
            return short(value)
        if value == 0:
            return "0"
        text = f"{value if plain else value / 10.0**power:.{decimals}f}"
        if decimals == 2:  # .03 and 1.0 take the same room
            text = text.replace("0.", ".", 1) if text.lstrip("-")[0] == "0" else text[:-1]
        return text

    return Figures([[figure(v) for v in row] for row in values], "" if plain else f"1e{power}")


def fitted(values: Matrix, tall: int, wide: int, pixels: int) -> Grid:
    """The matrix in at most `tall` pixels by `wide` columns, its cells about square.

    pixels: how many there are in the height of a line, which is two columns wide.
    """
    n, m = len(values), len(values[0])
    rows, high = min(n, tall), min(max(1, tall // n), TALLEST * pixels)
    square = rows * high * m / n * 2 / pixels  # columns that make the cells square
    columns, each = min(m, wide, max(SMALL, round(STRETCH * square))), 1
    if columns == m:
        each = max(1, round(square / m))
        each = min(max(each, min(2 * each, SMALL // m)), wide // m)
    return Grid(averaged(values, rows, columns), high, each)


def averaged(values: Matrix, rows: int, columns: int) -> Matrix:
    """The matrix in fewer rows and columns, each cell the mean over the area that it covers."""
    if columns < len(values[0]):
        parts = shares(len(values[0]), columns)
        values = [[sum(w * row[i] for i, w in part) for part in parts] for row in values]
    if rows < len(values):
        values = [
            [sum(w * values[i][j] for i, w in part) for j in range(columns)]
            for part in shares(len(values), rows)
        ]
    return values


def shares(size: int, parts: int) -> list[list[tuple[int, float]]]:
    """For each of `parts` equal stretches of `size` items: the items in it, with their shares."""
    length = size / parts
    stretches = []
    for k in range(parts):
        start, end = k * length, (k + 1) * length
        over = [
            (i, (min(end, i + 1) - max(start, i)) / length)
            for i in range(int(start), min(size, math.ceil(end)))
        ]
        stretches.append([(i, share) for i, share in over if share > 1e-9])
    return stretches


def blocks(grid: Grid, scale: Scale, ramp: Sequence[str], pixels: int) -> Iterator[Row]:
    """Lines of the map in colour, two pixels above each other in a half block."""
    coloured = [
        [ramps.shade(scale.place(v), ramp) if math.isfinite(v) else "" for v in row]
        for row in grid.values
    ]
    outside = [""] * len(coloured[0])
    stacked = [row for row in coloured for _ in range(grid.high)]
    for i in range(0, len(stacked), pixels):
        top = stacked[i]
        bottom = top if pixels == 1 else stacked[i + 1] if i + 1 < len(stacked) else outside
        line = Row()
        for pair in zip(top, bottom, strict=True):
            char, style = painted(*pair)
            line.append(char * grid.wide, style)
        yield line


@cache
def painted(top: str, bottom: str) -> tuple[str, Style]:
    """The character and colours of two pixels; no colour leaves a pixel blank."""
    if top == bottom:
        return " ", Style(bgcolor=top) if top else Style()
    if not top:
        return "▄", Style(color=bottom)
    return "▀", Style(color=top, bgcolor=bottom or None)


def shades(grid: Grid, scale: Scale, ramp: Sequence[str]) -> Iterator[Row]:
    """Lines of the map without colour: the larger a value, the more ink."""
    for row in grid.values:
        chars = (ramps.step(scale.place(v), ramp) if math.isfinite(v) else "?" for v in row)
        line = "".join(char * grid.wide for char in chars)
        yield from (Row(line) for _ in range(grid.high))


def row_ticks(count: int, lines_each: float) -> dict[int, str]:
    """Row numbers by the line that they stand at, no two in the same one."""
    for step in axes.round_steps():
        lines = [int((i + 0.5) * lines_each) for i in range(0, count, step)]
        if len(set(lines)) == len(lines):
            return {line: str(i * step) for i, line in enumerate(lines)}
    return {}
