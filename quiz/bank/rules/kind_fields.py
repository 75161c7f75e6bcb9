from __future__ import annotations

from collections.abc import Iterator

from quiz.bank.rules.kit import Finding, rule
from quiz.model import Question

# kind -> (fields it needs, further fields it may have)
FIELDS = {
    "single": ({"options"}, set()),
    "multiple": ({"options"}, set()),
    "numeric": ({"value"}, {"tolerance", "unit", "reject"}),
    "predict": ({"demo"}, {"options", "figure", "claim", "tolerance", "unit", "reject"}),
    "short": ({"accept"}, {"reject"}),
    "order": ({"items"}, set()),
    "explain": ({"points"}, set()),
}
_SPECIAL = (
    "options", "value", "tolerance", "unit", "figure", "claim", "accept", "reject", "items",
    "points",
)  # fmt: skip
_EMPTY = {name: Question.__dataclass_fields__[name].default for name in _SPECIAL}


@rule(Question, breaking=True)
def kind_fields(question: Question) -> Iterator[Finding]:
    """Each kind of question has its own fields, and no others.

    Fails:
        kind: numeric
        accept: ['8']

    Passes:
        kind: numeric
        value: 8
    """
    if question.kind not in FIELDS:
        return  # `choice` says so
    needs, may = FIELDS[question.kind]
    kind = question.kind
    for name in sorted(needs):
        if not getattr(question, name) and getattr(question, name) != 0:
            yield Finding(("kind",), f"a {kind} question needs '{name}'")
    for name in _SPECIAL:
        if getattr(question, name) != _EMPTY[name] and name not in needs | may:
            whose = ", ".join(k for k, (a, b) in FIELDS.items() if name in a | b)
            message = f"'{name}' belongs to {whose} questions; take it out or change the kind"
            yield Finding((name,), message, key=True)
