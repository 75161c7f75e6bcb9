"""Attention is not linear in its input: softmax aside, QKᵀV alone is cubic in X.

It is linear in V once the weights are frozen, and that is the half-truth behind "attention
is only matrix products". What attention lacks is another thing: a nonlinear map of a token
by itself. Each output is a convex combination of values; if all tokens are the same, out
comes their value, whatever W_Q and W_K hold (Vaswani et al. 2017, eq. (1)).
"""

from typing import Annotated, Literal

import numpy as np

from demos.kit import Above, AtMost, Bars, Below, Claim, Histogram, Range, Result, demo
from demos.ops import attention


def gap(one: np.ndarray, other: np.ndarray) -> float:
    """Relative distance ‖one - other‖/‖other‖."""
    return float(np.linalg.norm(one - other) / np.linalg.norm(other))


@demo(
    topic="feed-forward",
    title={"en": "Attention is not a linear layer", "zh": "注意力不是线性层"},
    look={
        "en": "A linear map would have no bar at all: only frozen weights have none.",
        "zh": "线性映射应该一根柱子都没有：只有冻结权重时才这样。",
    },
)
def run(
    rng,
    *,
    weights: Literal["live", "frozen"] = "live",
    scores: Literal["softmax", "raw"] = "softmax",
    value_bias: bool = False,
    n: Annotated[int, Range(4, 128, log=True)] = 16,
    d: Annotated[int, Range(8, 256, log=True)] = 32,
) -> Result:
    x, y = rng.standard_normal((2, n, d))
    w_q, w_k, w_v = rng.standard_normal((3, d, d)) / np.sqrt(d)
    b_v = rng.standard_normal(d) if value_bias else np.zeros(d)

    def value(x: np.ndarray) -> np.ndarray:
        return x @ w_v + b_v  # [n, d]

    def raw(x: np.ndarray) -> np.ndarray:
        """No softmax: three matrix products, QKᵀV."""
        return (x @ w_q) @ (x @ w_k).T / np.sqrt(d) @ value(x)

    def soft(x: np.ndarray) -> np.ndarray:
        return attention(x @ w_q, x @ w_k, value(x))[0]

    _, at_x = attention(x @ w_q, x @ w_k, value(x))  # [n, n], from here on a constant

    def frozen(x: np.ndarray) -> np.ndarray:
        return at_x @ value(x)

    live = soft if scores == "softmax" else raw
    f = frozen if weights == "frozen" else live

    def superposition(f) -> float:
        return gap(f(x + y), f(x) + f(y))

    def homogeneity(f) -> float:
        return gap(f(2 * x), 2 * f(x))

    # Convexity: no coordinate of the output may pass the largest among the values.
    overshoot = live(x) - value(x).max(axis=0)  # [n, d]
    alike = np.tile(x[:1], (n, 1))  # the same token everywhere
    return Result(
        figures={
            "superposition_error": superposition(f),
            "superposition_percent": 100 * superposition(f),
            "homogeneity_error": homogeneity(f),
            "frozen_error": superposition(frozen),
            "cubic_growth": np.linalg.norm(raw(2 * x)) / np.linalg.norm(raw(x)),
            "overshoot": overshoot.max(),
        },
        views=[
            Bars(
                {"en": "Distance from linearity ‖f(X+Y)−f(X)−f(Y)‖ / ‖f(X)+f(Y)‖",
                 "zh": "离线性有多远：‖f(X+Y)−f(X)−f(Y)‖ / ‖f(X)+f(Y)‖"},
                [
                    ({"en": "softmax attention", "zh": "softmax 注意力"}, superposition(soft)),
                    ({"en": "no softmax: QKᵀV", "zh": "不过 softmax：QKᵀV"},
                     superposition(raw)),
                    ({"en": "frozen weights", "zh": "冻结权重"}, superposition(frozen)),
                ],
            ),
            Histogram.of(
                {"en": "Outputs stay within the values", "zh": "输出落在 V 的取值范围内"},
                [("V", value(x)), ({"en": "output", "zh": "输出"}, live(x))],
            ),
        ],
        claims=[
            Claim(
                "attention-fails-superposition",
                {"en": "f(X+Y) is far from f(X) + f(Y): attention is not linear.",
                 "zh": "f(X+Y) 与 f(X)+f(Y) 差得很远：注意力不是线性的。"},
                kind="stat",
                measured=superposition(f),
                expected=Above(0.2),
                broken_by={"weights": "frozen"},
                because={"en": "Held fixed, the weights are constants: A·V is linear in X.",
                         "zh": "权重一旦固定就是常数，A·V 对 X 是线性的。"},
            ),
            Claim(
                "attention-fails-homogeneity",
                {"en": "f(2X) is far from 2·f(X).", "zh": "f(2X) 与 2·f(X) 差得很远。"},
                kind="stat",
                measured=homogeneity(f),
                expected=Above(0.2),
                broken_by={"weights": "frozen"},
                because={"en": "With fixed weights, doubling X just doubles the values.",
                         "zh": "权重固定时，X 翻倍只是让 V 翻倍。"},
            ),
            Claim(
                "frozen-weights-are-linear",
                {"en": "With the weights frozen, f(X+Y) = f(X) + f(Y).",
                 "zh": "把注意力权重冻结，f(X+Y) = f(X) + f(Y)。"},
                kind="theorem",
                measured=superposition(frozen),
                expected=Below(1e-12),
                broken_by={"value_bias": True},
                because={"en": "A bias in V makes it affine: f(X)+f(Y) counts it twice.",
                         "zh": "V 带偏置就成了仿射：f(X)+f(Y) 把偏置算了两次。"},
            ),
            Claim(
                "without-softmax-it-is-cubic",
                {"en": "Even without softmax h(2X) = 8·h(X): QKᵀV is cubic in X.",
                 "zh": "去掉 softmax 也有 h(2X) = 8·h(X)：QKᵀV 是 X 的三次式。"},
                kind="theorem",
                measured=gap(raw(2 * x), 8 * raw(x)),
                expected=Below(1e-12),
                broken_by={"value_bias": True},
                because={"en": "X enters three times; the bias in V makes one of them affine.",
                         "zh": "X 出现三次；V 的偏置让其中一次不再成比例。"},
            ),
            Claim(
                "outputs-stay-in-the-convex-hull",
                {"en": "No coordinate of the output exceeds the largest among the values.",
                 "zh": "输出的每一维都不超过所有 value 在该维的最大值。"},
                kind="theorem",
                measured=overshoot.max(),
                expected=AtMost(1e-12),
                broken_by={"scores": "raw"},
                because={"en": "Raw scores are neither positive nor do they sum to 1.",
                         "zh": "原始分数既不非负，也不归一。"},
            ),
            Claim(
                "equal-tokens-return-their-value",
                {"en": "If all tokens are equal the output is their value, whatever W_Q, W_K.",
                 "zh": "所有 token 相同时，输出就是它们的 value，与 W_Q、W_K 无关。"},
                kind="theorem",
                measured=gap(live(alike), value(alike)),
                expected=Below(1e-12),
                broken_by={"scores": "raw"},
                because={"en": "Only weights that sum to 1 give the common value back.",
                         "zh": "权重之和为 1，才会原样还回共同的 value。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
