from __future__ import annotations

import math
import re
from collections.abc import Iterator

from quiz.bank.rules.kit import Finding, rule
from quiz.model import Question

_TOLERANCE = re.compile(r"(\d+(\.\d*)?|\.\d+)(e-?\d+)? ?%?\Z")


@rule(Question, breaking=True)
def typed_number(question: Question) -> Iterator[Finding]:
    """A number that is typed has a finite `value` and a `tolerance` such as 0.5 or 2%.

    Numbers under `reject` lie outside the tolerance: one answer can't be right and wrong.

    Fails:
        kind: numeric
        value: 64
        tolerance: about 5

    Passes:
        kind: numeric
        value: 64
        tolerance: 5%
    """
    if question.kind not in ("numeric", "predict"):
        return
    tolerance = question.tolerance.strip()
    if not _TOLERANCE.match(tolerance) or math.isinf(allowance(tolerance, 1.0)):
        message = f"'{tolerance}' is no tolerance; write 0.5 (absolute) or 2% (relative)"
        yield Finding(("tolerance",), message)
        return
    numbers = {}
    for answer in question.reject or {}:
        try:
            numbers[answer] = float(answer)
        except ValueError:
            message = f"'{answer}' is no number, and only a number can be typed here"
            yield Finding(("reject", answer), message, key=True)
    if question.value is None:
        return
    if not math.isfinite(question.value):
        yield Finding(("value",), "has to be finite")
    for answer, number in numbers.items():
        if abs(number - question.value) <= allowance(tolerance, question.value):
            message = f"{answer} is within the tolerance of the right value {question.value:g}"
            yield Finding(("reject", answer), message, key=True)


def allowance(tolerance: str, value: float) -> float:
    """How far an answer may lie from the value: '0.5' as it is, '2%' of the value."""
    if tolerance.endswith("%"):
        return abs(value) * float(tolerance[:-1]) / 100
    return float(tolerance)
