"""Softmax and its Jacobian."""

import numpy as np

from demos.ops.arrays import as_float


def softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    """p_i = exp(x_i) / sum_j exp(x_j) along `axis`: `[..., n] -> [..., n]`.

    Adding a constant to all x leaves p as it is, so the largest is moved to 0 and
    exp never overflows. -inf stands for "not there" and gets p = 0; a slice with
    nothing there at all gives zeros (an empty sum), not NaN.
    Source: Goodfellow, Bengio & Courville 2016, §4.1 and §6.2.2.3.
    """
    x = as_float(x)
    top = x.max(axis=axis, keepdims=True, initial=-np.inf)
    top[top == -np.inf] = 0  # -inf - -inf would be NaN
    p = x - top
    np.exp(p, out=p)  # in place: p is often the largest array of a whole model
    total = p.sum(axis=axis, keepdims=True)
    total[total == 0] = 1
    p /= total
    return p


def softmax_jacobian(p: np.ndarray) -> np.ndarray:
    """dp_i/dx_j = p_i (delta_ij - p_j) at p = softmax(x): `[..., n] -> [..., n, n]`.

    Symmetric, rows sum to 0, and all zeros once p is one-hot: a saturated softmax
    passes no gradient. Source: Goodfellow, Bengio & Courville 2016, §6.2.2.3.
    """
    identity = np.eye(p.shape[-1], dtype=p.dtype)
    return p[..., :, None] * (identity - p[..., None, :])
