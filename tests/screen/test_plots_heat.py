import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment

from quiz.evidence import Heatmap
from quiz.model import Text
from quiz.screen.heat import averaged, fitted, numeric
from quiz.screen.ramps import DIVERGING, SEQUENTIAL, TRUE
from tests.screen.gallery import SAMPLES, printed, terminal

INF = math.inf


def heatmap(*rows, **given_) -> Heatmap:
    return Heatmap(Text("t", "t"), tuple(map(tuple, rows)), **given_)


def lines(view: Heatmap, width=60, lang="en", height=14, **terminal_has) -> list[list[Segment]]:
    return printed(view, lang, terminal(width, **terminal_has), height)


def shown(view: Heatmap, **where) -> list[str]:
    return ["".join(s.text for s in line).rstrip() for line in lines(view, **where)]


def pixels(view: Heatmap, **where) -> list[list[str]]:
    """The colours of the map, half line by half line, without its labels and its scale."""
    rows = []
    for line in lines(view, **where):
        top, bottom = [], []
        for segment in line:
            style = segment.style
            if not style or not (style.color or style.bgcolor):
                continue
            over = style.bgcolor if segment.text[0] == " " else style.color
            under = over if segment.text[0] == " " else style.bgcolor
            top += [over.name] * len(segment.text)
            bottom += [under.name if under else ""] * len(segment.text)
        rows += [row for row in (top, bottom) if row]
    return rows[:-2]


def test_the_first_row_is_on_top_and_the_ends_have_the_ends_of_the_ramp():
    grid = pixels(heatmap([0, 1], [0.5, 0]), colours="truecolor")
    low, high = SEQUENTIAL[TRUE][0], SEQUENTIAL[TRUE][-1]
    assert grid[0][0] == low and grid[0][-1] == high
    assert grid[-1][-1] == low and grid[-1][0] not in (low, high)


def test_two_rows_share_a_line():
    view = heatmap(*[[i, 24 - i] for i in range(24)])
    assert sum("▀" in row for row in shown(view, colours="truecolor")) == 12


def test_zero_is_the_middle_of_a_diverging_ramp():
    grid = pixels(heatmap([-1.0, 0.0, 4.0], diverging=True), colours="truecolor")
    middle = DIVERGING[TRUE][len(DIVERGING[TRUE]) // 2]
    distance = sum(
        abs(int(grid[0][len(grid[0]) // 2][i : i + 2], 16) - int(middle[i : i + 2], 16))
        for i in (1, 3, 5)
    )
    assert distance < 6
    assert shown(heatmap([-1.0, 4.0], diverging=True), colours="256")[-1].startswith("-4 ")


@pytest.mark.parametrize(("colours", "named"), [("256", "color("), ("standard", "")])
def test_fewer_colours_have_ramps_of_their_own(colours, named):
    names = {name for row in pixels(SAMPLES["heatmap"][1], colours=colours) for name in row}
    assert 4 <= len(names) <= 9
    assert all(name.startswith(named) and "#" not in name for name in names)


def test_without_colour_a_small_matrix_is_numbers():
    assert shown(heatmap([1.0, 0.0], [0.034, 0.966]))[1:] == [
        "0 1.0   0",
        "1 .03 .97",
        "    0   1",
    ]


def test_no_color_counts_as_no_colour_even_on_a_colourful_terminal():
    console = terminal(60, "truecolor")
    console.no_color = True
    rows = printed(SAMPLES["heatmap"][0], "en", console)
    assert any(".05" in segment.text for row in rows for segment in row)


def test_without_colour_a_large_matrix_is_shades_with_a_scale():
    view = heatmap(*[[i + j for j in range(30)] for i in range(30)])
    rows = shown(view)
    assert "█" not in rows[1] and "█" in rows[-4]
    low, scale, high = rows[-2].split()
    assert scale == "··::++░░▒▒▓▓██" and 0 < float(low) < 5 and 53 < float(high) < 58
    "".join(shown(view, plain=True)).encode("ascii")


def test_without_colour_the_sign_still_shows():
    view = heatmap(*[[j - 15 for j in range(31)] for _ in range(31)], diverging=True)
    row = shown(view)[1]
    assert row.index("@") < row.index("-") < row.index("+") < row.index("&")
    assert any("@@%%==--  ++**##&&" in row for row in shown(view))


def test_a_terminal_with_colours_and_no_half_blocks_is_painted_with_spaces():
    rows = shown(SAMPLES["heatmap"][0], colours="256", plain=True)
    "".join(rows).encode("ascii")
    assert pixels(SAMPLES["heatmap"][0], colours="256", plain=True)


def test_what_is_not_a_number_is_blank_and_counted():
    view = heatmap([1.0, math.nan, -INF], [INF, 2.0, -INF])
    assert "blank: 1 NaN, 2 -inf, 1 inf" in shown(view, colours="truecolor")[-1]
    assert "空白处：1 NaN" in shown(view, colours="truecolor", lang="zh")[-1]
    assert shown(view)[1] == "0    1  NaN -inf"


def test_a_matrix_of_nan_has_no_scale():
    rows = shown(heatmap([math.nan, math.nan]), colours="truecolor")
    assert rows[-1] == "blank: 2 NaN"


def test_a_constant_is_said_and_rounding_noise_is_no_picture():
    for values in ([0.25, 0.25], [1.0, 1.0 + 2e-16]):
        view = heatmap(values)
        assert shown(view, colours="truecolor")[-1] == f"{values[0]:g} everywhere"
        assert len({name for row in pixels(view, colours="truecolor") for name in row}) <= 1


def test_values_beyond_the_scale_are_announced():
    rows = shown(heatmap([-3.0, 0.5, 9.0], low=0.0, high=1.0), colours="truecolor")
    assert rows[-1].startswith("≤0 ") and rows[-1].endswith(" ≥1")


def test_nothing_to_draw_is_said():
    assert shown(heatmap()) == ["t", "no data"]
    assert shown(heatmap([], [])) == ["t", "no data"]


def test_what_is_too_large_is_averaged_and_says_so():
    rows = shown(SAMPLES["heatmap"][-1], colours="truecolor", width=80)
    assert rows[-1] == "256 × 256, drawn as 20 × 60: neighbours averaged"
    rows = shown(SAMPLES["heatmap"][-1], lang="zh", plain=True)
    assert rows[-1] == "256 x 256 的矩阵，画成 10 x 56：相邻元素取平均"


def test_a_matrix_of_two_dozen_rows_is_never_averaged():
    view = heatmap(*[[float(i == j) for j in range(24)] for i in range(24)])
    assert not any("averaged" in row for row in shown(view, colours="256", height=8))


matrices = st.integers(1, 9).flatmap(
    lambda m: st.lists(st.lists(st.floats(-9, 9), min_size=m, max_size=m), min_size=1, max_size=9)
)


@given(matrices, st.data())
def test_averaging_keeps_the_mean(values, data):
    rows = data.draw(st.integers(1, len(values)))
    columns = data.draw(st.integers(1, len(values[0])))
    small = averaged(values, rows, columns)
    assert (len(small), len(small[0])) == (rows, columns)

    def mean(matrix):
        return sum(map(sum, matrix)) / (len(matrix) * len(matrix[0]))

    assert mean(small) == pytest.approx(mean(values), abs=1e-9)


def test_averaging_does_not_hide_a_nan():
    small = averaged([[1.0, 1.0], [math.nan, 1.0]], 1, 2)
    assert math.isnan(small[0][0]) and small[0][1] == 1.0


@pytest.mark.parametrize("size", [4, 8, 12, 16, 24, 64, 512])
@pytest.mark.parametrize("per_line", [1, 2])
def test_square_matrices_look_about_square(size, per_line):
    grid = fitted([[0.0] * size] * size, 10 * per_line, 76, per_line)
    wide = len(grid.values[0]) * grid.wide
    high = len(grid.values) * grid.high * 2 / per_line  # in columns: a line is two
    assert 0.75 <= wide / high <= 3
    assert wide <= 76 and len(grid.values) * grid.high <= 10 * per_line


def test_column_numbers_stay_apart():
    view = heatmap(*[[float(i <= j) for j in range(12)] for i in range(12)])
    assert shown(view)[-1].split() == [str(i) for i in range(12)]


def test_numbers_keep_two_digits_whatever_their_size():
    assert numeric([[0.5, -0.034, 0.0]]).cells == [[".50", "-.03", "0"]]
    assert numeric([[3.21, -0.4]]).cells == [["3.2", "-0.4"]]
    assert numeric([[123.4, 7.0]]).cells == [["123", "7"]]
    assert numeric([[3.0, -12.0]]).cells == [["3", "-12"]]
    assert numeric([[3.1e-7, 2e-8]]) == ([["3.1", "0.2"]], "1e-7")
    assert numeric([[math.nan, INF]]).cells == [["NaN", "inf"]]


def test_labels_count_rows_and_columns_from_zero():
    rows = shown(SAMPLES["heatmap"][2], colours="truecolor")
    assert [row.split()[0] for row in rows[2:10]] == list("01234567")
    assert rows[10].split() == list("01234567")
    assert rows[1] == "↓ query   → key"
