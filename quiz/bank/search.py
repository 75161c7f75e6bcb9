"""Full-text search of the compiled bank: SQLite's FTS5 over runs of three characters.

Three characters (the `trigram` tokenizer) find what is inside a word, and Chinese, which
puts no spaces between words. Which questions have all of a word's trigrams is read from the
index, without their places (`detail = none`: a fifth of the size), so that the word itself
is then looked for in their texts. A shorter word, as most Chinese ones are, is any of the
trigrams that begin with it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

from quiz.figures import MISSING, PLACE
from quiz.model import Question, Text

COLUMNS = ("prompt_en", "prompt_zh", "answer_en", "answer_zh")
SCHEMA = (
    f"CREATE VIRTUAL TABLE prose USING fts5({', '.join(COLUMNS)},"
    " tokenize = 'trigram', detail = none)",
    "CREATE VIRTUAL TABLE grams USING fts5vocab(prose, row)",
)
GRAM = 3  # characters
END = " " * (GRAM - 1)  # with it, a trigram begins at the last character of a text, too
LOOKED_AT = 2000  # of a word that is nearly everywhere, the first so many questions
MOST = 30  # words; the rest is not looked for
RANKED = 200  # of these, those with most of the words in the prompt are ranked

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
    sources = [source for text in texts for source in (text.en, text.zh)]
    return tuple(plain(source) + END if source else "" for source in sources)


# Letters and digits as a Chinese input method may give them. (Content has full-width punctuation.)
_NARROW = {
    wide: wide - 0xFEE0
    for first, last in ("０９", "ＡＺ", "ａｚ")
    for wide in range(ord(first), ord(last) + 1)
}


def words_of(given: Sequence[str]) -> list[str]:
    """What to look for: each word once, also where a shell has kept some together."""
    # A terminal may hand over bytes that are no text, as lone surrogates.
    whole = " ".join(given).encode("utf-8", "replace").decode()
    return list(dict.fromkeys(whole.translate(_NARROW).split()))[:MOST]


def search(
    rows: Callable[[str, Sequence], list[tuple]], words: Sequence[str], most: int
) -> list[Found]:
    """Questions in which every word occurs, in either language, the best first.

    `rows` runs a query on the index. Upper and lower case are the same. A word counts for
    more in the prompt than in the answer, and by itself than inside another one; equals
    stay in teaching order.
    """
    if not words:
        return []
    matches = [_match(rows, word) for word in words]
    if not all(matches):
        return []
    likes = ["%" + re.sub(r"([%_\\])", r"\\\1", word) + "%" for word in words]
    in_text = " AND ".join([_any_like(COLUMNS)] * len(words))
    in_prompt = " + ".join([_any_like(COLUMNS[:2])] * len(words))
    texts = [like for like in likes for _ in COLUMNS]
    prompts = [like for like in likes for _ in COLUMNS[:2]]
    found = rows(
        f"SELECT q.key, q.topic, q.kind, q.level, {', '.join(COLUMNS)} FROM"
        " (SELECT rowid AS entry, * FROM prose"
        f" WHERE prose MATCH ? AND {in_text} LIMIT {LOOKED_AT})"
        " JOIN questions q ON q.rowid = entry"
        f" ORDER BY {in_prompt} DESC, q.rank, q.position LIMIT {max(RANKED, most)}",
        (" AND ".join(matches), *texts, *prompts),
    )
    hits = [_found(*row) for row in found]
    return sorted(hits, key=lambda one: _weight(one, words), reverse=True)[:most]


def _match(rows: Callable[[str, Sequence], list[tuple]], word: str) -> str:
    """What FTS5 is to match for a word; "" if the bank has nothing like it."""
    if len(word) >= GRAM:
        grams = {word[i : i + GRAM] for i in range(len(word) - GRAM + 1)}
        return " AND ".join(map(_quoted, sorted(grams)))
    start = word.lower()
    query = "SELECT term FROM grams WHERE term >= ? AND term < ?"
    grams = [gram for (gram,) in rows(query, (start, start + chr(sys.maxunicode)))]
    return f"({' OR '.join(map(_quoted, grams))})" if grams else ""


def _quoted(gram: str) -> str:
    return '"' + gram.replace('"', '""') + '"'


def _found(key: str, topic: str, kind: str, level: str, *texts: str) -> Found:
    prompt_en, prompt_zh, answer_en, answer_zh = (text.removesuffix(END) for text in texts)
    prompt, answer = Text(prompt_en, prompt_zh), Text(answer_en, answer_zh)
    return Found(key, topic, kind, level, prompt, answer)


def _any_like(columns: Sequence[str]) -> str:
    return "(" + " OR ".join(f"{name} LIKE ? ESCAPE '\\'" for name in columns) + ")"


def _weight(found: Found, words: Sequence[str]) -> int:
    """Over the words: 4 for the word itself in the prompt, 3 inside another; 2 and 1 elsewhere."""
    prompt, answer = (f"{text.en}\n{text.zh}" for text in (found.prompt, found.answer))
    total = 0
    for word in words:
        inside = re.compile(re.escape(word), re.IGNORECASE)
        # Letters and digits of ASCII only: Chinese words have no borders to be seen.
        itself = re.compile(rf"(?<![A-Za-z0-9]){inside.pattern}(?![A-Za-z0-9])", re.IGNORECASE)
        tests = ((4, itself, prompt), (3, inside, prompt), (2, itself, answer))
        total += next((w for w, pattern, text in tests if pattern.search(text)), 1)
    return total
