"""Answerers that know nothing of Transformers must not do better than chance.

They go by what a question looks like: lengths, positions, shared words, tell-tale words.
A bank whose right answers are recognisable by their looks teaches to recognise looks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from rich.cells import cell_len

from quiz.model import LANGS, VERDICTS

MARGIN = 0.10  # above chance

ABSOLUTE = {
    "en": r"(?i)\b(always|never|all|every|only|none|no|must|cannot|any|exactly|impossible)\b",
    "zh": r"总是|从不|一定|所有|任何|全部|必须|只|不可能|完全|都|每",
}
HEDGE = {
    "en": r"(?i)\b(may|might|can|could|usually|often|about|roughly|some|sometimes|most|mostly"
    r"|generally|typically|likely|nearly|almost)\b",
    "zh": r"约|通常|可能|往往|一般|大多|多数|大致|几乎|可以|有时|部分|接近",
}


def words(text: str, lang: str) -> set[str]:
    """Words of four letters or more; in Chinese every two neighbouring characters."""
    found = set(re.findall(r"[a-z0-9_]{4,}", text.lower()))
    if lang == "zh":
        for run in re.findall(r"[\u4e00-\u9fff]+", text):
            found |= {run[i : i + 2] for i in range(len(run) - 1)}
    return found


# What an option has much of, by (prompt, option, language).
LOOKS: dict[str, Callable[[str, str, str], float]] = {
    "length": lambda prompt, option, lang: cell_len(option),
    "words of the prompt": lambda prompt, option, lang: len(
        words(prompt, lang) & words(option, lang)
    ),
    "absolute words": lambda prompt, option, lang: len(re.findall(ABSOLUTE[lang], option)),
    "hedges": lambda prompt, option, lang: len(re.findall(HEDGE[lang], option)),
    "digits": lambda prompt, option, lang: sum(c.isdigit() for c in option),
    "punctuation": lambda prompt, option, lang: len(re.findall(r"[^\w\s]", option)),
}


def chance(questions, keys) -> float:
    return sum(len(keys[q.id]) / len(q.options) for q in questions) / len(questions)


def hits(questions, keys, chosen: Callable[[object], Sequence[int]]) -> float:
    """The share of right choices; among equals the answerer draws lots."""
    found = [(chosen(q), keys[q.id]) for q in questions]
    return sum(sum(i in key for i in best) / len(best) for best, key in found) / len(found)


def by_looks(look: str, lang: str, most: bool):
    def chosen(question) -> list[int]:
        prompt = question.prompt.pick(lang)
        values = [LOOKS[look](prompt, o.text.pick(lang), lang) for o in question.options]
        best = max(values) if most else min(values)
        return [i for i, value in enumerate(values) if value == best]

    return chosen


def by_place(place: int):
    return lambda question: [min(place, len(question.options) - 1)]


def by_place_from_the_end(place: int):
    return lambda question: [max(len(question.options) - place, 0)]


@pytest.fixture(scope="module")
def one_right(content, keys):
    return [q for q in content.of("single", "predict") if q.id in keys]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("most", [True, False], ids=["most", "least"])
@pytest.mark.parametrize("look", LOOKS)
def test_looks_do_not_give_the_answer_away(look, most, lang, content, keys, one_right):
    chosen = by_looks(look, lang, most)
    assert hits(one_right, keys, chosen) <= chance(one_right, keys) + MARGIN
    several_right = content.of("multiple")
    # A tick of such an option is right no more often than any tick.
    assert hits(several_right, keys, chosen) <= chance(several_right, keys) + MARGIN
    every = one_right + several_right
    assert hits(every, keys, chosen) <= chance(every, keys) + MARGIN


@pytest.mark.parametrize("place", range(5))
def test_places_in_the_file_do_not_give_the_answer_away(place, content, keys, one_right):
    several_right = content.of("multiple")
    for chosen in (by_place(place), by_place_from_the_end(place + 1)):
        assert hits(one_right, keys, chosen) <= chance(one_right, keys) + MARGIN
        assert hits(several_right, keys, chosen) <= chance(several_right, keys) + MARGIN


def test_places_that_are_not_shuffled_do_not_give_the_answer_away(keys, one_right):
    """Ranges of a figure are shown in the file's order."""
    ranged = [q for q in one_right if q.options[0].range]
    for place in range(4):
        assert hits(ranged, keys, by_place(place)) <= chance(ranged, keys) + MARGIN


@pytest.mark.parametrize("lang", LANGS)
def test_the_right_option_is_the_longest_in_a_third_of_the_questions_at_most(lang, keys, one_right):
    longest = by_looks("length", lang, most=True)
    share = sum(keys[q.id][0] in longest(q) for q in one_right) / len(one_right)
    assert 0.10 <= share <= 0.35  # nor does it help to rule the longest out


@pytest.mark.parametrize("lang", LANGS)
def test_no_option_stands_out_by_its_length(lang, one_right):
    """Somebody who reads lengths only can't tell one option from the others."""
    lengths = [[cell_len(o.text.pick(lang)) for o in q.options] for q in one_right]
    assert sum(max(row) / min(row) > 3 for row in lengths) <= len(lengths) / 20


def test_no_verdict_is_a_safe_guess(content):
    given = Counter(said.verdict for said in content.parts("statements"))
    shares = {verdict: given[verdict] / given.total() for verdict in VERDICTS}
    assert max(shares.values()) <= 0.45
    assert min(shares.values()) >= 0.10


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("cue", [ABSOLUTE, HEDGE], ids=["absolute", "hedge"])
def test_a_tell_tale_word_does_not_give_the_verdict_away(cue, lang, content):
    """Guessing the verdict that is most frequent with the word, and without it."""
    said = content.parts("statements")
    with_word, without = Counter(), Counter()
    for statement in said:
        found = re.search(cue[lang], statement.text.pick(lang))
        (with_word if found else without)[statement.verdict] += 1
    best = max(with_word.values()) + max(without.values())
    always = max((with_word + without).values())
    assert best <= always + MARGIN * len(said)
