from __future__ import annotations

from collections.abc import Iterator

from quiz.bank.rules.kit import Finding, Scope, rule, suggest
from quiz.model import Question


@rule(Question)
def unknown_statement(question: Question, scope: Scope) -> Iterator[Finding]:
    """The statements that a question `covers` are in its topic's topic.yaml.

    Fails:
        covers: [T4.99]

    Passes:
        covers: [T4.1]
    """
    if question.topic not in scope.names.topics:
        return  # `unknown-topic` says so
    known = scope.names.statements.get(question.topic, frozenset())
    for i, id in enumerate(question.covers):
        if id not in known:
            message = f"the topic has no statement '{id}'; {suggest(id, known)}"
            yield Finding(("covers", i), message)
