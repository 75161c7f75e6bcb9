"""Curves: braille lines on linear or logarithmic axes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from rich.text import Text as Row

from quiz.evidence import Curve, Line, Mark
from quiz.screen import axes
from quiz.screen.axes import Axis, cell
from quiz.screen.canvas import Canvas, Point, Stroke, strokes
from quiz.screen.numbers import short
from quiz.screen.picture import AXIS, FEWEST_ROWS, Device, Picture, flowed, wrapped

APART = 5  # columns a point: where there are as many, each point gets its marker


class CurvePlot(Picture):
    view: Curve

    def rows(self, width: int, height: int, device: Device) -> Iterator[Row]:
        view = self.view
        points = [list(zip(line.x, line.y, strict=False)) for line in view.lines]
        drawable = [point for line in points for point in line if not self.unfit(point)]
        if not drawable:
            return
        marks = [mark for mark in view.marks if self.drawable(mark.at, mark.axis)]
        x = Axis.over([p[0] for p in drawable] + [m.at for m in marks if m.axis == "x"], view.log_x)
        y = Axis.over([p[1] for p in drawable] + [m.at for m in marks if m.axis == "y"], view.log_y)

        drawn = strokes([line.dotted for line in view.lines], device)
        marked = [self.markers(line, width, device) for line in view.lines]
        header = flowed(self.legend(drawn, marked, marks, device), width)
        footer = self.at_right(view.x_label, width)
        footer += wrapped(Row(self.left_out(points), AXIS), width)
        rows = max(FEWEST_ROWS, height - len(header) - len(footer) - 2)

        y_ticks = axes.y_ticks(y, rows)
        gutter = axes.gutter_width(y_ticks)
        canvas = Canvas(width - gutter, rows, device)
        for i, line in enumerate(points):
            self.draw(canvas, i, [place(p, x, y, canvas) for p in line], drawn[i], marked[i])

        yield from header
        behind = guides(marks, x, y, canvas)
        body = [canvas.text_row(row, drawn, behind[row]) for row in range(rows)]
        xs = {p[0] for p in drawable}
        yield from axes.framed(body, axes.x_ticks(x, canvas.columns, gutter, xs), y_ticks, device)
        yield from footer

    def drawable(self, value: float, axis: str) -> bool:
        log = self.view.log_x if axis == "x" else self.view.log_y
        return math.isfinite(value) and (value > 0 or not log)

    def unfit(self, point: tuple[float, float]) -> list[float]:
        """The coordinates that can't be drawn."""
        return [v for v, axis in zip(point, "xy", strict=True) if not self.drawable(v, axis)]

    def markers(self, line: Line, width: int, device: Device) -> str:
        """Which points get a marker: all, while they stand apart; some, where hues don't tell
        the line from others; or none."""
        if not line.dotted and len(line.x) * APART <= width:
            return "all"
        alike = sum(o.dotted for o in self.view.lines) if line.dotted else len(self.view.lines)
        return "some" if alike > 1 and not device.hues else ""

    def draw(
        self, canvas: Canvas, i: int, points: list[Point | None], stroke: Stroke, marked: str
    ) -> None:
        canvas.line(points, i, stroke.dash)
        shown = [point for point in points if point] if canvas.device.unicode else []
        if marked == "all":
            for point in shown:
                canvas.mark(*point, stroke.marker, i)
        elif marked:
            canvas.spread(shown, stroke.marker, i, of=len(self.view.lines))

    def legend(
        self, drawn: list[Stroke], marked: list[str], marks: list[Mark], device: Device
    ) -> Iterator[Row]:
        y_label = self.say(self.view.y_label)
        if y_label:
            yield Row(y_label, AXIS)
        for line, stroke, points in zip(self.view.lines, drawn, marked, strict=True):
            label = self.say(line.label)
            if label and (label != y_label or len(self.view.lines) > 1):
                yield Row.assemble((stroke.swatch(device, bool(points)), stroke.style), " ", label)
        for mark in marks:
            sign = guide_signs(device)[mark.axis]
            label, value = self.say(mark.label), f"{mark.axis} = {short(mark.at)}"
            if label and label != short(mark.at):
                value = f"{label} ({value})"
            yield Row.assemble((sign, AXIS), " ", value)

    def left_out(self, points: list[list[tuple[float, float]]]) -> str:
        """What is missing from the picture, counted by its value."""
        missing: Counter[str] = Counter()
        for line in points:
            for point in line:
                if bad := self.unfit(point):
                    missing[short(bad[0]) if not math.isfinite(bad[0]) else "<= 0"] += 1
        return self.missing(missing)


def place(point: tuple[float, float], x: Axis, y: Axis, canvas: Canvas) -> Point | None:
    """The dot of a point; None for one that the axes can't show."""
    across, up = x.place(point[0]), y.place(point[1])
    if across is None or up is None:
        return None
    return cell(across, canvas.width), cell(1 - up, canvas.height)


def guide_signs(device: Device) -> dict[str, str]:
    return {"x": "┊", "y": "┄"} if device.unicode else {"x": ":", "y": "-"}


def guides(marks: list[Mark], x: Axis, y: Axis, canvas: Canvas) -> list[str]:
    """The reference lines as rows of characters, behind the curves."""
    signs = guide_signs(canvas.device)
    rows = [[" "] * canvas.columns for _ in range(canvas.rows)]
    for mark in marks:
        if mark.axis == "y":
            rows[cell(1 - y.place(mark.at), canvas.rows)] = [signs["y"]] * canvas.columns
    for mark in marks:
        if mark.axis == "x":
            for row in rows:
                row[cell(x.place(mark.at), canvas.columns)] = signs["x"]
    return ["".join(row) for row in rows]
