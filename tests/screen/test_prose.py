from io import StringIO
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from quiz.screen.prose import NO_START, Indented, Prose, breaks


def wrapped(text: str, width: int) -> list[str]:
    return [text[a:b] for a, b in breaks(text, width)]


def test_latin_breaks_at_spaces_only():
    assert wrapped("scaled dot product attention", 12) == ["scaled dot", "product", "attention"]


def test_chinese_breaks_between_characters_but_not_before_a_comma():
    assert wrapped("方差变大，梯度变小", 8) == ["方差变", "大，梯度", "变小"]


def test_chinese_fills_the_row_after_a_latin_word():
    # Rich alone would move the whole clause to the next row.
    assert wrapped("除以 √d_k 之后方差为一", 14) == ["除以 √d_k 之后", "方差为一"]


def test_an_opening_quote_stays_with_what_it_opens():
    assert wrapped("他说（饱和）了", 6) == ["他说", "（饱", "和）了"]


def test_a_formula_stays_in_one_piece_unless_half_the_row_would_stay_empty():
    assert wrapped("the width is n = 2048 here", 16) == ["the width is", "n = 2048 here"]
    assert wrapped("宽度取 d × d_k = 64 时", 12) == ["宽度取", "d × d_k = 64", "时"]
    assert wrapped("half, as n/(6d + n) says", 16) == ["half, as", "n/(6d + n) says"]
    assert wrapped("so n = 2048 here", 8) == ["so n =", "2048", "here"]


def test_a_word_longer_than_the_row_is_cut():
    assert wrapped("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]


def test_a_hanging_indent_gives_later_rows_their_own_width():
    rows = [row.plain for row in Prose("aa bb cc dd", first="lead: ", rest=" ").rows(9)]
    assert rows == ["lead: aa", " bb cc dd"]


@given(st.text(alphabet="ab 中文，。（）√0", max_size=60), st.integers(4, 30))
def test_rows_fit_and_lose_nothing_but_spaces(text, width):
    rows = wrapped(text, width)
    assert all(cell_len(row) <= width for row in rows)
    assert "".join(rows).replace(" ", "") == text.replace(" ", "")


@given(st.text(alphabet="中文字，。", min_size=1, max_size=40), st.integers(8, 30))
def test_no_row_starts_with_closing_punctuation_that_could_have_stayed(text, width):
    rows = wrapped(text, width)
    for before, row in pairwise(rows):
        run = len(row) - len(row.lstrip("，。"))
        # Only a run of punctuation longer than a row has nowhere else to go.
        assert row[0] not in NO_START or before[-1] in NO_START or run > 1


def test_content_arrives_verbatim():
    out = StringIO()
    console = Console(file=out, width=60, markup=False, emoji=False, highlight=False)
    console.print(Prose("list[int] a[i][j] [/] [link=x] :smile: {{ %s"))
    assert out.getvalue() == "list[int] a[i][j] [/] [link=x] :smile: {{ %s\n"


def test_the_style_of_a_lead_ends_with_it():
    (row,) = Prose("text", first=Text("lead ", "red")).rows(40)
    assert [(span.start, span.end) for span in row.spans] == [(0, 5)]
    assert not row.style


def test_what_is_indented_has_no_blanks_at_the_ends_of_its_rows():
    out = StringIO()
    inside = Indented(Prose("aa bb\ncc"), 2)
    Console(file=out, width=40).print(Indented(inside, 2, "dim"))
    assert out.getvalue() == "    aa bb\n    cc\n"
