"""Additive attention without its tanh gives every query the same weights.

w·(q W_q + k W_k) = a(q) + b(k): within a row a(q) is a constant, and softmax forgets
constants. Only the tanh lets q and k meet: Bahdanau et al. 2015, section A.1.2.
"""

from typing import Annotated, Literal

import numpy as np

from demos.kit import Above, Below, Claim, Heatmap, Range, Result, demo
from demos.ops import additive_attention, attend, attention, relu


def row_variation(a: np.ndarray) -> float:
    """How far rows differ from their mean, relative to it: 0 if every query sees the same."""
    return float(np.linalg.norm(a - a.mean(axis=0)) / np.linalg.norm(a))


@demo(
    topic="dot-product",
    title={"en": "Additive attention without tanh", "zh": "去掉 tanh 的加性注意力"},
    look={
        "en": "No tanh: every row is the same. Queries have dropped out of the softmax.",
        "zh": "没有 tanh：每一行都相同，query 在 softmax 里被消掉了。",
    },
)
def run(
    rng,
    *,
    n: Annotated[int, Range(4, 64, log=True)] = 20,
    d: Annotated[int, Range(4, 64, log=True)] = 16,
    gain: Annotated[float, Range(0.01, 10.0, log=True)] = 1.0,
    activation: Literal["none", "tanh", "relu"] = "none",
) -> Result:
    q, k, v = gain * rng.standard_normal((3, n, d))
    w_q, w_k = rng.standard_normal((2, d, d)) / np.sqrt(d)
    w = rng.standard_normal(d)

    hidden = (q @ w_q)[:, None, :] + (k @ w_k)[None, :, :]  # [n, n, d]
    shape = {"none": lambda x: x, "tanh": np.tanh, "relu": relu}[activation]
    _, tested = attend(shape(hidden) @ w, v)  # [n, n]
    _, tanh = additive_attention(q, k, v, w_q, w_k, w)
    _, dot = attention(q, k, v)

    near_zero = {
        "en": "Near 0 all scores are alike, and tanh is a straight line.",
        "zh": "在 0 附近打分几乎相同，tanh 也近似一条直线。",
    }
    title = {
        "none": {"en": "w·(q + k), no tanh", "zh": "w·(q + k)，无 tanh"},
        "tanh": {"en": "w·tanh(q + k)", "zh": "w·tanh(q + k)"},
        "relu": {"en": "w·relu(q + k)", "zh": "w·relu(q + k)"},
    }
    axes = {"x_label": {"en": "key", "zh": "key"}, "y_label": {"en": "query", "zh": "query"}}
    return Result(
        figures={
            "row_difference": np.abs(tested - tested[0]).max(),
            "row_variation": row_variation(tested),
            "row_variation_tanh": row_variation(tanh),
            "row_variation_dot": row_variation(dot),
        },
        views=[
            Heatmap(title[activation], tested, **axes),
            Heatmap(title["tanh"], tanh, **axes),
            Heatmap({"en": "dot product", "zh": "点积"}, dot, **axes),
        ],
        claims=[
            Claim(
                "every-query-sees-the-same",
                {"en": "Without the tanh, all queries get the same weights.",
                 "zh": "没有 tanh，所有 query 的权重完全相同。"},
                kind="theorem",
                measured=np.abs(tested - tested[0]).max(),
                expected=Below(1e-12),
                broken_by={"activation": "tanh"},
                because={"en": "A nonlinearity mixes q and k before the sum over hidden units.",
                         "zh": "非线性让 q 与 k 在求和之前先混合。"},
            ),
            Claim(
                "tanh-lets-queries-differ",
                {"en": "With it, queries look at different keys.",
                 "zh": "有 tanh，不同 query 关注不同的 key。"},
                kind="stat",
                measured=row_variation(tanh),
                expected=Above(0.03),
                broken_by={"gain": 0.01},
                because=near_zero,
            ),
            Claim(
                "dot-product-lets-queries-differ",
                {"en": "So they do with a dot product, which multiplies q and k.",
                 "zh": "点积把 q 与 k 相乘，同样做得到。"},
                kind="stat",
                measured=row_variation(dot),
                expected=Above(0.1),
                broken_by={"gain": 0.01},
                because=near_zero,
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
