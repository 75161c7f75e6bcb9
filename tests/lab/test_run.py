"""Demos in a process of their own: what comes back, and what a bad demo can't do."""

import shutil
from pathlib import Path

import pytest

from quiz.evidence import Curve, Histogram
from quiz.lab.run import DemoError, Lab
from quiz.lab.source import listing

ROOT = Path(__file__).resolve().parents[2]

DEMO = """
from typing import Annotated
from demos.kit import *

@demo(topic="bad", title="bad", look="")
def run(rng, *, n: Annotated[int, Range(1, 9)] = 3) -> Result:
    {body}
    return Result({{"x": {figure}}}, [Bars("b", [("x", 1.0)])],
                  [Claim("c", "c", kind="exact", measured={figure}, expected=Below(2.0))])
"""


@pytest.fixture(scope="module")
def lab():
    with Lab(ROOT) as lab:
        yield lab


@pytest.fixture
def bad(tmp_path):
    """A pack's demos with one of our own making: bad(body) gives its laboratory."""
    shutil.copytree(ROOT / "demos", tmp_path / "demos")
    (tmp_path / "demos" / "bad").mkdir()
    labs = []

    def make(body: str = "pass", figure: str = "1.0") -> Lab:
        file = tmp_path / "demos" / "bad" / "bad.py"
        file.write_text(DEMO.format(body=body, figure=figure))
        labs.append(Lab(tmp_path))
        return labs[-1]

    yield make
    for each in labs:
        each.stop()


def test_a_run_has_its_figures_pictures_and_claims(lab):
    run = lab.run("logit-variance", {"d_k": "16"}, seed=3)
    assert run.params["d_k"] == 16
    assert run.figures["raw_variance"] == pytest.approx(16, rel=0.12)
    assert {Curve, Histogram} & {type(view) for view in run.views}
    assert all(claim.holds for claim in run.claims)
    assert run.title.zh and run.title.en


def test_the_same_seed_gives_the_same_run(lab):
    first, again = (lab.run("logit-variance", seed=5) for _ in range(2))
    assert first.figures == again.figures
    assert first.views == again.views


def test_every_demo_describes_its_knobs(lab):
    described = {run.demo: run for run in lab.describe()}
    assert set(described) == set(lab.paths())
    assert all(run.knobs is not None and run.title for run in described.values())


def test_an_unknown_demo_names_those_there_are(lab):
    with pytest.raises(DemoError) as refused:
        lab.start("logit-varience")
    assert refused.value.kind == "unknown"
    assert "logit-variance" in refused.value.detail["known"]


@pytest.mark.parametrize("value", ["0", "9999", "3.5", "many", "nan", "1e99"])
def test_a_knob_out_of_range_is_refused_with_its_range(lab, value):
    with pytest.raises(DemoError) as refused:
        lab.run("logit-variance", {"d_k": value})
    assert refused.value.kind == "knob"
    assert ".." in refused.value.detail["allowed"]


def test_an_unknown_knob_names_those_there_are(lab):
    with pytest.raises(DemoError) as refused:
        lab.run("logit-variance", {"dk": "3"})
    assert "d_k" in refused.value.detail["known"]


def test_a_demo_that_raises_is_reported_and_the_next_one_runs(bad):
    lab = bad("raise ZeroDivisionError('oops')")
    with pytest.raises(DemoError) as failed:
        lab.run("bad")
    assert failed.value.kind == "failed"
    assert "oops" in failed.value.detail["reason"]
    assert lab.run("logit-variance").figures


def test_a_demo_that_ends_its_process_is_reported_and_the_next_one_runs(bad):
    lab = bad("import os; os._exit(0)")
    with pytest.raises(DemoError) as failed:
        lab.run("bad")
    assert failed.value.kind == "failed"
    assert lab.run("logit-variance").figures


def test_an_endless_demo_is_stopped_at_its_limit(bad):
    lab = bad("while True: pass")
    with pytest.raises(DemoError) as failed:
        lab.start("bad").wait(seconds=1.0)
    assert failed.value.kind == "timeout"
    assert lab.run("logit-variance").figures


def test_a_result_that_is_no_number_is_reported(bad):
    lab = bad("return Result({}, [Table('t', ('x',), [[object()]])], [])")
    with pytest.raises(DemoError) as failed:
        lab.run("bad")
    assert "object" in failed.value.detail["reason"]


def test_what_a_demo_prints_does_not_disturb_the_reply(bad):
    assert bad("print('x' * 100_000)").run("bad").figures == {"x": 1.0}


@pytest.mark.parametrize("figure", ["float('nan')", "float('inf')"])
def test_a_claim_on_nan_or_infinity_fails(bad, figure):
    assert not bad(figure=figure).run("bad").claims[0].holds


def test_the_source_comes_with_the_kernels_it_calls():
    file = next((ROOT / "demos").glob("*/over_scaling.py"))
    code = listing(file, ROOT / "demos" / "ops")
    assert code.startswith(file.read_text(encoding="utf-8").rstrip())
    assert "def softmax(" in code
