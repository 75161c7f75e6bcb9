from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from quiz.bank.rules.kit import Finding, Item, Scope, rule
from quiz.model import LANGS, Question, Text, Topic

WHITEBOARD = 72
_CELLS = {"prompt": 600, "options": 220, "hints": 260, "items": 160, "title": 48}


@rule(Question, Topic)
def width(item: Item, scope: Scope) -> Iterator[Finding]:
    """Text fits a terminal: drawings in lines of 72 cells, the rest in a few lines.

    A Chinese character takes two cells. Prompts have up to 600 cells, options 220,
    hints 260, items to order 160, titles 48.

    Fails:
        # content/scaling/topic.yaml
        title: A title that goes on and on until no list of topics can show it

    Passes:
        # content/scaling/topic.yaml
        title: Scaling by √d_k
    """
    if type(item) is Topic:
        for lang in LANGS:
            lines = getattr(item.whiteboard, lang).splitlines()
            for number, line in enumerate(lines, 1):
                if cells(line) > WHITEBOARD:
                    message = f"line {number} is {cells(line)} cells wide; {WHITEBOARD} fit"
                    yield Finding(("whiteboard", lang), message)
        yield from _long(("title",), item.title)
        return
    yield from _long(("prompt",), item.prompt)
    for i, option in enumerate(item.options):
        yield from _long(("options", i, "text"), option.text)
    for name in ("hints", "items"):
        for i, text in enumerate(getattr(item, name)):
            yield from _long((name, i), text)


def _long(steps: tuple, text: Text) -> Iterator[Finding]:
    most = _CELLS[steps[0]]
    for lang in LANGS:
        words = getattr(text, lang)
        if len(words) * 2 > most and cells(words) > most:
            yield Finding((*steps, lang), f"is {cells(words)} cells long; say it in {most}")


def cells(text: str) -> int:
    """Terminal cells that a line takes up."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )
