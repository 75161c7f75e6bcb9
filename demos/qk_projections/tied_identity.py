"""W_Q = W_K doesn't make attention the identity: that depends on sqrt(d_k) against ln n.

At random init a tied token scores ‖z‖²/√d_k, about √d_k, with itself and about N(0, 1)
with others. Its own weight is near 1 / (1 + (n-1)·exp(1/2 - √d_k)): nothing special at
d_k = 4, half at 16, nearly all at 64 (n = 32).
"""

from typing import Annotated

import numpy as np

from demos.kit import (
    Above,
    AtMost,
    Below,
    Claim,
    Curve,
    Heatmap,
    Line,
    Near,
    Range,
    Result,
    demo,
)
from demos.ops import attention, layer_norm

D = 128  # width of the tokens
HEADS = 8  # the diagonal is averaged over this many random heads


def theory(n: int, d_k: np.ndarray | int) -> np.ndarray:
    """A tied token's weight on itself: exp(√d_k) against n-1 keys that average exp(1/2)."""
    return 1 / (1 + (n - 1) * np.exp(0.5 - np.sqrt(d_k)))


def weights(x: np.ndarray, w_q: np.ndarray, w_k: np.ndarray) -> np.ndarray:
    return attention(x @ w_q, x @ w_k, x)[1]  # [heads, n, n]


def diagonal(a: np.ndarray) -> float:
    """Mean weight of a token on itself."""
    return float(np.diagonal(a, axis1=-2, axis2=-1).mean())


@demo(
    topic="qk-projections",
    title={"en": "Does W_Q = W_K give the identity?", "zh": "W_Q = W_K 会得到单位矩阵吗"},
    look={
        "en": "The diagonal climbs to 1 as d_k grows: at small d_k this is no identity.",
        "zh": "对角线的权重随 d_k 升到 1：d_k 小时远非单位矩阵。",
    },
)
def run(
    rng,
    *,
    n: Annotated[int, Range(2, 128, log=True)] = 32,
    d_k: Annotated[int, Range(1, 128, log=True)] = 16,
    width: Annotated[int, Range(8, 512, log=True)] = 512,
    tied: bool = True,
) -> Result:
    x = layer_norm(rng.standard_normal((HEADS, n, D)))  # other tokens for every head
    sizes = sorted({1, 4, 16, 64, 128, d_k})
    tested, untied, pictures = {}, {}, {}
    for size in sizes:
        w_q, w_k = rng.standard_normal((2, HEADS, D, size)) / np.sqrt(D)
        free = weights(x, w_q, w_k)
        pictures[size] = weights(x, w_q, w_q) if tied else free
        tested[size], untied[size] = diagonal(pictures[size]), diagonal(free)

    bare = layer_norm(rng.standard_normal((n, width)))  # tokens that attend as they are
    own = np.diag(attention(bare, bare, bare)[1])
    smooth = np.geomspace(1, 128, 40)
    untie = {
        "en": "Two matrices make a token's own key just one of n random ones.",
        "zh": "用两个矩阵时，自己的 key 只是 n 个随机 key 之一。",
    }
    return Result(
        figures={
            "diagonal": tested[d_k],
            "diagonal_theory": theory(n, d_k),
            "diagonal_at_4": tested[4],
            "diagonal_at_16": tested[16],
            "diagonal_at_64": tested[64],
            "diagonal_untied": untied[d_k],
            "diagonal_bare": own.min(),
            "others_bare": 1 - own.min(),
        },
        views=[
            Curve(
                {"en": "A token's weight on itself", "zh": "token 对自己的注意力权重"},
                [
                    Line({"en": "this head", "zh": "当前的头"}, sizes, [tested[s] for s in sizes]),
                    Line({"en": "W_Q ≠ W_K", "zh": "W_Q ≠ W_K"}, sizes,
                         [untied[s] for s in sizes]),
                    Line({"en": "theory, tied", "zh": "理论（共用）"}, smooth, theory(n, smooth),
                         dotted=True),
                ],
                x_label="d_k",
                y_label={"en": "mean diagonal", "zh": "对角线均值"},
                log_x=True,
            ),
            Heatmap(
                {"en": f"weights at d_k = {d_k}", "zh": f"d_k = {d_k} 时的权重"},
                pictures[d_k][0],
                x_label={"en": "key", "zh": "key"},
                y_label={"en": "query", "zh": "query"},
                low=0.0,
                high=1.0,
            ),
        ],
        claims=[
            Claim(
                "not-the-identity-at-dk-4",
                {"en": "Tied at d_k = 4, a token keeps less than 40% for itself.",
                 "zh": "共用、d_k = 4：留给自己的权重不到 40%。"},
                kind="stat",
                measured=tested[4],
                expected=Below(0.4),
                broken_by={"n": 2},
                because={"en": "Between two tokens it has a single rival.",
                         "zh": "只有两个 token 时，对手只有一个。"},
            ),
            Claim(
                "half-and-half-at-dk-16",
                {"en": "Tied at d_k = 16, it is what exp(√d_k) against n−1 others gives.",
                 "zh": "共用、d_k = 16：等于 exp(√d_k) 对 n−1 个对手的份额。"},
                kind="stat",
                measured=tested[16],
                expected=Near(float(theory(n, 16)), abs=0.25),
                broken_by={"tied": False},
                because=untie,
            ),
            Claim(
                "identity-at-dk-64",
                {"en": "Tied at d_k = 64, nearly all of it.",
                 "zh": "共用、d_k = 64：几乎全部留给自己。"},
                kind="stat",
                measured=tested[64],
                expected=Near(float(theory(n, 64)), abs=0.1),
                broken_by={"tied": False},
                because=untie,
            ),
            Claim(
                "untied-has-no-diagonal",
                {"en": "Untied, a token gets below 0.2 from itself at any d_k here.",
                 "zh": "不共用：无论 d_k 多大，留给自己的都不到 0.2。"},
                kind="stat",
                measured=max(untied[4], untied[16], untied[64]),
                expected=AtMost(0.2),
                broken_by={"n": 2},
                because={"en": "It gets about 1/n: half the weight among two tokens.",
                         "zh": "大约是 1/n；只有两个 token 时就是一半。"},
            ),
            Claim(
                "no-projections-is-the-identity",
                {"en": "With no projections, 512 wide, each token sees itself alone.",
                 "zh": "完全不做投影、宽度 512：每个 token 只看到自己。"},
                kind="stat",
                measured=own.min(),
                expected=Above(0.999),
                broken_by={"width": 8},
                because={"en": "A token's own logit is √width, the others' about 1.",
                         "zh": "自己的 logit 是 √宽度，其余约为 1。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
