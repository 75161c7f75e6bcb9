from __future__ import annotations

from collections.abc import Iterator

from quiz.bank.rules.kit import Finding, Item, rule, texts
from quiz.model import Question, Topic


@rule(Question, Topic, breaking=True)
def empty_text(item: Item) -> Iterator[Finding]:
    """No text is left empty.

    Fails:
        prompt: ''

    Passes:
        prompt: Why are the logits scaled?
    """
    for steps, text in texts(item):
        if not text:
            name = next(s for s in reversed(steps) if isinstance(s, str))
            yield Finding(steps, f"'{name}' is empty; write it in one language at least")
    if type(item) is Question:
        lists = [("accept",), *(("points", i, "accept") for i in range(len(item.points)))]
        for steps in lists:
            words = item.accept if len(steps) == 1 else item.points[steps[1]].accept
            for i, word in enumerate(words):
                if not word.strip():
                    yield Finding((*steps, i), "is an empty wording; take it out")
