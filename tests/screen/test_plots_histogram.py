import math

from hypothesis import given
from hypothesis import strategies as st

from quiz.evidence import Histogram
from quiz.model import Text
from quiz.screen.axes import Axis
from quiz.screen.histogram import bins, profile
from tests.screen.gallery import SAMPLES, printed, terminal


def histogram(*counts, edges=None) -> Histogram:
    edges = edges or tuple(range(len(counts[0]) + 1))
    named = tuple((Text(f"s{i}", f"样本{i}"), tuple(row)) for i, row in enumerate(counts))
    return Histogram(Text("t", "t"), tuple(edges), named, Text("x", "横轴"))


def shown(view: Histogram, width: int = 60, lang: str = "en", **terminal_has) -> list[str]:
    lines = printed(view, lang, terminal(width, **terminal_has))
    return ["".join(segment.text for segment in line).rstrip() for line in lines]


def test_columns_are_as_high_as_their_counts():
    rows = [row[-50:] for row in shown(histogram([4, 8, 0, 2]), width=60)[2:-3]]
    heights = [
        sum(" ▁▂▃▄▅▆▇█".find(row[i : i + 1]) for row in rows if row[i:]) for i in (5, 20, 45)
    ]
    full = 8 * len(rows)
    assert heights[1] == full
    assert abs(heights[0] - full / 2) <= 1 and abs(heights[2] - full / 4) <= 1


def test_an_empty_bin_is_empty_and_a_rare_one_is_seen():
    rows = shown(histogram([0, 1, 5000]), width=50)
    bottom = rows[-4].partition("┤")[2]
    assert bottom.startswith(" " * 14) and "▁" in bottom


def test_counts_start_at_zero():
    assert any(row.lstrip().startswith("0 ┤") for row in shown(histogram([900, 1000])))


def test_one_sample_is_solid_and_several_are_outlines():
    assert any("███" in row for row in shown(SAMPLES["histogram"][1]))
    outlines = shown(SAMPLES["histogram"][0])
    assert not any("█" in row for row in outlines)
    assert any(char > "⠀" and char <= "⣿" for row in outlines for char in row)


def test_without_colour_outlines_have_markers_that_the_legend_names():
    rows = shown(SAMPLES["histogram"][0], width=100)
    assert rows[1] == "count   ━●━ q·k   ━■━ q·k / 4   ━▲━ q·k, half as many"
    assert all(any(marker in row for row in rows[2:]) for marker in "●■▲")
    assert not any("●" in row for row in shown(SAMPLES["histogram"][0], colours="256"))


def test_outlines_in_ascii_differ_by_character():
    rows = shown(SAMPLES["histogram"][0], plain=True)
    assert all(any(char in row for row in rows[2:-3]) for char in "*o#")


def test_the_axes_are_named_in_both_languages():
    assert shown(histogram([1, 2]))[-1].strip() == "x"
    rows = shown(histogram([1, 2]), lang="zh")
    assert rows[1].startswith("频数") and rows[-1].strip() == "横轴"


def test_counts_that_are_not_numbers_are_left_out_and_counted():
    assert shown(histogram([1, math.nan, 3, math.inf]))[-1] == "not drawn: 1 NaN, 1 inf"
    assert bins([0, 1, math.inf, 3], [1, 2, 3]) == [(0, 1, 1)]


def test_nothing_to_draw_is_said():
    assert shown(histogram([])) == ["t", "no data"]
    assert shown(histogram([math.nan])) == ["t", "no data"]


@given(st.lists(st.integers(0, 999), min_size=1, max_size=200), st.integers(4, 80))
def test_no_peak_is_lost_between_columns(counts, columns):
    sample = bins(range(len(counts) + 1), counts)
    tops = profile(sample, Axis(0, len(counts)), columns)
    assert len(tops) == columns and max(tops) == max(counts)
    assert set(tops) <= {0, *counts}
