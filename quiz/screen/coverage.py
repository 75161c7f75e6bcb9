"""What examines each statement of a topic, and what shows it: one statement a block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.text import Text

from quiz.screen import theme
from quiz.screen.prose import Prose


def coverage(covered: Sequence[Mapping], words) -> RenderableType:
    """`covered`: {statement, text, verdict, questions, demo, claims, sources} of each."""
    rows: list[RenderableType] = []
    for one in covered:
        verdict = Text(words(f"verdict.{one['verdict']}"), theme.JUDGEMENT[one["verdict"]])
        lead = Text.assemble((f"{one['statement']}  ", theme.TITLE), verdict, "  ")
        rows += [Prose(one["text"], first=lead), *_evidence(one, words), Text("")]
    rows.append(
        Prose(
            words(
                "coverage.total",
                statements=len(covered),
                examined=sum(bool(one["questions"]) for one in covered),
                shown=sum(bool(one["claims"]) for one in covered),
                cited=sum(bool(one["sources"]) for one in covered),
            ),
            style=theme.TITLE,
        )
    )
    return Group(*rows)


def _evidence(one: Mapping, words) -> Iterator[RenderableType]:
    demo = f"{one['demo']}: {', '.join(one['claims'])}" if one["claims"] else ""
    found = {
        "questions": ", ".join(one["questions"]),
        "demo": demo,
        "sources": "; ".join(one["sources"]),
    }
    names = {name: words(name).lower() for name in found}
    room = max(map(cell_len, names.values()))
    for name, value in found.items():
        if value:
            label = names[name] + " " * (room - cell_len(names[name]))
            yield Prose(value, first=Text(f"    {label}  ", theme.QUIET))
