"""Dropout on attention weights: a row sums to 1 on average, and to 1 itself hardly ever.

Kept weights are divided by 1-p and not renormalised, so a row's sum has mean 1 and
variance p/(1-p)·Σ a². Not in Vaswani et al. 2017; it comes from the authors' code
(tensor2tensor, attention_dropout) and is what PyTorch's MultiheadAttention does.
"""

from typing import Annotated

import numpy as np

from demos.kit import Below, Claim, Heatmap, Histogram, Near, Range, Result, demo
from demos.ops import attention, dropout

HEADS = 32


@demo(
    topic="training",
    title={"en": "Dropout on attention weights", "zh": "注意力权重上的 Dropout"},
    look={
        "en": "Row sums scatter around 1 once weights are dropped and scaled up.",
        "zh": "权重被丢弃并放大之后，各行之和散布在 1 周围。",
    },
)
def run(
    rng,
    *,
    n: Annotated[int, Range(8, 128, log=True)] = 64,
    d_k: Annotated[int, Range(1, 128, log=True)] = 64,
    p: Annotated[float, Range(0.0, 0.5)] = 0.1,
    renormalise: bool = False,
) -> Result:
    q, k, v = rng.standard_normal((3, HEADS, n, d_k))
    _, weights = attention(q, k, v)  # [heads, n, n]
    dropped = dropout(weights, p, rng)
    if renormalise:
        dropped = dropped / np.maximum(dropped.sum(axis=-1, keepdims=True), 1e-12)
    sums = dropped.sum(axis=-1)  # [heads, n]
    theory = np.sqrt(p / (1 - p) * (weights**2).sum(axis=-1))  # [heads, n]: std of each sum
    expected = np.sqrt((theory**2).mean())
    at_one = (np.abs(sums - 1) < 1e-3).mean()

    not_scattered = {"en": "Renormalised rows sum to 1 by construction.",
                     "zh": "重新归一化之后，每行之和必为 1。"}  # fmt: skip
    shown = min(n, 40)
    return Result(
        figures={
            "row_sum_mean": sums.mean(),
            "row_sum_std": sums.std(),
            "row_sum_std_theory": expected,
            "rows_at_one": at_one,
            "keys_seen": (dropped > 0).mean(),
        },
        views=[
            Histogram.of(
                {"en": "Row sums", "zh": "各行之和"},
                [({"en": "after dropout", "zh": "Dropout 之后"}, sums.ravel())],
                low=min(0.5, float(sums.min())),
                high=max(1.5, float(sums.max())),
            ),
            Heatmap(
                {"en": "One head's weights, dropped", "zh": "一个头的权重，Dropout 之后"},
                dropped[0, :shown, :shown],
                x_label={"en": "key", "zh": "key"},
                y_label={"en": "query", "zh": "query"},
                low=0.0,
            ),
        ],
        claims=[
            Claim(
                "rows-sum-to-one-on-average",
                {"en": "On average a row still sums to 1.",
                 "zh": "平均而言，一行之和仍为 1。"},
                kind="stat",
                measured=sums.mean(),
                expected=Near(1.0, abs=max(0.015, 7 * expected / np.sqrt(sums.size))),
                kernel="dropout",
            ),
            Claim(
                "spread-of-row-sums",
                {"en": "The sums spread by √(p/(1−p)·Σa²).",
                 "zh": "行和的标准差为 √(p/(1−p)·Σa²)。"},
                kind="stat",
                measured=sums.std(),
                expected=Near(expected, rel=0.15, abs=1e-12),
                broken_by={"renormalise": True},
                because=not_scattered,
            ),
            Claim(
                "few-rows-sum-to-one",
                {"en": "Under 5% of the rows sum to 1 within 0.001.",
                 "zh": "和与 1 相差不到 0.001 的行不足 5%。"},
                kind="stat",
                measured=at_one,
                expected=Below(0.05),
                broken_by={"renormalise": True},
                because=not_scattered,
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
