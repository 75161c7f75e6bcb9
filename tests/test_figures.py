"""Numbers as prose shows them."""

import math

import pytest

from quiz.figures import MISSING, fill, minus, show


@pytest.mark.parametrize(
    ("value", "spec", "shown"),
    [
        (1 / 7, "", "0.1429"),
        (262144, "", "262,144"),
        (-15.28, "", "−15.28"),
        (-0.0852, ".2f", "−0.09"),
        (1.2e-15, "", "1.2e-15"),
        (-1.2e-15, "", "−1.2e-15"),
        (0.5, ".0%", "50%"),
        (8.0, "d", "8"),
        (math.inf, "", "∞"),
        (-math.inf, "", "−∞"),
        (math.nan, "", "NaN"),
    ],
)
def test_a_number_is_shown_short_and_with_a_minus_sign(value, spec, shown):
    assert show(value, spec) == shown


def test_only_the_hyphen_before_a_number_is_a_minus():
    assert minus("< -8, in -3..-1, d-1, 1e-12, pre-2 ± 1e-09") == (
        "< −8, in −3..−1, d-1, 1e-12, pre-2 ± 1e-09"
    )


def test_a_figure_that_the_run_lacks_is_a_dash():
    assert fill("{{ a | .1f }} and {{ b }}", {"a": -2.25}) == f"−2.2 and {MISSING}"
