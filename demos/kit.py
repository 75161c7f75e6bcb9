"""What a demo is made of: knobs, figures, views and claims.

A demo is one keyword-only function. Its signature declares the knobs, its
return value carries everything the reader sees:

    @demo(topic="scaling", title={"en": "…", "zh": "…"}, look={"en": "…", "zh": "…"})
    def run(rng, *, d_k: Annotated[int, Range(1, 4096, log=True)] = 512) -> Result:
        ...

    if __name__ == "__main__":
        run.main()

The decorator returns a `Demo`; `Demo.run(seed=0, d_k=64)` checks the knobs,
seeds a generator and calls the function.
"""

from __future__ import annotations

import inspect
import math
import sys
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

Words = str | Mapping[str, str]
"""Prose in both languages as ``{"en": …, "zh": …}``; a plain string for symbols."""


# --- knobs -----------------------------------------------------------------


@dataclass(frozen=True)
class Range:
    """A numeric knob's closed interval; `log` makes the keys step by factors of two."""

    low: float
    high: float
    log: bool = False


@dataclass(frozen=True)
class OneOf:
    """A knob that takes only the listed numbers (head counts that divide d_model, say)."""

    values: tuple[float, ...]

    def __init__(self, *values: float):
        object.__setattr__(self, "values", values)


class KnobError(ValueError):
    """A knob that does not exist (`known` lists those that do) or a value it can't take."""

    def __init__(self, knob: str, value: object, allowed: str, known: Sequence[str] = ()):
        self.knob, self.value, self.allowed, self.known = knob, value, allowed, tuple(known)
        super().__init__(f"{knob}={value}: {allowed}" if not known else f"no knob {knob!r}")


@dataclass(frozen=True)
class Knob:
    """One keyword parameter of a demo, as its signature declares it."""

    name: str
    type: str  # "int" | "float" | "bool" | "choice"
    default: object
    range: Range | None = None
    values: tuple = ()

    @property
    def allowed(self) -> str:
        if self.type == "bool":
            return "on, off"
        if self.values:
            return ", ".join(str(v) for v in self.values)
        return f"{self.range.low:g}..{self.range.high:g}"

    def parse(self, value: object) -> object:
        """The typed value of what a person typed (or of a number passed through).

        Raises KnobError for a value of the wrong type or outside the range.
        """
        refused = KnobError(self.name, value, self.allowed)
        if self.type == "bool":
            known = {"on": True, "true": True, "yes": True, "1": True,
                     "off": False, "false": False, "no": False, "0": False}  # fmt: skip
            if isinstance(value, bool):
                return value
            if str(value).lower() not in known:
                raise refused
            return known[str(value).lower()]
        if self.type == "choice":
            if str(value) not in self.values:
                raise refused
            return str(value)
        if isinstance(value, bool):
            raise refused
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise refused from None
        if not math.isfinite(number) or (self.type == "int" and number != int(number)):
            raise refused
        number = int(number) if self.type == "int" else number
        if self.values and number not in self.values:
            raise refused
        if self.range and not self.range.low <= number <= self.range.high:
            raise refused
        return number


# --- views -----------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One line of a curve: y over x, both `[points]`. Style: solid, or a dotted theory line."""

    label: Words
    x: Sequence[float]
    y: Sequence[float]
    dotted: bool = False


@dataclass(frozen=True)
class Mark:
    """A reference line across a curve at one value of an axis."""

    axis: str  # "x" | "y"
    at: float
    label: Words = ""


@dataclass(frozen=True)
class Curve:
    title: Words
    lines: Sequence[Line]
    x_label: Words = ""
    y_label: Words = ""
    log_x: bool = False
    log_y: bool = False
    marks: Sequence[Mark] = ()


@dataclass(frozen=True)
class Heatmap:
    """values `[rows, columns]`, row 0 at the top; low/high None means the data's own range."""

    title: Words
    values: np.ndarray
    x_label: Words = ""
    y_label: Words = ""
    low: float | None = None
    high: float | None = None
    diverging: bool = False  # a signed quantity: the colour scale is centred on zero


@dataclass(frozen=True)
class Bars:
    title: Words
    bars: Sequence[tuple[Words, float]]
    unit: Words = ""
    log: bool = False


@dataclass(frozen=True)
class Histogram:
    """Counts over shared bins: edges `[bins + 1]`, one row of counts `[bins]` a label."""

    title: Words
    edges: Sequence[float]
    counts: Sequence[tuple[Words, Sequence[float]]]
    x_label: Words = ""

    @classmethod
    def of(
        cls,
        title: Words,
        samples: Sequence[tuple[Words, np.ndarray]],
        *,
        bins: int = 48,
        x_label: Words = "",
        low: float | None = None,
        high: float | None = None,
    ) -> Histogram:
        """Bin every sample `[n]` over the same edges; what lies outside low..high is left out."""
        everything = np.concatenate([np.ravel(s) for _, s in samples])
        low = float(everything.min()) if low is None else low
        high = float(everything.max()) if high is None else high
        if low == high:
            low, high = low - 0.5, high + 0.5
        edges = np.linspace(low, high, bins + 1)
        counts = [(label, np.histogram(s, edges)[0]) for label, s in samples]
        return cls(title, edges, counts, x_label)


@dataclass(frozen=True)
class Table:
    title: Words
    header: Sequence[Words]
    rows: Sequence[Sequence[Words | float | int]]


View = Curve | Heatmap | Bars | Histogram | Table


# --- claims ----------------------------------------------------------------


@dataclass(frozen=True)
class Near:
    """value ± max(abs, rel·|value|)."""

    value: float
    rel: float = 0.0
    abs: float = 0.0

    def accepts(self, measured: float) -> bool:
        return math.fabs(measured - self.value) <= max(self.abs, self.rel * math.fabs(self.value))

    def __str__(self) -> str:
        return f"{self.value:.4g} ± {max(self.abs, self.rel * math.fabs(self.value)):.2g}"


@dataclass(frozen=True)
class Between:
    low: float
    high: float

    def accepts(self, measured: float) -> bool:
        return self.low <= measured <= self.high

    def __str__(self) -> str:
        return f"{self.low:.4g}..{self.high:.4g}"


@dataclass(frozen=True)
class Below:
    bound: float

    def accepts(self, measured: float) -> bool:
        return measured < self.bound

    def __str__(self) -> str:
        return f"< {self.bound:.4g}"


@dataclass(frozen=True)
class AtMost:
    bound: float

    def accepts(self, measured: float) -> bool:
        return measured <= self.bound

    def __str__(self) -> str:
        return f"<= {self.bound:.4g}"


@dataclass(frozen=True)
class Above:
    bound: float

    def accepts(self, measured: float) -> bool:
        return measured > self.bound

    def __str__(self) -> str:
        return f"> {self.bound:.4g}"


@dataclass(frozen=True)
class AtLeast:
    bound: float

    def accepts(self, measured: float) -> bool:
        return measured >= self.bound

    def __str__(self) -> str:
        return f">= {self.bound:.4g}"


@dataclass(frozen=True)
class Equals:
    value: float

    def accepts(self, measured: float) -> bool:
        return measured == self.value

    def __str__(self) -> str:
        return f"= {self.value:.10g}"


Expected = Near | Between | Below | AtMost | Above | AtLeast | Equals

KINDS = ("exact", "theorem", "stat")


@dataclass(frozen=True)
class Claim:
    """A sentence with a number that decides it.

    kind: "exact" (arithmetic or an identity), "theorem" (holds for any input) or
    "stat" (statistical: asserted at the default knobs, for any seed).
    A claim must be able to fail. `broken_by` names knob values under which it
    does and `because` says why that is to be expected; an identity that no knob
    can break names the kernel of `demos.ops` whose defect would break it.
    """

    name: str
    statement: Words
    kind: str = field(kw_only=True)
    measured: float = field(kw_only=True)
    expected: Expected = field(kw_only=True)
    broken_by: Mapping[str, object] | None = field(default=None, kw_only=True)
    because: Words = field(default="", kw_only=True)
    kernel: str = field(default="", kw_only=True)

    @property
    def holds(self) -> bool:
        # NaN compares false with everything, so a claim on it fails.
        return bool(self.expected.accepts(float(self.measured)))


@dataclass(frozen=True)
class Result:
    figures: Mapping[str, float]
    views: Sequence[View]
    claims: Sequence[Claim]


# --- demos -----------------------------------------------------------------


@dataclass(frozen=True)
class Demo:
    """A demo function with what its signature and its file say about it."""

    name: str
    topic: str
    title: Words
    look: Words  # one line: what to look at in the picture
    knobs: tuple[Knob, ...]
    function: Callable[..., Result]

    def bind(self, params: Mapping[str, object]) -> dict[str, object]:
        """Every knob's value: those given, parsed; the others at their defaults."""
        known = {knob.name: knob for knob in self.knobs}
        for name, value in params.items():
            if name not in known:
                raise KnobError(name, value, "", tuple(known))
        return {
            name: knob.parse(params[name]) if name in params else knob.default
            for name, knob in known.items()
        }

    def run(self, seed: int = 0, **params: object) -> Result:
        """Run at a seed: the same knobs and seed give the same result.

        Raises KnobError for an unknown knob or a value out of its range.
        """
        return self.function(np.random.default_rng(seed), **self.bind(params))

    def main(self, argv: Sequence[str] | None = None) -> None:
        """`python -m demos.TOPIC.NAME [knob=value ..] [seed=N]`: figures and claims as text."""
        given = dict(word.partition("=")[::2] for word in (sys.argv[1:] if argv is None else argv))
        try:
            result = self.run(seed=int(given.pop("seed", 0)), **given)
        except ValueError as problem:
            raise SystemExit(f"{self.name}: {problem}") from None
        for name, value in result.figures.items():
            print(f"{name:32} {value:.6g}")
        for claim in result.claims:
            sign = "holds" if claim.holds else "FAILS"
            print(f"{sign:6} {claim.name:40} {claim.measured:.6g}  ({claim.expected})")


def _knob(name: str, parameter: inspect.Parameter, hint: object) -> Knob:
    declared, *extras = typing.get_args(hint) if hasattr(hint, "__metadata__") else (hint,)
    default = parameter.default
    if typing.get_origin(declared) is typing.Literal:
        return Knob(name, "choice", default, values=typing.get_args(declared))
    kind = {bool: "bool", int: "int", float: "float"}[declared]
    span = next((e for e in extras if isinstance(e, Range)), None)
    values = next((e.values for e in extras if isinstance(e, OneOf)), ())
    if kind != "bool" and span is None and not values:
        raise TypeError(f"knob {name} needs a Range(...) or OneOf(...)")
    return Knob(name, kind, default, span, values)


def demo(*, topic: str, title: Words, look: Words) -> Callable[[Callable[..., Result]], Demo]:
    """Turn `run(rng, *, knobs…) -> Result` into a Demo named after its file."""

    def decorate(function: Callable[..., Result]) -> Demo:
        hints = typing.get_type_hints(function, include_extras=True)
        knobs = tuple(
            _knob(name, parameter, hints[name])
            for name, parameter in inspect.signature(function).parameters.items()
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        )
        name = Path(function.__code__.co_filename).stem.replace("_", "-")
        return Demo(name, topic, title, look, knobs, function)

    return decorate
