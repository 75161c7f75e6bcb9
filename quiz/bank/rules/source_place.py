from __future__ import annotations

from collections.abc import Iterator

from quiz.bank.rules.kit import Finding, Item, Scope, citations, rule
from quiz.model import Question, Topic

PAPER = "arXiv:"  # what the citation of a paper that anybody can open has in it


@rule(Question, Topic)
def source_place(item: Item, scope: Scope) -> Iterator[Finding]:
    """A paper is cited with the place in it: a section, an equation, a table, the abstract.

    A paper is a source whose citation in topic.yaml has `arXiv:` in it.

    Fails:
        # content/scaling/topic.yaml
        sources: {vaswani2017: 'Attention Is All You Need, arXiv:1706.03762'}
        # content/scaling/scaling-why.yaml
        sources: [vaswani2017]

    Passes:
        # content/scaling/topic.yaml
        sources: {vaswani2017: 'Attention Is All You Need, arXiv:1706.03762'}
        # content/scaling/scaling-why.yaml
        sources: [vaswani2017 §3.2.1]
    """
    known = scope.names.sources.get(scope.path.split("/")[1], {})
    for steps, source in citations(item):
        key, _, place = source.strip().partition(" ")
        if PAPER in known.get(key, "") and not place:
            message = f"'{key}' is a paper; add the place: {key} §3.2, eq. (1), Table 2, abstract"
            yield Finding(steps, message)
