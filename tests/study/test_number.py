import math

import pytest

from quiz.study.number import near, parse


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("64", 64),
        (" 1e-3 ", 0.001),
        ("1,048,576", 1048576),
        ("1_048_576", 1048576),
        ("4*512^2", 4 * 512**2),
        ("4·512²", 4 * 512**2),
        ("4×512**2", 4 * 512**2),
        ("sqrt(63)/64", math.sqrt(63) / 64),
        ("√63/64", math.sqrt(63) / 64),
        ("14%", 0.14),
        ("1/3", 1 / 3),
        ("2⁻¹²", 2**-12),
        ("６４", 64),  # full-width digits, as Chinese input methods type them
        ("≈ 0.5", 0.5),
        ("6.99×10^-4", 6.99e-4),
        ("-0.0852", -0.0852),
        ("about 3", 3),
        ("约 3 倍", 3),
        ("2 GiB", 2 * 2**30),
        ("24k", 24_000),
        ("524,288 bytes", 524288),
        ("1.3万", 13_000),
        ("8 heads", 8),
        ("4√2", 4 * math.sqrt(2)),
        ("2000π", 2000 * math.pi),
        ("−2", -2),
    ],
)
def test_numbers_as_people_type_them(typed, value):
    assert parse(typed) == pytest.approx(value)


@pytest.mark.parametrize(
    "typed",
    ["", "heads", "sixty-four", "d_k", "__import__('os')", "9**9**9", "1/0", "sqrt(-1)",
     "(-8)**0.5", "nan", "[1]", "1 if 1 else 2", "(" * 60, "1e999", "f" * 100, "True"],
)  # fmt: skip
def test_what_is_no_number_is_refused_and_never_run(typed):
    assert parse(typed) is None


def test_tolerance_is_absolute_or_a_share_of_the_value():
    assert near(0.42, 0.40, "0.02")
    assert not near(0.43, 0.40, "0.02")
    assert near(105, 100, "5%")
    assert not near(106, 100, "5%")
    assert near(0.1 + 0.2, 0.3, "0")
