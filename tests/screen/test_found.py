"""A hit of a search on the screen: one line of text with the words marked."""

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from quiz.screen import theme
from quiz.screen.found import Hit, marked_by, snippet

LONG_EN = " ".join(f"word{n}" for n in range(40)) + " softmax " + " ".join(["tail"] * 40)
LONG_ZH = "前" * 90 + "残差连接" + "后" * 90


def marked(text) -> list[str]:
    return [text.plain[s.start : s.end] for s in text.spans if s.style == theme.KEY]


@pytest.mark.parametrize("width", [20, 30, 77, 78])
@pytest.mark.parametrize(("text", "word"), [(LONG_EN, "softmax"), (LONG_ZH, "残差连接")])
def test_a_word_far_inside_is_shown_and_the_line_fits(text, word, width):
    line = snippet(text, marked_by([word]), width)
    assert cell_len(line.plain) <= width
    assert marked(line) == [word]
    assert line.plain[0] == line.plain[-1] == "…"
    if text is LONG_EN:
        assert line.plain.startswith("…word") or width < 30


def test_a_short_text_is_shown_whole_with_every_place_marked():
    line = snippet("Scale by √d_k: scaled logits", marked_by(["scale", "D_K"]), 78)
    assert line.plain == "Scale by √d_k: scaled logits"
    assert marked(line) == ["Scale", "d_k", "scale"]


def test_of_two_words_at_one_place_the_longer_one_is_marked():
    assert marked(snippet("softmax", marked_by(["soft", "softmax"]), 78)) == ["softmax"]


def test_a_text_without_the_word_starts_at_its_beginning():
    assert snippet(LONG_EN, marked_by(["nowhere"]), 20).plain.startswith("word0 ")


def test_a_hit_takes_two_lines_of_the_terminals_width():
    out = io.StringIO()
    console = Console(width=40, file=out, markup=False, highlight=False)
    console.print(Hit(("mine:scaling-why", "one answer", "core"), LONG_ZH, marked_by(["残差"])))
    first, second = out.getvalue().splitlines()
    assert first == "mine:scaling-why · one answer · core"
    assert second.startswith("  …前") and "残差" in second and cell_len(second) <= 40
