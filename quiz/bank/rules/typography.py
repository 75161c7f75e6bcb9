from __future__ import annotations

import re
from collections.abc import Iterator

from quiz.bank.rules.kit import Finding, Item, Scope, rule, texts
from quiz.figures import PLACE
from quiz.model import LANGS, Question, Topic

_HAN = "[\u3400-\u9fff]"
_WIDE = "，。；：？！（）、《》【】“”"
# Letters, digits, Greek, roots, superscripts: what a formula may begin or end with.
_LATIN_LEFT = "[A-Za-z0-9\u0370-\u03ff√∑∞‖]"
_LATIN_RIGHT = "[A-Za-z0-9\u0370-\u03ff²³¹⁰-⁹ᵀ₀-₉%‖′]"

_FAULTS = (
    (re.compile(rf"{_HAN}[,;:?!]|[,;:?!]{_HAN}"), "half-width punctuation; use ，；：？！"),
    (re.compile(rf"{_HAN}\.(?![\w.])"), "a half-width full stop; use 。"),
    (re.compile(rf'{_HAN}"|"{_HAN}'), "straight quotes; use “ and ”"),
    (re.compile(rf"{_HAN}[(\[]|[)\]]{_HAN}"), "a half-width bracket; use （）, or put a space"),
    (re.compile(rf"{_HAN}{_LATIN_LEFT}|{_LATIN_RIGHT}{_HAN}"), "no space; put one between them"),
    (re.compile(rf"\S +[{_WIDE}]|[{_WIDE}] +\S"), "a space beside full-width punctuation; drop it"),
)
# One pass over the text where nothing is wrong, which is nearly everywhere.
_ANY_FAULT = re.compile("|".join(pattern.pattern for pattern, _ in _FAULTS))
_WIDE_IN_ENGLISH = re.compile("[，。；：？！（）、]")
_PERCENT = re.compile(r"(?<=[0-9}]) +%(?![A-Za-z])")

_CODE = re.compile(r"`[^`]*`")
# After `？**` Markdown needs the space, or it sees no end of the bold text.
_BOLD_SPACE = re.compile(rf"(?<=[{_WIDE}])\*\* +| +\*\*(?=[{_WIDE}])")
_MARKUP = re.compile(r"\*\*|(?m:^ *(?:[-*]|\d+\.|#+|>) +)")


@rule(Question, Topic)
def typography(item: Item, scope: Scope) -> Iterator[Finding]:
    """Chinese text has full-width punctuation, and a space between 汉字 and Latin or digits.

    There is no space beside full-width punctuation, and none of it in English text.
    A percentage has no space in either language.

    Fails:
        prompt: {en: Why 95 %?, zh: 为什么是95 %?}

    Passes:
        prompt: {en: Why 95%?, zh: 为什么是 95%？}
    """
    for steps, text in texts(item):
        if steps == ("whiteboard",):
            continue  # a drawing: its spaces align
        if text.zh:
            plain = _plain(text.zh)
            for pattern, fault in _FAULTS if _ANY_FAULT.search(plain) else ():
                if found := pattern.search(plain):
                    yield Finding((*steps, "zh"), f"'{_around(plain, found)}' has {fault}")
        if found := _WIDE_IN_ENGLISH.search(text.en):
            message = f"'{_around(text.en, found)}' has full-width punctuation; use , . ; : ? ! ( )"
            yield Finding((*steps, "en"), message)
        for lang in LANGS:
            if found := _PERCENT.search(getattr(text, lang)):
                shown = _around(getattr(text, lang), found)
                yield Finding((*steps, lang), f"'{shown}' has a space before %; drop it")


def _plain(text: str) -> str:
    """Without Markdown; code and figures stand as a letter and a digit."""
    plain = PLACE.sub("0", _CODE.sub("x", text))
    return _MARKUP.sub("", _BOLD_SPACE.sub("", plain))


def _around(text: str, found: re.Match[str]) -> str:
    return text[max(0, found.start() - 6) : found.end() + 6].replace("\n", " ")
