"""Absolute positions: sinusoids added to the embedding, and rotations of q and k."""

from typing import Literal

import numpy as np

from demos.ops.arrays import as_float, check_shapes


def sinusoidal_positions(n: int, d: int, base: float = 10000.0) -> np.ndarray:
    """PE(pos, 2i) = sin(pos · base^(-2i/d)), PE(pos, 2i+1) = cos(the same): `[n, d]`.

    Source: Vaswani 2017, §3.5.
    """
    angles = np.arange(n)[:, None] * frequencies(d, base)  # [n, ceil(d/2)]
    table = np.empty((n, d))
    table[:, 0::2] = np.sin(angles)
    table[:, 1::2] = np.cos(angles[:, : d // 2])
    return table


def rope(
    x: np.ndarray,
    positions: np.ndarray,
    *,
    base: float = 10000.0,
    layout: Literal["interleaved", "half"] = "interleaved",
) -> np.ndarray:
    """Turn pair i of x at position p by the angle p · base^(-2i/d): Su 2021, eq. (34).

    x `[..., n, d]` with d even, positions `[n]` (or `[..., n]`, one row a sequence).
    Layout "interleaved" pairs columns (2i, 2i+1) as the paper does, "half" pairs
    (i, i + d/2) as GPT-NeoX and Llama's public weights do. For q and k, never v.

    Raises ValueError for an odd d or positions that don't match n.
    """
    check_shapes("n d, n", x=x, positions=positions)
    x, d = as_float(x), np.shape(x)[-1]
    if d % 2:
        raise ValueError(f"x {list(x.shape)}: RoPE turns pairs of columns, and {d} is odd")
    if layout not in ("interleaved", "half"):
        raise ValueError(f"layout is 'interleaved' or 'half', not {layout!r}")
    first, second = slice(0, d, 2), slice(1, d, 2)
    if layout == "half":
        first, second = slice(0, d // 2), slice(d // 2, d)
    angles = np.asarray(positions)[..., None] * frequencies(d, base)  # [..., n, d/2]
    cos, sin = np.cos(angles).astype(x.dtype), np.sin(angles).astype(x.dtype)
    turned = np.empty(np.broadcast_shapes(x.shape, (*angles.shape[:-1], d)), x.dtype)
    turned[..., first] = x[..., first] * cos - x[..., second] * sin
    turned[..., second] = x[..., first] * sin + x[..., second] * cos
    return turned


def frequencies(d: int, base: float = 10000.0) -> np.ndarray:
    """base^(-2i/d) in radians a position, for each pair i of d columns: `[ceil(d/2)]`."""
    return float(base) ** -(np.arange(0, d, 2) / d)
