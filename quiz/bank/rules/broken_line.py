from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from quiz.bank.rules.kit import Finding, Item, rule, texts
from quiz.model import LANGS, Question, Topic

_MARKDOWN = {"answer", "why", "short", "full", "correction"}
_AS_WRITTEN = {"prompt", "options", "hints", "items"}  # each line of these is one on the screen

# What a line ends in that goes on: a word, or a comma; not a formula, which may end anywhere.
_GOES_ON = re.compile("(?:[a-z]{2}|[\u3400-\u9fff]|[A-Za-z0-9)],|[，、])$")
_CONTINUES = re.compile(r"(?:a|[a-z]{2,})\b(?! *[=(])|[\u3400-\u9fff（]")
_ENDS = re.compile("[.:;?!。：；？！…—][)）”\"'*`]*$")
_MARK = re.compile(r" {0,3}([-+*]|\d+[.)]) +\S")
_FENCE = re.compile(r" *(```|~~~)")


@rule(Question, Topic)
def broken_line(item: Item, scope) -> Iterator[Finding]:
    """No sentence is torn by a line break that the screen keeps, or made a list by one.

    A `|` block keeps its line breaks: a prompt is then shown as it is written, and in
    Markdown a line that begins with `+ `, `- ` or `1. ` is an item of a list.

    Fails:
        prompt: |
          Two vectors have independent
          components. What is the variance?

    Passes:
        prompt: |
          Two vectors have independent components.
          What is the variance?
    """
    for steps, text in texts(item):
        fault = None
        if type(item) is Question and steps[0] in _AS_WRITTEN and steps[-1] != "why":
            fault = _torn
        elif steps[-1] in _MARKDOWN:
            fault = _listed
        if fault is None:
            continue
        for lang in LANGS:
            lines = getattr(text, lang).split("\n")
            if len(lines) > 1 and (message := fault(lines)):
                yield Finding((*steps, lang), message)


def _torn(lines: list[str]) -> str | None:
    for before, after in pairwise(lines):
        if _GOES_ON.search(before) and _CONTINUES.match(after):
            here = f"{before[-20:]} | {after[:20]}"
            return f"a line ends within a sentence ('{here}'); write it as a >- block"
    return None


def _listed(lines: list[str]) -> str | None:
    """A line that Markdown takes for an item, though it goes on with the sentence before it."""
    inside, fenced = False, False  # a list; code
    for number, (before, after) in enumerate(pairwise(lines), 1):
        fenced ^= _FENCE.match(before) is not None
        inside = bool(before.strip()) and (inside or _MARK.match(before) is not None)
        found = _MARK.match(after)
        if not found or fenced or not before.strip() or _ENDS.search(before):
            continue
        mark = found[1]
        if mark == "+":
            meant = inside and any(re.match(r" *\+ ", line) for line in lines[:number])
        else:
            # A list has more than one item; and inside of one, a second is what it seems.
            meant = inside or (mark[0].isdigit() and mark[0] != "1") or _goes_on(lines, number)
        if not meant:
            return f"'{after.strip()[:24]}' begins a list within a sentence; wrap it elsewhere"
    return None


def _goes_on(lines: list[str], number: int) -> bool:
    """Whether another item follows the one on this line, before the next empty line."""
    for line in lines[number + 1 :]:
        if not line.strip():
            return False
        if _MARK.match(line):
            return True
    return False
