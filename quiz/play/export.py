"""A run saved to a file: its picture as SVG, its numbers as JSON or CSV."""

from __future__ import annotations

import csv
import io
import json as jsonlib
from pathlib import Path

from rich.console import Console

from quiz.evidence import Run
from quiz.play.data import as_json
from quiz.refusal import Refusal
from quiz.screen.demo import report, value
from quiz.screen.theme import UNICODE

KINDS = ("svg", "json", "csv")


def save(run: Run, kind: str, folder: Path, words) -> Path:
    """Write the run beside what is there already: `logit-variance.svg`, `logit-variance-2.svg`.

    Raises Refusal when the folder can't be written to.
    """
    text = {"svg": as_svg, "json": as_text, "csv": as_csv}[kind](run, words)
    for number in range(1, 1000):
        path = folder / f"{run.demo}{f'-{number}' if number > 1 else ''}.{kind}"
        try:
            with open(path, "x", encoding="utf-8", newline="") as file:
                file.write(text)
        except FileExistsError:
            continue
        except OSError as problem:
            reason = problem.strerror
            raise Refusal(words("export.failed", path=path, reason=reason)) from None
        return path
    raise Refusal(words("export.failed", path=folder, reason=words("export.too-many")))


def as_svg(run: Run, words) -> str:
    console = Console(
        file=io.StringIO(), record=True, force_terminal=True, color_system="truecolor",
        width=100, markup=False, emoji=False, highlight=False,
    )  # fmt: skip
    console.print(report(run, UNICODE, words))
    return console.export_svg(title=run.title.pick(words.lang))


def as_text(run: Run, words) -> str:
    return jsonlib.dumps(as_json(run, words.lang), ensure_ascii=False, indent=2) + "\n"


def as_csv(run: Run, words) -> str:
    """One row a figure, with the knobs that it was measured at."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow([*run.params, "seed", "figure", "value"])
    knobs = [value(v) for v in run.params.values()]
    for name, number in run.figures.items():
        table.writerow([*knobs, run.seed, name, repr(number)])
    return out.getvalue()
