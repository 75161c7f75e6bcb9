"""What one run of a demo showed: figures, pictures and the outcome of its claims.

The demos build these shapes from arrays (`demos/kit.py`); here they arrive as
plain numbers from the process that ran the demo, so that nothing in `quiz`
needs NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass

from quiz.model import Text

NOTHING = Text()


@dataclass(frozen=True)
class Line:
    label: Text
    x: tuple[float, ...]
    y: tuple[float, ...]
    dotted: bool = False


@dataclass(frozen=True)
class Mark:
    axis: str  # "x" | "y"
    at: float
    label: Text = NOTHING


@dataclass(frozen=True)
class Curve:
    title: Text
    lines: tuple[Line, ...]
    x_label: Text = NOTHING
    y_label: Text = NOTHING
    log_x: bool = False
    log_y: bool = False
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Heatmap:
    """values: rows of equal length, row 0 at the top."""

    title: Text
    values: tuple[tuple[float, ...], ...]
    x_label: Text = NOTHING
    y_label: Text = NOTHING
    low: float | None = None
    high: float | None = None
    diverging: bool = False


@dataclass(frozen=True)
class Bars:
    title: Text
    bars: tuple[tuple[Text, float], ...]
    unit: Text = NOTHING
    log: bool = False


@dataclass(frozen=True)
class Histogram:
    """edges has one number more than each row of counts."""

    title: Text
    edges: tuple[float, ...]
    counts: tuple[tuple[Text, tuple[float, ...]], ...]
    x_label: Text = NOTHING


@dataclass(frozen=True)
class Table:
    title: Text
    header: tuple[Text, ...]
    rows: tuple[tuple[Text | float | int, ...], ...]


View = Curve | Heatmap | Bars | Histogram | Table


@dataclass(frozen=True)
class Claim:
    name: str
    statement: Text
    kind: str  # "exact" | "theorem" | "stat"
    measured: float
    expected: str
    holds: bool
    broken_by: dict[str, object] | None = None
    because: Text = NOTHING
    kernel: str = ""


@dataclass(frozen=True)
class Knob:
    name: str
    type: str  # "int" | "float" | "bool" | "choice"
    default: object
    low: float | None = None
    high: float | None = None
    log: bool = False
    values: tuple[object, ...] = ()


@dataclass(frozen=True)
class Run:
    demo: str
    topic: str
    title: Text
    look: Text
    knobs: tuple[Knob, ...]
    params: dict[str, object]
    seed: int
    seconds: float
    figures: dict[str, float]
    views: tuple[View, ...]
    claims: tuple[Claim, ...]
