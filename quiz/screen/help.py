"""The keys, all of them, on one screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from quiz.screen import theme
from quiz.screen.prose import Prose

ASKED = (
    ("1-9", "help.choose"),
    ("↑ ↓", "help.move"),
    ("Space", "help.mark"),
    ("Backspace", "help.unmark"),
    ("Enter", "help.answer"),
    ("h", "help.hint"),
    ("s", "help.skip"),
    ("u", "help.undo"),
)
CONFIDENCE = (("1-4", "help.sure"),)
ANSWERED = (
    ("Enter n →", "help.next"),
    ("1-4", "help.rate"),
    ("!!", "help.overrule"),
    ("d", "help.demo"),
    ("e", "help.edit"),
    ("Space", "help.space"),
)
ENDED = (
    ("r", "help.retry"),
    ("n", "help.more"),
    ("x", "help.explain"),
    ("Enter Esc", "help.leave"),
)
ALWAYS = (
    ("PgUp PgDn", "help.scroll"),
    ("?", "help.keys"),
    ("q Ctrl-D", "help.quit"),
)


READING = (
    ("↑ ↓ k j", "key.scroll"),
    ("PgUp PgDn Space", "help.page"),
    ("Home End", "help.ends"),
    ("d", "help.demo"),
    ("?", "help.keys"),
    ("q Esc Enter", "key.back"),
    ("Ctrl-D", "key.quit"),
)
TURNING = (
    ("↑ ↓", "help.knob"),
    ("← → Space", "help.turn"),
    ("0-9 - . Enter", "help.type"),
    ("r", "help.reset"),
    ("n", "help.reseed"),
    ("w", "help.sweep"),
    ("c", "help.compare"),
    ("f", "help.save"),
    ("PgUp PgDn", "key.scroll"),
    ("?", "help.keys"),
    ("q Esc", "key.back"),
    ("Ctrl-D", "key.quit"),
)
COLUMN = 10  # of the keys, where they are short enough
Keys = tuple[str, str]  # keys, and the name of what they do


def help_screen(words, *, confidence: bool) -> RenderableType:
    """The keys of a session; `confidence`: is it asked how sure one is?"""
    asked = ASKED + (CONFIDENCE if confidence else ())
    parts = {"asked": asked, "answered": ANSWERED, "ended": ENDED, "always": ALWAYS}
    return Group(Text(words("help.title"), theme.TITLE), list_of_keys(parts, words))


def list_of_keys(parts: Mapping[str, Sequence[Keys]], words) -> Group:
    rows: list[RenderableType] = []
    for part, keys in parts.items():
        rows += [Text(""), Text(words(f"help.{part}"), theme.ACCENT)]
        for key, does in keys:
            rows.append(Prose(words(does), first=Text(f"{key:<{COLUMN}} ", theme.KEY)))
        if part == "asked":
            rows.append(Prose(words("help.typing"), style=theme.QUIET))
            rows.append(Prose(words("typing.commands"), first=Text("  "), rest="  "))
    return Group(*rows)
