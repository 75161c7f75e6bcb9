"""The list of keys of a screen, read over it until any other key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.text import Text

from quiz.screen import theme
from quiz.screen.frame import Frame, compose
from quiz.screen.help import Keys, list_of_keys
from quiz.screen.keys import Terminal


def list_keys(
    terminal: Terminal, console: Console, parts: Mapping[str, Sequence[Keys]], words
) -> None:
    """Show the keys of each part (its name a word of the app); up, down and pages scroll."""
    frame = Frame(
        Text(words("help.title"), theme.TITLE),
        list_of_keys(parts, words),
        [Text(words("help.close"), theme.QUIET)],
    )
    scroll = 0
    while True:
        shown = compose(console, frame, scroll, words("more-below"))
        scroll = shown.scroll
        terminal.draw(shown.rows)
        page = max(1, console.size.height - 6)
        moves = {"up": -1, "down": 1, "pageup": -page, "pagedown": page, "resize": 0, "wake": 0}
        if (key := terminal.read()) not in moves:
            return
        scroll += moves[key]
