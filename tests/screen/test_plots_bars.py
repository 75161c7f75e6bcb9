import math

import pytest

from quiz.evidence import Bars
from quiz.model import Text
from tests.screen.gallery import SAMPLES, printed, terminal


def bars(*values: float, **given) -> Bars:
    named = tuple((Text(f"b{i}", f"柱{i}"), value) for i, value in enumerate(values))
    return Bars(Text("t", "t"), named, **given)


def shown(view: Bars, width: int = 60, lang: str = "en", **terminal_has) -> list[str]:
    lines = printed(view, lang, terminal(width, **terminal_has))
    return ["".join(segment.text for segment in line).rstrip() for line in lines]


def lengths(rows: list[str]) -> list[float]:
    """How many columns long each bar is."""
    return [sum(" ▏▎▍▌▋▊▉█".find(char) / 8 for char in row if char in "▏▎▍▌▋▊▉█") for row in rows]


def test_bars_are_as_long_as_their_values():
    one, two, four = lengths(shown(bars(1.0, 2.0, 4.0))[1:])
    assert four == pytest.approx(2 * two, abs=0.2) and two == pytest.approx(2 * one, abs=0.2)


def test_the_longest_bar_reaches_the_edge():
    assert all(len(row) == 60 for row in shown(bars(3.0), plain=True)[1:])


def test_negative_bars_end_where_positive_ones_begin():
    down, up = shown(bars(-2.0, 2.0), plain=True)[1:]
    assert len(down) == up.index("#")


def test_a_small_value_is_seen_and_zero_is_not():
    tiny, none, large = shown(bars(1e-9, 0.0, 1.0))[1:]
    assert tiny.endswith("▏") and none.endswith("0") and large.endswith("█")


def test_on_a_log_scale_equal_factors_are_equal_steps():
    rows = shown(bars(1e-9, 1e-6, 1e-3, log=True))
    a, b, c = lengths(rows[1:4])
    assert c - b == pytest.approx(b - a, abs=0.2)
    assert rows[4] == "log scale, from 1e-10"
    assert shown(bars(1e-9, log=True), lang="zh")[-1] == "对数刻度，起点 1e-10"


def test_what_has_no_logarithm_has_no_bar_but_its_value():
    rows = shown(bars(0.0, -1.0, 10.0, log=True))
    assert lengths(rows[1:4])[:2] == [0, 0]
    assert rows[1].endswith(" 0") and rows[2].endswith(" -1")


def test_infinity_runs_off_the_edge_and_nan_is_only_named():
    nan, up, down, _ = shown(bars(math.nan, math.inf, -math.inf, 1.0))[1:]
    assert nan.endswith("NaN")
    assert up.endswith("█>") and " inf " in up
    assert down.endswith(" -inf <")


def test_values_are_aligned_and_the_unit_is_in_the_title():
    rows = shown(bars(1.0, 0.25, unit=Text("ms", "毫秒")), plain=True)
    assert rows[0] == "t (ms)"
    assert {row.index("#") for row in rows[1:]} == {len("b0 1.00 ")}
    assert shown(bars(1.0, unit=Text("ms", "毫秒")), lang="zh")[0] == "t（毫秒）"


def test_long_labels_are_wrapped_beside_their_bar():
    rows = shown(SAMPLES["bars"][0], width=40)
    text = " ".join(row.split("0.")[0].strip() for row in rows)
    assert "after 400 steps of gradient ascent" in " ".join(text.split())


def test_no_bars_are_no_picture():
    assert shown(bars()) == ["t", "no data"]
