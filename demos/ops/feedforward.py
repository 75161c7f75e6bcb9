"""The position-wise feed-forward layer: each token by itself, the same weights for all."""

from collections.abc import Callable

import numpy as np

from demos.ops.activations import relu, silu
from demos.ops.arrays import check_shapes


def feed_forward(
    x: np.ndarray,
    w1: np.ndarray,
    b1: np.ndarray,
    w2: np.ndarray,
    b2: np.ndarray,
    activation: Callable[[np.ndarray], np.ndarray] = relu,
) -> np.ndarray:
    """activation(x w1 + b1) w2 + b2: Vaswani 2017, eq. (2).

    x `[..., d]`, w1 `[d, d_ff]`, b1 `[d_ff]`, w2 `[d_ff, d_out]`, b2 `[d_out]`
    -> `[..., d_out]`. Raises ValueError for shapes that don't fit each other.
    """
    check_shapes("d, d d_ff, d_ff, d_ff d_out, d_out", x=x, w1=w1, b1=b1, w2=w2, b2=b2)
    hidden = activation(x @ w1 + b1)  # [..., d_ff]
    return hidden @ w2 + b2


def swiglu(x: np.ndarray, w_gate: np.ndarray, w_up: np.ndarray, w_down: np.ndarray) -> np.ndarray:
    """(silu(x w_gate) · (x w_up)) w_down: Shazeer 2020, eq. (6).

    x `[..., d]`, w_gate and w_up `[d, d_ff]`, w_down `[d_ff, d_out]` -> `[..., d_out]`.
    Three matrices: d_ff = 8d/3 costs what 4d costs the two of feed_forward.

    Raises ValueError for shapes that don't fit each other.
    """
    check_shapes("d, d d_ff, d d_ff, d_ff d_out", x=x, w_gate=w_gate, w_up=w_up, w_down=w_down)
    hidden = silu(x @ w_gate) * (x @ w_up)  # [..., d_ff]
    return hidden @ w_down
