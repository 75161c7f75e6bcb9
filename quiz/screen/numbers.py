"""Numbers as a picture writes them: short, with the digits that carry meaning."""

from __future__ import annotations

import math
from collections.abc import Sequence

DIGITS = 4  # significant digits of a measured value
MOST_DECIMALS = 6
WHOLE = 10**9  # whole numbers are written out below this


def short(value: float, digits: int = DIGITS) -> str:
    """At most `digits` significant digits and no padding: 0.001, 12.35, 1.2e7, 1e-12, NaN, -inf.

    The digits before the point are never rounded away below a million.
    """
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if value == 0:
        return "0"
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    power = int(exponent)
    if -4 <= power <= 5:
        return _trim(f"{value:.{max(0, digits - 1 - power)}f}")
    return f"{_trim(mantissa)}e{power}"


def column(values: Sequence[float | int], digits: int = DIGITS) -> list[str]:
    """Values that stand under each other: with the same decimals where their sizes allow it.

    Whole numbers are written out, in groups of three from 10,000 on. An exact
    zero is "0" among decimals: it says more than 0.000.
    """
    if all(isinstance(value, int) and abs(value) < WHOLE for value in values):
        return [f"{value:,}" if abs(value) >= 10_000 else str(int(value)) for value in values]
    sizes = [abs(float(v)) for v in values if math.isfinite(v) and v != 0]
    if not sizes:
        return [short(value, digits) for value in values]
    largest, smallest = (int(f"{s:.{digits - 1}e}".partition("e")[2]) for s in _ends(sizes))
    decimals = max(0, digits - 1 - largest)
    if decimals + smallest == 0:  # one more decimal leaves the smallest two digits
        decimals += 1
    if not -4 <= largest <= 5 or decimals + smallest < 1 or decimals > MOST_DECIMALS:
        return [short(value, digits) for value in values]
    written = [
        f"{value:.{decimals}f}" if math.isfinite(value) and value != 0 else short(value)
        for value in values
    ]
    while decimals and all(text.endswith("0") for text in written if "." in text):
        decimals -= 1
        written = [text[:-1].removesuffix(".") if "." in text else text for text in written]
    return written


def _ends(sizes: Sequence[float]) -> tuple[float, float]:
    return max(sizes), min(sizes)


def _trim(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
