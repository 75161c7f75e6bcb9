"""Does free text say a thing? Exact on symbols, aware of negation, in both languages."""

from __future__ import annotations

import difflib
import re
import unicodedata
from functools import lru_cache

from quiz.study.han import simplified

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ", "0123456789n")
REACH = 80  # characters before a wording in which a denial can stand
# A word that denies, up to three more, and then what is looked for; "but" ends its reach.
NEGATION = re.compile(
    r"(?:\b(?:not|no|never|without|neither|nor|cannot|non|[a-z]+n't)"
    r"\b(?! only\b)(?:[ -](?!but\b|so\b|and\b)[a-z']+){0,3}[ -]?"
    r"|(?:不|没有|没|无|未|非|并非)(?!仅|只|但|同)(?:(?![而但就也才又却])[\u4e00-\u9fff]){0,4})$"
)


SIGNS = str.maketrans("’−", "'-")


@lru_cache(maxsize=4096)  # a rubric's wordings come with every answer
def normal(text: str) -> str:
    """One form for what differs only in case, width, superscripts, minus, spacing and spelling.

    Spelling: British or American, hyphenated or not, traditional or simplified characters,
    √ or the square root.
    """
    text = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ]+", lambda m: "^" + m[0].translate(SUPERSCRIPTS), text)
    text = unicodedata.normalize("NFKC", text).casefold().translate(SIGNS).replace("**", "^")
    text = re.sub(r"(?<=[a-z]{2})-(?=[a-z]{2})", " ", text)
    text = re.sub(r"(?<=[a-z]{3})is(?=e[drs]?\b|ing\b|ations?\b)", "iz", text)
    text = re.sub(r"(?<=[a-z]{3})our(?=s?\b|ing\b|ed\b)", "or", text)
    # √d, √(d), sqrt(d), the square root of d, 根号 d
    text = re.sub(r"\b(?:the )?(?:square )?root of |\bsqrt(?: of)? ?|根[号號]下?", "√", text)
    text = re.sub(r"√ ?\((\w+)\)", r"√\1", text)
    text = simplified(re.sub(r"\s+", " ", text).strip())
    # No space between Han characters and anything else, nor around operators.
    text = re.sub(r" ?([\u4e00-\u9fff]) ?", r"\1", text)
    return re.sub(r" ?([-+*/=^(){}<>≤≥≈√·×]) ?", r"\1", text)


def bare(text: str) -> str:
    """`normal` without what a short answer may carry around: articles, final punctuation."""
    text = re.sub(r"^(?:the|a|an|it is|it's|是|就是) ?", "", normal(text))
    return text.strip(" .,;:!?。，；：！？\"'“”")


def mentions(answer: str, wording: str) -> bool:
    """Does the answer contain the wording, as whole words and not negated?"""
    said, wanted = normal(answer), normal(wording)
    if not wanted:
        return False
    before = r"(?<![a-z0-9_^])" if re.match(r"[a-z0-9_]", wanted) else ""
    after = r"s?(?![a-z0-9_^])" if re.search(r"[a-z0-9_]$", wanted) else r"(?!\^)"
    for found in re.finditer(before + re.escape(wanted) + after, said):
        if not NEGATION.search(said[max(found.start() - REACH, 0) : found.start()]):
            return True
    return False


def same(answer: str, wording: str) -> bool:
    """Are the two the same short answer, but for a slip of the finger?"""
    said, wanted = bare(answer), bare(wording)
    if said == wanted:
        return True
    # Letters may be mistyped in longer words; digits and symbols may not.
    if min(len(said), len(wanted)) < 6 or re.sub(r"[a-z ]", "", said) != re.sub(
        r"[a-z ]", "", wanted
    ):
        return False
    if re.match(r"(?:de|en|un|non|in|pre|post)", said) and said[:2] != wanted[:2]:
        return False
    return difflib.SequenceMatcher(None, said, wanted).ratio() >= 0.88
