"""Dropout, inverted: the work of keeping the mean is done while training."""

import numpy as np

from demos.ops.arrays import as_float


def dropout(
    x: np.ndarray, p: float, rng: np.random.Generator, *, training: bool = True
) -> np.ndarray:
    """Each element is 0 with probability p, else x / (1 - p), so that the mean stays x.

    Same shape as x; x itself when not training. Source: Srivastava 2014, §10 (the
    inverted form). Raises ValueError for p outside 0..1.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"p is a probability, not {p}")
    if not training:
        return x
    x = as_float(x)
    kept = rng.random(x.shape) >= p
    return np.divide(x, 1 - p, out=np.zeros_like(x), where=kept)
