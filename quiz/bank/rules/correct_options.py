from __future__ import annotations

from collections.abc import Iterator

from quiz.bank.rules.kit import Finding, rule
from quiz.model import Question


@rule(Question, breaking=True)
def correct_options(question: Question) -> Iterator[Finding]:
    """A single question has one right option; a multiple one two or more, and a wrong one.

    Fails:
        kind: single
        options:
          - {text: Variance, why: It grows with d_k.}
          - {text: Overflow, why: Subtracting the maximum avoids it.}

    Passes:
        kind: single
        options:
          - {text: Variance, why: It grows with d_k., correct: true}
          - {text: Overflow, why: Subtracting the maximum avoids it.}
    """
    if question.kind not in ("single", "multiple") or not question.options:
        return
    right = sum(option.correct for option in question.options)
    steps = ("options",)
    if question.kind == "single" and right != 1:
        advice = "mark one with 'correct: true'" if not right else "or make it kind: multiple"
        yield Finding(steps, f"has {right} right options instead of one; {advice}", key=True)
    if question.kind == "multiple" and right < 2:
        message = f"has {right} right options; mark two or more, or make it kind: single"
        yield Finding(steps, message, key=True)
    if right == len(question.options):
        yield Finding(steps, "has no wrong option; add what an able candidate says", key=True)
    for i, option in enumerate(question.options):
        for name in ("range", "holds"):
            if getattr(option, name) is not None:
                message = f"'{name}' belongs to predict questions; use 'correct'"
                yield Finding(("options", i, name), message, key=True)
