"""`quiz search`: what the bank says of some words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from quiz.bank.index import Bank
from quiz.bank.search import Found, words_of
from quiz.model import LANGS
from quiz.play.data import print_json
from quiz.refusal import Refusal
from quiz.screen.found import Hit, marked_by


def search(
    bank: Bank, console: Console, words, given: Sequence[str], *, most: int, json: bool
) -> None:
    """Raises Refusal where there is no word to look for."""
    wanted = words_of(given)
    if not wanted:
        raise Refusal(words("error.no-words"))
    found = bank.search(wanted, most)
    pattern = marked_by(wanted)
    if json:
        print_json([_as_data(one, pattern, words.lang) for one in found])
        return
    if not found:
        console.print(Text(words("nothing-matches")))
    for one in found:
        _, text = told_by(one, pattern, words.lang)
        about = (one.key, words(f"kind.{one.kind}"), words(f"level.{one.level}"))
        console.print(Hit(about, text, pattern))


def told_by(found: Found, pattern: re.Pattern[str], lang: str) -> tuple[str, str]:
    """The text in which most of the words occur, and its name: `prompt.en`, say.

    Of equals the prompt, and the reader's own language.
    """
    langs = sorted(LANGS, key=lambda other: other != lang)
    texts = {
        f"{part}.{lang}": getattr(getattr(found, part), lang)
        for lang in langs
        for part in ("prompt", "answer")
    }

    def different_words(name: str) -> int:
        return len({match.lower() for match in pattern.findall(texts[name])})

    best = max(texts, key=different_words)  # the first of equals
    return best, texts[best]


def _as_data(found: Found, pattern: re.Pattern[str], lang: str) -> dict:
    field, text = told_by(found, pattern, lang)
    return {
        "id": found.key,
        "topic": found.topic,
        "kind": found.kind,
        "level": found.level,
        "field": field,
        "text": text,
        "marks": [list(match.span()) for match in pattern.finditer(text)],
    }
