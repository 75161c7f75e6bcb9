from __future__ import annotations

from collections.abc import Iterator

from quiz.bank.library import Declared, Library
from quiz.bank.rules.kit import rule


@rule(Library)
def former_id(library: Library) -> Iterator[tuple[Declared, str]]:
    """A former id (`aliases`) belongs to one question and is no question's id any more.

    Fails:
        id: scaling-why
        aliases: [scaling-why]

    Passes:
        id: scaling-why
        aliases: [why-scale]
    """
    ids = {(one.pack, one.name) for one in library.of("question")}
    first: dict[tuple[str, str], Declared] = {}
    for one in library.of("alias"):
        other = first.setdefault((one.pack, one.name), one)
        if (one.pack, one.name) in ids:
            yield one, f"'{one.name}' is still the id of a question; take the alias out"
        elif other is not one:
            yield one, f"'{one.name}' is already an alias of '{other.value}'; keep one of them"
