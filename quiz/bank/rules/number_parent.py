from __future__ import annotations

import re
from collections.abc import Iterator

from quiz.bank.rules.kit import Finding, Item, Scope, calls, rule, texts
from quiz.figures import PLACE
from quiz.model import LANGS, Question, Topic

_EXPLAINS = {"answer", "why", "full", "correction", "truth"}
_SENTENCE = re.compile(r"(?<=[.!?;])(?<!al\.)\s+(?=[A-Z(])|(?<=[。；？！])|\n\n")
_DECIMALS = re.compile(r"(?<![\w.:])\d+\.\d{2,}(?![\w.]*\d)")  # 0.73; not arXiv:1706.03762
# PyTorch 2.13 is a version, "below 0.001" a threshold that the writer has set.
_EXEMPT = re.compile(
    r"\b[A-Z]\w*[A-Z]\w* [\d.]+"
    r"|\b(below|above|under|over|than) [\d.]+|(低于|高于|超过|小于|大于) [\d.]+"
)
_PARENT = re.compile(r"\b(19|20)\d\d\b|[§=≈√^·×÷/≤≥]|\b(Table|Figure|Fig|Eq|Appendix)\b")


@rule(Question, Topic)
def number_parent(item: Item, scope: Scope) -> Iterator[Finding]:
    """A number that looks measured is a figure of the run, or its sentence says whence it is.

    In the built-in pack, a number with two decimals or more is quoted as {{ figure }}, is
    given in the question or its knobs, follows from a formula in the same sentence, or is
    cited there (a year, §, Table).

    Fails:
        answer: About 0.73 of the weight goes to one token.

    Passes:
        answer: About 0.73 of the weight goes to one token (Vaswani et al. 2017).
    """
    if not scope.pack.builtin:
        return
    given = _given(item)
    for steps, text in texts(item):
        if steps[-1] not in _EXPLAINS:
            continue
        for lang in LANGS:
            typed = _EXEMPT.sub("", PLACE.sub("", getattr(text, lang)))
            for sentence in _SENTENCE.split(typed):
                number = _DECIMALS.search(sentence)
                if number and number[0] not in given and not _PARENT.search(sentence):
                    message = f"whence is {number[0]}? Quote a {{{{ figure }}}}, cite, or show how"
                    yield Finding((*steps, lang), f"{message} it follows")


def _given(item: Item) -> str:
    """The numbers that the reader has before the answer: those asked with, and the knobs."""
    said = [knob for _, call in calls(item) for knob in call.params.values()]
    if type(item) is Question:
        shown = [item.prompt, *(option.text for option in item.options), *item.hints]
        said += [getattr(text, lang) for text in shown for lang in LANGS]
        said += [str(item.value), *(item.reject or {})]
        said += [str(bound) for option in item.options for bound in option.range or ()]
    return " ".join(said)
