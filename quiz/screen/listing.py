"""Questions as a list to look through: by topic, each with its id and as much of its prompt."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from quiz.screen import theme
from quiz.screen.prose import Prose

INDENT = "    "


def entry(key: str, about: str, prompt: str) -> RenderableType:
    """The id, what kind of question it is, and its prompt below."""
    head = Text(f"  {key}", theme.KEY)
    head.append(f"  {about}", theme.QUIET)
    return Group(head, Prose(prompt, first=INDENT, rest=INDENT))
