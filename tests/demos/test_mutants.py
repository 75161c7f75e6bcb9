"""A demo's claims can tell a sound kernel from a damaged one."""

import numpy as np
import pytest

from demos import ops
from tests.demos import mutants
from tests.demos.mutants import MUTANTS, Mutant, all_demos, damaged

REPORT = mutants.REPORT.read_text(encoding="utf-8") if mutants.REPORT.exists() else ""
RENEW = "renew the report: python -m tests.demos.mutants --write"


def claims_that_noticed(kernel: str) -> set[tuple[str, str]]:
    """(demo, claim) for all mutants of the kernel, as the report has them."""
    chapter = REPORT.partition(f"\n## {kernel}\n")[2].partition("\n## ")[0]
    rows = [line[2:].split(": ") for line in chapter.splitlines() if line.startswith("* ")]
    return {(demo, claim) for demo, claims in rows for claim in claims.split(", ")}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_damaged_kernel_breaks_the_claims_that_the_report_names(mutant):
    broken = mutants.broken_claims(mutant)
    assert broken, "no claim of any demo noticed: one is missing"
    assert f"\n{mutants.section(mutant, broken)}\n" in f"{REPORT}\n", RENEW


def test_the_report_is_of_these_mutants():
    told = [line for line in REPORT.splitlines() if line.startswith("### ")]
    assert told == [mutants.heading(mutant) for mutant in MUTANTS], RENEW


@pytest.mark.parametrize("kernel", ops.__all__)
def test_every_kernel_is_damaged_and_used_by_a_demo(kernel):
    assert kernel in {mutant.kernel for mutant in MUTANTS}
    assert any(kernel in mutants.functions_run_by(demo) for demo in all_demos())


@pytest.mark.parametrize("name", all_demos())
def test_a_claim_that_names_a_kernel_fails_with_it(name):
    for claim in all_demos()[name].run(0).claims:
        if claim.kernel:
            assert claim.kernel in ops.__all__
            assert (name, claim.name) in claims_that_noticed(claim.kernel), claim.name


def test_damage_reaches_default_arguments_and_is_undone():
    x, eye, zero = np.array([[-1.0]]), np.eye(1), np.zeros(1)
    leaky = Mutant("relu", "leaky", "np.maximum(x, 0)", "np.maximum(x, 0.01 * x)")
    with damaged(leaky):
        assert ops.feed_forward(x, eye, zero, eye, zero) == -0.01
    assert ops.feed_forward(x, eye, zero, eye, zero) == 0


def test_damage_is_undone_after_an_error():
    code = ops.softmax.__code__
    with pytest.raises(ZeroDivisionError), damaged(MUTANTS[0]):
        raise ZeroDivisionError
    assert ops.softmax.__code__ is code


def test_an_edit_of_text_that_is_gone_is_refused():
    stale = Mutant("softmax", "?", "no such text", "")
    with pytest.raises(ValueError, match="no such text"), damaged(stale):
        pass


def test_sound_kernels_break_no_claim():
    same = Mutant("softmax", "none", "p = x - top", "p = x - 1 * top")
    assert mutants.broken_claims(same) == {}
