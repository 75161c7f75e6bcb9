"""The colours keep what they promise, measured in OKLab and under simulated colour blindness."""

from itertools import combinations, pairwise

import pytest
from rich.color import Color

from quiz.screen.ramps import (
    DIVERGING,
    HUES,
    LEVELS,
    SEQUENTIAL,
    SHADES_ASCII,
    TRUE,
    shade,
    step,
)

Vector = tuple[float, float, float]

# Björn Ottosson, "A perceptual color space for image processing" (2020).
TO_LMS = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
# Machado, Oliveira & Fernandes (2009), severity 1.0, on linear RGB.
BLINDNESS = {
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def times(matrix, vector: Vector) -> Vector:
    return tuple(sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)


def linear(colour: str) -> Vector:
    channels = (c / 255 for c in Color.parse(colour).get_truecolor())
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)


def oklab(rgb: Vector) -> Vector:
    return times(TO_LAB, tuple(max(0.0, v) ** (1 / 3) for v in times(TO_LMS, rgb)))


def lightness(colour: str) -> float:
    return oklab(linear(colour))[0]


def luminance(colour: str) -> float:
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True))


@pytest.mark.parametrize("colours", [TRUE, 256])
def test_hues_stand_out_from_black_and_from_white(colours):
    for hue in HUES[colours]:
        assert (luminance(hue) + 0.05) / 0.05 >= 3  # WCAG 2.2, 1.4.11: graphics
        assert 1.05 / (luminance(hue) + 0.05) >= 3


@pytest.mark.parametrize("colours", [TRUE, 256])
@pytest.mark.parametrize("blindness", BLINDNESS)
def test_five_hues_stay_apart_under_colour_blindness(blindness, colours):
    seen = [oklab(times(BLINDNESS[blindness], linear(hue))) for hue in HUES[colours][:5]]
    for a, b in combinations(seen, 2):
        # About 0.02 is just noticeable.
        assert sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) ** 0.5 > 0.08


def test_the_sequential_ramp_rises_in_even_steps():
    rises = [lightness(shade(i / 20, SEQUENTIAL[TRUE])) for i in range(21)]
    steps = [b - a for a, b in pairwise(rises)]
    assert min(steps) > 0.7 * sum(steps) / 20 and max(steps) < 1.3 * sum(steps) / 20


def test_the_diverging_ramp_falls_evenly_to_both_sides():
    falls = [lightness(shade(i / 20, DIVERGING[TRUE])) for i in range(21)]
    assert max(falls) == falls[10]
    assert falls[:11] == sorted(falls[:11]) and falls[10:] == sorted(falls[10:], reverse=True)
    for left, right in zip(falls[:10], falls[:10:-1], strict=True):
        assert abs(left - right) < 0.03


def test_the_ramps_of_256_colours_keep_their_order():
    rises = [lightness(colour) for colour in SEQUENTIAL[256]]
    assert rises == sorted(rises) and len(set(rises)) == len(rises)
    falls = [lightness(colour) for colour in DIVERGING[256]]
    assert falls[:5] == sorted(falls[:5]) and falls[4:] == sorted(falls[4:], reverse=True)


def test_a_ramp_ends_at_its_own_colours_and_has_a_limited_number_between():
    ramp = SEQUENTIAL[TRUE]
    assert shade(0.0, ramp) == ramp[0] and shade(1.0, ramp) == ramp[-1]
    assert shade(-5.0, ramp) == ramp[0] and shade(5.0, ramp) == ramp[-1]
    assert 50 < len({shade(i / 5000, ramp) for i in range(5001)}) <= LEVELS


def test_steps_are_equally_wide():
    assert [step(i / 100, SHADES_ASCII) for i in (0, 9, 10, 99, 100)] == [" ", " ", ".", "@", "@"]
