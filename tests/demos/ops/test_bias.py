import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demos.ops import (
    alibi_slopes,
    attend,
    attention,
    causal_mask,
    relative_attention,
    softmax,
    t5_bucket,
)

checked = settings(derandomize=True, deadline=None, max_examples=40)


def test_alibi_slopes_are_those_of_the_paper():
    np.testing.assert_array_equal(alibi_slopes(8), [1 / 2**i for i in range(1, 9)])
    np.testing.assert_allclose(alibi_slopes(16), [2 ** (-i / 2) for i in range(1, 17)])


@pytest.mark.parametrize("heads", range(1, 40))
def test_alibi_slopes_of_odd_head_counts_follow_the_authors_recursion(heads):
    def slopes(h):
        if h & (h - 1) == 0:
            return [2 ** (-8 * (i + 1) / h) for i in range(h)]
        below = 1 << int(math.log2(h))
        return slopes(below) + slopes(2 * below)[::2][: h - below]

    np.testing.assert_allclose(alibi_slopes(heads), slopes(heads), rtol=1e-14)


def test_causal_alibi_may_use_the_key_index_because_softmax_ignores_a_row_constant():
    rng = np.random.default_rng(0)
    scores, v = rng.normal(size=(6, 6)), rng.normal(size=(6, 3))
    i, j = np.arange(6)[:, None], np.arange(6)
    slope = alibi_slopes(8)[0]
    by_distance = attend(scores - slope * (i - j), v, mask=causal_mask(6))[0]
    np.testing.assert_allclose(attend(scores + slope * j, v, mask=causal_mask(6))[0], by_distance)


def exact_bucket(relative: int, bidirectional: bool, buckets: int, max_distance: int) -> int:
    """Raffel 2020 in rational numbers: no logarithm that could fall on the wrong side."""
    start = 0
    if bidirectional:
        buckets //= 2
        start = buckets if relative > 0 else 0
        distance = abs(relative)
    else:
        distance = max(-relative, 0)
    exact = buckets // 2
    if distance < exact:
        return start + distance
    # exact + floor(log(distance/exact) / log(max/exact) * coarse), at most the last
    coarse = buckets - exact
    far = max(
        c
        for c in range(coarse)
        if Fraction(distance, exact) ** coarse >= Fraction(max_distance, exact) ** c
    )
    return start + exact + far


@pytest.mark.parametrize(
    ("bidirectional", "buckets", "max_distance"),
    [(True, 32, 128), (False, 32, 128), (True, 16, 64), (False, 8, 20), (True, 64, 1000)],
)
def test_t5_buckets_agree_with_exact_arithmetic(bidirectional, buckets, max_distance):
    relative = np.arange(-300, 301)
    got = t5_bucket(
        relative, bidirectional=bidirectional, buckets=buckets, max_distance=max_distance
    )
    expected = [exact_bucket(r, bidirectional, buckets, max_distance) for r in relative.tolist()]
    np.testing.assert_array_equal(got, expected)


def test_t5_gives_small_offsets_their_own_bucket_and_far_ones_the_last():
    np.testing.assert_array_equal(t5_bucket(-np.arange(8)), np.arange(8))
    np.testing.assert_array_equal(t5_bucket(np.arange(1, 8)), np.arange(17, 24))
    assert t5_bucket(-128) == t5_bucket(-300) == 15
    assert t5_bucket(128) == t5_bucket(10**6) == 31
    assert (t5_bucket(np.arange(9), bidirectional=False) == 0).all()
    assert t5_bucket(np.arange(-9, 9).reshape(3, 6)).shape == (3, 6)


def shaw_by_loops(q, k, v, rel_k, rel_v, mask=None):
    """Shaw 2018, eq. (3)-(4), a pair at a time; queries are the last of the positions."""
    (n, d_k), m, reach = q.shape, len(k), len(rel_k) // 2
    scores, a_v = np.empty((n, m)), np.empty((n, m, v.shape[1]))
    for i in range(n):
        for j in range(m):
            row = min(max(j - (m - n + i), -reach), reach) + reach
            scores[i, j] = q[i] @ (k[j] + rel_k[row]) / math.sqrt(d_k)
            a_v[i, j] = rel_v[row]
    if mask is not None:
        scores[~mask] = -np.inf
    weights = softmax(scores)
    return np.einsum("ij,ijd->id", weights, v + a_v), weights


@checked
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 7),
    st.integers(1, 7),
    st.integers(0, 8),
    st.booleans(),
)
def test_shaw_attention_by_the_published_formula(seed, n, m, reach, causal):
    rng = np.random.default_rng(seed)
    q, k, v = rng.normal(size=(n, 4)), rng.normal(size=(m, 4)), rng.normal(size=(m, 3))
    rel_k, rel_v = rng.normal(size=(2 * reach + 1, 4)), rng.normal(size=(2 * reach + 1, 3))
    mask = causal_mask(n, m) if causal else None
    got = relative_attention(q, k, v, rel_k, rel_v, mask=mask)
    for mine, theirs in zip(got, shaw_by_loops(q, k, v, rel_k, rel_v, mask), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-13)


def test_shaw_attention_without_vectors_is_plain_attention():
    q, k, v = np.random.default_rng(0).normal(size=(3, 5, 4))
    out, weights = relative_attention(q, k, v, np.zeros((7, 4)), np.zeros((7, 4)))
    np.testing.assert_allclose(out, attention(q, k, v)[0], atol=1e-15)
    np.testing.assert_allclose(weights, attention(q, k, v)[1], atol=1e-15)


def test_a_table_without_a_middle_row_is_refused():
    x = np.zeros((3, 4))
    with pytest.raises(ValueError, match=r"\[6, 4\]"):
        relative_attention(x, x, x, np.zeros((6, 4)), np.zeros((6, 4)))
