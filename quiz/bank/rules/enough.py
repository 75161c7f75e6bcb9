from __future__ import annotations

from collections.abc import Iterator

from quiz.bank.rules.kit import Finding, rule
from quiz.model import Question

_LIMITS = {
    "options": (2, 6, "options"),
    "items": (3, 9, "items"),
    "points": (2, 9, "points"),
    "hints": (0, 3, "hints"),
}


@rule(Question, breaking=True)
def enough(question: Question) -> Iterator[Finding]:
    """Lists have a length that fits the keys and the screen.

    Two to six options, three to nine items to order, two to nine points, up to three hints.
    No option or item is there twice; each point has wordings that count as having made it.

    Fails:
        hints: [Look at the mean., Look at the sum., Look at one term., It is the variance.]

    Passes:
        hints: [Look at the mean and variance., What is the variance of a sum?]
    """
    for name, (least, most, what) in _LIMITS.items():
        given = getattr(question, name)
        if given and not least <= len(given) <= most:
            yield Finding((name,), f"has {len(given)} {what}; {least} to {most} fit", key=True)
    shown = [("options", i, option.text) for i, option in enumerate(question.options)]
    shown += [("items", i, item) for i, item in enumerate(question.items)]
    for n, (name, i, text) in enumerate(shown):
        if any(text == other for _, _, other in shown[:n]):
            yield Finding((name, i), "is there twice; change one of the two")
    for i, point in enumerate(question.points):
        if not point.accept:
            message = "has no 'accept': list the wordings that count as having made the point"
            yield Finding(("points", i), message)
