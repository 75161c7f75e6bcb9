"""Normalisation: what is averaged over is the whole difference between the three."""

import numpy as np

from demos.ops.arrays import check_shapes


def layer_norm(
    x: np.ndarray,
    gain: np.ndarray | None = None,
    bias: np.ndarray | None = None,
    eps: float = 1e-5,
) -> np.ndarray:
    """gain · (x - mean) / sqrt(variance + eps) + bias, over the features of each token.

    x `[..., d]`, gain and bias `[d]` (None: 1 and 0); the variance is the biased one
    (divided by d). Source: Ba 2016, eq. (3) and (4).
    """
    check_shapes("d, d, d", x=x, gain=gain, bias=bias)
    y = standardize(x, axis=-1, eps=eps)
    if gain is not None:
        y = y * gain
    return y if bias is None else y + bias


def rms_norm(x: np.ndarray, gain: np.ndarray | None = None, eps: float = 1e-6) -> np.ndarray:
    """gain · x / sqrt(mean(x²) + eps), over the features of each token; no mean is taken off.

    x `[..., d]`, gain `[d]` (None: 1). Source: Zhang & Sennrich 2019, eq. (4).
    """
    check_shapes("d, d", x=x, gain=gain)
    y = x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + float(eps))
    return y if gain is None else y * gain


def batch_norm(x: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    """(x - mean) / sqrt(variance + eps), each feature over all tokens of the batch.

    x `[..., d]`; the statistics are those of this batch, as in training: a token's
    output depends on the others. Source: Ioffe & Szegedy 2015, Algorithm 1.
    """
    if x.size == 0:
        return x  # the mean of no tokens is undefined, and nobody asks for it
    return standardize(x, axis=tuple(range(x.ndim - 1)), eps=eps)


def standardize(x: np.ndarray, axis: int | tuple[int, ...], eps: float) -> np.ndarray:
    """(x - mean) / sqrt(variance + eps) with the statistics taken over `axis`; same shape."""
    centred = x - x.mean(axis=axis, keepdims=True)
    variance = np.mean(centred * centred, axis=axis, keepdims=True)
    return centred / np.sqrt(variance + float(eps))
