"""Colours and signs. Colours are the terminal's own sixteen, so its theme decides how they look."""

from __future__ import annotations

from typing import NamedTuple

from rich.console import Console

TITLE = "bold"
QUIET = "dim"
KEY = "bold cyan"
ACCENT = "cyan"
RIGHT = "bold green"
PARTLY = "bold yellow"
WRONG = "bold red"
HINT = "yellow"
POINTER = "bold cyan"

VERDICT = {"right": RIGHT, "partly": PARTLY, "wrong": WRONG}
JUDGEMENT = {"true": RIGHT, "conditional": PARTLY, "misleading": PARTLY, "wrong": WRONG}


class Signs(NamedTuple):
    right: str
    partly: str
    wrong: str
    pointer: str
    marked: str
    unmarked: str
    rule: str
    bullet: str
    below: str

    def verdict(self, verdict: str) -> str:
        return {"right": self.right, "partly": self.partly, "wrong": self.wrong}[verdict]


UNICODE = Signs("✔", "◐", "✘", "▸", "●", "○", "─", "·", "▼")
ASCII = Signs("+", "~", "x", ">", "[x]", "[ ]", "-", "-", "v")


def signs(console: Console) -> Signs:
    """The signs that this terminal's encoding can show."""
    try:
        "".join(UNICODE).encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return UNICODE
