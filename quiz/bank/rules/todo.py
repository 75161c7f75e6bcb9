from __future__ import annotations

import re
from collections.abc import Iterator

from quiz.bank.rules.kit import Finding, Item, rule, texts
from quiz.model import LANGS, Question, Topic

_MARK = "TODO"
_GAP = re.compile(rf"\b{_MARK}\b")


@rule(Question, Topic)
def todo(item: Item, scope) -> Iterator[Finding]:
    """No gap is left: what `quiz new` marks TODO is written.

    Fails:
        prompt: TODO what is asked

    Passes:
        prompt: Why are the logits scaled?
    """
    for steps, text in texts(item):
        for lang in LANGS:
            words = getattr(text, lang)
            if _MARK in words and _GAP.search(words):
                yield Finding((*steps, lang), "is still to be written; replace the TODO")
    if type(item) is Question:
        for i, wording in enumerate(item.accept):
            if _GAP.search(wording):
                yield Finding(("accept", i), "is still to be written; replace the TODO")
        for i, point in enumerate(item.points):
            for j, wording in enumerate(point.accept):
                if _GAP.search(wording):
                    steps = ("points", i, "accept", j)
                    yield Finding(steps, "is still to be written; replace the TODO")
