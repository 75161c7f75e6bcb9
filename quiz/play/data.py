"""What `--json` prints."""

from __future__ import annotations

import json as jsonlib
import math

from quiz.evidence import Run


def number(value: object) -> object:
    """A figure as JSON has it; NaN and infinity, which JSON lacks, as strings."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def as_json(run: Run, lang: str) -> dict:
    return {
        "demo": run.demo,
        "topic": run.topic,
        "params": run.params,
        "seed": run.seed,
        "seconds": round(run.seconds, 4),
        "figures": {name: number(value) for name, value in run.figures.items()},
        "claims": [
            {
                "name": claim.name,
                "statement": claim.statement.pick(lang),
                "kind": claim.kind,
                "measured": number(claim.measured),
                "expected": claim.expected,
                "holds": claim.holds,
                "broken_by": claim.broken_by,
            }
            for claim in run.claims
        ],
    }


def print_json(value: object) -> None:
    print(jsonlib.dumps(value, ensure_ascii=False, indent=2))
