"""What the child sends, as the dataclasses of `quiz.evidence`."""

from __future__ import annotations

from quiz import evidence as ev
from quiz.model import Text


def words(value: str | dict) -> Text:
    """Prose comes as {"en": …, "zh": …}; a plain string is the same in every language."""
    return Text(**value) if isinstance(value, dict) else Text(value, value)


def _line(w: dict) -> ev.Line:
    return ev.Line(words(w["label"]), tuple(w["x"]), tuple(w["y"]), w["dotted"])


def _curve(w: dict) -> ev.Curve:
    return ev.Curve(
        words(w["title"]),
        tuple(_line(line) for line in w["lines"]),
        words(w["x_label"]),
        words(w["y_label"]),
        w["log_x"],
        w["log_y"],
        tuple(ev.Mark(m["axis"], m["at"], words(m["label"])) for m in w["marks"]),
    )


def _heatmap(w: dict) -> ev.Heatmap:
    return ev.Heatmap(
        words(w["title"]),
        tuple(tuple(row) for row in w["values"]),
        words(w["x_label"]),
        words(w["y_label"]),
        w["low"],
        w["high"],
        w["diverging"],
    )


def _bars(w: dict) -> ev.Bars:
    bars = tuple((words(label), value) for label, value in w["bars"])
    return ev.Bars(words(w["title"]), bars, words(w["unit"]), w["log"])


def _histogram(w: dict) -> ev.Histogram:
    counts = tuple((words(label), tuple(row)) for label, row in w["counts"])
    return ev.Histogram(words(w["title"]), tuple(w["edges"]), counts, words(w["x_label"]))


def _table(w: dict) -> ev.Table:
    def cell(value: object) -> object:
        return words(value) if isinstance(value, str | dict) else value

    rows = tuple(tuple(cell(value) for value in row) for row in w["rows"])
    return ev.Table(words(w["title"]), tuple(words(h) for h in w["header"]), rows)


VIEWS = {
    "Curve": _curve,
    "Heatmap": _heatmap,
    "Bars": _bars,
    "Histogram": _histogram,
    "Table": _table,
}


def _claim(w: dict) -> ev.Claim:
    return ev.Claim(
        w["name"],
        words(w["statement"]),
        w["kind"],
        w["measured"],
        w["expected"],
        w["holds"],
        w["broken_by"],
        words(w["because"]),
        w["kernel"],
    )


def _knob(w: dict) -> ev.Knob:
    span = w["range"] or {"low": None, "high": None, "log": False}
    return ev.Knob(
        w["name"], w["type"], w["default"], span["low"], span["high"], span["log"],
        tuple(w["values"]),
    )  # fmt: skip


def described(w: dict) -> ev.Run:
    """A demo that was not run: its knobs at their defaults, nothing measured."""
    knobs = tuple(_knob(knob) for knob in w["knobs"])
    defaults = {knob.name: knob.default for knob in knobs}
    return ev.Run(
        w["demo"], w["topic"], words(w["title"]), words(w["look"]), knobs, defaults,
        seed=0, seconds=0.0, figures={}, views=(), claims=(),
    )  # fmt: skip


def finished(w: dict) -> ev.Run:
    return ev.Run(
        w["demo"],
        w["topic"],
        words(w["title"]),
        words(w["look"]),
        tuple(_knob(knob) for knob in w["knobs"]),
        w["params"],
        w["seed"],
        w["seconds"],
        w["figures"],
        tuple(VIEWS[view["type"]](view) for view in w["views"]),
        tuple(_claim(claim) for claim in w["claims"]),
    )
