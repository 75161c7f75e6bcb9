"""The end of a session: how it went, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from quiz.screen import theme
from quiz.screen.prose import Prose
from quiz.screen.question import clock_time
from quiz.screen.theme import Signs


def summary(outcomes: Sequence, steps: Sequence[str], signs: Signs, words) -> RenderableType:
    """`outcomes` as session.Outcome: what was answered in this sitting, in order.

    `steps`: what comes next, a line each.
    """
    if not outcomes:
        return Text(words("done.none"))
    count = {v: sum(o.verdict == v for o in outcomes) for v in ("right", "partly", "wrong")}
    spent = clock_time(sum(o.duration for o in outcomes))
    score = Text(words("done.score", count=len(outcomes), **count), "bold")
    rows: list[RenderableType] = [score.append(f" · {spent}", theme.QUIET)]
    missed = [o for o in {o.key: o for o in outcomes}.values() if o.verdict != "right"]
    if missed:
        rows += [Text(""), Text(words("done.missed"), theme.ACCENT)]
        for outcome in missed:
            sign = signs.verdict(outcome.verdict)
            lead = Text(f"{sign} ", theme.VERDICT[outcome.verdict])
            rows.append(Prose(outcome.question.prompt.pick(words.lang), first=lead))
    lines = [Prose(step, style=theme.QUIET) for step in steps]
    topics = dict.fromkeys(o.question.topic for o in missed)
    lines += [Prose(words("done.explain", topic=t), style=theme.QUIET) for t in topics]
    return Group(*rows, *([Text("")] if lines else []), *lines)
