"""Figures of a run put into text: {{ name }} and {{ name | .2f }}.

Anything else in double braces stays as it is written.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

PLACE = re.compile(r"\{\{ *([A-Za-z_][A-Za-z0-9_]*) *(?:\| *([^{}|]*?) *)?\}\}")
MISSING = "—"
_HYPHEN = re.compile(r"(?<![\w)])-(?=[\d.∞])")


def minus(text: str) -> str:
    """With a minus sign where Python writes a hyphen before a number; 1e-9 stays as it is."""
    return _HYPHEN.sub("−", text)


def show(value: float, spec: str = "") -> str:
    """A number as prose shows it: 0.1429, 1.2e-15, 262,144; with `spec`, as Python formats it."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"
    if spec:
        shown = format(int(value) if spec[-1] in "dxXob" else value, spec)
    elif value == int(value) and abs(value) < 1e15:
        shown = f"{int(value):,}"
    else:
        shown = f"{value:.4g}"
    return minus(shown)


def fill(text: str, figures: Mapping[str, float]) -> str:
    """The text with every figure that the run has; one that it lacks becomes a dash."""

    def place(found: re.Match) -> str:
        name, spec = found[1], found[2] or ""
        return show(figures[name], spec) if name in figures else MISSING

    return PLACE.sub(place, text)
