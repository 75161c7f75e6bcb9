import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demos.ops import causal_mask, elu_plus_one, linear_attention

checked = settings(derandomize=True, deadline=None, max_examples=50)
seeds = st.integers(0, 2**32 - 1)


def qkv(seed: int, n: int, m: int, d_k: int = 4, d_v: int = 3) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in ((n, d_k), (m, d_k), (m, d_v))]


def quadratic(q, k, v, mask=True):
    """The n x m matrix of weights first: the order of multiplication that costs n²."""
    weights = elu_plus_one(q) @ elu_plus_one(k).T * mask
    return weights / weights.sum(-1, keepdims=True) @ v


def test_the_feature_map_is_elu_plus_one():
    x = np.array([-1e4, -2.0, 0.0, 2.0, 1e4])
    np.testing.assert_allclose(elu_plus_one(x), [0, np.exp(-2), 1, 3, 10001], rtol=1e-15)


@checked
@given(seeds, st.integers(1, 9), st.integers(1, 9))
def test_both_orders_of_multiplication_give_the_same(seed, n, m):
    q, k, v = qkv(seed, n, m)
    np.testing.assert_allclose(linear_attention(q, k, v), quadratic(q, k, v), atol=1e-13)


@pytest.mark.parametrize("n", [1, 2, 63, 64, 65, 128, 200])
def test_causal_is_the_lower_triangle_of_the_quadratic_form(n):
    q, k, v = qkv(n, n, n)
    expected = quadratic(q, k, v, causal_mask(n))
    np.testing.assert_allclose(linear_attention(q, k, v, causal=True), expected, atol=1e-12)


@pytest.mark.parametrize("n", [1, 5, 64, 130])
def test_causal_is_a_recurrent_network_whose_state_does_not_grow(n):
    q, k, v = qkv(n, n, n)
    state, normaliser = np.zeros((4, 3)), np.zeros(4)
    steps = []
    for t in range(n):
        state += np.outer(elu_plus_one(k[t]), v[t])
        normaliser += elu_plus_one(k[t])
        steps.append(elu_plus_one(q[t]) @ state / (elu_plus_one(q[t]) @ normaliser))
    np.testing.assert_allclose(linear_attention(q, k, v, causal=True), steps, atol=1e-12)


@checked
@given(seeds, st.integers(2, 150), st.data())
def test_causal_does_not_see_the_future(seed, n, data):
    q, k, v = qkv(seed, n, n)
    t = data.draw(st.integers(1, n - 1))
    before = linear_attention(q, k, v, causal=True)
    k[t:], v[t:] = -k[t:], v[t:] + 1
    after = linear_attention(q, k, v, causal=True)
    np.testing.assert_allclose(after[:t], before[:t], atol=1e-13)
    assert (after[t:] != before[t:]).any()


def test_another_feature_map_may_have_another_width():
    q, k, v = qkv(0, 5, 6)

    def squares(x):  # (q · k)² as features: all products of two columns
        return (x[..., :, None] * x[..., None, :]).reshape(*x.shape[:-1], -1)

    weights = (q @ k.T) ** 2
    expected = weights / weights.sum(-1, keepdims=True) @ v
    np.testing.assert_allclose(linear_attention(q, k, v, feature_map=squares), expected)


def test_a_query_that_weighs_no_key_gets_zeros():
    q, k, v = qkv(0, 3, 3)
    q[1] = -1e4  # elu + 1 underflows to 0
    out = linear_attention(q, k, v)
    assert (out[1] == 0).all() and (out[0] != 0).all()
    assert (linear_attention(q, k[:0], v[:0]) == 0).all()
