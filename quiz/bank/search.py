"""Full-text search of the compiled bank: SQLite's FTS5 over runs of three characters.

Three characters (the `trigram` tokenizer) find what is inside a word, and Chinese, which
puts no spaces between words. What is shorter than that has no entry in it: such a word is
looked for in the texts themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from quiz.figures import MISSING, PLACE
from quiz.model import Question, Text

COLUMNS = ("prompt_en", "prompt_zh", "answer_en", "answer_zh")
SCHEMA = f"CREATE VIRTUAL TABLE prose USING fts5({', '.join(COLUMNS)}, tokenize = 'trigram')"
SHORTEST = 3  # characters of a word that the tokenizer knows
WEIGHTS = "4.0, 4.0, 1.0, 1.0"  # a prompt tells better than its answer what a question is about
RANKED = 2000  # matches that are ranked: of a word that is nearly everywhere, the first so many

_MARKS = re.compile(r"\*\*|`|^#+ |^> ", re.MULTILINE)
_BETWEEN_WIDE = re.compile(r"(?<=[\u2e80-\uffef])\s*\n\s*(?=[\u2e80-\uffef])")


class Found(NamedTuple):
    """A question that a search has found, with its texts as `plain` leaves them."""

    key: str
    topic: str
    kind: str
    level: str
    prompt: Text
    answer: Text


def plain(source: str) -> str:
    """Markdown as one line to search in: no marks, no figures (a run fills those in)."""
    text = _MARKS.sub("", PLACE.sub(MISSING, source))
    return " ".join(_BETWEEN_WIDE.sub("", text).split())


def entry(question: Question) -> tuple[str, ...]:
    """The row of `prose` for a question, in the order of COLUMNS."""
    texts = (question.prompt, question.answer)
    return tuple(plain(source) for text in texts for source in (text.en, text.zh))


def words_of(given: Sequence[str]) -> list[str]:
    """What to look for: each word once, whatever a shell has kept together."""
    # A terminal may hand over bytes that are no text, as lone surrogates.
    whole = " ".join(given).encode("utf-8", "replace").decode()
    return list(dict.fromkeys(whole.split()))


def search(
    rows: Callable[[str, Sequence], list[tuple]], words: Sequence[str], most: int
) -> list[Found]:
    """Questions in which every word occurs, in either language, the best first.

    `rows` runs a query on the index. Upper and lower case are the same.
    """
    if not words:
        return []
    given: list[str | int] = []
    tests = []
    long = [word for word in words if len(word) >= SHORTEST]
    if long:
        tests.append("prose MATCH ?")
        given.append(" ".join('"' + word.replace('"', '""') + '"' for word in long))
    for word in words:
        if len(word) < SHORTEST:
            tests.append("(" + " OR ".join(f"{name} LIKE ? ESCAPE '\\'" for name in COLUMNS) + ")")
            given += ["%" + re.sub(r"([%_\\])", r"\\\1", word) + "%"] * len(COLUMNS)
    score = f"bm25(prose, {WEIGHTS})" if long else "0"
    found = rows(
        f"SELECT q.key, q.topic, q.kind, q.level, {', '.join(COLUMNS)} FROM"
        f" (SELECT rowid AS id, {score} AS score FROM prose WHERE {' AND '.join(tests)} LIMIT ?) f"
        " JOIN questions q ON q.rowid = f.id JOIN prose p ON p.rowid = f.id"
        " ORDER BY f.score, q.rank, q.position LIMIT ?",
        (*given, RANKED, most),
    )
    return [Found(*row[:4], Text(*row[4:6]), Text(*row[6:])) for row in found]
