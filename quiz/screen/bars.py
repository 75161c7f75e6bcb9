"""Bars: a label, its value, and a bar to an eighth of a column."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rich.text import Text as Row

from quiz.evidence import Bars
from quiz.model import Text
from quiz.screen.numbers import column, short
from quiz.screen.picture import AXIS, Device, Picture, wrapped
from quiz.screen.ramps import HUES

SHORTEST, PLENTY = 4, 40  # columns of the bars: at least, and before labels are wrapped for them
RIGHTWARDS = " ▏▎▍▌▋▊▉█"
LEFTWARDS = " ▕▕▐▐▐███"  # Unicode has no finer ones that grow to the left

UNIT = Text(" ({})", "（{}）")
LOG = Text("log scale, from {}", "对数刻度，起点 {}")


class BarPlot(Picture):
    view: Bars

    def title(self) -> Row:
        unit = self.say(self.view.unit)
        title = super().title()
        return title.append(UNIT.pick(self.lang).format(unit), "not bold dim") if unit else title

    def rows(self, width: int, height: int, device: Device) -> Iterator[Row]:
        if not self.view.bars:
            return
        values = [value for _, value in self.view.bars]
        written = column(values)
        figures = max(map(len, written))
        # Labels give way to the bars, down to two fifths of the width.
        room = max(width * 2 // 5, width - figures - 2 - PLENTY)
        room = max(2, min(room, width - figures - 2 - SHORTEST))
        labels = [wrapped(Row(self.say(label)), room) or [Row()] for label, _ in self.view.bars]
        room = max(row.cell_len for label in labels for row in label)
        scale = BarScale(values, self.view.log, width - room - figures - 2)
        right, left, *_ = HUES[device.colours]
        for (first, *more), value, text in zip(labels, values, written, strict=True):
            first.pad_right(room - first.cell_len)
            before, after = scale.bar(value, device)
            row = Row.assemble(first, f" {text:>{figures}} ", (before, left), (after, right))
            row.rstrip()
            yield row
            yield from more
        if self.view.log and scale.origin is not None:
            yield from wrapped(Row(self.say(LOG).format(short(scale.origin)), AXIS), width)


class BarScale:
    """From values to columns. Linear bars begin at zero, logarithmic ones at a power of ten."""

    def __init__(self, values: list[float], log: bool, columns: int):
        self.columns, self.log, self.origin = max(SHORTEST, columns), log, None
        finite = [v for v in values if math.isfinite(v) and (v > 0 or not log)]
        if log:
            powers = [math.log10(v) for v in finite] or [0.0]
            low, high = math.ceil(min(powers)) - 1, max(powers)
            if finite:
                self.origin = float(f"1e{low}")
        else:
            # Halves, so that a span from one end of the floats to the other can't overflow.
            low, high = min([0.0, *finite]) / 2, max([0.0, *finite]) / 2
        self.low, self.span = low, high - low
        endless = any(v == -math.inf for v in values)
        zero = 0.0 if log or not self.span else -low / self.span
        # The column where bars begin; negative ones need at least one to their left.
        self.zero = round(zero * self.columns)
        if (low < 0 and not log) or endless:
            self.zero = min(self.columns - 1, max(1, self.zero))

    def bar(self, value: float, device: Device) -> tuple[str, str]:
        """What stands left and right of the zero column."""
        if math.isnan(value) or value == 0 or (self.log and value < 0):
            return " " * self.zero, ""
        room = self.zero if value < 0 else self.columns - self.zero
        if math.isinf(value):
            full = "█" if device.unicode else "#"
            if value < 0:
                return "<" + full * (room - 1), ""
            return " " * self.zero, full * (room - 1) + ">"
        along = (math.log10(value) - self.low) if self.log else abs(value) / 2
        cells = min(float(room), along / self.span * self.columns if self.span else room)
        if not device.unicode:
            text = "#" * max(1, round(cells))
        else:
            eighths = max(1, round(cells * 8))
            ends = LEFTWARDS if value < 0 else RIGHTWARDS
            whole, part = divmod(eighths, 8)
            text = "█" * whole
            text = (ends[part] if part else "") + text if value < 0 else text + ends[part]
        if value < 0:
            return text.rjust(self.zero)[-self.zero :], ""
        return " " * self.zero, text
