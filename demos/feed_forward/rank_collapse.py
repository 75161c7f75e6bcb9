"""Stacked attention makes all tokens alike; the skip connection is what prevents it.

Each layer averages tokens; the more alike they are, the flatter the weights and the stronger
the averaging: the distance to the mean token falls at a cubic rate, doubly exponentially in
depth (Dong et al. 2021). An FFN acts on each token alone, so alike tokens stay alike; at best
it slows the collapse down, as the same paper says, if its Lipschitz constant is large.
"""

from typing import Annotated, Literal

import numpy as np

from demos.kit import Above, Below, Between, Claim, Curve, Line, Range, Result, demo
from demos.ops import attention, feed_forward, softmax

STACKS = 16  # independent random networks; log10 of the distance is averaged over them


def apart(x: np.ndarray) -> float:
    """Mean log10 of ‖X - 1·x̄ᵀ‖ / ‖X‖ over the stacks `[STACKS, n, d]`; -16 is rounding."""
    distance = np.linalg.norm(x - x.mean(axis=1, keepdims=True), axis=(1, 2))
    return np.log10(distance / np.linalg.norm(x, axis=(1, 2)) + 1e-16).mean()


@demo(
    topic="feed-forward",
    title={"en": "Who prevents rank collapse", "zh": "谁在阻止秩坍缩"},
    look={
        "en": "Without the skip both lines fall off a cliff, FFN or not; with it they stay up.",
        "zh": "去掉残差，两条线都直坠谷底，有没有 FFN 都一样；有残差才撑得住。",
    },
)
def run(
    rng,
    *,
    layers: Annotated[int, Range(5, 8)] = 6,
    skip: Annotated[float, Range(0.0, 1.0)] = 1.0,
    weights: Literal["live", "frozen"] = "live",
    n: Annotated[int, Range(8, 64, log=True)] = 32,
    d: Annotated[int, Range(8, 64, log=True)] = 32,
) -> Result:
    kinds = {"attention": (0.0, False), "attention_ffn": (0.0, True),
             "skip": (skip, False), "skip_ffn": (skip, True)}  # fmt: skip
    x = rng.standard_normal((STACKS, n, d))
    streams = {name: x for name in kinds}
    depth = {name: [apart(x)] for name in kinds}  # over 0 .. layers
    for _ in range(layers):  # the same random layer for all four kinds of network
        w_q, w_k, w_v = rng.standard_normal((3, STACKS, d, d)) / np.sqrt(d)
        w1 = rng.standard_normal((STACKS, d, 4 * d)) * np.sqrt(2 / d)
        w2 = rng.standard_normal((STACKS, 4 * d, d)) / np.sqrt(4 * d)
        fixed = softmax(rng.standard_normal((STACKS, n, n)))  # weights that ignore X
        for name, (keep, with_ffn) in kinds.items():
            x = streams[name]
            heads, _ = attention(x @ w_q, x @ w_k, x @ w_v)  # [STACKS, n, d]
            x = keep * x + (heads if weights == "live" else fixed @ x @ w_v)
            if with_ffn:
                x = keep * x + feed_forward(x, w1, np.zeros(4 * d), w2, np.zeros(d))
            # One factor for the whole matrix: keeps the scale, leaves the tokens as alike.
            streams[name] = x = x / np.sqrt((x**2).mean(axis=(1, 2), keepdims=True))
            depth[name].append(apart(x))
    end = {name: values[-1] for name, values in depth.items()}
    rate = depth["attention"][4] / depth["attention"][3]

    labels = {
        "attention": {"en": "attention", "zh": "注意力"},
        "attention_ffn": {"en": "+ FFN", "zh": "+ FFN"},
        "skip": {"en": "+ skip", "zh": "+ 残差"},
        "skip_ffn": {"en": "+ skip + FFN", "zh": "+ 残差 + FFN"},
    }
    slow = {"en": "Weights that ignore X shrink the distance by one factor a layer.",
            "zh": "权重与 X 无关时，每层只按固定倍数收缩。"}  # fmt: skip
    gone = {"en": "The less weight the skip has, the less of each token survives.",
            "zh": "残差分支的权重越小，各 token 自己的成分留下得越少。"}  # fmt: skip
    return Result(
        figures={**{f"log10_apart_{name}": value for name, value in end.items()},
                 **{f"apart_{name}": 10**value for name, value in end.items()},
                 "collapse_rate": rate},
        views=[
            Curve(
                {"en": "log₁₀ distance of the tokens from their mean",
                 "zh": "各 token 与均值的相对距离，log₁₀"},
                [Line(labels[name], np.arange(layers + 1), depth[name]) for name in kinds],
                x_label={"en": "layer", "zh": "层"},
                y_label="log₁₀",
            ),
        ],
        claims=[
            Claim(
                "pure-attention-collapses",
                {"en": "Attention alone: all tokens end up alike, to 8 digits or more.",
                 "zh": "只有注意力：几层之后所有 token 相同到 8 位以上。"},
                kind="stat",
                measured=end["attention"],
                expected=Below(-8),
                broken_by={"weights": "frozen"},
                because=slow,
            ),
            Claim(
                "collapse-is-doubly-exponential",
                {"en": "Each layer about triples the number of equal digits: a cubic rate.",
                 "zh": "每过一层，相同的位数约翻三倍：三次方速率。"},
                kind="stat",
                measured=rate,
                expected=Between(2.2, 4.5),
                broken_by={"weights": "frozen"},
                because=slow,
            ),
            Claim(
                "ffn-does-not-prevent-collapse",
                {"en": "Attention + FFN without a skip collapses as well.",
                 "zh": "注意力 + FFN，没有残差，照样坍缩。"},
                kind="stat",
                measured=end["attention_ffn"],
                expected=Below(-8),
                broken_by={"weights": "frozen"},
                because=slow,
            ),
            Claim(
                "skip-prevents-collapse",
                {"en": "Attention + skip: the tokens stay apart.",
                 "zh": "注意力 + 残差：各 token 保持不同。"},
                kind="stat",
                measured=end["skip"],
                expected=Above(-0.6),
                broken_by={"skip": 0.0},
                because=gone,
            ),
            Claim(
                "skip-and-ffn-prevent-collapse",
                {"en": "Attention + skip + FFN: they stay apart too.",
                 "zh": "注意力 + 残差 + FFN：同样保持不同。"},
                kind="stat",
                measured=end["skip_ffn"],
                expected=Above(-1.0),
                broken_by={"skip": 0.0},
                because=gone,
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
