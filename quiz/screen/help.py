"""The keys, all of them, on one screen."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from quiz.screen import theme
from quiz.screen.prose import Prose

KEYS = (
    ("1-9", "help.choose"),
    ("↑ ↓", "help.move"),
    ("Enter", "help.answer"),
    ("h", "help.hint"),
    ("s", "help.skip"),
    ("u", "help.undo"),
    ("1-4", "help.rate"),
    ("!!", "help.overrule"),
    ("d", "help.demo"),
    ("e", "help.edit"),
    ("PgUp PgDn", "help.scroll"),
    ("q", "help.quit"),
)


def help_screen(words) -> RenderableType:
    rows: list[RenderableType] = [Text(words("help.title"), theme.TITLE), Text("")]
    for key, meaning in KEYS:
        rows.append(Prose(words(meaning), first=Text(f"{key:<11}", theme.KEY)))
    typing = Text(words("help.typing") + " ", theme.QUIET)
    return Group(*rows, Text(""), Prose(words("typing.commands"), first=typing, rest="  "))
