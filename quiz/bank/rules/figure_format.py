from __future__ import annotations

import re
from collections.abc import Iterator

from quiz.bank.rules.kit import Finding, Item, rule, texts
from quiz.figures import PLACE
from quiz.model import LANGS, Question, Topic

# No widths: one of ten digits would take all memory there is.
_FORMAT = re.compile(r"(\+?,?(\.\d{1,2})?[efgEG%]|\+?,?[dxXob])?\Z")


@rule(Question, Topic, breaking=True)
def figure_format(item: Item) -> Iterator[Finding]:
    """After the bar in {{ name | .2f }} comes a Python format for a number, without a width.

    Fails:
        demo: {name: logit-variance}
        answer: 'The variance is {{ raw_variance | 2 digits }}.'

    Passes:
        demo: {name: logit-variance}
        answer: 'The variance is {{ raw_variance | .2f }}.'
    """
    for steps, text in texts(item):
        for lang in LANGS:
            for _, spec in PLACE.findall(getattr(text, lang)):
                if not _FORMAT.match(spec):
                    message = f"'{spec}' is no format for a number; try .2f, .3g, .0% or ,.0f"
                    yield Finding((*steps, lang), message)
