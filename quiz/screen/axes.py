"""Axes: where a value lies, which values deserve a label, and the frame around a canvas."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, pairwise
from typing import NamedTuple

from rich.text import Text as Row

from quiz.screen.numbers import short
from quiz.screen.picture import AXIS, Device

FLAT = 1e-6  # a span smaller than this share of the values is noise around a constant
NEAR = 0.1  # share of an axis that may stay empty for it to begin at zero
TINY = 1e-290
HUGE = 1.7e308
FEW = 12  # so many different x values are labelled themselves
# Decades between the ticks of a logarithmic axis.
STRIDES = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 500, 1000)
UNICODE, ASCII = "│┤└─┬", "|++-+"


def round_steps() -> Iterator[int]:
    """1, 2, 5, 10, 20, 50, …"""
    return (unit * 10**power for power in count() for unit in (1, 2, 5))


class Tick(NamedTuple):
    at: float  # 0 at the low end of the axis, 1 at the high end
    label: str


class Axis:
    """A scale from `low` to `high`, linear or logarithmic."""

    def __init__(self, low: float, high: float, log: bool = False, whole: bool = False):
        self.log, self.whole = log, whole
        self.low, self.high = low, high
        self._low = math.log10(low) if log else low / 2  # halves: a span can't overflow
        self._span = math.log10(high) - self._low if log else high / 2 - self._low

    @classmethod
    def over(cls, values: Iterable[float], log: bool = False) -> Axis | None:
        """The scale that holds all the values it can show; None if there is none.

        A constant gets room on either side; zero is included when it is near.
        """
        shown = [v for v in values if math.isfinite(v) and (v > 0 or not log)]
        if not shown:
            return None
        low, high = min(shown), max(shown)
        if not log and 0 < low <= NEAR * high:
            low = 0.0
        elif not log and 0 > high >= NEAR * low:
            high = 0.0
        size = max(abs(low), abs(high))
        if log and high / 2 - low / 2 <= FLAT * (size / 2):
            low, high = max(low / 4, 5e-324), min(high * 4, HUGE)
        elif not log and (high / 2 - low / 2 <= FLAT * (size / 2) or size < TINY):
            room = size / 2 if size > TINY else 1.0
            low, high = max(low - room, -HUGE), min(high + room, HUGE)
        return cls(low, high, log, not log and all(v == int(v) for v in shown))

    def place(self, value: float) -> float | None:
        """How far along the axis, 0 to 1; None for what it can't show."""
        if not math.isfinite(value) or (self.log and value <= 0):
            return None
        along = (math.log10(value) if self.log else value / 2) - self._low
        return min(1.0, max(0.0, along / self._span))

    def ticks(self, most: int) -> list[Tick]:
        """At most `most` of the roundest values: 1-2-5 steps, powers of ten on a log axis."""
        return self._powers(most) if self.log else self._steps(most)

    def at(self, values: Iterable[float]) -> list[Tick]:
        """Ticks at the values themselves."""
        return [
            Tick(place, short(value))
            for value in values
            if (place := self.place(value)) is not None
        ]

    def _steps(self, most: int) -> list[Tick]:
        finest = math.floor(math.log10(self._span)) - 2  # much finer than can be asked for
        if self.whole:
            finest = max(finest, 0)
        for power in range(finest, finest + 7):
            for unit in (1, 2, 5):
                step = float(f"{unit}e{power}")
                first = math.ceil(self.low / step - 1e-9)
                last = math.floor(self.high / step + 1e-9)
                if last - first < most:
                    counts = [i * unit for i in range(first, last + 1)]
                    places = (self.place(float(f"{n}e{power}")) for n in counts)
                    labels = decimal_labels(counts, power)
                    return [Tick(at, label) for at, label in zip(places, labels, strict=True)]
        return []

    def _powers(self, most: int) -> list[Tick]:
        low, high = self._low, self._low + self._span
        first, last = math.ceil(low - 1e-9), math.floor(high + 1e-9)
        decades = last - first + 1
        within = [
            Tick(self._clamped(math.log10(unit) + k), short(float(f"{unit}e{k}")))
            for k in range(math.floor(low), last + 1)
            for unit in (1, 2, 5)
            if low - 1e-9 <= math.log10(unit) + k <= high + 1e-9
        ]
        if decades < 3 and 2 <= len(within) <= most:
            return within
        if decades >= 2:
            stride = next(s for s in STRIDES if last // s - -(-first // s) < most)
            powers = [k * stride for k in range(-(-first // stride), last // stride + 1)]
            return [Tick(self._clamped(k), power_label(k)) for k in powers]
        values = Axis(self.low, self.high)
        return [
            Tick(self.place(value), tick.label)
            for tick in values._steps(most)
            if (value := self.low + (self.high - self.low) * tick.at) > 0
        ]

    def _clamped(self, power: float) -> float:
        return min(1.0, max(0.0, (power - self._low) / self._span))


def cell(along: float, cells: int) -> int:
    """Which of equally wide cells a place on an axis is in. Dots and characters agree on it."""
    return min(cells - 1, int(along * cells))


def power_label(power: int) -> str:
    return short(10.0**power) if -3 <= power <= 3 else f"1e{power}"


def decimal_labels(counts: Sequence[int], power: int) -> list[str]:
    """The numbers count·10^power, all with the same decimals, and no more of them than it takes."""
    top = max((abs(n) for n in counts), default=0)
    leading = len(str(top)) - 1 + power if top else 0  # the power of ten of the largest
    if power >= -4 and leading < 6:
        return [f"{n * 10.0**power:.{max(0, -power)}f}" for n in counts]
    decimals = max(0, leading - power)
    while decimals and all(n % 10 ** (leading - power - decimals + 1) == 0 for n in counts):
        decimals -= 1
    scale = 10.0 ** (power - leading)
    return [f"{n * scale:.{decimals}f}e{leading}" if n else "0" for n in counts]


def framed(
    rows: Sequence[Row], x_ticks: Sequence[tuple[int, str]], y_ticks: dict[int, str], device: Device
) -> Iterator[Row]:
    """Rows of a canvas with the axes around them.

    x_ticks: column of the canvas and label; y_ticks: labels by row.
    """
    side, tick, corner, floor, tick_down = UNICODE if device.unicode else ASCII
    gutter = gutter_width(y_ticks)
    for i, row in enumerate(rows):
        label = y_ticks.get(i)
        lead = f"{label:>{gutter - 2}} {tick}" if label else " " * (gutter - 1) + side
        line = Row.assemble((lead, AXIS), row)
        line.rstrip()
        yield line
    columns = max((row.cell_len for row in rows), default=0)
    marked = {column for column, _ in x_ticks}
    bottom = "".join(tick_down if column in marked else floor for column in range(columns))
    yield Row(" " * (gutter - 1) + corner + bottom, AXIS)
    yield Row(under(x_ticks, gutter, gutter + columns), AXIS)


def gutter_width(y_ticks: dict[int, str]) -> int:
    """Columns left of the canvas: the widest label, a space and the axis."""
    return max((len(label) for label in y_ticks.values()), default=0) + 2


def under(ticks: Sequence[tuple[int, str]], offset: int, width: int) -> str:
    """The labels of an axis, each centred below its column."""
    line = ""
    for start, label in _spans(ticks, offset, width):
        line += " " * (start - len(line)) + label
    return line


def fits(ticks: Sequence[tuple[int, str]], offset: int, width: int) -> bool:
    """Whether the labels keep two columns between each other."""
    spans = list(_spans(ticks, offset, width))
    apart = (after - start >= len(label) + 2 for (start, label), (after, _) in pairwise(spans))
    return all(apart) and all(start >= 0 for start, _ in spans)


def _spans(ticks: Sequence[tuple[int, str]], offset: int, width: int) -> Iterator[tuple[int, str]]:
    for column, label in ticks:
        start = offset + column - (len(label) - 1) // 2
        yield min(start, width - len(label)), label


def x_ticks(
    axis: Axis, columns: int, offset: int, values: Iterable[float] = ()
) -> list[tuple[int, str]]:
    """The ticks that fit below `columns` of canvas: at the few values given, else at round ones."""
    own = sorted(set(values))
    named = axis.at(own) if len(own) <= FEW else []
    choices = [named] if named and all(len(tick.label) <= 5 for tick in named) else []
    choices += [axis.ticks(most) for most in range(max(2, columns // 4), 0, -1)]
    for ticks in choices:
        placed = [(cell(tick.at, columns), tick.label) for tick in ticks]
        if fits(placed, offset, offset + columns):
            return placed
    return []


def y_ticks(axis: Axis, rows: int) -> dict[int, str]:
    """Labels by row, the top row being 0: no more than two for every three rows."""
    for most in range(max(2, min(6, rows * 2 // 3)), 0, -1):
        placed = axis.ticks(most)
        ticks = {cell(1 - tick.at, rows): tick.label for tick in placed}
        if len(ticks) == len(placed):
            return ticks
    return {}
