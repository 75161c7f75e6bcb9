from __future__ import annotations

from collections.abc import Iterator

from quiz.bank.rules.kit import Finding, Item, Scope, citations, rule, suggest
from quiz.model import Question, Topic


@rule(Question, Topic)
def unknown_source(item: Item, scope: Scope) -> Iterator[Finding]:
    """A source is a key of `sources` in topic.yaml and a place in it, or a web address.

    Fails:
        sources: [vaswani2071 §3.2.1]

    Passes:
        sources: [vaswani2017 §3.2.1]
    """
    folder = scope.path.split("/")[1]
    if folder not in scope.names.topics:
        return  # `unknown-topic` says so
    known = scope.names.sources.get(folder, {})
    for steps, source in citations(item):
        key = source.split(maxsplit=1)[0] if source.strip() else ""
        if key not in known and not key.startswith(("https://", "http://")):
            message = f"topic.yaml has no source '{key}'; {suggest(key, tuple(known))}"
            yield Finding(steps, message)
