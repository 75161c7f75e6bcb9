"""What a search found: for each question its id, its kind and a line with the words marked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from quiz.screen import theme

INDENT = 2
CUT = "…"
LEAD = 1 / 3  # of the line may stand before the first word found


def marked_by(words: Sequence[str]) -> re.Pattern[str]:
    """Where one of the words stands; of two that overlap the longer one."""
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)


class Hit:
    """One question: `text` is what it was found by."""

    def __init__(self, about: Sequence[str], text: str, pattern: re.Pattern[str]):
        self.about, self.text, self.pattern = about, text, pattern

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        head = Text(self.about[0], theme.TITLE, no_wrap=True, overflow="ellipsis")
        head.append("".join(f" · {part}" for part in self.about[1:]), f"not bold {theme.QUIET}")
        head.truncate(options.max_width, overflow="ellipsis")
        yield head
        line = snippet(self.text, self.pattern, options.max_width - INDENT)
        yield Text.assemble(" " * INDENT, line, no_wrap=True)


def snippet(text: str, pattern: re.Pattern[str], width: int) -> Text:
    """At most `width` cells of the text around the first word found, all of them marked."""
    found = pattern.search(text)
    start = 0
    if found and cell_len(text[: found.end()]) > width - 1:
        room, start = int(width * LEAD), found.start()
        while start and cell_len(text[start - 1 : found.start()]) < room:
            start -= 1
        # A word that is cut off says nothing; in Chinese there is no space to begin at.
        space = text.find(" ", start, found.start())
        start = space + 1 if space >= 0 else start
    shown = (CUT if start else "") + text[start:]
    line = Text(shown, no_wrap=True)
    for match in pattern.finditer(shown):
        line.stylize(theme.KEY, *match.span())
    line.truncate(width, overflow="ellipsis")
    return line
