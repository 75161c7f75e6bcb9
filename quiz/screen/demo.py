"""A run as evidence: its pictures, its claims, its knobs."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from quiz.evidence import Claim, Run
from quiz.figures import minus, show
from quiz.screen import theme
from quiz.screen.prose import Prose
from quiz.screen.theme import Signs


def title(run: Run, words) -> RenderableType:
    """What was run: demo, knobs that differ from their defaults, seed, time."""
    line = Text(run.title.pick(words.lang), theme.TITLE)
    defaults = {knob.name: knob.default for knob in run.knobs}
    knobs = [f"{k}={value(v)}" for k, v in run.params.items() if v != defaults[k]]
    facts = [
        words("measured-now", demo=run.demo),
        *knobs,
        words("seed", seed=run.seed),
        words("took", ms=f"{run.seconds * 1000:.0f}"),
    ]
    return Group(Prose(line), Prose(" · ".join(facts), style=theme.QUIET))


def value(v: object) -> str:
    """A knob's value as it is typed."""
    if isinstance(v, bool):
        return "on" if v else "off"
    return f"{v:.6g}" if isinstance(v, float) else str(v)


def claim(c: Claim, run: Run, signs: Signs, words) -> RenderableType:
    """A claim with its outcome, and the reason when a knob has broken it."""
    sign = Text(f"{signs.right if c.holds else signs.wrong} ", "green" if c.holds else "red")
    rows: list[RenderableType] = [Prose(c.statement.pick(words.lang), first=sign)]
    rows.append(Prose(_facts(c, words), style=theme.QUIET, first=Text("  ")))
    if not c.holds and c.broken_by and c.because:
        rows.append(Prose(c.because.pick(words.lang), style=theme.HINT, first=Text("  ")))
    return Group(*rows)


def proof(run: Run, names: Sequence[str], words) -> RenderableType | None:
    """The first of the named claims that the run tests, in a sentence and a number."""
    shown = next((c for name in names for c in run.claims if c.name == name), None)
    if shown is None:
        return None
    lead = words("proof" if shown.holds else "disproof") + words("colon")
    return Group(
        Prose(shown.statement.pick(words.lang), first=Text(lead, theme.ACCENT), rest="  "),
        Prose(_facts(shown, words), style=theme.QUIET, first=Text("  ")),
    )


def _facts(c: Claim, words) -> str:
    measured = words("measured", value=show(c.measured))
    return f"{measured} · {words('expected', value=minus(c.expected))}"


def claims(run: Run, names: Sequence[str] | None, signs: Signs, words) -> RenderableType:
    """The named claims of the run; all of them for None."""
    chosen = [c for c in run.claims if names is None or c.name in names]
    return Group(*(claim(c, run, signs, words) for c in chosen))


def look(run: Run, words) -> RenderableType:
    return Prose(
        run.look.pick(words.lang), first=Text(f"{words('look')}{words('colon')}", theme.ACCENT)
    )


def views(run: Run, words, *, height: int = 13) -> list[RenderableType]:
    """The run's pictures; they are drawn when they are printed."""
    from quiz.screen.plots import draw

    return [draw(view, words.lang, height=height) for view in run.views]


def spaced(parts: Sequence[RenderableType]) -> RenderableType:
    """One below the other, with a blank line between two."""
    rows = [row for part in parts for row in (Text(""), part)]
    return Group(*rows[1:])


def evidence(run: Run, names: Sequence[str], signs: Signs, words) -> RenderableType:
    """What stands beside an answer: the picture, what to look at, the claims it rests on."""
    parts = [title(run, words), *views(run, words)[:1], look(run, words)]
    return spaced([*parts, claims(run, names, signs, words)] if names else parts)


def report(run: Run, signs: Signs, words, *, height: int = 14) -> RenderableType:
    """Everything a run showed, for a print."""
    figures = Text()
    width = max(len(name) for name in run.figures) + 2
    for name, number in run.figures.items():
        figures.append(f"{name:<{width}}", theme.QUIET)
        figures.append(f"{show(number)}\n")
    figures.rstrip()
    return spaced(
        [
            Group(title(run, words), look(run, words)),
            *views(run, words, height=height),
            claims(run, None, signs, words),
            figures,
        ]
    )
