"""Every claim of every demo holds for seeds 0..99 at the defaults, and can be broken."""

import importlib
from pathlib import Path

import numpy as np
import pytest

from demos import kit

ROOT = Path(kit.__file__).parent
FILES = sorted(p for p in ROOT.glob("*/[a-z]*.py") if p.parent.name != "ops")
DEMOS = [importlib.import_module(f"demos.{p.parent.name}.{p.stem}").run for p in FILES]
SEEDS = range(100)
every_demo = pytest.mark.parametrize("demo", DEMOS, ids=lambda d: f"{d.topic}/{d.name}")


def both_languages(words: kit.Words) -> bool:
    return isinstance(words, str) or (set(words) == {"en", "zh"} and all(words.values()))


@every_demo
def test_claims_hold_at_defaults_for_a_hundred_seeds(demo):
    failed = [
        f"seed {seed}: {claim.name} measured {claim.measured:.6g}, expected {claim.expected}"
        for seed in SEEDS
        for claim in demo.run(seed).claims
        if not claim.holds
    ]
    assert not failed, "\n".join(failed[:10])


@every_demo
def test_each_claim_fails_where_it_says_so(demo):
    for claim in demo.run(0).claims:
        if claim.broken_by is None:
            assert claim.kernel, f"{claim.name}: neither broken_by nor the kernel it rests on"
            continue
        assert both_languages(claim.because) and claim.because, f"{claim.name}: no because"
        for seed in range(10):
            outcome = {c.name: c for c in demo.run(seed, **claim.broken_by).claims}[claim.name]
            assert not outcome.holds, f"{claim.name} survives {claim.broken_by} at seed {seed}"


@every_demo
def test_same_seed_same_bytes(demo):
    first, second = demo.run(7), demo.run(7)
    assert repr(first.figures) == repr(second.figures)
    assert [c.measured for c in first.claims] == [c.measured for c in second.claims]


@every_demo
def test_result_is_complete_and_bilingual(demo):
    result = demo.run(0)
    assert result.views and result.claims and result.figures
    assert both_languages(demo.title) and both_languages(demo.look)
    names = [claim.name for claim in result.claims]
    assert len(set(names)) == len(names)
    for claim in result.claims:
        assert claim.kind in kit.KINDS
        assert both_languages(claim.statement)
        assert np.isfinite(float(claim.measured)), claim.name
    for name, value in result.figures.items():
        assert name.isidentifier() and np.ndim(value) == 0, name


@every_demo
def test_extreme_knobs_run_and_what_they_break_is_explained(demo):
    """Each knob at either end of its range, one at a time, everything else at its default."""
    for knob in demo.knobs:
        if knob.type == "bool":
            ends = (False, True)
        elif knob.values:
            ends = knob.values
        else:
            ends = (knob.range.low, knob.range.high)
        for value in ends:
            for claim in demo.run(0, **{knob.name: value}).claims:
                said = f"{knob.name}={value} breaks {claim.name}: why?"
                assert claim.holds or claim.because, said
