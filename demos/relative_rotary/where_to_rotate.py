"""RoPE turns q and k, after W_Q and W_K. Turning the input loses the relative property.

A projection between the rotation and the dot product mixes the planes, as it
does with added encodings. Sources: Su 2021, eq. (14)-(16); positions inside a
sliding cache: Xiao 2023, §3.2.
"""

from typing import Annotated, Literal

import numpy as np

from demos.kit import Above, Below, Claim, Heatmap, OneOf, Range, Result, demo
from demos.ops import rope, sinusoidal_positions

DRAWS = 16  # weights and tokens that the statistics average over


def share_within_offsets(scores: np.ndarray) -> float:
    """How much of the spread of scores `[n, n]` the offset j - i leaves unexplained: 0 .. 1."""
    n = len(scores)
    offset = (np.arange(n) - np.arange(n)[:, None] + n - 1).ravel()  # [n·n], from 0
    mean = np.bincount(offset, scores.ravel()) / np.bincount(offset)  # [2n - 1]
    return np.std(scores.ravel() - mean[offset]) / np.std(scores)


def unexplained(scores: np.ndarray) -> float:
    return float(np.mean([share_within_offsets(draw) for draw in scores]))


@demo(
    topic="relative-rotary",
    title={"en": "Where to rotate", "zh": "在哪里旋转"},
    look={
        "en": "One token at all positions: only turning after W_Q, W_K gives clean diagonals.",
        "zh": "同一个 token 放满所有位置：只有在 W_Q、W_K 之后旋转，对角线才干净。",
    },
)
def run(
    rng,
    *,
    d: Annotated[int, OneOf(8, 16, 32, 64)] = 32,
    n: Annotated[int, Range(8, 48)] = 24,
    evict: Annotated[int, Range(1, 16)] = 4,
    content: Annotated[float, Range(0.01, 4, log=True)] = 1.0,
    rotate: Literal["after", "input"] = "after",
    weights: Literal["random", "identity"] = "random",
    rerotate: bool = False,
) -> Result:
    w_q, w_k = rng.standard_normal((2, DRAWS, d, d)) / np.sqrt(d)
    if weights == "identity":
        w_q = w_k = np.broadcast_to(np.eye(d), (DRAWS, d, d))
    positions = np.arange(n)
    token = content * rng.standard_normal((DRAWS, 1, d))
    x = np.repeat(token, n, axis=1)  # [draws, n, d]: one token everywhere

    def scores(q, k):  # [draws, n, n]
        return q @ k.swapaxes(-1, -2) / np.sqrt(d)

    after = scores(rope(x @ w_q, positions), rope(x @ w_k, positions))
    turned = rope(x, positions)
    before = scores(turned @ w_q, turned @ w_k)
    added = x + sinusoidal_positions(n, d)
    additive = scores(added @ w_q, added @ w_k)

    # A sliding window over different tokens: keys were turned when they were cached.
    text = content * rng.standard_normal((DRAWS, n + evict, d))
    q, k = text @ w_q, text @ w_k
    cached = rope(k, np.arange(n + evict))
    one_by_one = np.stack([rope(k[:, [p]], [p])[:, 0] for p in range(n + evict)], axis=1)
    right = scores(rope(q, np.arange(n + evict)), cached)[:, evict:, evict:]
    # The first tokens are evicted and the rest counted from 0 again.
    kept = cached[:, evict:]
    if rerotate:
        kept = rope(kept, np.full(n, -evict))
    renumbered = scores(rope(q[:, evict:], positions), kept)
    eviction_error = np.sqrt(np.mean((renumbered - right) ** 2) / np.mean(right**2))

    cache_error = np.abs(scores(rope(q, np.arange(n + evict)), one_by_one)[:, evict:, evict:]
                         - right).max()  # fmt: skip
    used = after if rotate == "after" else before
    axes = {"x_label": {"en": "position of k", "zh": "k 的位置"},
            "y_label": {"en": "position of q", "zh": "q 的位置"}}  # fmt: skip
    return Result(
        figures={
            "after_share": unexplained(after),
            "input_share": unexplained(before),
            "additive_share": unexplained(additive),
            "eviction_error": eviction_error,
            "cache_error": cache_error,
        },
        views=[
            Heatmap({"en": "Turned after W_Q, W_K", "zh": "在 W_Q、W_K 之后旋转"}, after[0],
                    diverging=True, **axes),
            Heatmap({"en": "Input turned", "zh": "旋转输入"}, before[0], diverging=True, **axes),
            Heatmap({"en": "Sinusoids added", "zh": "加正弦编码"}, additive[0], diverging=True,
                    **axes),
        ],
        claims=[
            Claim(
                "turning-q-and-k-is-relative",
                {"en": "Turned after W_Q, W_K: the offset explains the score.",
                 "zh": "在 W_Q、W_K 之后旋转：分数完全由偏移决定。"},
                kind="theorem",
                measured=unexplained(used),
                expected=Below(1e-9),
                broken_by={"rotate": "input"},
                because={"en": "W_Q and W_K mix the planes that were turned.",
                         "zh": "W_Q、W_K 把旋转过的平面混在了一起。"},
            ),
            Claim(
                "turning-the-input-is-not",
                {"en": "Input turned: much of the score's spread is not the offset's.",
                 "zh": "旋转输入：分数的起伏大半不由偏移决定。"},
                kind="stat",
                measured=unexplained(before),
                expected=Above(0.2),
                broken_by={"weights": "identity"},
                because={"en": "Nothing stands between rotation and product.",
                         "zh": "旋转与点积之间没有任何投影。"},
            ),
            Claim(
                "adding-sinusoids-is-not",
                {"en": "Sinusoids added: the same loss.", "zh": "加正弦编码：同样丢失相对性。"},
                kind="stat",
                measured=unexplained(additive),
                expected=Above(0.2),
                broken_by={"weights": "identity", "content": 0.01},
                because={"en": "Only PE(i)·PE(j) is left, and that is relative.",
                         "zh": "只剩下 PE(i)·PE(j)，它本来就只看偏移。"},
            ),
            Claim(
                "turned-keys-can-be-cached",
                {"en": "Keys turned one by one and cached give the same scores.",
                 "zh": "key 逐个旋转后存入缓存，分数完全一致。"},
                kind="theorem",
                measured=cache_error,
                expected=Below(1e-9),
                kernel="rope",
            ),
            Claim(
                "renumbering-needs-turning-back",
                {"en": "Evict, renumber, leave cached keys: the scores are wrong.",
                 "zh": "淘汰旧 token、重新编号却不动缓存里的 key：分数就错了。"},
                kind="stat",
                measured=eviction_error,
                expected=Above(0.05),
                broken_by={"rerotate": True},
                because={"en": "R_−4 brings the cached keys to their new numbers.",
                         "zh": "再转一个 R_−4，缓存的 key 就到了新编号上。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
