"""Whether a question's text agrees with what its demo shows when it runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping

from quiz.bank.packs import Pack
from quiz.bank.rules.kit import Finding, Item, calls, suggest, texts
from quiz.bank.rules.typed_number import allowance
from quiz.evidence import Run
from quiz.figures import PLACE
from quiz.model import DemoCall, Question

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

    def outcome(self, call: DemoCall) -> Outcome:
        key = (call.name, *sorted(call.params.items()))
        if key not in self._done:
            try:
                self._done[key] = self._run(call.name, call.params, self._pack)
            except Exception as failure:  # a demo is anybody's code, and may raise anything
                self._done[key] = failure
        return self._done[key]


def findings(item: Item, runs: Runs, demos: frozenset[str]) -> Iterator[tuple[str, Finding]]:
    """What the runs of an item's demos do not bear out: (code, finding)."""
    for steps, call in calls(item):
        if call.name not in demos:
            continue  # `unknown-demo` has said so
        outcome = runs.outcome(call)
        if isinstance(outcome, Exception):
            yield "demo-fails", _failure(steps, call, outcome)
            continue
        yield from _claims(steps, call, outcome)
        yield from _figures(item, steps, outcome)
        if type(item) is Question and item.kind == "predict":
            yield from _prediction(item, outcome)


def _failure(steps: tuple, call: DemoCall, failure: Exception) -> Finding:
    # A refused knob is named by quiz.lab's DemoError; then its own line is at fault.
    detail = getattr(failure, "detail", {})
    knob = detail.get("knob")
    if knob in call.params:
        here = (*steps, "with", knob)
        if detail.get("known"):
            return Finding(here, f"no knob '{knob}'; {suggest(knob, detail['known'])}", key=True)
        return Finding(here, f"{knob} can't be {call.params[knob]}; it takes {detail['allowed']}")
    reason = detail.get("reason") or str(failure)
    return Finding((*steps, "name"), f"the demo does not run ({reason}); put it right first")


def _claims(steps: tuple, call: DemoCall, run: Run) -> Iterator[tuple[str, Finding]]:
    known = {claim.name: claim for claim in run.claims}
    for i, name in enumerate(call.claims):
        here = (*steps, "claims", i)
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


def _figures(item: Item, demo: tuple, run: Run) -> Iterator[tuple[str, Finding]]:
    """The figures that are quoted from this demo: in the whole item, or in its own part."""
    part = demo[:-1]
    for steps, text in texts(item):
        inside = steps[: len(part)] == part
        own = len(part) or steps[0] not in ("statements", "misconceptions")
        if not inside or not own:
            continue
        for lang in ("en", "zh"):
            for name, _ in PLACE.findall(getattr(text, lang)):
                if name not in run.figures:
                    yield "unknown-figure", Finding((*steps, lang), _no_figure(name, run))


def _no_figure(name: str, run: Run) -> str:
    return f"{run.demo} has no figure '{name}'; {suggest(name, run.figures)}"


def _prediction(question: Question, run: Run) -> Iterator[tuple[str, Finding]]:
    if question.claim:
        names = [claim.name for claim in run.claims]
        if question.claim not in names:
            message = f"{run.demo} has no claim '{question.claim}'"
            message += f"; {suggest(question.claim, names)}"
            yield "unknown-claim", Finding(("claim",), message)
        return
    if question.figure not in run.figures:
        yield "unknown-figure", Finding(("figure",), _no_figure(question.figure, run))
        return
    value = run.figures[question.figure]
    if not math.isfinite(value):
        message = f"the run gives {value}, which nobody can predict; change the knobs"
        yield "predict-run", Finding(("figure",), message)
        return
    if question.options and not any(o.range[0] <= value < o.range[1] for o in question.options):
        message = f"the run gives {value:.4g}, which is in no option's range; widen one"
        yield "predict-run", Finding(("options",), message, key=True)
    for answer in question.reject or {}:
        if abs(float(answer) - value) <= allowance(question.tolerance.strip(), value):
            message = f"the run gives {value:.4g}, and {answer} is within the tolerance of it"
            yield "reject-is-right", Finding(("reject", answer), message, key=True)
