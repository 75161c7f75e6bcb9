"""Learning-rate schedules with warm-up. Steps count from 1, and may be an array of steps."""

import numpy as np


def noam_rate(
    step: int | np.ndarray, d_model: int, warmup: int, factor: float = 1.0
) -> float | np.ndarray:
    """factor · d_model^-0.5 · min(step^-0.5, step · warmup^-1.5): Vaswani 2017, eq. (3).

    Rises linearly to (d_model · warmup)^-0.5 at step = warmup, then falls as
    step^-0.5. Raises ValueError for a step below 1.
    """
    step = _from_one(step)
    return factor * d_model**-0.5 * np.minimum(step**-0.5, step * warmup**-1.5)


def warmup_cosine_rate(
    step: int | np.ndarray, peak: float, warmup: int, total: int, floor: float = 0.0
) -> float | np.ndarray:
    """Linear to `peak` at step = warmup, then half a cosine down to `floor` at step = total.

    Stays at the floor after `total`. Source: Loshchilov & Hutter 2017, eq. (5), one
    period of it; warm-up as in Goyal 2017, §2.2. Raises ValueError for a step below 1.
    """
    step = _from_one(step)
    rising = peak * step / max(warmup, 1)
    progress = np.clip((step - warmup) / max(total - warmup, 1), 0, 1)
    falling = floor + (peak - floor) * (1 + np.cos(np.pi * progress)) / 2
    return np.where(step < warmup, rising, falling)[()]


def _from_one(step: int | np.ndarray) -> np.ndarray:
    if np.any(np.less(step, 1)):
        raise ValueError(f"steps count from 1, got {np.min(step)}")
    return np.asarray(step, dtype=np.float64)
