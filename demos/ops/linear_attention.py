"""Linear attention: a kernel that factorises, so the n x n matrix is never formed."""

from collections.abc import Callable

import numpy as np

from demos.ops.arrays import check_shapes
from demos.ops.masks import causal_mask

CHUNK = 64  # causal: queries and keys are crossed within a chunk, the past is one matrix


def elu_plus_one(x: np.ndarray) -> np.ndarray:
    """elu(x) + 1: exp(x) below 0, x + 1 above; positive, so that weights are too.

    Source: Katharopoulos 2020, eq. (7).
    """
    return np.exp(np.minimum(x, 0)) + np.maximum(x, 0)


def linear_attention(
    q: np.ndarray,
    k: np.ndarray,
    v: np.ndarray,
    *,
    feature_map: Callable[[np.ndarray], np.ndarray] = elu_plus_one,
    causal: bool = False,
) -> np.ndarray:
    """phi(q) (phi(k)^T v) / phi(q) (phi(k)^T 1): Katharopoulos 2020, eq. (5), (8) and (9).

    q `[..., n, d_k]`, k `[..., m, d_k]`, v `[..., m, d_v]` -> `[..., n, d_v]`;
    feature_map `[..., d_k] -> [..., f]`. Costs n·f·d_v instead of n²·d_k, and is another
    function than softmax attention. A query that weighs no key gets zeros.

    Raises ValueError for shapes that don't fit; causal needs as many queries as keys.
    """
    check_shapes("n d_k, n d_k, n d_v" if causal else "n d_k, m d_k, m d_v", q=q, k=k, v=v)
    q, k = feature_map(q), feature_map(k)  # [..., n, f], [..., m, f]
    # A column of ones beside v makes the normaliser one more column of the same product.
    v = np.concatenate([v, np.ones_like(v[..., :1])], axis=-1)  # [..., m, d_v + 1]
    summed = _causal_sums(q, k, v) if causal else q @ (k.swapaxes(-1, -2) @ v)
    values, normaliser = summed[..., :-1], summed[..., -1:]
    return np.divide(values, normaliser, out=np.zeros_like(values), where=normaliser != 0)


def _causal_sums(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> np.ndarray:
    """sum_{j <= i} (q_i · k_j) v_j: `[..., n, f], [..., n, f], [..., n, e] -> [..., n, e]`."""
    state = k[..., :0, :].swapaxes(-1, -2) @ v[..., :0, :]  # no keys yet: zeros [..., f, e]
    sums = []
    for start in range(0, max(q.shape[-2], 1), CHUNK):
        here = (..., slice(start, start + CHUNK), slice(None))
        scores = q[here] @ k[here].swapaxes(-1, -2)  # [..., c, c]
        sums.append((scores * causal_mask(scores.shape[-1])) @ v[here] + q[here] @ state)
        state = state + k[here].swapaxes(-1, -2) @ v[here]
    return np.concatenate(sums, axis=-2)
