import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from demos.ops import softmax, softmax_jacobian

checked = settings(derandomize=True, deadline=None, max_examples=60)
logits = arrays(np.float64, array_shapes(max_dims=3, max_side=6), elements=st.floats(-50, 50))


@checked
@given(logits)
def test_the_weights_of_a_row_are_positive_and_sum_to_one(x):
    p = softmax(x)
    assert (p > 0).all()
    np.testing.assert_allclose(p.sum(-1), 1, rtol=1e-14)


@checked
@given(logits, st.floats(-1e4, 1e4))
def test_adding_a_constant_to_a_row_changes_nothing(x, constant):
    np.testing.assert_allclose(softmax(x + constant), softmax(x), rtol=1e-10)


@checked
@given(logits, st.randoms(use_true_random=False))
def test_reordering_the_logits_reorders_the_weights(x, random):
    order = random.sample(range(x.shape[-1]), x.shape[-1])
    np.testing.assert_allclose(softmax(x[..., order]), softmax(x)[..., order], rtol=1e-13)


@checked
@given(logits)
def test_ratios_of_weights_are_exponentials_of_logit_differences(x):
    p = softmax(x)
    np.testing.assert_allclose(np.log(p) - np.log(p[..., :1]), x - x[..., :1], atol=1e-12)


def test_logits_of_1e4_give_a_one_hot_row():
    np.testing.assert_array_equal(softmax(np.array([1e4, 0, -1e4])), [1, 0, 0])
    np.testing.assert_array_equal(softmax(np.array([1e4, 1e4], np.float32)), [0.5, 0.5])


def test_minus_infinity_takes_an_entry_out():
    x = np.array([1.0, -np.inf, 2.0])
    np.testing.assert_allclose(softmax(x)[[0, 2]], softmax(x[[0, 2]]), rtol=1e-15)
    assert softmax(x)[1] == 0


def test_a_row_of_nothing_but_minus_infinity_gives_zeros():
    x = np.array([[-np.inf, -np.inf], [0.0, 0.0]])
    np.testing.assert_array_equal(softmax(x), [[0, 0], [0.5, 0.5]])


def test_the_axis_can_be_chosen():
    x = np.random.default_rng(0).normal(size=(3, 4, 5))
    np.testing.assert_allclose(softmax(x, axis=1), softmax(x.swapaxes(1, 2)).swapaxes(1, 2))


def test_a_softmax_over_one_entry_is_one_and_over_none_is_empty():
    np.testing.assert_array_equal(softmax(np.array([[-7.0], [3.0]])), [[1], [1]])
    assert softmax(np.zeros((3, 0))).shape == (3, 0)


@pytest.mark.parametrize("spread", [0.1, 1.0, 8.0])
def test_the_jacobian_is_the_slope_that_finite_differences_measure(spread):
    x = spread * np.random.default_rng(1).normal(size=(2, 5))
    h = 1e-6
    step = h * np.eye(5)  # row j moves x_j
    slopes = softmax(x[:, None] + step) - softmax(x[:, None] - step)  # [2, j, i]
    measured = slopes.swapaxes(1, 2) / (2 * h)
    np.testing.assert_allclose(softmax_jacobian(softmax(x)), measured, atol=1e-9)


@checked
@given(logits)
def test_the_jacobian_is_symmetric_and_its_rows_sum_to_zero(x):
    jacobian = softmax_jacobian(softmax(x))
    np.testing.assert_array_equal(jacobian, jacobian.swapaxes(-1, -2))
    np.testing.assert_allclose(jacobian.sum(-1), 0, atol=1e-15)


def test_a_saturated_softmax_passes_no_gradient():
    assert (softmax_jacobian(softmax(np.array([1e4, 0.0, 0.0]))) == 0).all()
