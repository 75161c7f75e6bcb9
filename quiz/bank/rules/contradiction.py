from __future__ import annotations

from collections.abc import Iterator

from quiz.bank.rules.kit import Finding, Scope, rule
from quiz.model import Question


@rule(Question)
def contradiction(question: Question, scope: Scope) -> Iterator[Finding]:
    """No wording of a short question is both accepted and rejected.

    Fails:
        kind: short
        accept: [query, the query]
        reject: {Query: It is the key.}

    Passes:
        kind: short
        accept: [query, the query]
        reject: {key: It is what the query is compared with.}
    """
    if question.kind != "short":
        return
    accepted = {_folded(word) for word in question.accept}
    for answer in question.reject or {}:
        if _folded(answer) in accepted:
            message = f"'{answer}' is under 'accept' too; take it out of one of them"
            yield Finding(("reject", answer), message, key=True)


def _folded(answer: str) -> str:
    return " ".join(answer.casefold().split())
