import math

import numpy as np
import pytest

from demos.ops import gelu, normal_cdf, relu, sigmoid, silu

X = np.concatenate([np.linspace(-40, 40, 5003), [0.0, -1e4, 1e4, 1 / 128, -1 / 128]])


def one_by_one(formula) -> np.ndarray:
    return np.array([formula(x) for x in X.tolist()])


def test_normal_cdf_agrees_with_the_error_function_of_the_c_library():
    expected = one_by_one(lambda x: math.erfc(-x / math.sqrt(2)) / 2)
    np.testing.assert_allclose(normal_cdf(X), expected, rtol=0, atol=1e-15)
    well_inside = np.abs(X) < 6  # where small values are still known to ten digits
    np.testing.assert_allclose(normal_cdf(X)[well_inside], expected[well_inside], rtol=1e-10)


def test_gelu_is_x_times_the_normal_cdf():
    expected = one_by_one(lambda x: x * math.erfc(-x / math.sqrt(2)) / 2)
    np.testing.assert_allclose(gelu(X), expected, rtol=1e-14, atol=1e-14)


def test_the_tanh_formula_of_gelu_differs_by_less_than_a_thousandth():
    difference = np.abs(gelu(X, "tanh") - gelu(X)).max()
    assert 1e-4 < difference < 1e-3


def test_gelu_has_no_third_way():
    with pytest.raises(ValueError, match="sigmoid"):
        gelu(X, "sigmoid")


def test_silu_is_x_times_the_logistic_function_far_out_in_both_tails():
    expected = one_by_one(lambda x: x / (1 + math.exp(-x)) if x > -700 else 0.0)
    np.testing.assert_allclose(silu(X), expected, rtol=1e-14)
    in_range = (X > -80) & (X < 80)
    low = X[in_range].astype(np.float32)
    exact = silu(low.astype(np.float64))
    np.testing.assert_allclose(silu(low), exact, rtol=1e-5)


def test_sigmoid_of_minus_x_is_one_minus_sigmoid():
    np.testing.assert_allclose(sigmoid(-X), 1 - sigmoid(X), atol=1e-15)


def test_relu_keeps_what_is_positive():
    np.testing.assert_array_equal(relu(np.array([-2.0, -0.0, 0.0, 3.0])), [0, 0, 0, 3])


@pytest.mark.parametrize("activation", [relu, gelu, silu, lambda x: gelu(x, "tanh")])
def test_each_activation_has_the_limits_0_and_x_and_lets_nan_through(activation):
    x = np.array([-1e4, 1e4, 0.0, np.nan])
    np.testing.assert_array_equal(activation(x), [0, 1e4, 0, np.nan])
