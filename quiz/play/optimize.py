"""`quiz optimize`: the schedule fitted to how fast this learner forgets."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from quiz.play.data import print_json
from quiz.refusal import Refusal
from quiz.screen.tables import Table
from quiz.study import weights
from quiz.study.fit import LEAST, Fit, Fitter, by_package, fit, items
from quiz.study.history import History

PACKAGE = "fsrs-rs-python>=0.9.3,<0.10"  # the extra `optimize` of pyproject.toml


def optimize(
    history: History,
    path: Path,
    console: Console,
    words,
    *,
    yes: bool,
    reset: bool,
    json: bool,
    fitter: Fitter = by_package,
) -> None:
    """Fit, judge, and keep at `path` what is better if the learner says so. Raises Refusal."""
    if reset:
        path.unlink(missing_ok=True)
        _say({"kept": False}, words("optimize.reset"), console, json)
        return
    reviews = items(history.answers())
    if len(reviews) < LEAST:
        line = words("optimize.few", count=len(reviews), least=LEAST)
        _say({"reviews": len(reviews), "least": LEAST, "kept": False}, line, console, json)
        return
    try:
        found = fit(reviews, history.scheduling.weights, fitter)
    except ImportError:
        raise Refusal(words("optimize.package", package=PACKAGE)) from None
    except ValueError as problem:
        raise Refusal(words("optimize.failed", problem=problem)) from None
    if not json:
        _show(found, console, words)
    kept = found.better and (yes or (not json and _agreed(console, words)))
    if kept:
        weights.save(found.weights, path)
    if json:
        print_json(_as_data(found) | {"kept": kept})
    elif found.better:
        console.print(Text(words("optimize.kept" if kept else "optimize.not-kept")))


def _say(data: dict, line: str, console: Console, json: bool) -> None:
    if json:
        print_json(data)
    else:
        console.print(Text(line))


def _show(found: Fit, console: Console, words) -> None:
    earlier = found.reviews - found.held_out
    console.print(Text(words("optimize.title", earlier=earlier, later=found.held_out)))
    rows = [
        (words("optimize.log-loss"), *_pair(found.before.log_loss, found.after.log_loss)),
        (words("optimize.rmse"), *_pair(found.before.rmse, found.after.rmse)),
    ]
    heads = ("optimize.score", "optimize.before", "optimize.after")
    console.print(Table([words(head) for head in heads], rows))
    places = {"error": f"{found.error:.3f}"}
    if found.better:
        gain = found.before.log_loss - found.after.log_loss
        console.print(Text(words("optimize.better", gain=f"{gain:.3f}", **places)))
    else:
        console.print(Text(words("optimize.same", **places)))


def _pair(before: float, after: float) -> tuple[str, str]:
    return f"{before:.3f}", f"{after:.3f}"


def _agreed(console: Console, words) -> bool:
    if not sys.stdin.isatty():
        console.print(Text(words("optimize.yes")))
        return False
    return input(f"{words('optimize.ask')} ").strip().casefold() in ("y", "yes", "是", "好")


def _as_data(found: Fit) -> dict:
    return {
        "reviews": found.reviews,
        "held_out": found.held_out,
        "before": found.before._asdict(),
        "after": found.after._asdict(),
        "standard_error": found.error,
        "better": found.better,
        "weights": found.weights,
    }
