from __future__ import annotations

from collections.abc import Iterator

from quiz.bank.rules.kit import Finding, Item, Scope, rule, suggest
from quiz.model import Question, Topic


@rule(Question, Topic)
def unknown_topic(item: Item, scope: Scope) -> Iterator[Finding]:
    """A question's folder is a topic's, and a topic requires topics that there are.

    Fails:
        # content/scalling/scaling-why.yaml
        id: scaling-why

    Passes:
        # content/scaling/scaling-why.yaml
        id: scaling-why
    """
    known = scope.names.topics
    if type(item) is Question:
        if item.topic not in known:
            advice = f"write its topic.yaml, or move the file ({suggest(item.topic, known)})"
            yield Finding(("id",), f"there is no topic '{item.topic}'; {advice}")
        return
    for i, id in enumerate(item.requires):
        if id not in known:
            message = f"there is no topic '{id}'; {suggest(id, known)}"
            yield Finding(("requires", i), message)
