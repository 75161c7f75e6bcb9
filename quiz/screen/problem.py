"""What is wrong with a file: where, which rule, what to do; and the line with a caret."""

from __future__ import annotations

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.text import Text

from quiz.screen import theme

BEFORE = 48  # characters of a long line that are kept before the fault


def problem_line(file: str, line: int, column: int, code: str, message: str) -> Text:
    shown = Text(f"{file}:{line}:{column}: ", theme.QUIET)
    shown.append(f"{code} ", theme.WRONG)
    return shown.append(message)


def excerpt(source: str, line: int, column: int) -> RenderableType:
    """The line of the fault, from 1, with a caret under the column, from 1."""
    start = max(0, column - 1 - BEFORE)
    head = f"{line:>6} │ "
    shown = Text(head, theme.QUIET, no_wrap=True, overflow="ellipsis")
    shown.append(source[start:])
    under = cell_len(source[start : column - 1])
    caret = Text(f"{' ' * 6} │ ", theme.QUIET, no_wrap=True, overflow="crop")
    caret.append(" " * under + "^", theme.WRONG)
    return Group(shown, caret)
