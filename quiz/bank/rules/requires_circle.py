from __future__ import annotations

from collections.abc import Iterator

from quiz.bank.library import Declared, Library
from quiz.bank.rules.kit import rule


@rule(Library)
def requires_circle(library: Library) -> Iterator[tuple[Declared, str]]:
    """No topic requires itself, not by way of others either.

    Fails:
        # content/scaling/topic.yaml
        requires: [masking]
        # content/masking/topic.yaml
        id: masking
        requires: [scaling]

    Passes:
        # content/scaling/topic.yaml
        requires: []
        # content/masking/topic.yaml
        id: masking
        requires: [scaling]
    """
    requires: dict[str, set[str]] = {}
    for one in library.of("requires"):
        requires.setdefault(one.value, set()).add(one.name)
    for one in library.of("requires"):
        if one.value in _reached(one.name, requires):
            message = f"'{one.name}' itself requires '{one.value}'; take one of the two out"
            yield one, message


def _reached(start: str, requires: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    ahead = [start]
    while ahead:
        topic = ahead.pop()
        if topic not in found:
            found.add(topic)
            ahead += requires.get(topic, ())
    return found
