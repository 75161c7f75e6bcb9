"""A full-screen frame: a header, a body that scrolls, and lines that stay at the bottom."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.segment import Segment, Segments
from rich.text import Text

from quiz.screen import theme

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
WIDE = 100  # from this many columns on, the picture stands beside the text
GAP = 3
EDGES = 4  # rows of a frame that are not its body


class Frame(NamedTuple):
    """What to show. `side` stands beside the body where there is room, else below it.

    `more` stands below a side that is beside the body, as far as that makes nothing longer.
    """

    header: Text
    body: RenderableType
    footer: Sequence[RenderableType]
    side: RenderableType | None = None
    cursor: tuple[int, int] | None = None  # column and row within the footer
    more: Sequence[RenderableType] = ()


class Shown(NamedTuple):
    rows: list[str]
    cursor: tuple[int, int] | None
    scroll: int
    scrollable: int  # the largest scroll there is


def lines_of(console: Console, what: RenderableType, width: int) -> list[list[Segment]]:
    options = console.options.update(width=max(1, width), height=None)
    return console.render_lines(what, options, pad=False)


class Beside:
    """Two columns where the window is wide, else one below the other, without `more`."""

    def __init__(
        self, left: RenderableType, right: RenderableType, more: Sequence[RenderableType] = ()
    ):
        self.left, self.right, self.more = left, right, more

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if console.size.width < WIDE:
            yield Group(self.left, Text(""), self.right)
            return
        for line in beside(console, self.left, self.right, options.max_width, self.more):
            yield Segments([*line, Segment.line()])


def beside(
    console: Console,
    left: RenderableType,
    right: RenderableType,
    width: int,
    more: Sequence[RenderableType] = (),
) -> list:
    """Two columns as lines of segments; below the right one as many of `more` as have room."""
    half = (width - GAP) // 2
    a, b = lines_of(console, left, half), lines_of(console, right, width - GAP - half)
    room = max(len(a), console.size.height - EDGES)
    for further in more:
        lines = lines_of(console, further, width - GAP - half)
        if len(b) + 1 + len(lines) > room:
            break
        b += [[], *lines]
    rows = []
    for i in range(max(len(a), len(b))):
        line = Segment.adjust_line_length(a[i] if i < len(a) else [], half)
        rows.append([*line, Segment(" " * GAP), *(b[i] if i < len(b) else [])])
    return rows


def body_lines(console: Console, frame: Frame, width: int) -> list[list[Segment]]:
    body = frame.body if frame.side is None else Beside(frame.body, frame.side, frame.more)
    return lines_of(console, body, width)


def compose(console: Console, frame: Frame, scroll: int, more: str = "") -> Shown:
    """Lay the frame out for the console's size. `more` tells what is below, with {count}."""
    width, height = console.size
    inner = max(10, width - 2)  # a column of air on either side
    rule = [Segment(theme.signs(console).rule * inner, console.get_style(theme.QUIET))]
    head = [lines_of(console, frame.header, inner)[0], rule]
    foot = [rule, *(lines_of(console, line, inner)[0] for line in frame.footer)]
    if height < 12:  # a low window: rules are the first to go
        head, foot = head[:1], foot[1:]
    room = max(1, height - len(head) - len(foot))
    body = body_lines(console, frame, inner)
    scrollable = max(0, len(body) - room)
    scroll = min(max(0, scroll), scrollable)
    shown = body[scroll : scroll + room]
    below = len(body) - scroll - len(shown)
    if below and more and height >= 12:
        sign = f" {more.format(count=below)} "
        cells = max(0, inner - cell_len(sign) - 2)
        dash = theme.signs(console).rule
        style = console.get_style(theme.QUIET)
        foot[0] = [Segment(dash * cells + sign + dash * 2, style)]
    shown += [[]] * (room - len(shown))
    cursor = None
    if frame.cursor:
        column, row = frame.cursor
        cursor = (column + 1, height - len(frame.footer) + row)
    rows = to_text(console, [[Segment(" "), *line] for line in [*head, *shown, *foot]])
    return Shown(rows[:height], cursor, scroll, scrollable)


def to_text(console: Console, lines: list[list[Segment]]) -> list[str]:
    """Lines of segments as text with this terminal's colour codes, and no other controls."""
    lines = [[Segment(CONTROL.sub("", s.text), s.style) for s in line] for line in lines]
    with console.capture() as capture:
        for line in lines:
            console.print(Segments([*line, Segment.line()]), end="", soft_wrap=True)
    return capture.get().split("\n")[:-1]
