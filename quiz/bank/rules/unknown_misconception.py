from __future__ import annotations

from collections.abc import Iterator

from quiz.bank.rules.kit import Finding, Scope, beliefs, rule, suggest
from quiz.model import Question


@rule(Question)
def unknown_misconception(question: Question, scope: Scope) -> Iterator[Finding]:
    """A misconception that an option or `reject` names is in some topic.yaml.

    Fails:
        options:
          - {text: Variance, why: It grows with d_k., correct: true}
          - {text: Overflow, why: It does not., misconception: scaling-is-for-overflows}

    Passes:
        options:
          - {text: Variance, why: It grows with d_k., correct: true}
          - {text: Overflow, why: It does not., misconception: scaling-is-for-overflow}
    """
    known = scope.names.misconceptions
    for steps, name in beliefs(question):
        if name not in known:
            yield Finding(steps, f"there is no misconception '{name}'; {suggest(name, known)}")
