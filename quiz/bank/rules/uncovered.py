from __future__ import annotations

from collections.abc import Iterator

from quiz.bank.library import Declared, Library
from quiz.bank.rules.kit import rule


@rule(Library)
def uncovered(library: Library) -> Iterator[tuple[Declared, str]]:
    """Each statement of a topic is examined by a question that `covers` it.

    Fails:
        # content/scaling/topic.yaml
        statements:
          - {id: T4.9, text: A., verdict: wrong, correction: B., sources: [vaswani2017]}

    Passes:
        # content/scaling/topic.yaml
        statements:
          - {id: T4.9, text: A., verdict: wrong, correction: B., sources: [vaswani2017]}
        # content/scaling/scaling-why.yaml
        covers: [T4.9]
    """
    covered = {(one.topic, one.name) for one in library.of("covers")}
    for one in library.of("statement"):
        if (one.topic, one.name) not in covered:
            yield one, f"no question covers '{one.name}'; write one, or add it to 'covers'"
