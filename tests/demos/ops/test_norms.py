import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from demos.ops import batch_norm, layer_norm, rms_norm

checked = settings(derandomize=True, deadline=None, max_examples=40)
tokens = st.integers(0, 2**32 - 1).map(
    lambda seed: np.random.default_rng(seed).normal(1, 3, size=(4, 3, 8))
)


@checked
@given(tokens)
def test_layer_norm_by_the_published_formula_token_by_token(x):
    got = layer_norm(x)
    for index in np.ndindex(4, 3):
        h = x[index].tolist()
        mu = sum(h) / 8
        sigma = math.sqrt(sum((a - mu) ** 2 for a in h) / 8 + 1e-5)
        np.testing.assert_allclose(got[index], [(a - mu) / sigma for a in h], atol=1e-13)


@checked
@given(tokens)
def test_rms_norm_by_the_published_formula_token_by_token(x):
    got = rms_norm(x)
    for index in np.ndindex(4, 3):
        a = x[index].tolist()
        rms = math.sqrt(sum(b * b for b in a) / 8 + 1e-6)
        np.testing.assert_allclose(got[index], [b / rms for b in a], atol=1e-13)


@checked
@given(tokens, st.floats(0.1, 100), st.floats(-100, 100))
def test_layer_norm_forgets_the_scale_and_shift_of_a_token_and_rms_norm_the_scale(x, scale, shift):
    moved = scale * x + shift
    np.testing.assert_allclose(layer_norm(moved, eps=0), layer_norm(x, eps=0), atol=1e-9)
    np.testing.assert_allclose(rms_norm(scale * x, eps=0), rms_norm(x, eps=0), atol=1e-12)
    assert not np.allclose(rms_norm(x + 5), rms_norm(x))


@checked
@given(tokens)
def test_rms_norm_of_centred_tokens_is_layer_norm(x):
    centred = x - x.mean(-1, keepdims=True)
    np.testing.assert_allclose(rms_norm(centred, eps=1e-5), layer_norm(x), atol=1e-13)


@checked
@given(tokens)
def test_layer_norm_of_a_token_does_not_see_the_others_and_batch_norm_does(x):
    other = x.copy()
    other[1:] *= 2
    np.testing.assert_array_equal(layer_norm(other)[0], layer_norm(x)[0])
    assert not np.allclose(batch_norm(other)[0], batch_norm(x)[0])


@checked
@given(tokens)
def test_batch_norm_gives_each_feature_mean_0_and_variance_1_over_all_tokens(x):
    y = batch_norm(x, eps=0).reshape(-1, 8)
    np.testing.assert_allclose(y.mean(0), 0, atol=1e-14)
    np.testing.assert_allclose(y.var(0), 1, rtol=1e-12)


def test_gain_and_bias_are_applied_feature_by_feature():
    x, gain, bias = np.random.default_rng(0).normal(size=(3, 2, 8))
    np.testing.assert_allclose(layer_norm(x, gain, bias), layer_norm(x) * gain + bias)
    np.testing.assert_allclose(layer_norm(x, bias=bias), layer_norm(x) + bias)
    np.testing.assert_allclose(rms_norm(x, gain), rms_norm(x) * gain)


def test_a_constant_token_becomes_zeros_not_nan():
    constant = np.full((2, 8), 7.0)
    assert (layer_norm(constant) == 0).all()
    assert (rms_norm(np.zeros((2, 8))) == 0).all()
    np.testing.assert_allclose(rms_norm(constant), 1, atol=1e-7)


def test_a_batch_of_one_token_becomes_zeros_under_batch_norm():
    assert (batch_norm(np.random.default_rng(0).normal(size=(1, 8))) == 0).all()


def test_values_of_1e4_are_normalised_in_float32_too():
    x = np.random.default_rng(0).normal(1e4, 1, size=(5, 64))
    expected = layer_norm(x.astype(np.float32).astype(np.float64))
    np.testing.assert_allclose(layer_norm(x.astype(np.float32)), expected, atol=2e-3)
