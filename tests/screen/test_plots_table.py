import math

from rich.cells import cell_len

from quiz.evidence import Table
from quiz.model import Text
from tests.screen.gallery import SAMPLES, printed, terminal


def plain(text: str) -> Text:
    return Text(text, text)


def table(header: str, *rows) -> Table:
    return Table(plain("t"), tuple(map(plain, header.split("|"))), rows)


def shown(view: Table, width: int = 60, lang: str = "en", **terminal_has) -> list[str]:
    lines = printed(view, lang, terminal(width, **terminal_has))
    return ["".join(segment.text for segment in line).rstrip() for line in lines]


def test_numbers_stand_right_and_words_left():
    view = table("base|R²", (plain("two"), 0.5), (plain("ten thousand"), 0.98))
    assert shown(view)[1:] == [
        "base            R²",
        "────────────  ────",
        "two           0.50",
        "ten thousand  0.98",
    ]


def test_wide_characters_keep_the_columns_straight():
    rows = shown(SAMPLES["table"][0], lang="zh", width=100)
    rule = rows[2]
    ends = [i for i, char in enumerate(rule) if char == "─" and rule[i + 1 : i + 2] != "─"]
    for row in rows[3:]:
        number = row.split()[-2]
        before = cell_len(row[: row.rindex(number)]) + len(number)
        assert before - 1 == ends[3]


def test_what_is_not_a_number_is_shown_as_such():
    rows = shown(table("a", (math.nan,), (math.inf,), (-math.inf,), (1.5,)))
    assert [row.strip() for row in rows[3:]] == ["NaN", "inf", "-inf", "1.5"]


def test_truth_is_worded():
    view = table("a|b", (plain("x"), True), (plain("y"), False))
    assert [row.split()[-1] for row in shown(view)[3:]] == ["yes", "no"]
    assert [row.split()[-1] for row in shown(view, lang="zh")[3:]] == ["是", "否"]


def test_long_words_are_wrapped_within_their_column():
    rows = shown(SAMPLES["table"][0], width=60)
    assert max(map(cell_len, rows)) <= 60
    assert any(row.startswith("after softmax, not") for row in rows)
    assert any(row == "again" or row.startswith("normalised again") for row in rows)


def test_headers_are_wrapped_before_numbers_are_broken():
    view = table("cosine of neighbours|closest pair", (0.9664, 3.18), (0.5403, 7.31))
    rows = shown(view, width=20)
    assert any("0.9664" in row and "3.18" in row for row in rows)
    assert "cosine" in rows[1] + rows[2]


def test_names_of_figures_are_broken_at_their_underscores():
    header = "n|median_norm_unscaled|largest_weight_unscaled|mean_at_8_over_1"
    rows = shown(table(header, (4, 0.5, 0.25, 1.5)), width=40)[1:]
    assert [row.split() for row in rows[:-2]] == [
        ["largest_"],
        ["median_norm", "weight_", "mean_at_8_"],
        ["n", "_unscaled", "unscaled", "over_1"],
    ]


def test_too_many_columns_become_a_list():
    header = "|".join(f"column {i}" for i in range(9))
    rows = shown(table(header, tuple(float(i) / 7 for i in range(9))), width=40)
    assert rows[1] == "column 0  0"
    assert rows[9] == "column 8  1.143"


def test_short_rows_and_no_rows_are_no_error():
    assert shown(table("a|b", (1.5,)))[-1].rstrip() == "1.5"
    assert shown(table("a|b"))[-1] == "no data"
    assert shown(Table(plain("t"), (), ())) == ["t", "no data"]


def test_brackets_and_markup_are_verbatim():
    view = table("list[int]|[/]", (plain("[bold]x[/bold]"), plain(":smile: {{x}} %s")))
    assert "[bold]x[/bold]  :smile: {{x}} %s" in shown(view)
    assert "list[int]       [/]" in shown(view)
