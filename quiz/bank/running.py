"""Whether a question's text agrees with what its demo shows when it runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from quiz.bank.packs import Pack
from quiz.bank.read import Steps
from quiz.bank.rules.kit import Finding, Item, calls, suggest, texts
from quiz.bank.rules.typed_number import allowance
from quiz.evidence import Run
from quiz.figures import PLACE
from quiz.model import LANGS, Question

Runner = Callable[[str, Mapping[str, str], Pack], Run]
"""Runs a demo of the pack or of the built-in one: `run(name, params, pack)`.

Whatever it raises is reported as the demo's failure.
"""

Outcome = Run | Exception


class Runs:
    """Each demo at its knobs, run once."""

    def __init__(self, run: Runner, pack: Pack):
        self._run, self._pack = run, pack
        self._done: dict[tuple, Outcome] = {}

    def outcome(self, demo: str, params: Mapping[str, str]) -> Outcome:
        key = (demo, *sorted(params.items()))
        if key not in self._done:
            try:
                self._done[key] = self._run(demo, params, self._pack)
            except Exception as failure:  # a demo is anybody's code, and may raise anything
                self._done[key] = failure
        return self._done[key]


class Prediction(NamedTuple):
    """What makes a predict question's options right or wrong."""

    claim: str
    figure: str
    ranges: list[tuple[float, float]]
    rejected: dict[str, float]  # a tempting wrong number, as it is typed and as it is
    tolerance: str


class Rest(NamedTuple):
    """A demo that an item rests on, and what its run must show. Plain values, to be kept."""

    document: int  # of the file
    steps: Steps  # to the demo
    name: str
    params: dict[str, str]
    claims: Sequence[str]
    figures: list[tuple[Steps, str]]  # each with the steps to the text that quotes it
    prediction: Prediction | None


def rests(item: Item, document: int) -> Iterator[Rest]:
    """Every demo that an item names, with what the item says of its run."""
    for steps, call in calls(item):
        predicts = type(item) is Question and item.kind == "predict"
        prediction = _prediction_of(item) if predicts else None
        figures = list(_quoted(item, steps))
        yield Rest(document, steps, call.name, call.params, call.claims, figures, prediction)


def _prediction_of(question: Question) -> Prediction:
    return Prediction(
        question.claim,
        question.figure,
        [option.range for option in question.options if option.range],
        {answer: float(answer) for answer in question.reject or {}},
        question.tolerance.strip(),
    )


def _quoted(item: Item, demo: tuple) -> Iterator[tuple[tuple, str]]:
    """The figures that are quoted from this demo: in the whole item, or in its own part."""
    part = demo[:-1]
    for steps, text in texts(item):
        inside = steps[: len(part)] == part
        own = len(part) or steps[0] not in ("statements", "misconceptions")
        if not inside or not own:
            continue
        for lang in LANGS:
            for name, _ in PLACE.findall(getattr(text, lang)):
                yield (*steps, lang), name


def findings(rest: Rest, runs: Runs) -> Iterator[tuple[str, Finding]]:
    """What the demo's run does not bear out: (code, finding)."""
    outcome = runs.outcome(rest.name, rest.params)
    if isinstance(outcome, Exception):
        yield "demo-fails", _failure(rest, outcome)
        return
    yield from _claims(rest, outcome)
    for steps, name in rest.figures:
        if name not in outcome.figures:
            yield "unknown-figure", Finding(steps, _no_figure(name, outcome))
    if rest.prediction:
        yield from _prediction(Prediction(*rest.prediction), outcome)


def _failure(rest: Rest, failure: Exception) -> Finding:
    # A refused knob is named by quiz.lab's DemoError; then its own line is at fault.
    detail = getattr(failure, "detail", {})
    knob = detail.get("knob")
    if knob in rest.params:
        here = (*rest.steps, "with", knob)
        if detail.get("known"):
            return Finding(here, f"no knob '{knob}'; {suggest(knob, detail['known'])}", key=True)
        return Finding(here, f"{knob} can't be {rest.params[knob]}; it takes {detail['allowed']}")
    reason = detail.get("reason") or str(failure)
    return Finding((*rest.steps, "name"), f"the demo does not run ({reason}); put it right first")


def _claims(rest: Rest, run: Run) -> Iterator[tuple[str, Finding]]:
    known = {claim.name: claim for claim in run.claims}
    for i, name in enumerate(rest.claims):
        here = (*rest.steps, "claims", i)
        if name not in known:
            message = f"{run.demo} has no claim '{name}'; {suggest(name, known)}"
            yield "unknown-claim", Finding(here, message)
        elif not known[name].holds:
            claim = known[name]
            message = (
                f"'{name}' does not hold here (measured {claim.measured:.4g},"
                f" expected {claim.expected}); change the knobs or the text"
            )
            yield "claim-fails", Finding(here, message)


def _no_figure(name: str, run: Run) -> str:
    return f"{run.demo} has no figure '{name}'; {suggest(name, run.figures)}"


def _prediction(wanted: Prediction, run: Run) -> Iterator[tuple[str, Finding]]:
    if wanted.claim:
        names = [claim.name for claim in run.claims]
        if wanted.claim not in names:
            message = f"{run.demo} has no claim '{wanted.claim}'"
            message += f"; {suggest(wanted.claim, names)}"
            yield "unknown-claim", Finding(("claim",), message)
        return
    if wanted.figure not in run.figures:
        yield "unknown-figure", Finding(("figure",), _no_figure(wanted.figure, run))
        return
    value = run.figures[wanted.figure]
    if not math.isfinite(value):
        message = f"the run gives {value}, which nobody can predict; change the knobs"
        yield "predict-run", Finding(("figure",), message)
        return
    if wanted.ranges and not any(low <= value < high for low, high in wanted.ranges):
        message = f"the run gives {value:.4g}, which is in no option's range; widen one"
        yield "predict-run", Finding(("options",), message, key=True)
    for answer, number in wanted.rejected.items():
        if abs(number - value) <= allowance(wanted.tolerance, value):
            message = f"the run gives {value:.4g}, and {answer} is within the tolerance of it"
            yield "reject-is-right", Finding(("reject", answer), message, key=True)
