"""What every picture shares: a title, the room it has, and what the terminal can show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text as Row

from quiz.evidence import View
from quiz.model import Text
from quiz.screen.prose import breaks
from quiz.screen.ramps import TRUE

LEAST = 20  # columns below which only the title is shown
MOST = 100  # columns beyond which a picture gains nothing
FEWEST_ROWS = 4  # lines of a canvas or map, however little height there is
AXIS = "dim"

NOTHING = Text("no data", "没有数据")
MISSING = Text("not drawn: {}", "未画出：{}")
NARROW = Text("too narrow for a picture", "太窄，画不下")


class Device(NamedTuple):
    """What a terminal can show."""

    unicode: bool = True  # braille and block characters
    colours: int = 0  # 0, 16, 256 or ramps.TRUE

    @classmethod
    def of(cls, console: Console, options: ConsoleOptions) -> Device:
        system = None if console.no_color else console.color_system
        colours = {None: 0, "standard": 16, "windows": 16, "256": 256}.get(system, TRUE)
        return cls(not options.ascii_only and not options.legacy_windows, colours)

    @property
    def hues(self) -> bool:
        """Colour alone tells series apart: the sixteen of a terminal's theme may look alike."""
        return self.colours >= 256


class Picture:
    """A view as a Rich renderable of at most the width it is given.

    `height` is the number of lines that a picture which can be scaled keeps to,
    title and legend included. Bars and tables take the lines that they need.
    """

    def __init__(self, view: View, lang: str, height: int):
        self.view, self.lang, self.height = view, lang, height

    def rows(self, width: int, height: int, device: Device) -> Iterator[Row]:
        """The lines below the title."""
        raise NotImplementedError

    def natural_width(self, width: int, device: Device) -> int:
        """The columns that it would fill of the `width` on offer."""
        return width

    def title(self) -> Row:
        return Row(self.say(self.view.title), "bold")

    def say(self, text: Text) -> str:
        """The wording in this picture's language, on one line."""
        return " ".join(text.pick(self.lang).split())

    def at_right(self, text: Text, width: int) -> list[Row]:
        """The label of a horizontal axis, at its right end."""
        rows = wrapped(Row(self.say(text), AXIS), width)
        for row in rows:
            row.pad_left(width - row.cell_len)
        return rows

    def missing(self, counts: Mapping[str, int]) -> str:
        """What the picture leaves out: how many of each kind of value."""
        listed = ", ".join(f"{count} {name}" for name, count in counts.items())
        return self.say(MISSING).format(listed) if listed else ""

    def lines(self, width: int, height: int, device: Device) -> list[Row]:
        title = wrapped(self.title(), width)
        if width < LEAST:
            return [*title, *wrapped(Row(self.say(NARROW), AXIS), width)]
        body = list(self.rows(width, height - len(title), device))
        return title + (body or wrapped(Row(self.say(NOTHING), AXIS), width))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        height = min(self.height, options.height or self.height)
        for row in self.lines(min(MOST, options.max_width), height, Device.of(console, options)):
            row.no_wrap, row.overflow, row.end = True, "ignore", "\n"
            yield row

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        width = min(MOST, options.max_width)
        natural = self.natural_width(width, Device.of(console, options))
        return Measurement(min(width, LEAST), max(natural, min(width, self.title().cell_len)))


def wrapped(text: Row, width: int, indent: int = 0) -> list[Row]:
    """The text on lines of at most `width` cells, those after the first indented."""
    if text.cell_len <= width:
        return [text] if text else []
    rows = [text[start:end] for start, end in breaks(text.plain, max(2, width - indent))]
    for row in rows[1:]:
        row.pad_left(indent)
    return rows


def flowed(items: Iterable[Row], width: int, gap: int = 3) -> list[Row]:
    """Items beside each other, and below each other where the line is full."""
    lines: list[Row] = []
    for item in items:
        if lines and lines[-1].cell_len + gap + item.cell_len <= width:
            lines[-1].append(" " * gap).append_text(item)
        else:
            # Appended to a line without a style: what follows must not inherit the item's.
            lines += [Row().append_text(row) for row in wrapped(item, width, indent=4)]
    return lines
