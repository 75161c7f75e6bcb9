"""What `quiz search` finds, and in which order."""

from __future__ import annotations

import pytest

from quiz.bank.index import open_bank
from quiz.bank.search import MOST, plain, words_of


@pytest.fixture
def find(maker, tmp_path):
    """Ids of the questions that are found, the bank opened anew."""

    def find(*words: str, **options) -> list[str]:
        with open_bank(tmp_path / "cache", [maker.pack]) as bank:
            return [one.key.removeprefix("mine:") for one in bank.search(words, **options)]

    return find


def ask(maker, id: str, en: str = "?", zh: str = "？", *, answer: str = "Yes.") -> None:
    maker.question(f"id: {id}\nprompt: {{en: '{en}', zh: '{zh}'}}\nanswer: {{en: '{answer}'}}")


def test_every_word_must_occur_in_either_language_and_anywhere(maker, find):
    ask(maker, "a", "Softmax saturates", "饱和")
    ask(maker, "b", "Softmax of a row", answer="It saturates.")
    ask(maker, "c", "Softmax")
    assert find("softmax") == ["a", "b", "c"]
    assert find("saturates", "SOFTMAX") == ["a", "b"]
    assert find("softmax", "饱和") == ["a"]
    assert find("softmax", "nowhere") == []


def test_a_shell_may_keep_words_together(maker, find):
    ask(maker, "a", "variance of a scaled product")
    assert find("scaled variance") == ["a"]


def test_full_width_letters_and_digits_are_what_they_mean():
    assert words_of(["ＫＶ", "cache６４"]) == ["KV", "cache64"]


def test_statements_are_found_with_their_corrections(find):
    assert find("cosmetic") == find("variance at 1") == find("形式") == ["verdict-T4.1"]


@pytest.mark.parametrize("word", ["残", "什", "残差", "差连", "残差连接", "接", "？"])
def test_chinese_is_found_inside_its_sentence_however_short_the_word(maker, find, word):
    ask(maker, "a", zh="什么是残差连接？")
    ask(maker, "b", zh="多头。")
    assert find(word) == ["a"]


def test_chinese_that_a_line_break_divides_is_found(maker, find):
    maker.question("id: a\nprompt:\n  zh: |\n    什么是残差\n    连接\n  en: a\n    b")
    assert find("残差连接") == find("a b") == ["a"]


@pytest.mark.parametrize(
    "word", ["d_k", "100%", "a\\b", '"', "x*y", "k^T", "NOT", "--", "(1)", "Q"]
)
def test_signs_stand_for_themselves(maker, find, word):
    ask(maker, "with", f"is {word} so")
    ask(maker, "without", "dxk 100 ab xxy", answer="No.")
    assert find(word) == ["with"]


def test_bytes_that_are_no_text_find_nothing(maker, find):
    ask(maker, "a", "text")
    assert find("\udcff\udcfe\udcfd") == find("\udcff") == []


def test_the_prompt_counts_more_than_the_answer_and_a_word_more_than_a_part(maker, find):
    ask(maker, "d", "x", answer="Properties.")
    ask(maker, "c", "x", answer="RoPE.")
    ask(maker, "b", "Which properties?")
    ask(maker, "a", "What is RoPE?")
    ask(maker, "e", "Where is RoPE?")
    assert find("rope") == ["a", "e", "b", "c", "d"]
    assert find("rope", most=2) == ["a", "e"]


def test_what_is_found_follows_the_files(maker, find):
    ask(maker, "a", "the first wording")
    assert find("first") == ["a"]
    ask(maker, "a", "the second wording")
    assert find("first") == [] and find("second") == find("nd") == ["a"]
    (maker.root / "content/scaling/a.yaml").unlink()
    assert find("second") == find("wo") == []


def test_markdown_and_figures_are_no_words(maker, find):
    maker.question("id: a\nanswer: 'It is **not**\n\n  `soft` max: {{ raw_variance | .2f }}.'")
    assert find("not soft") == ["a"]
    assert find("raw_variance") == find("**") == []
    assert plain("# One\n\n> two **three**\n{{ x }} 四\n五") == "One two three — 四五"


def test_all_of_a_common_word_is_not_read(maker, find, monkeypatch):
    for number in range(12):
        ask(maker, f"q-{number:02}", "softmax")
    monkeypatch.setattr("quiz.bank.search.LOOKED_AT", 5)
    assert len(find("softmax", most=10)) == 5


def test_more_words_than_anybody_types_are_cut_off():
    assert len(words_of([" ".join(map(str, range(1000)))])) == MOST
    assert words_of(["a b", "a", " "]) == ["a", "b"]
