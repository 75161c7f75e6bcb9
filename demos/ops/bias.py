"""Relative positions inside attention: ALiBi's slopes, T5's buckets, Shaw's vectors."""

import math

import numpy as np

from demos.ops.arrays import check_shapes
from demos.ops.attention import attend


def alibi_slopes(heads: int) -> np.ndarray:
    """The slope m of each head's bias -m · distance: `[heads]`. Press 2021, §3.

    For a power of two the geometric sequence 2^(-8/heads), 2^(-16/heads), .. 2^-8.
    Otherwise, as in the authors' code, that of the largest power of two below, filled
    up with every other slope of the next one.
    """
    power = 2 ** math.floor(math.log2(heads))
    slopes = 2.0 ** (-8 * np.arange(1, power + 1) / power)
    between = 2.0 ** (-8 * np.arange(1, 2 * power, 2) / (2 * power))
    return np.concatenate([slopes, between[: heads - power]])


def t5_bucket(
    relative: np.ndarray,
    *,
    bidirectional: bool = True,
    buckets: int = 32,
    max_distance: int = 128,
) -> np.ndarray:
    """The bucket 0 .. buckets - 1 whose learned bias the offset shares; the shape of relative.

    `relative` is key position minus query position. Of the buckets of one direction,
    the first half holds one distance each, the second half grows logarithmically up
    to max_distance, and the last takes all beyond. Bidirectional: half the buckets
    for the past, half for the future; otherwise the future is all bucket 0.
    Source: Raffel 2020, §2.1, and the public T5 code.
    """
    relative = np.asarray(relative)
    if bidirectional:
        buckets //= 2
        start, distance = np.where(relative > 0, buckets, 0), np.abs(relative)
    else:
        start, distance = 0, np.maximum(-relative, 0)
    exact = buckets // 2  # distances below it have a bucket of their own
    # log2, because it is exact at powers of two, where buckets begin.
    beyond = np.log2(np.maximum(distance, exact) / exact) / math.log2(max_distance / exact)
    coarse = exact + (beyond * (buckets - exact)).astype(int)
    return start + np.where(distance < exact, distance, np.minimum(coarse, buckets - 1))


def relative_attention(
    q: np.ndarray,
    k: np.ndarray,
    v: np.ndarray,
    rel_k: np.ndarray,
    rel_v: np.ndarray,
    *,
    mask: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """score = q_i · (k_j + a_ij) / sqrt(d_k), out = sum_j weight_ij (v_j + b_ij).

    a_ij and b_ij are the rows clip(j - i, -r, r) + r of rel_k `[2r+1, d_k]` and rel_v
    `[2r+1, d_v]`. q `[..., n, d_k]`, k `[..., m, d_k]`, v `[..., m, d_v]` -> out
    `[..., n, d_v]`, weights `[..., n, m]`. The n queries are the last n of the m
    positions. Source: Shaw 2018, §3.1 to §3.3.

    Raises ValueError for shapes that don't fit, or tables with an even number of rows.
    """
    check_shapes(
        "n d_k, m d_k, m d_v, offsets d_k, offsets d_v", q=q, k=k, v=v, rel_k=rel_k, rel_v=rel_v
    )
    n, m, reach = q.shape[-2], k.shape[-2], rel_k.shape[-2] // 2
    if rel_k.shape[-2] % 2 == 0:
        raise ValueError(f"rel_k {list(rel_k.shape)} has no row for offset 0: 2r + 1 are needed")
    query = np.arange(m - n, m)[:, None]  # [n, 1]
    row = np.clip(np.arange(m) - query, -reach, reach) + reach  # [n, m]
    # q meets each of the 2r + 1 vectors once; its scores are then looked up by offset.
    by_offset = q @ rel_k.swapaxes(-1, -2)  # [..., n, 2r+1]
    scores = q @ k.swapaxes(-1, -2) + by_offset[..., np.arange(n)[:, None], row]
    out, weights = attend(scores * q.shape[-1] ** -0.5, v, mask=mask)
    # [..., n, 1, m] @ [n, m, d_v]: the vectors are shared by the batch and the heads.
    out = out + (weights[..., None, :] @ rel_v[row])[..., 0, :]
    return out, weights
