import math
from collections.abc import Sequence
from itertools import pairwise

import pytest

from quiz.evidence import Curve, Line, Mark
from quiz.model import Text
from quiz.screen.canvas import Canvas, strokes, thinned
from quiz.screen.picture import Device
from tests.screen.gallery import SAMPLES, printed, terminal


def plain(text: str) -> Text:
    return Text(text, text)


def line(
    y: Sequence[float], x: Sequence[float] = (), label: str = "", dotted: bool = False
) -> Line:
    return Line(plain(label), tuple(x or range(len(y))), tuple(y), dotted)


def shown(curve: Curve, width: int = 60, lang: str = "en", **terminal_has) -> list[str]:
    lines = printed(curve, lang, terminal(width, **terminal_has))
    return ["".join(segment.text for segment in line).rstrip() for line in lines]


def canvas_of(rows: list[str]) -> list[str]:
    """What is right of the y axis."""
    return [
        row.partition("┤" if "┤" in row else "│")[2] for row in rows if "┤" in row or "│" in row
    ]


def test_a_curve_rises_from_the_bottom_left_to_the_top_right():
    rows = canvas_of(shown(Curve(plain("t"), (line(range(100)),))))
    assert rows[0][-1] != " " and rows[-1][0] != " "
    assert rows[0][0] == " " and len(rows[-1]) < len(rows[0]) / 4


def test_nan_and_infinity_leave_a_gap_and_are_counted():
    y = [1.0] * 100
    y[40:60] = [math.nan] * 10 + [math.inf] * 10
    rows = shown(Curve(plain("t"), (line(y),)))
    drawn = next(row for row in canvas_of(rows) if row.strip())
    assert "  " in drawn.strip()
    assert rows[-1] == "not drawn: 10 NaN, 10 inf"


def test_what_a_logarithm_cannot_show_is_counted():
    curve = Curve(plain("t"), (line([0.0, -1.0, 10.0, 100.0]),), log_y=True)
    assert shown(curve)[-1] == "not drawn: 2 <= 0"
    assert shown(curve, lang="zh")[-1] == "未画出：2 <= 0"


def test_a_single_point_is_a_marker():
    rows = shown(Curve(plain("t"), (line([2.0], [3.0], "only"),)))
    assert "".join(canvas_of(rows)).count("●") == 1
    assert any(row.endswith(" 3") for row in rows)


@pytest.mark.parametrize("lines", [(), (line([]),), (line([math.nan]),)])
def test_nothing_to_draw_is_said(lines):
    assert shown(Curve(plain("t"), lines)) == ["t", "no data"]
    assert shown(Curve(plain("t"), lines), lang="zh") == ["t", "没有数据"]


def test_a_constant_line_is_level():
    rows = canvas_of(shown(Curve(plain("t"), (line([7.0] * 80),))))
    assert sum(bool(row.strip()) for row in rows) == 1


def markers(rows: list[str]) -> set[str]:
    return {char for row in rows for char in row if char in "●■▲◆○□△◇"}


def test_without_colour_every_line_has_a_marker_that_the_legend_names():
    curve = SAMPLES["curve"][0]
    rows = shown(curve, width=120)
    legend = [row for row in rows if "━" in row]
    assert markers(legend) == markers(canvas_of(rows)) == set("●■▲◆")
    for marker, drawn in zip("●■▲◆", curve.lines, strict=True):
        assert f"━{marker}━ {drawn.label.en}" in "\n".join(legend)


def test_with_colours_many_points_need_no_marker():
    assert not markers(shown(SAMPLES["curve"][0], colours="truecolor"))


def test_the_sixteen_colours_of_a_theme_are_not_relied_on():
    assert markers(shown(SAMPLES["curve"][0], colours="standard")) == set("●■▲◆")


def test_lines_differ_in_hue():
    lines = printed(SAMPLES["curve"][0], "en", terminal(80, "truecolor"))
    hues = {s.style.color.name for row in lines for s in row if s.style and s.style.color}
    assert len(hues) == len(SAMPLES["curve"][0].lines)


def test_legends_are_read_and_axes_stay_quiet():
    rows = printed(SAMPLES["curve"][1], "en", terminal(80, "truecolor"))
    dim = {s.text.strip(): bool(s.style and s.style.dim) for row in rows for s in row}
    assert dim["variance"] and dim["d_k"] and not dim["measured q·k"] and not dim["theory d_k"]


def test_a_theory_line_is_dotted():
    def dots(dotted: bool) -> int:
        rows = canvas_of(shown(Curve(plain("t"), (line(range(80), dotted=dotted),))))
        return sum((ord(char) - 0x2800).bit_count() for row in rows for char in row if char > "⠀")

    assert 0 < dots(True) < dots(False) / 2


def test_few_measured_points_are_marked_and_the_theory_is_not():
    rows = canvas_of(shown(SAMPLES["curve"][1]))
    assert "".join(rows).count("●") == 4 and markers(rows) == {"●"}


def test_marks_are_drawn_where_they_are_and_named_with_their_value():
    curve = Curve(
        plain("t"),
        (line([0.0, 1.0], [0.0, 100.0]),),
        plain("x"),
        plain("y"),
        marks=(Mark("x", 50.0, plain("peak")), Mark("y", 0.25, plain("")), Mark("x", math.nan)),
    )
    rows = shown(curve, width=63)
    assert rows[1].split("   ") == ["y", "┊ peak (x = 50)", "┄ y = 0.25"]
    body = canvas_of(rows)
    columns = {row.index("┊") for row in body if "┊" in row}
    assert len(columns) == 1 and abs(columns.pop() - len(rows[-3].partition("└")[2]) / 2) <= 1
    assert sum(row.count("┄") > 20 for row in body) == 1


def test_a_mark_stretches_the_axis_to_itself():
    curve = Curve(plain("t"), (line([0.0, 1.0]),), marks=(Mark("y", 5.0),))
    assert any(row.startswith("5 ┤") for row in shown(curve))


def test_a_terminal_without_braille_draws_with_ascii():
    for curve in SAMPLES["curve"]:
        rows = shown(curve, plain=True)
        "".join(rows).encode("iso-8859-1")
        assert any("***" in row for row in rows)


def test_thinning_draws_the_same_dots():
    points = [(i // 50, (i * i * 7) % 37) for i in range(1000)] + [None, (3, 3), None]
    full, few = (Canvas(20, 10, Device()) for _ in range(2))
    for a, b in pairwise(points):
        full.line([p for p in (a, b) if p], 0)
    few.line(points, 0)
    assert len(list(thinned(points))) < 120
    cells = [(column, row) for column in range(20) for row in range(10)]
    assert [full.cell(*cell) for cell in cells] == [few.cell(*cell) for cell in cells]


def test_a_cell_has_the_colour_of_most_of_its_dots():
    canvas = Canvas(1, 1, Device(colours=16))
    canvas.line([(0, 0), (1, 0)], 0)
    canvas.line([(0, 1), (0, 3)], 1)
    assert canvas.cell(0, 0) == (0x01 | 0x08 | 0x02 | 0x04 | 0x40, 1)


def test_a_marker_moves_on_when_its_cell_is_taken():
    device = Device()
    canvas = Canvas(12, 1, device)
    canvas.spread([(16, 0)], "●", 0, of=2)
    canvas.spread([(16, 0), (18, 0)], "■", 1, of=2)
    assert canvas.text_row(0, strokes([False, False], device), " " * 12).plain == " " * 8 + "●■  "
