"""Text set as prose: wrapped between words, and between Chinese characters.

Rich breaks lines at spaces only, so a Chinese sentence would be torn at a fixed
width, with commas at line starts. Here a line may also end between two wide
characters, but not before closing punctuation nor after opening punctuation
(the rule that typesetters call 避头尾). Where the row is half full without it,
`n = 2048` stays in one piece.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.segment import Segment, Segments
from rich.text import Text

NO_START = frozenset("，。、；：？！）》】」』”’…—·%,.;:?!)]}")
NO_END = frozenset("（《【「『“‘([{")
SIGNS = frozenset("=≈≤≥<>×±+−")


def _breakable(before: str, after: str) -> bool:
    """May a line end between these two characters (neither of them a space)?"""
    if after in NO_START or before in NO_END:
        return False
    return cell_len(before) == 2 or cell_len(after) == 2


def _in_formula(line: str, space: int) -> bool:
    """Is this the space before or after a sign of a formula?"""
    return line[space + 1 : space + 2] in SIGNS or line[space - 1 : space] in SIGNS


def breaks(line: str, width: int, first: int | None = None) -> Iterator[tuple[int, int]]:
    """(start, end) of each row of one line of text, at most `width` cells wide.

    `first` is the width of the first row where it differs. The spaces at a break
    belong to no row. A word longer than a row is cut.
    """
    start, size, later = 0, len(line), width
    width = width if first is None else first
    while True:
        cells, end = 0, start
        fits, good = start, start  # where the row may end, and where it should
        while end < size:
            cells += cell_len(line[end])
            if cells > width:
                break
            end += 1
            if end == size:
                continue
            space = end if line[end] == " " else end - 1 if line[end - 1] == " " else None
            if space is not None:
                fits = space
                if not _in_formula(line, space):
                    good = space
            elif _breakable(line[end - 1], line[end]):
                fits = good = end
        if end == size:
            yield start, size
            return
        if good < fits and cell_len(line[start:good]) * 2 >= width:
            fits = good
        if fits <= start:
            fits = max(end, start + 1)
        yield start, fits
        start, width = fits, later
        while start < size and line[start] == " ":
            start += 1
        if start == size:
            return


class Prose:
    """A Rich Text set as prose, with a hanging indent for list items."""

    def __init__(
        self, text: Text | str, *, style: str = "", first: Text | str = "", rest: str = ""
    ):
        self.text = Text(text, style) if isinstance(text, str) else text
        # The lead's style is its own, not that of the row it begins.
        self.first = Text().append_text(Text(first) if isinstance(first, str) else first)
        self.rest = rest or " " * self.first.cell_len

    def rows(self, width: int) -> Iterator[Text]:
        lead = self.first
        room = max(1, width - cell_len(self.rest))
        for line in self.text.split("\n", allow_blank=True):
            for start, end in breaks(line.plain, room, max(1, width - lead.cell_len)):
                row = lead.copy()
                row.append_text(line[start:end])
                yield row
                lead = Text(self.rest)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for row in self.rows(options.max_width):
            row.no_wrap, row.overflow = True, "ignore"
            row.end = "\n"
            yield row

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        longest = max(line.cell_len for line in self.text.split("\n", allow_blank=True))
        wide = min(longest + self.first.cell_len, options.max_width)
        return Measurement(min(wide, 8), wide)


class Indented:
    """A renderable so many columns further right, with nothing added at the ends of its rows."""

    def __init__(self, what: RenderableType, columns: int, style: str = ""):
        self.what, self.columns, self.style = what, columns, style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        inner = options.update(width=max(1, options.max_width - self.columns))
        style = console.get_style(self.style)
        for line in console.render_lines(self.what, inner, style=style, pad=False):
            yield Segments([Segment(" " * self.columns), *line, Segment.line()])
