"""Fitting the FSRS weights to a learner, judged by reviews that the fit has not seen.

Reviews are split by time: weights are fitted to the earlier ones and have to
predict the later ones better than those in use, by log-loss. That is a proper
score: in the long run none is lower than that of the true probabilities. The RMSE
over bins is reported beside it, being what other programs with FSRS report.

A quarter of some hundred reviews is little to judge by: of weights that merely come
out ahead on it, many do worse afterwards. So they have to be ahead by more than one
standard error of the difference, and `tests/bench/optimize.py` shows how often
what is then kept helps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import floor, log, sqrt
from statistics import fmean, stdev
from typing import NamedTuple

from quiz.study.events import Answer
from quiz.study.forgetting import AGAIN, Forgetting
from quiz.study.memory import Scheduling, days_between
from quiz.study.weights import usable

HELD_OUT = 0.25  # the share of reviews, the latest ones, that judge the fit
LEAST = 400  # reviews: with fewer, learners whom a fit would help are seldom told apart
DIGITS = 4  # of a weight: the fitter computes in single precision

Review = tuple[int, int]  # rating 1..4, whole days since the review before
Item = tuple[Review, ...]  # the reviews of a question so far; the last is to be predicted
Fitter = Callable[[Sequence[Item]], Sequence[float]]


class Score(NamedTuple):
    """How well recall was predicted; lower is better."""

    log_loss: float  # nats per review
    rmse: float  # over bins of alike reviews, of predicted against actual recall


class Fit(NamedTuple):
    """What fitting found: both scores are over the `held_out` latest reviews."""

    weights: tuple[float, ...]
    reviews: int
    held_out: int
    before: Score  # with the weights in use
    after: Score  # with those fitted to the reviews before them
    error: float  # standard error of the difference in log-loss

    @property
    def better(self) -> bool:
        return self.before.log_loss - self.after.log_loss > self.error


def items(answers: Iterable[Answer]) -> list[Item]:
    """The reviews that tell of forgetting, in order of time, each with what came before it.

    An answer of the same day as the one before changes the memory but tells nothing
    about days; cramming counts for neither, as in the schedule.
    """
    past: dict[str, tuple[Item, int]] = {}
    found = []
    for answer in answers:
        if answer.cram:
            continue
        before, last = past.get(answer.question, ((), answer.at))
        days = days_between(last, answer.at)
        now = (*before, (answer.rating, days))
        past[answer.question] = now, answer.at
        if days:
            found.append(now)
    return found


def fit(all_items: Sequence[Item], in_use: tuple[float, ...] | None, fitter: Fitter) -> Fit:
    """Weights for these reviews, in order of time, and what they are worth.

    Raises ValueError when the fitter gives weights that FSRS cannot work with.
    """
    split = len(all_items) - round(len(all_items) * HELD_OUT)
    earlier, later = all_items[:split], all_items[split:]
    weights = tuple(round(float(weight), DIGITS) for weight in fitter(earlier))
    if not usable(weights):
        raise ValueError(f"weights out of bounds: {weights}")
    before, after = predictions(later, in_use), predictions(later, weights)
    gains = [a - b for a, b in zip(losses(later, before), losses(later, after), strict=True)]
    return Fit(
        weights=weights,
        reviews=len(all_items),
        held_out=len(later),
        before=score(later, before),
        after=score(later, after),
        error=stdev(gains) / sqrt(len(gains)),
    )


def predictions(some: Sequence[Item], weights: tuple[float, ...] | None) -> list[float]:
    """The probability of recall at the last review of each item, from those before it."""
    model = Forgetting(Scheduling(weights=weights))
    return [predicted(model, item) for item in some]


def losses(some: Sequence[Item], expected: Sequence[float]) -> list[float]:
    """Minus the log of the probability that was given to what happened."""
    happened = [
        chance if item[-1][0] > AGAIN else 1 - chance
        for item, chance in zip(some, expected, strict=True)
    ]
    return [-log(max(1e-7, chance)) for chance in happened]


def score(some: Sequence[Item], expected: Sequence[float]) -> Score:
    """Log-loss and RMSE(bins) of these predictions of each item's last review."""
    bins: dict[tuple[float, ...], list[float]] = {}
    for item, chance in zip(some, expected, strict=True):
        bins.setdefault(_bin(item), []).append(chance - (item[-1][0] > AGAIN))
    squares = sum(sum(off) ** 2 / len(off) for off in bins.values())
    return Score(fmean(losses(some, expected)), sqrt(squares / len(some)))


def predicted(model: Forgetting, item: Item) -> float:
    *before, (_, since) = item
    state = model.first(before[0][0])
    for rating, days in before[1:]:
        state = model.next(state, rating, days)
    return model.recall(state.stability, since)


def _bin(item: Item) -> tuple[float, float, float]:
    """Reviews that are alike: in days passed, reviews so far and times missed, on log scales.

    The bases are those of the FSRS benchmark (open-spaced-repetition), so that
    figures compare.
    """
    missed = sum(rating == AGAIN for rating, days in item[1:-1] if days)
    reviews = 1 + sum(days > 0 for _, days in item[1:])
    return (
        _step(item[-1][1], 2.48, 3.62),
        _step(reviews, 1.99, 1.89),
        _step(missed, 1.65, 1.73) if missed else 0.0,
    )


def _step(value: int, scale: float, base: float) -> float:
    return round(scale * base ** floor(log(value) / log(base)), 2)


def by_package(earlier: Sequence[Item]) -> list[float]:
    """The fit by `fsrs-rs-python`, which is optional. Raises ImportError without it."""
    import fsrs_rs_python as fitter

    training = [
        fitter.FSRSItem([fitter.FSRSReview(rating, days) for rating, days in item])
        for item in earlier
    ]
    model = fitter.FSRS(fitter.DEFAULT_PARAMETERS)
    return model.compute_parameters(training, num_relearning_steps=1)
