from __future__ import annotations

from collections.abc import Iterator

from quiz.bank.rules.kind_fields import FIELDS
from quiz.bank.rules.kit import Finding, Item, rule, suggest
from quiz.model import LEVELS, VERDICTS, Question, Topic


@rule(Question, Topic, breaking=True)
def choice(item: Item) -> Iterator[Finding]:
    """`kind`, `level` and `verdict` take one of a few words.

    Fails:
        level: medium

    Passes:
        level: core
    """
    if type(item) is Question:
        given = [(("kind",), item.kind, tuple(FIELDS)), (("level",), item.level, LEVELS)]
    else:
        given = [
            (("statements", i, "verdict"), statement.verdict, VERDICTS)
            for i, statement in enumerate(item.statements)
        ]
    for steps, word, known in given:
        if word not in known:
            yield Finding(steps, f"'{word}' is no {steps[-1]}; {suggest(word, known)}")
