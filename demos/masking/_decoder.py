"""A small pre-LN decoder with random weights: the model that the masking demos run.

Not a demo itself. One layer is x + attention(norm(x)), then x + feed_forward(norm(x)),
as in GPT-2 (Radford et al. 2019).
"""

from collections.abc import Callable

import numpy as np

from demos.ops import attention, feed_forward, layer_norm, merge_heads, split_heads

HEADS, D, D_FF = 4, 32, 64  # heads, d_model, hidden width of the feed-forward layer

Weights = dict[str, np.ndarray]


def random_layers(rng: np.random.Generator, count: int) -> list[Weights]:
    """Weights of `count` layers, N(0, 1/d_in) each; the feed-forward biases are 0."""
    sizes = {"q": (D, D), "k": (D, D), "v": (D, D), "o": (D, D), "1": (D, D_FF), "2": (D_FF, D)}
    return [
        {name: rng.standard_normal(size) / np.sqrt(size[0]) for name, size in sizes.items()}
        for _ in range(count)
    ]


def decode(
    x: np.ndarray,
    layers: list[Weights],
    mask: np.ndarray | None = None,
    *,
    cache: dict[int, tuple[np.ndarray, np.ndarray]] | None = None,
    turn: Callable[[np.ndarray], np.ndarray] = lambda x: x,
    attend: Callable | None = None,
) -> np.ndarray:
    """Run x `[..., n, d]` through all layers -> `[..., n, d]`.

    mask `[n, m]`, True = may look. `cache` keeps the keys and values of every layer:
    x is then what follows the m - n tokens already in it. `turn` is applied to q and k
    `[..., heads, n, d_k]` (RoPE, say); `attend` stands in for the attention kernel.
    """
    attend = attend or attention
    for i, w in enumerate(layers):
        h = layer_norm(x)
        q, k, v = (split_heads(h @ w[name], HEADS) for name in "qkv")  # [..., heads, n, d_k]
        q, k = turn(q), turn(k)
        if cache is not None:
            if i in cache:
                k, v = (
                    np.concatenate(both, axis=-2) for both in zip(cache[i], (k, v), strict=True)
                )
            cache[i] = k, v  # [..., heads, m, d_k]
        x = x + merge_heads(attend(q, k, v, mask=mask)[0]) @ w["o"]
        x = x + feed_forward(layer_norm(x), w["1"], np.zeros(D_FF), w["2"], np.zeros(D))
    return x


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """RMS of a - b relative to the RMS of b: 0 for equal outputs, about 1.4 for unrelated ones."""
    return float(np.linalg.norm(a - b) / np.linalg.norm(b))
