import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demos.ops import (
    additive_attention,
    attend,
    attention,
    causal_mask,
    merge_heads,
    multi_head_attention,
    padding_mask,
    rope,
    softmax,
    split_heads,
)

checked = settings(derandomize=True, deadline=None, max_examples=50)
seeds = st.integers(0, 2**32 - 1)
lengths = st.integers(1, 9)


def qkv(rng: np.random.Generator, n: int, m: int, d_k: int = 4, d_v: int = 3) -> list[np.ndarray]:
    return [rng.normal(size=shape) for shape in ((n, d_k), (m, d_k), (m, d_v))]


def close(got: np.ndarray, expected: np.ndarray, atol: float = 1e-13) -> None:
    np.testing.assert_allclose(got, expected, rtol=1e-12, atol=atol)


@checked
@given(seeds, lengths, lengths)
def test_each_output_is_a_weighted_mean_of_the_values(seed, n, m):
    q, k, v = qkv(np.random.default_rng(seed), n, m)
    out, weights = attention(q, k, v)
    close(weights.sum(-1), np.ones(n))
    assert (out <= v.max(0) + 1e-12).all() and (out >= v.min(0) - 1e-12).all()
    close(out, [sum(weights[i, j] * v[j] for j in range(m)) for i in range(n)])


@checked
@given(seeds, lengths, lengths)
def test_the_order_of_the_keys_does_not_matter(seed, n, m):
    rng = np.random.default_rng(seed)
    q, k, v = qkv(rng, n, m)
    order = rng.permutation(m)
    close(attention(q, k[order], v[order])[0], attention(q, k, v)[0])


@checked
@given(seeds, lengths)
def test_self_attention_reorders_its_outputs_as_its_inputs(seed, n):
    rng = np.random.default_rng(seed)
    x, order = rng.normal(size=(n, 4)), rng.permutation(n)
    close(attention(x[order], x[order], x[order])[0], attention(x, x, x)[0][order])


def test_the_default_scale_is_one_over_the_root_of_d_k():
    q, k, v = qkv(np.random.default_rng(0), 3, 5, d_k=16)
    close(attention(q, k, v)[1], softmax(q @ k.T / 4))
    close(attention(q, k, v, scale=1)[1], softmax(q @ k.T))
    close(attention(q, k, v, scale=0)[1], np.full((3, 5), 1 / 5))


@checked
@given(seeds, lengths, st.integers(1, 9))
def test_a_masked_key_is_as_good_as_absent(seed, n, m):
    rng = np.random.default_rng(seed)
    q, k, v = qkv(rng, n, m)
    present = rng.random(m) < 0.6
    present[rng.integers(m)] = True
    out, weights = attention(q, k, v, mask=present)
    close(out, attention(q, k[present], v[present])[0])
    assert (weights[:, ~present] == 0).all()


def test_a_query_that_may_look_nowhere_gets_zeros():
    q, k, v = qkv(np.random.default_rng(0), 2, 3)
    mask = np.array([[False] * 3, [True] * 3])
    out, weights = attention(q, k, v, mask=mask)
    assert (out[0] == 0).all() and (weights[0] == 0).all()
    close(out[1], attention(q, k, v)[0][1])


@checked
@given(seeds, st.integers(2, 9), st.data())
def test_under_a_causal_mask_the_future_changes_nothing(seed, n, data):
    rng = np.random.default_rng(seed)
    q, k, v = qkv(rng, n, n)
    t = data.draw(st.integers(1, n - 1))
    before = attention(q, k, v, mask=causal_mask(n))[0]
    for x in (q, k, v):
        x[t:] = rng.normal(size=x[t:].shape)
    after = attention(q, k, v, mask=causal_mask(n))[0]
    np.testing.assert_array_equal(after[:t], before[:t])
    assert (after[t:] != before[t:]).any()


@checked
@given(seeds, st.integers(1, 9), st.data())
def test_decoding_over_a_key_value_cache_equals_the_full_pass(seed, n, data):
    q, k, v = qkv(np.random.default_rng(seed), n, n)
    full = attention(q, k, v, mask=causal_mask(n))[0]
    prefill = data.draw(st.integers(0, n))
    steps = [attention(q[:prefill], k[:prefill], v[:prefill], mask=causal_mask(prefill))[0]]
    for t in range(prefill, n):  # one query over the cache needs no mask
        steps.append(attention(q[t : t + 1], k[: t + 1], v[: t + 1])[0])
    close(np.concatenate(steps), full)


@checked
@given(seeds, st.integers(1, 9), st.integers(1, 4))
def test_a_chunk_of_queries_over_a_cache_needs_the_mask_aligned_to_the_end(seed, n, chunk):
    q, k, v = qkv(np.random.default_rng(seed), n, n)
    last = min(chunk, n)
    full = attention(q, k, v, mask=causal_mask(n))[0]
    close(attention(q[-last:], k, v, mask=causal_mask(last, n))[0], full[-last:])


def test_logits_of_1e4_pick_the_best_key():
    q, k, v = np.array([[1e2]]), np.array([[1e2], [-1e2], [0.0]]), np.eye(3)
    out, weights = attention(q, k, v)
    np.testing.assert_array_equal(out, [[1, 0, 0]])
    np.testing.assert_array_equal(weights, [[1, 0, 0]])


def test_scores_with_a_bias_go_through_attend():
    q, k, v = qkv(np.random.default_rng(0), 3, 3)
    bias = np.where(causal_mask(3), 0, -np.inf)  # a mask written as a bias
    close(attend(q @ k.T / 2 + bias, v)[0], attention(q, k, v, mask=causal_mask(3))[0])


@checked
@given(seeds, lengths, lengths)
def test_additive_attention_scores_each_pair_by_the_published_formula(seed, n, m):
    rng = np.random.default_rng(seed)
    q, k, v = rng.normal(size=(n, 4)), rng.normal(size=(m, 5)), rng.normal(size=(m, 3))
    w_q, w_k, w = rng.normal(size=(4, 6)), rng.normal(size=(5, 6)), rng.normal(size=6)
    score = [[w @ np.tanh(w_q.T @ q[i] + w_k.T @ k[j]) for j in range(m)] for i in range(n)]
    out, weights = additive_attention(q, k, v, w_q, w_k, w)
    close(weights, softmax(score))
    close(out, softmax(score) @ v)


def test_additive_attention_takes_a_mask():
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(4, 5)), rng.normal(size=(5, 5))
    _, weights = additive_attention(x, x, x, w, w.T, w[0], mask=causal_mask(4))
    assert (np.triu(weights, 1) == 0).all()
    close(weights.sum(-1), np.ones(4))


def heads_one_by_one(x, memory, w_q, w_k, w_v, w_o, heads, kv_heads, mask=None):
    """Grouped-query attention with a loop over heads and a sum in place of the concat."""
    d_k, d_v = w_q.shape[1] // heads, w_o.shape[0] // heads
    out = 0
    for h in range(heads):
        g = h * kv_heads // heads
        q = x @ w_q[:, h * d_k : (h + 1) * d_k]
        k = memory @ w_k[:, g * d_k : (g + 1) * d_k]
        v = memory @ w_v[:, g * d_v : (g + 1) * d_v]
        out = out + attention(q, k, v, mask=mask)[0] @ w_o[h * d_v : (h + 1) * d_v]
    return out


def projections(rng, d, d_mem, heads, kv_heads, d_k=3, d_v=2):
    shapes = (d, heads * d_k), (d_mem, kv_heads * d_k), (d_mem, kv_heads * d_v), (heads * d_v, d)
    return [rng.normal(size=shape) for shape in shapes]


@pytest.mark.parametrize(("heads", "kv_heads"), [(1, 1), (4, 4), (4, 2), (6, 2), (4, 1)])
def test_the_concat_of_heads_times_w_o_is_the_sum_over_heads(heads, kv_heads):
    rng = np.random.default_rng(heads * 10 + kv_heads)
    x, memory = rng.normal(size=(2, 5, 8)), rng.normal(size=(2, 7, 6))
    w = projections(rng, 8, 6, heads, kv_heads)
    mask = rng.random((5, 7)) < 0.7
    out, weights = multi_head_attention(x, memory, *w, heads=heads, kv_heads=kv_heads, mask=mask)
    close(out, heads_one_by_one(x, memory, *w, heads, kv_heads, mask))
    assert weights.shape == (2, heads, 5, 7)


def test_grouped_query_attention_is_multi_head_attention_with_repeated_key_value_heads():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(5, 8))
    w_q, w_k, w_v, w_o = projections(rng, 8, 8, 4, 2, d_k=3, d_v=3)
    grouped = multi_head_attention(x, x, w_q, w_k, w_v, w_o, heads=4, kv_heads=2)[0]
    wide = [w.reshape(8, 2, 3).repeat(2, axis=1).reshape(8, 12) for w in (w_k, w_v)]
    close(grouped, multi_head_attention(x, x, w_q, *wide, w_o, heads=4)[0])


def test_a_mask_is_shared_by_the_heads_unless_it_has_an_axis_for_them():
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(2, 4, 6)), projections(rng, 6, 6, 2, 2)

    def weights(mask):
        return multi_head_attention(x, x, *w, heads=2, mask=mask)[1]  # [2, heads, 4, 4]

    real = padding_mask([2, 4], 4)  # [2, 1, 4]: the batch has as many elements as heads
    assert (weights(real)[0, :, :, 2:] == 0).all()
    assert (weights(real)[1] > 0).all()
    np.testing.assert_array_equal(weights(real), weights(real[:, None]))
    np.testing.assert_array_equal(weights(causal_mask(4)), weights(causal_mask(4)[None, None]))
    per_head = np.stack([causal_mask(4), causal_mask(4).T])[None]  # [1, heads, 4, 4]
    assert (np.triu(weights(per_head)[:, 0], 1) == 0).all()
    assert (np.tril(weights(per_head)[:, 1], -1) == 0).all()
    one_row = np.array([True, False, True, True])
    np.testing.assert_array_equal(weights(one_row), weights(np.tile(one_row, (4, 1))))


def test_multi_head_decoding_over_the_tokens_so_far_equals_the_full_pass():
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(2, 6, 8)), projections(rng, 8, 8, 4, 2)
    full = multi_head_attention(x, x, *w, heads=4, kv_heads=2, mask=causal_mask(6))[0]
    for t in range(6):
        step = multi_head_attention(x[:, t : t + 1], x[:, : t + 1], *w, heads=4, kv_heads=2)[0]
        close(step, full[:, t : t + 1])


def test_decoding_with_cached_rotated_keys_equals_the_full_pass():
    q, k, v = qkv(np.random.default_rng(0), 6, 6)
    positions = np.arange(6)
    full = attention(rope(q, positions), rope(k, positions), v, mask=causal_mask(6))[0]
    cache = np.zeros((0, 4))
    for t in range(6):
        cache = np.concatenate([cache, rope(k[t : t + 1], positions[t : t + 1])])
        step = attention(rope(q[t : t + 1], positions[t : t + 1]), cache, v[: t + 1])[0]
        close(step[0], full[t])


def test_splitting_into_heads_cuts_the_columns_and_merging_puts_them_back():
    x = np.arange(24).reshape(2, 2, 6)
    np.testing.assert_array_equal(split_heads(x, 3)[1, 2], x[1, :, 4:6])
    np.testing.assert_array_equal(merge_heads(split_heads(x, 3)), x)


def test_heads_that_do_not_divide_are_refused():
    x = np.zeros((3, 6))
    with pytest.raises(ValueError, match=r"\[3, 6\].*4 heads"):
        split_heads(x, 4)
    with pytest.raises(ValueError, match="3 query heads can't share 2"):
        multi_head_attention(x, x, *[np.zeros((6, 6))] * 4, heads=3, kv_heads=2)
