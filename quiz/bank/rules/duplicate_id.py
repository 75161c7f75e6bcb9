from __future__ import annotations

from collections.abc import Iterator

from quiz.bank.library import Declared, Library
from quiz.bank.rules.kit import rule


@rule(Library)
def duplicate_id(library: Library) -> Iterator[tuple[Declared, str]]:
    """An id is used once: of a question, a topic, a statement, a misconception.

    The built-in pack's ids count too, so that an id alone says which question is meant.
    A statement's id is used once in its topic's pack.

    Fails:
        id: scaling-why
        ---
        id: scaling-why

    Passes:
        id: scaling-why
        ---
        id: scaling-how
    """
    for kind in ("question", "topic", "statement", "misconception"):
        first: dict[str, Declared] = {}
        for one in library.of(kind):
            other = first.setdefault(one.name, one)
            if other is not one:
                where = other.path if other.pack == one.pack else "the built-in pack"
                message = f"the {kind} '{one.name}' is in {where} already; rename one of them"
                yield one, message
