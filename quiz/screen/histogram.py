"""Histograms: one sample as solid columns, several as outlines over each other."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from rich.text import Text as Row

from quiz.evidence import Histogram
from quiz.model import Text
from quiz.screen import axes
from quiz.screen.axes import Axis, cell
from quiz.screen.canvas import Canvas, Point, strokes
from quiz.screen.numbers import short
from quiz.screen.picture import AXIS, FEWEST_ROWS, Device, Picture, flowed, wrapped

EIGHTHS = " ▁▂▃▄▅▆▇█"

COUNT = Text("count", "频数")

Bin = tuple[float, float, float]  # low edge, high edge, count


class HistogramPlot(Picture):
    view: Histogram

    def rows(self, width: int, height: int, device: Device) -> Iterator[Row]:
        samples = [bins(self.view.edges, counts) for _, counts in self.view.counts]
        drawable = [b for sample in samples for b in sample]
        if not drawable:
            return
        x = Axis.over(edge for b in drawable for edge in b[:2])
        y = Axis.over([0.0, *(b[2] for b in drawable)])
        drawn = strokes([False] * len(samples), device)
        alone = len(samples) == 1
        markers = not alone and not device.hues

        block = ("█" if device.unicode else "#") * 3
        legend = [Row(self.say(COUNT), AXIS)]
        for stroke, (text, _) in zip(drawn, self.view.counts, strict=True):
            swatch = block if alone else stroke.swatch(device, markers)
            if label := self.say(text):
                legend.append(Row.assemble((swatch, stroke.style), " ", label))
        header = flowed(legend, width)
        footer = self.at_right(self.view.x_label, width)
        footer += wrapped(Row(self.left_out(), AXIS), width)
        rows = max(FEWEST_ROWS, height - len(header) - len(footer) - 2)
        y_ticks = axes.y_ticks(y, rows)
        gutter = axes.gutter_width(y_ticks)
        columns = width - gutter

        if alone:
            tops = [y.place(top) * rows for top in profile(samples[0], x, columns)]
            body = [Row(row, drawn[0].style) for row in solid(tops, rows, device)]
        else:
            canvas = Canvas(columns, rows, device)
            for i, sample in enumerate(samples):
                points = outline(sample, x, y, canvas)
                canvas.line(points, i)
                if markers and device.unicode:
                    crest = [p for p in points if p and p[1] < canvas.height - 1]
                    canvas.spread(crest, drawn[i].marker, i, of=len(samples))
            body = [canvas.text_row(row, drawn, " " * columns) for row in range(rows)]
        yield from header
        yield from axes.framed(body, axes.x_ticks(x, columns, gutter), y_ticks, device)
        yield from footer

    def left_out(self) -> str:
        counts = (c for _, row in self.view.counts for c in row if not math.isfinite(c))
        return self.missing(Counter(short(c) for c in counts))


def bins(edges: Sequence[float], counts: Sequence[float]) -> list[Bin]:
    """The bins that can be drawn: with finite edges and a finite count."""
    every = zip(edges, edges[1:], counts, strict=False)
    return [b for b in every if all(map(math.isfinite, b)) and b[0] < b[1]]


def profile(sample: Sequence[Bin], x: Axis, columns: int) -> list[float]:
    """The count over each of `columns`: of the bin that holds its middle.

    A bin narrower than a column keeps its peak: the largest count wins.
    """
    tops = [0.0] * columns
    for low, high, count in sample:
        first, end = (math.ceil(x.place(edge) * columns - 0.5) for edge in (low, high))
        if end <= first:
            first = cell(x.place(low), columns)
            end = first + 1
        for column in range(first, end):
            tops[column] = max(tops[column], count)
    return tops


def solid(tops: Sequence[float], rows: int, device: Device) -> Iterator[str]:
    """Columns as high as `tops` rows, to an eighth of a row."""
    for row in range(rows - 1, -1, -1):
        filled = (min(1.0, max(0.0, top - row)) for top in tops)
        if device.unicode:
            # What is there at all shows at least its lowest eighth.
            yield "".join(EIGHTHS[math.ceil(f * 8) if row == 0 else round(f * 8)] for f in filled)
        else:
            yield "".join("#" if f > (0 if row == 0 else 0.5) else " " for f in filled)


def outline(sample: Sequence[Bin], x: Axis, y: Axis, canvas: Canvas) -> list[Point | None]:
    """The steps of a histogram as a line of dots, interrupted where it is empty."""
    floor, last = canvas.height - 1, 0.0
    points: list[Point | None] = []
    for column, top in enumerate(profile(sample, x, canvas.width)):
        if top > 0:
            here = (column, cell(1 - y.place(top), canvas.height))
            points += [here] if last > 0 else [None, (column, floor), here]
        elif last > 0:
            points += [(column - 1, floor), None]
        last = top
    return points
