"""What kernels ask of their arguments: shapes that fit, and numbers that are floats."""

import numpy as np


def check_shapes(pattern: str, **arrays: np.ndarray | None) -> None:
    """Hold every array to its last axes: `check_shapes("n d_k, m d_k", q=q, k=k)`.

    The pattern names the trailing axes of each array, in order; the axes before
    them are the batch and are left to NumPy's broadcasting. An array that is None
    (an optional argument) is passed over.

    Raises ValueError, with both shapes, where one name stands for two sizes.
    """
    sizes: dict[str, tuple[int, str]] = {}  # axis name -> its size, and who said so
    for axes, (name, array) in zip(pattern.split(","), arrays.items(), strict=True):
        if array is None:
            continue
        names, shape = axes.split(), np.shape(array)
        who = f"{name} {list(shape)}"
        if len(shape) < len(names):
            raise ValueError(f"{who} has too few axes: expected [..., {', '.join(names)}]")
        for axis, size in zip(names, shape[len(shape) - len(names) :], strict=True):
            first_size, first_who = sizes.setdefault(axis, (size, who))
            if size != first_size:
                raise ValueError(f"{first_who} and {who} disagree on {axis}: {first_size}, {size}")


def as_float(x: np.ndarray) -> np.ndarray:
    """x itself if it holds floats of any width, else (integers, lists) as float64."""
    x = np.asarray(x)
    return x if np.issubdtype(x.dtype, np.floating) else x.astype(np.float64)
