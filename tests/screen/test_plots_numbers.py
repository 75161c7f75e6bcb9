import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.screen.axes import Axis, x_ticks, y_ticks
from quiz.screen.numbers import column, short


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (0.001, "0.001"),
        (12.3456, "12.35"),
        (0.99996, "1"),
        (123456.7, "123457"),
        (1e6, "1e6"),
        (1.23456e7, "1.235e7"),
        (1e-12, "1e-12"),
        (-2.5e-5, "-2.5e-5"),
        (math.nan, "NaN"),
        (-math.inf, "-inf"),
    ],
)
def test_numbers_are_short(value, text):
    assert short(value) == text


@given(st.floats(-1e308, 1e308))
def test_four_digits_are_never_further_off_than_half_of_the_last(value):
    # Below 1e-300 a float has fewer digits of its own.
    assert math.isclose(float(short(value)), value, rel_tol=5.1e-4, abs_tol=1e-300)


def test_a_column_has_the_same_decimals_where_sizes_allow():
    assert column([0.1111, 0.25, 1.0042]) == ["0.111", "0.250", "1.004"]
    assert column([0.5, 1.5]) == ["0.5", "1.5"]
    assert column([1099.5, 5.369]) == ["1099.5", "5.4"]
    assert column([2e-5, 512.25]) == ["2e-5", "512.2"]
    assert column([1.747e-7, 6.9877e-4]) == ["1.747e-7", "0.0006988"]


def test_an_exact_zero_differs_from_a_rounded_one():
    assert column([0.0, 0.25, math.nan]) == ["0", "0.25", "NaN"]


def test_whole_numbers_are_written_out():
    assert column([4096, 262144, 0]) == ["4096", "262,144", "0"]
    assert column([10**12, 3]) == ["1e12", "3"]


def labels(axis: Axis, most: int) -> list[str]:
    return [tick.label for tick in axis.ticks(most)]


def test_linear_ticks_are_1_2_5_steps():
    assert labels(Axis(0, 1), 6) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
    assert labels(Axis(0, 1), 5) == ["0.0", "0.5", "1.0"]
    assert labels(Axis(-3, 7), 4) == ["0", "5"]
    assert labels(Axis(0, 0.03), 4) == ["0.00", "0.01", "0.02", "0.03"]


def test_large_and_tiny_ticks_have_exponents():
    assert labels(Axis(0, 1e5), 3) == ["0", "50000", "100000"]
    assert labels(Axis(0, 3e7), 4) == ["0", "1e7", "2e7", "3e7"]
    assert labels(Axis(0, 2e-7), 5) == ["0", "0.5e-7", "1.0e-7", "1.5e-7", "2.0e-7"]


def test_counted_things_have_no_half_ticks():
    assert labels(Axis.over([0, 1, 3]), 6) == ["0", "1", "2", "3"]


def test_log_ticks_are_powers_of_ten():
    assert labels(Axis(1, 1e4, log=True), 6) == ["1", "10", "100", "1000", "1e4"]
    assert labels(Axis(1e-16, 1, log=True), 5) == ["1e-15", "1e-10", "1e-5", "1"]
    assert labels(Axis(1, 10, log=True), 6) == ["1", "2", "5", "10"]


def test_a_narrow_logarithm_is_labelled_like_a_line():
    assert labels(Axis(3.1, 4.2, log=True), 4) == ["3.5", "4.0"]


finite = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(finite, min_size=1, max_size=5), st.booleans(), st.integers(1, 12))
def test_ticks_are_few_ordered_and_where_their_labels_say(values, log, most):
    axis = Axis.over(values, log)
    if axis is None:
        assert log and max(values) <= 0
        return
    ticks = axis.ticks(most)
    places = [tick.at for tick in ticks]
    assert len(ticks) <= most
    assert places == sorted(places) and all(0 <= at <= 1 for at in places)
    assert len({tick.label for tick in ticks}) == len(ticks)
    for tick in ticks:
        assert abs(axis.place(float(tick.label)) - tick.at) < 1e-3


@given(st.lists(finite, min_size=1, max_size=5), st.booleans())
def test_an_axis_holds_its_values_in_order(values, log):
    axis = Axis.over(values, log)
    if axis:
        places = [at for v in sorted(values) if (at := axis.place(v)) is not None]
        assert places == sorted(places)


def test_what_an_axis_cannot_show_has_no_place():
    assert Axis(1, 10, log=True).place(0.0) is None
    assert Axis(0, 1).place(math.nan) is None
    assert Axis.over([math.nan, math.inf]) is None
    assert Axis.over([-1.0], log=True) is None


def test_a_constant_is_in_the_middle_of_its_axis():
    assert Axis.over([3.0, 3.0 + 1e-12]).place(3.0) == pytest.approx(0.5)
    assert Axis.over([0.0]).place(0.0) == pytest.approx(0.5)
    assert Axis.over([1e3], log=True).place(1e3) == pytest.approx(0.5)


def test_an_axis_begins_at_a_zero_that_is_near():
    assert Axis.over([1.0, 20.0]).place(0.0) == 0.0
    assert labels(Axis.over([15.0, 20.0]), 6)[0] == "15"


def test_few_x_values_are_their_own_ticks_while_they_fit():
    sizes = [1, 4, 16, 64, 256]
    axis = Axis.over(sizes, log=True)
    assert [label for _, label in x_ticks(axis, 60, 5, sizes)] == ["1", "4", "16", "64", "256"]
    assert [label for _, label in x_ticks(axis, 12, 5, sizes)] == ["1", "10", "100"]


def test_y_labels_have_a_row_each():
    for rows in range(4, 30):
        assert 2 <= len(y_ticks(Axis(0, 1), rows)) <= 6
