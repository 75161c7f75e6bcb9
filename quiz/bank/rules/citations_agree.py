from __future__ import annotations

from collections.abc import Iterator

from quiz.bank.library import Declared, Library
from quiz.bank.rules.kit import rule


@rule(Library)
def citations_agree(library: Library) -> Iterator[tuple[Declared, str]]:
    """One key of `sources` stands for one citation in every topic.

    Fails:
        # content/scaling/topic.yaml
        sources: {vaswani2017: Attention Is All You Need}
        # content/masking/topic.yaml
        id: masking
        sources: {vaswani2017: Attention is all you need}

    Passes:
        # content/scaling/topic.yaml
        sources: {vaswani2017: Attention Is All You Need}
        # content/masking/topic.yaml
        id: masking
        sources: {vaswani2017: Attention Is All You Need}
    """
    first: dict[str, Declared] = {}
    for one in library.of("source"):
        other = first.setdefault(one.name, one)
        if other.value != one.value:
            yield one, f"'{one.name}' is cited otherwise in {other.path}; write it in one way"
