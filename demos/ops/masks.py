"""Who may look at whom. A mask is boolean and True means "may look"."""

from collections.abc import Sequence

import numpy as np


def causal_mask(n: int, m: int | None = None) -> np.ndarray:
    """bool `[n, m]`: query i may look at keys up to its own position. m defaults to n.

    Aligned to the end: the n queries are the last n of the m positions, so one
    query over a cache of m keys (n = 1) sees them all. Source: Vaswani 2017, §3.2.3.
    """
    m = n if m is None else m
    return np.tri(n, m, k=m - n, dtype=bool)


def padding_mask(lengths: Sequence[int] | np.ndarray, n: int) -> np.ndarray:
    """bool `[batch, 1, n]`: the first `lengths[b]` of sequence b's n keys are real tokens.

    For sequences padded on the right; reverse the last axis for the left. The
    queries share it (axis of size 1): what padded queries return is to be dropped.
    """
    lengths = np.asarray(lengths)  # [batch]
    return np.arange(n) < lengths[..., None, None]


def apply_mask(scores: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The scores `[..., n, m]` where the mask is True, -inf elsewhere.

    Before the softmax, because exp(-inf) = 0 takes a key out of the numerator and
    of the normaliser alike. Raises ValueError if the mask doesn't broadcast to
    `[..., n, m]`, TypeError if it isn't boolean (a 0/-inf bias would read inverted).
    Source: Vaswani 2017, §3.2.3.
    """
    mask = np.asarray(mask)
    if mask.dtype != bool:
        raise TypeError(f"mask must be bool (True = may look), not {mask.dtype}")
    if np.broadcast_shapes(mask.shape, scores.shape)[-2:] != scores.shape[-2:]:
        raise ValueError(f"mask {list(mask.shape)} doesn't fit scores {list(scores.shape)}")
    return np.where(mask, scores, -np.inf)
