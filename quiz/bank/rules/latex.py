from __future__ import annotations

import re
from collections.abc import Iterator

from quiz.bank.rules.kit import Finding, Item, Scope, rule, texts
from quiz.model import LANGS, Question, Topic

_COMMAND = re.compile(r"\\[A-Za-z]{2,}|\$[^$\n]*[\\^_][^$\n]*\$")


@rule(Question, Topic)
def latex(item: Item, scope: Scope) -> Iterator[Finding]:
    r"""Formulas are written in Unicode, as a terminal shows them: √d_k, QKᵀ, Σ, n², ‖x‖.

    Fails:
        answer: 'We divide by \sqrt{d_k}.'

    Passes:
        answer: We divide by √d_k.
    """
    for steps, text in texts(item):
        for lang in LANGS:
            if found := _COMMAND.search(getattr(text, lang)):
                message = f"'{found[0]}' is LaTeX, which a terminal can't show; write √, Σ, ᵀ, ²"
                yield Finding((*steps, lang), message)
