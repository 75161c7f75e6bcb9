import math

import numpy as np
import pytest

from demos.ops import noam_rate, warmup_cosine_rate

STEPS = np.arange(1, 20_001)


def test_noam_by_the_published_formula_step_by_step():
    expected = [512**-0.5 * min(s**-0.5, s * 4000**-1.5) for s in STEPS.tolist()]
    np.testing.assert_allclose(noam_rate(STEPS, 512, 4000), expected, rtol=1e-13)


def test_noam_peaks_at_the_end_of_the_warm_up():
    rates = noam_rate(STEPS, 512, 4000)
    assert STEPS[rates.argmax()] == 4000
    assert rates.max() == pytest.approx((512 * 4000) ** -0.5, rel=1e-13)
    assert noam_rate(16_000, 512, 4000) == pytest.approx(rates.max() / 2, rel=1e-13)


def test_noam_warms_up_linearly_from_the_first_step_on():
    rates = noam_rate(STEPS[:4000], 512, 4000)
    np.testing.assert_allclose(np.diff(rates), rates[0], rtol=1e-8)


def test_noam_is_proportional_to_the_factor():
    np.testing.assert_allclose(noam_rate(STEPS, 64, 10, factor=3), 3 * noam_rate(STEPS, 64, 10))


def test_cosine_by_the_published_formula_step_by_step():
    def formula(s):
        if s < 10:
            return 0.5 * s / 10
        return 0.1 + (0.5 - 0.1) / 2 * (1 + math.cos(math.pi * min(s - 10, 90) / 90))

    got = warmup_cosine_rate(STEPS[:150], 0.5, 10, 100, floor=0.1)
    np.testing.assert_allclose(got, [formula(s) for s in range(1, 151)], rtol=1e-13)


def test_cosine_reaches_its_peak_at_warmup_and_its_floor_at_total():
    assert warmup_cosine_rate(10, 0.5, 10, 100, 0.1) == 0.5
    assert warmup_cosine_rate(55, 0.5, 10, 100, 0.1) == pytest.approx(0.3, rel=1e-13)
    assert warmup_cosine_rate(100, 0.5, 10, 100, 0.1) == pytest.approx(0.1, rel=1e-13)
    assert warmup_cosine_rate(5000, 0.5, 10, 100) == 0


@pytest.mark.parametrize(("warmup", "total"), [(0, 5), (5, 5), (0, 1), (1, 1)])
def test_cosine_needs_neither_a_warm_up_nor_a_decay(warmup, total):
    rates = warmup_cosine_rate(STEPS[:9], 0.5, warmup, total)
    assert np.isfinite(rates).all()
    assert rates.max() <= 0.5
    assert rates[-1] == 0


@pytest.mark.parametrize("step", [0, -1, np.array([1, 2, 0])])
def test_there_is_no_step_0(step):
    with pytest.raises(ValueError, match="count from 1"):
        noam_rate(step, 512, 4000)
    with pytest.raises(ValueError, match="count from 1"):
        warmup_cosine_rate(step, 0.5, 10, 100)
