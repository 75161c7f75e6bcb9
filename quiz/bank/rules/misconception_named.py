from __future__ import annotations

from collections.abc import Iterator

from quiz.bank.rules.kit import Finding, Scope, rule
from quiz.model import Question


@rule(Question)
def misconception_named(question: Question, scope: Scope) -> Iterator[Finding]:
    """A wrong option of the built-in pack names the belief that it catches; a right one none.

    In a pack of your own, naming it is up to you.

    Fails:
        options:
          - {text: Variance, why: It grows with d_k., correct: true}
          - {text: Overflow, why: Subtracting the maximum avoids it.}

    Passes:
        options:
          - {text: Variance, why: It grows with d_k., correct: true}
          - text: Overflow
            why: Subtracting the maximum avoids it.
            misconception: scaling-is-for-overflow
    """
    for i, option in enumerate(question.options):
        if option.correct and option.misconception:
            message = "a right option catches no wrong belief; take 'misconception' out"
            yield Finding(("options", i, "misconception"), message, key=True)
        needed = scope.pack.builtin and question.kind in ("single", "multiple")
        if needed and not option.correct and not option.misconception:
            message = "names no 'misconception': give the id of the belief it catches (topic.yaml)"
            yield Finding(("options", i), message)
