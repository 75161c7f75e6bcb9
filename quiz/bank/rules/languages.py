from __future__ import annotations

from collections.abc import Iterator

from quiz.bank.rules.kit import Finding, Item, Scope, rule, texts
from quiz.model import LANGS, Question, Topic


@rule(Question, Topic)
def languages(item: Item, scope: Scope) -> Iterator[Finding]:
    """Every text of the built-in pack is there in English and in Chinese.

    A pack of your own may have one language.

    Fails:
        prompt: {en: Why are the logits scaled?}

    Passes:
        prompt: {en: Why are the logits scaled?, zh: 为什么要缩放 logits？}
    """
    if not scope.pack.builtin:
        return
    for steps, text in texts(item):
        for lang in LANGS:
            # The same string in both languages is a plain one: a symbol, a formula, a number.
            if text and not getattr(text, lang) and _has_words(text.en or text.zh):
                language = {"en": "English", "zh": "Chinese"}[lang]
                yield Finding(steps, f"has no {language} text; write {{en: ..., zh: ...}}")


def _has_words(text: str) -> bool:
    return any(len(word) > 3 and word.isalpha() for word in text.split())
