"""How long `attention` takes beside the same steps written by hand in NumPy, and PyTorch.

    python tests/bench/kernels.py [rounds]

Batch 8, heads 8, n 512, d_k 64, float32. Each round times every way once, so that a
busy moment of the machine hits all alike; a ratio is the median over the rounds.
Exit status 1 if `attention` takes more than 1.5 times the hand-written steps.
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np

from demos.ops import attention, causal_mask

BATCH, HEADS, N, D_K = 8, 8, 512, 64
LIMIT = 1.5


def by_hand(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Softmax and two matmuls, as few arrays as NumPy allows: the bar to be measured by."""
    scores = q @ k.swapaxes(-1, -2)
    scores *= D_K**-0.5
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    return scores @ v


def with_torch(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> dict[str, Callable[[], object]]:
    try:
        import torch
    except ImportError:
        return {}
    q, k, v = (torch.from_numpy(x) for x in (q, k, v))
    fused = torch.nn.functional.scaled_dot_product_attention
    return {
        "torch, step by step": lambda: torch.softmax(q @ k.mT * D_K**-0.5, dim=-1) @ v,
        "torch, fused": lambda: fused(q, k, v),
    }


def main(rounds: int = 15) -> int:
    rng = np.random.default_rng(0)
    q, k, v = (rng.standard_normal((BATCH, HEADS, N, D_K), dtype=np.float32) for _ in range(3))
    mask = causal_mask(N)
    ways = {
        "by hand": lambda: by_hand(q, k, v),
        "attention": lambda: attention(q, k, v),
        "attention, causal": lambda: attention(q, k, v, mask=mask),
        **with_torch(q, k, v),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for lap in range(rounds + 1):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            if lap:  # the first lap warms up
                seconds[name].append(time.perf_counter() - start)

    print(f"batch {BATCH}, heads {HEADS}, n {N}, d_k {D_K}, float32; median of {rounds} rounds")
    ratios = {
        name: statistics.median(
            mine / base for mine, base in zip(laps, seconds["by hand"], strict=True)
        )
        for name, laps in seconds.items()
    }
    for name, laps in seconds.items():
        print(f"{name:22}{statistics.median(laps) * 1e3:8.1f} ms{ratios[name]:8.2f} x by hand")
    if ratios["attention"] > LIMIT:
        print(f"attention is over {LIMIT} x", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:2])))
