"""Attention: scaled dot-product, additive, multi-head and grouped-query."""

import numpy as np

from demos.ops.arrays import check_shapes
from demos.ops.masks import apply_mask
from demos.ops.softmax import softmax


def attention(
    q: np.ndarray,
    k: np.ndarray,
    v: np.ndarray,
    *,
    mask: np.ndarray | None = None,
    scale: float | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """softmax(q k^T · scale) v, and the weights: Vaswani 2017, eq. (1).

    q `[..., n, d_k]`, k `[..., m, d_k]`, v `[..., m, d_v]`; the mask is bool, True =
    may look, and broadcasts to `[..., n, m]`; scale None is 1/sqrt(d_k). Returns out
    `[..., n, d_v]` and weights `[..., n, m]`. A query that may look nowhere gets zeros.

    Raises ValueError for shapes that don't fit each other.
    """
    check_shapes("n d_k, m d_k, m d_v", q=q, k=k, v=v)
    scale = q.shape[-1] ** -0.5 if scale is None else float(scale)
    scores = q @ k.swapaxes(-1, -2) * scale  # [..., n, m]
    return attend(scores, v, mask=mask)


def attend(
    scores: np.ndarray, v: np.ndarray, *, mask: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The second half of every attention: softmax(scores) over the allowed keys, times v.

    scores `[..., n, m]`, v `[..., m, d_v]` -> out `[..., n, d_v]`, weights `[..., n, m]`.
    A bias on the scores (ALiBi, T5) goes in here: `attend(scores + bias, v)`.
    """
    if mask is not None:
        scores = apply_mask(scores, mask)
    weights = softmax(scores)
    return weights @ v, weights


def additive_attention(
    q: np.ndarray,
    k: np.ndarray,
    v: np.ndarray,
    w_q: np.ndarray,
    w_k: np.ndarray,
    w: np.ndarray,
    *,
    mask: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """score(q, k) = w · tanh(q w_q + k w_k): Bahdanau 2015, §A.1.2.

    q `[..., n, d_q]`, k `[..., m, d_k]`, v `[..., m, d_v]`, w_q `[d_q, d_a]`,
    w_k `[d_k, d_a]`, w `[d_a]` -> out `[..., n, d_v]`, weights `[..., n, m]`.

    Raises ValueError for shapes that don't fit each other.
    """
    check_shapes("n d_q, m d_k, m d_v, d_q d_a, d_k d_a, d_a", q=q, k=k, v=v, w_q=w_q, w_k=w_k, w=w)
    # Each query meets each key before the tanh: the price is an [..., n, m, d_a] array.
    hidden = np.tanh((q @ w_q)[..., :, None, :] + (k @ w_k)[..., None, :, :])
    return attend(hidden @ w, v, mask=mask)


def multi_head_attention(
    x: np.ndarray,
    memory: np.ndarray,
    w_q: np.ndarray,
    w_k: np.ndarray,
    w_v: np.ndarray,
    w_o: np.ndarray,
    *,
    heads: int,
    kv_heads: int | None = None,
    mask: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """concat(head_1 .. head_h) w_o: queries from x, keys and values from memory.

    Vaswani 2017, §3.2.2; with kv_heads < heads, grouped-query attention (Ainslie 2023,
    §2.2): heads/kv_heads query heads in a row share one key-value head; 1 is multi-query.

    x `[..., n, d]`, memory `[..., m, d_mem]` (x itself for self-attention);
    w_q `[d, heads·d_k]`, w_k `[d_mem, kv_heads·d_k]`, w_v `[d_mem, kv_heads·d_v]`,
    w_o `[heads·d_v, d_out]`. The mask broadcasts to `[..., n, m]`, the same for all
    heads, or has one axis more: `[..., heads, n, m]`.
    Returns out `[..., n, d_out]`, weights `[..., heads, n, m]`.

    Raises ValueError for shapes that don't fit each other or the heads.
    """
    check_shapes(
        "n d, m d_mem, d q_out, d_mem k_out, d_mem v_out, o_in d_out",
        x=x, memory=memory, w_q=w_q, w_k=w_k, w_v=w_v, w_o=w_o,
    )  # fmt: skip
    kv_heads = heads if kv_heads is None else kv_heads
    if heads % kv_heads:
        raise ValueError(f"{heads} query heads can't share {kv_heads} key-value heads evenly")
    q = split_heads(x @ w_q, heads)  # [..., heads, n, d_k]
    k = split_heads(memory @ w_k, kv_heads)  # [..., kv_heads, m, d_k]
    v = split_heads(memory @ w_v, kv_heads)  # [..., kv_heads, m, d_v]
    if kv_heads < heads:
        k, v = (np.repeat(shared, heads // kv_heads, axis=-3) for shared in (k, v))
    if mask is not None and 2 < np.ndim(mask) < q.ndim:
        mask = np.expand_dims(mask, -3)  # [..., 1, n, m]
    out, weights = attention(q, k, v, mask=mask)
    out = merge_heads(out)  # [..., n, heads·d_v]
    check_shapes("width, width d_out", heads=out, w_o=w_o)
    return out @ w_o, weights


def split_heads(x: np.ndarray, heads: int) -> np.ndarray:
    """`[..., n, heads·d] -> [..., heads, n, d]`: head h gets columns h·d .. (h+1)·d.

    Raises ValueError if the width doesn't divide by the heads.
    """
    *batch, n, width = x.shape
    if width % heads:
        raise ValueError(f"{list(x.shape)}: a width of {width} doesn't split into {heads} heads")
    return x.reshape(*batch, n, heads, width // heads).swapaxes(-2, -3)


def merge_heads(x: np.ndarray) -> np.ndarray:
    """`[..., heads, n, d] -> [..., n, heads·d]`: the concatenation; undoes split_heads."""
    *batch, heads, n, d = x.shape
    return x.swapaxes(-2, -3).reshape(*batch, n, heads * d)
