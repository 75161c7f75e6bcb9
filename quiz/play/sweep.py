"""What was asked for on the command line: settings of knobs, sweeps, two settings side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from quiz.evidence import Curve, Knob, Line, Run, Table
from quiz.model import Text
from quiz.refusal import Refusal
from quiz.screen.picture import MOST

POINTS = 9  # of a sweep
NUMBER = 9  # columns that a number may take
GAP = 2  # between two columns of a table


class Sweep(NamedTuple):
    knob: str
    low: str
    high: str


def settings(given: Sequence[str], words) -> tuple[dict[str, str], list[Sweep]]:
    """`d_k=64` sets a knob, `d_k=8..512` sweeps it. Raises Refusal for what is neither."""
    params, sweeps = {}, []
    for word in given:
        name, equals, value = word.partition("=")
        if not equals or not name or not value:
            raise Refusal(words("error.knob-form", word=word))
        low, dots, high = value.partition("..")
        if dots:
            sweeps.append(Sweep(name, low, high))
        else:
            params[name] = value
    return params, sweeps


def values(knob: Knob, sweep: Sweep, demo: str, words) -> list[object]:
    """The values of a sweep: all where there are few, else evenly spread. Raises Refusal."""
    allowed = ", ".join(map(str, knob.values)) or f"{knob.low}..{knob.high}"
    refusal = Refusal(
        words(
            "error.sweep",
            demo=demo,
            knob=knob.name,
            value=f"{sweep.low}..{sweep.high}",
            allowed=allowed if knob.type != "bool" else "on, off",
        )
    )
    if knob.type not in ("int", "float"):
        raise refusal
    try:
        low, high = float(sweep.low), float(sweep.high)
    except ValueError:
        raise refusal from None
    if knob.values:
        chosen = [v for v in knob.values if low <= v <= high]
        if len(chosen) < 2:
            raise refusal
        return chosen
    if not knob.low <= low < high <= knob.high:
        raise refusal
    if knob.log and low > 0:
        spread = [low * (high / low) ** (i / (POINTS - 1)) for i in range(POINTS)]
    else:
        spread = [low + (high - low) * i / (POINTS - 1) for i in range(POINTS)]
    if knob.type == "int":
        return sorted({round(v) for v in spread})
    return [float(f"{v:.6g}") for v in spread]


def tables(knob: Knob, runs: Sequence[Run], width: int) -> list[Table]:
    """Every figure over the values of the knob, one row a value, in tables that fit the width."""
    groups: list[list[str]] = []
    room = 0
    for name in runs[0].figures:
        cells = max(len(name), NUMBER) + GAP
        if cells > room:
            groups.append([])
            room = min(width, MOST) - max(len(knob.name), NUMBER)
        groups[-1].append(name)
        room -= cells
    return [_table(knob, runs, names) for names in groups]


def _table(knob: Knob, runs: Sequence[Run], names: Sequence[str]) -> Table:
    header = tuple(Text(n, n) for n in (knob.name, *names))
    rows = tuple((run.params[knob.name], *(run.figures[n] for n in names)) for run in runs)
    return Table(Text("", ""), header, rows)


def curve(knob: Knob, runs: Sequence[Run], title: str) -> Curve:
    """The figures that move with the knob, as lines over it: those of like size, at most four."""
    xs = tuple(float(run.params[knob.name]) for run in runs)
    rows = {name: tuple(run.figures[name] for run in runs) for name in runs[0].figures}
    moving = {n: ys for n, ys in rows.items() if max(ys) != min(ys)} or rows
    shown = dict(list(moving.items())[:4])
    everything = [y for ys in shown.values() for y in ys]
    positive = all(y > 0 for y in everything)
    return Curve(
        Text(title, title),
        tuple(Line(Text(name, name), xs, ys) for name, ys in shown.items()),
        x_label=Text(knob.name, knob.name),
        log_x=knob.log and xs[0] > 0,
        log_y=positive and max(everything) > 50 * min(everything),
    )
