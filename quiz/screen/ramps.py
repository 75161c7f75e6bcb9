"""The colours of pictures: hues for lines, ramps for heat maps.

All were placed in OKLab (Björn Ottosson, 2020), where equal steps look equal.

The hues keep a contrast of at least 3:1 to black and to white, and the first five stay
apart under each kind of colour blindness. The sequential ramp rises in even
steps of lightness, so it also reads as grey; the diverging one falls evenly
from a light middle to either side.
"""

from __future__ import annotations

from functools import cache

TRUE = 1 << 24  # colours of a terminal that takes any

# Each by how many colours the terminal has.
HUES = {
    TRUE: ("#1f6fc4", "#c07a1c", "#0ca387", "#b03a68", "#a27fe8", "#7f7f7f"),
    256: ("color(25)", "color(166)", "color(66)", "color(126)", "color(135)", "color(244)"),
    16: ("cyan", "magenta", "green", "red", "blue", "yellow"),
    0: ("", "", "", "", "", ""),
}
SEQUENTIAL = {
    TRUE: (
        "#340156", "#361475", "#2f2e8b", "#1a469d", "#056291", "#01778e", "#068c8c",
        "#06a08d", "#03b684", "#5ac576", "#90d16b", "#bfdb63", "#ebe462",
    ),
    256: tuple(f"color({n})" for n in (17, 18, 19, 24, 30, 36, 78, 185, 227)),
    # Too few for even steps, but in order.
    16: ("blue", "cyan", "green", "yellow", "bright_yellow"),
}  # fmt: skip
DIVERGING = {
    TRUE: (
        "#0359ae", "#2e71c1", "#5489cc", "#77a0d6", "#99b7de", "#bccde3", "#e1e1e1",
        "#e2c4bb", "#daa797", "#cf8a74", "#c26c51", "#b34d2c", "#9e3001",
    ),
    256: tuple(f"color({n})" for n in (25, 32, 74, 152, 254, 217, 174, 167, 124)),
    16: ("blue", "bright_blue", "white", "bright_red", "red"),
}  # fmt: skip

# Without colour, ink stands for size, and the sign has marks of its own.
SHADES = " ·:+░▒▓█"
SHADES_ASCII = " .:-=+*#%@"
SIGNED_SHADES = "@%=- +*#&"
LEVELS = 96  # distinct colours of a ramp: few enough to be kept, too many to show steps


def shade(fraction: float, ramp: tuple[str, ...]) -> str:
    """The colour at `fraction` of the way along a ramp, 0 its first colour and 1 its last.

    Between true colours there are others; the colours of a palette are steps.
    """
    if not ramp[0].startswith("#"):
        return step(fraction, ramp)
    return _between(round(min(1.0, max(0.0, fraction)) * (LEVELS - 1)), ramp)


def step(fraction: float, steps: str | tuple[str, ...]) -> str:
    """The one of equally wide steps that `fraction`, from 0 to 1, falls into."""
    return steps[min(len(steps) - 1, max(0, int(fraction * len(steps))))]


@cache
def _between(level: int, ramp: tuple[str, ...]) -> str:
    place = level / (LEVELS - 1) * (len(ramp) - 1)
    below = min(int(place), len(ramp) - 2)
    part = place - below
    low, high = ramp[below], ramp[below + 1]
    mixed = (
        int(low[i : i + 2], 16) * (1 - part) + int(high[i : i + 2], 16) * part for i in (1, 3, 5)
    )
    return "#" + "".join(f"{round(channel):02x}" for channel in mixed)
