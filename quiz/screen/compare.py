"""Two runs of one demo side by side: what was set, what came out, which claims changed."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from quiz.evidence import Run
from quiz.figures import show
from quiz.screen import theme
from quiz.screen.demo import claims, spaced, value, views
from quiz.screen.prose import Prose
from quiz.screen.tables import Table
from quiz.screen.theme import Signs


def setting(run: Run, other: Run, words) -> str:
    """The knobs in which a run differs from another, as they are typed."""
    names = [name for name in run.params if run.params[name] != other.params[name]]
    parts = [f"{name}={value(run.params[name])}" for name in names]
    if run.seed != other.seed:
        parts.append(words("seed", seed=run.seed))
    return " ".join(parts)


def heading(letter: str, run: Run, other: Run, words) -> RenderableType:
    line = Text(f"{letter}  ", theme.POINTER)
    line.append(setting(run, other, words) or words("compare.same"), theme.TITLE)
    return Prose(line)


def figures(a: Run, b: Run) -> RenderableType:
    """Every figure of both runs; those that changed stand first."""
    rows = [(name, show(a.figures[name]), show(b.figures[name])) for name in a.figures]
    rows.sort(key=lambda row: row[1] == row[2])
    return Table(("", "A", "B"), rows)


def column(
    letter: str, run: Run, other: Run, signs: Signs, words, *, height: int = 12
) -> RenderableType:
    """One run's column: its setting, its first picture, its claims."""
    picture = views(run, words, height=height)[:1]
    return spaced([heading(letter, run, other, words), *picture, claims(run, None, signs, words)])
