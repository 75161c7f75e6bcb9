import math

import numpy as np
import pytest

from demos.ops import dropout

N = 100_000


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_kept_values_are_scaled_up_so_that_the_mean_stays(p):
    x = np.full(N, 3.0)
    y = dropout(x, p, np.random.default_rng(0))
    np.testing.assert_allclose(y[y != 0], 3 / (1 - p), rtol=1e-15)
    std_of_the_mean = 3 * math.sqrt(p / (1 - p) / N)
    assert abs(y.mean() - 3) < 5 * std_of_the_mean


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_a_share_p_is_dropped_each_element_by_itself(p):
    dropped = dropout(np.ones((N // 100, 100)), p, np.random.default_rng(1)) == 0
    assert abs(dropped.mean() - p) < 5 * math.sqrt(p * (1 - p) / N)
    # Neighbours are dropped together no more often than chance has it.
    both = (dropped[:, 1:] & dropped[:, :-1]).mean()
    assert abs(both - p * p) < 5 * math.sqrt(p * p / N) * 2


def test_the_generator_decides_and_the_width_of_the_floats_does_not():
    x = np.random.default_rng(0).normal(size=(3, 40))
    first, second = (dropout(x, 0.5, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    narrow = dropout(x.astype(np.float32), np.float64(0.5), np.random.default_rng(7))
    assert narrow.dtype == np.float32
    np.testing.assert_array_equal(narrow == 0, first == 0)
    assert (dropout(x, 0.5, np.random.default_rng(8)) != first).any()


def test_p_0_keeps_all_and_p_1_nothing():
    x = np.arange(1.0, 9.0)
    np.testing.assert_array_equal(dropout(x, 0, np.random.default_rng(0)), x)
    np.testing.assert_array_equal(dropout(x, 1, np.random.default_rng(0)), np.zeros(8))


def test_outside_training_nothing_is_dropped_and_no_number_drawn():
    x, rng = np.arange(8.0), np.random.default_rng(0)
    np.testing.assert_array_equal(dropout(x, 0.5, rng, training=False), x)
    assert rng.random() == np.random.default_rng(0).random()


@pytest.mark.parametrize("p", [-0.1, 1.5, math.nan])
def test_p_must_be_a_probability(p):
    with pytest.raises(ValueError, match="probability"):
        dropout(np.ones(3), p, np.random.default_rng(0))
