"""The non-linearities of the feed-forward layer. All work element by element."""

import math
from typing import Literal

import numpy as np

from demos.ops.arrays import as_float


def relu(x: np.ndarray) -> np.ndarray:
    """max(0, x). Source: Vaswani 2017, eq. (2)."""
    return np.maximum(x, 0)


def gelu(x: np.ndarray, approximate: Literal["none", "tanh"] = "none") -> np.ndarray:
    """x Phi(x), Phi the standard normal CDF; or the tanh formula that BERT and GPT-2 use.

    Source: Hendrycks & Gimpel 2016, §2. Raises ValueError for another `approximate`.
    """
    if approximate == "none":
        return x * normal_cdf(x)
    if approximate == "tanh":
        return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)))
    raise ValueError(f"approximate is 'none' or 'tanh', not {approximate!r}")


def silu(x: np.ndarray) -> np.ndarray:
    """x sigmoid(x), also called swish. Source: Hendrycks & Gimpel 2016, §2; Ramachandran 2017."""
    return x * sigmoid(x)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), written so that exp only ever sees -|x| and cannot overflow."""
    decay = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, decay) / (1 + decay)


# NumPy has no erf, and math.erf takes one number at a time. So Phi is tabulated by
# math.erfc every 1/64 and carried from the nearest entry to x by five terms of its
# Taylor series: |step| <= 1/128 leaves an error below 1e-15. Phi(-39) is 0 in float64.
_PER_UNIT, _LIMIT = 64, 39
_GRID = np.arange(-_LIMIT * _PER_UNIT, _LIMIT * _PER_UNIT + 1) / _PER_UNIT
_PHI = np.array([0.5 * math.erfc(-t / math.sqrt(2)) for t in _GRID.tolist()])
_DENSITY = np.exp(-0.5 * _GRID**2) / math.sqrt(2 * math.pi)


def normal_cdf(x: np.ndarray) -> np.ndarray:
    """Phi(x), the chance that a standard normal number lies below x; within 1e-15."""
    x = as_float(x)
    inside = np.clip(x, -_LIMIT, _LIMIT).astype(np.float64)
    # fmax: NaN too needs an entry of the table; it goes on being NaN in h.
    entry = np.rint((np.fmax(inside, -_LIMIT) + _LIMIT) * _PER_UNIT).astype(np.intp)
    t = _GRID[entry]
    h, t2 = inside - t, t * t
    # Phi' = density, and each further derivative is a Hermite polynomial in t times it.
    series = t * (3 - t2) / 24 + h * (t2 * (t2 - 6) + 3) / 120
    series = 1 + h * (-t / 2 + h * ((t2 - 1) / 6 + h * series))
    phi = _PHI[entry] + _DENSITY[entry] * h * series
    return phi.astype(x.dtype)
