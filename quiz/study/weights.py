"""The FSRS weights of this learner, once `quiz optimize` has fitted some: kept in a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

# What `fsrs` accepts for each weight; known here so that no start has to import it.
LOWEST = (
    0.001, 0.001, 0.001, 0.001, 1.0, 0.001, 0.001, 0.001, 0.0, 0.0, 0.001, 0.001, 0.001, 0.001,
    0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.1,
)  # fmt: skip
HIGHEST = (
    100.0, 100.0, 100.0, 100.0, 10.0, 4.0, 4.0, 0.75, 4.5, 0.8, 3.5, 5.0, 0.25, 0.9, 4.0, 1.0,
    6.0, 2.0, 2.0, 0.8, 0.8,
)  # fmt: skip


def usable(weights: Sequence[float]) -> bool:
    """Are these 21 numbers that FSRS-6 can work with?"""
    return len(weights) == len(LOWEST) and all(
        low <= weight <= high for low, weight, high in zip(LOWEST, weights, HIGHEST, strict=True)
    )


def load(path: Path) -> tuple[float, ...] | None:
    """The weights kept; None (the defaults) when there are none or they can't be used."""
    if not path.exists():
        return None
    import json  # here, as in most starts it is not needed

    try:
        weights = tuple(map(float, json.loads(path.read_text(encoding="utf-8"))["weights"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return weights if usable(weights) else None


def save(weights: Sequence[float], path: Path) -> None:
    """Raises OSError."""
    import json

    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps({"weights": list(weights)}), encoding="utf-8")
    part.replace(path)
