from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from quiz.bank.rules.kit import Finding, rule
from quiz.model import Question


@rule(Question, breaking=True)
def predict_key(question: Question) -> Iterator[Finding]:
    """The run decides a predict question: by a figure, or by whether a claim holds.

    A figure falls into the `range` of one option (closed below, open above; together
    they run from -inf or the least to inf without a gap), or is typed within `tolerance`.
    A claim has two options, `holds: true` and `holds: false`. Nothing is `correct: true`.

    Fails:
        kind: predict
        figure: raw_variance
        options:
          - {text: below 10, range: [-inf, 10], why: Too small.}
          - {text: above 20, range: [20, inf], why: It is d_k.}

    Passes:
        kind: predict
        figure: raw_variance
        options:
          - {text: below 15, range: [-inf, 15], why: Too small.}
          - {text: above 15, range: [15, inf], why: It is d_k.}
    """
    if question.kind != "predict":
        return
    if bool(question.figure) == bool(question.claim):
        message = "a predict question names either a 'figure' or a 'claim' of its demo's run"
        yield Finding(("kind",), message)
        return
    for i, option in enumerate(question.options):
        if option.correct:
            message = "the run decides what is right; take 'correct' out"
            yield Finding(("options", i, "correct"), message, key=True)
    if question.claim:
        yield from _by_claim(question)
    elif question.options:
        yield from _by_range(question)
    elif question.tolerance == "0":
        message = "a figure that is typed needs a 'tolerance', such as 10%"
        yield Finding(("figure",), message, key=True)


def _by_claim(question: Question) -> Iterator[Finding]:
    if sorted(str(option.holds) for option in question.options) != ["False", "True"]:
        where = ("options",) if question.options else ("claim",)
        message = "a claim has two options: one with 'holds: true', one with 'holds: false'"
        yield Finding(where, message, key=True)
    for i, option in enumerate(question.options):
        if option.range is not None:
            message = "'range' goes with a figure; a claim's options have 'holds'"
            yield Finding(("options", i, "range"), message, key=True)


def _by_range(question: Question) -> Iterator[Finding]:
    spans = []
    for i, option in enumerate(question.options):
        steps = ("options", i, "range")
        if option.holds is not None:
            message = "'holds' goes with a claim; a figure's options have 'range'"
            yield Finding(("options", i, "holds"), message, key=True)
        if option.range is None:
            message = "needs the range of the figure in which it is right: 'range: [low, high]'"
            yield Finding(("options", i), message)
        elif not option.range[0] < option.range[1]:  # not for a NaN either
            low, high = option.range
            yield Finding(steps, f"[{low:g}, {high:g}] is empty; write the lower bound first")
        else:
            spans.append((option.range, steps))
    spans.sort()
    for ((_, high), _), ((low, _), steps) in pairwise(spans):
        if low < high:
            yield Finding(steps, f"overlaps the range that ends at {high:g}; start it there")
        elif low > high:
            message = f"leaves a gap between {high:g} and {low:g}; let the ranges touch"
            yield Finding(steps, message)
    if len(spans) == 1:
        yield Finding(("options",), "one range can't be missed; give two or more", key=True)
    if spans and not math.isinf(spans[-1][0][1]) and not math.isinf(spans[0][0][0]):
        message = (
            "the ranges end on both sides; let the last one run to inf (or the first from -inf)"
        )
        yield Finding(spans[-1][1], message)
