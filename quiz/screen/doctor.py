"""What `quiz doctor` looked at, and what it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.text import Text

from quiz.screen import theme
from quiz.screen.prose import Prose
from quiz.screen.theme import Signs


def summary(facts: Mapping[str, str], words) -> RenderableType:
    names = {name: words(f"fact.{name}") for name in facts}
    wide = max(map(cell_len, names.values())) + 2
    rows = []
    for name, value in facts.items():
        lead = Text(names[name] + " " * (wide - cell_len(names[name])), theme.QUIET)
        rows.append(Prose(value, first=lead))
    return Group(*rows)


def findings(found: Sequence, signs: Signs, words, *, most: int) -> RenderableType:
    """`found` as play.doctor.Finding: at most so many of each kind, the rest counted."""
    if not found:
        return Text(f"{signs.right} {words('doctor.well')}", theme.RIGHT)
    rows: list[RenderableType] = []
    counts: dict[str, int] = {}
    for finding in found:
        counts[finding.code] = counts.get(finding.code, 0) + 1
        if counts[finding.code] > most:
            continue
        rows.append(Prose(finding.text, first=Text(f"{signs.wrong} ", theme.WRONG)))
        rows.append(Prose(finding.remedy, first=Text("  "), style=theme.QUIET))
    more = sum(count - most for count in counts.values() if count > most)
    if more:
        rows.append(Text(words("doctor.more", count=more), theme.QUIET))
    return Group(*rows)
