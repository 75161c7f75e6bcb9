"""Nothing in the architecture tells heads apart: only what breaks the tie does.

The loss does not change when two heads swap their weights. So heads that start equal get
equal gradients and stay equal for ever; a random start (or dropout, which draws another
mask for each head) is what lets them part. Two heads are trained by plain gradient descent
on a random target, with the backward pass written out.
"""

from typing import Annotated

import numpy as np

from demos.kit import Above, AtMost, Claim, Curve, Heatmap, Line, Range, Result, demo
from demos.ops import attention, dropout


def moved(a: np.ndarray) -> float:
    """Share of a query's attention that the other head puts elsewhere (total variation)."""
    return np.abs(a[0] - a[1]).sum(axis=-1).mean() / 2


def train(x, target, weights, steps, rate, p, rng) -> tuple[list[float], float, np.ndarray, float]:
    """Gradient descent on the mean squared error.

    Returns the share moved over the steps, and at the end the largest weight difference of
    the two heads, their attention `[2, n, n]` and the loss.
    """
    w_q, w_k, w_v, w_o = (w.copy() for w in weights)  # [2, d, d_k] three times, [2, d_k, d]
    d_k = w_q.shape[-1]
    over_steps = []
    for step in range(steps + 1):
        q, k, v = x @ w_q, x @ w_k, x @ w_v  # [2, n, d_k]
        _, a = attention(q, k, v)  # [2, n, n]
        over_steps.append(moved(a))
        keep = dropout(np.ones_like(a), p, rng)  # a mask of its own for each head
        z = (a * keep) @ v  # [2, n, d_k]
        error = (z @ w_o).sum(axis=0) - target  # the heads' parts add up: [n, d]
        if step == steps:
            break
        g_out = 2 * error / error.size
        g_z = g_out @ w_o.swapaxes(1, 2)
        g_a = keep * (g_z @ v.swapaxes(1, 2))
        g_s = a * (g_a - (a * g_a).sum(axis=-1, keepdims=True)) / np.sqrt(d_k)  # softmax
        g_v = (a * keep).swapaxes(1, 2) @ g_z
        w_o -= rate * z.swapaxes(1, 2) @ g_out
        w_v -= rate * x.T @ g_v
        w_q -= rate * x.T @ (g_s @ k)
        w_k -= rate * x.T @ (g_s.swapaxes(1, 2) @ q)
    apart = max(np.abs(w[0] - w[1]).max() for w in (w_q, w_k, w_v, w_o))
    return over_steps, apart, a, (error**2).mean()


@demo(
    topic="multi-head",
    title={"en": "Why heads differ at all", "zh": "头与头为什么会不一样"},
    look={
        "en": "From an equal start the line never leaves 0; a random start is never there.",
        "zh": "初值相同，线一直贴在 0；随机初值，从头到尾都不同。",
    },
)
def run(
    rng,
    *,
    steps: Annotated[int, Range(1, 100, log=True)] = 30,
    spread: Annotated[float, Range(0.0, 1.0)] = 1.0,
    p_drop: Annotated[float, Range(0.0, 0.5)] = 0.0,
    rate: Annotated[float, Range(0.01, 0.5, log=True)] = 0.2,
    n: Annotated[int, Range(4, 32, log=True)] = 12,
    d: Annotated[int, Range(8, 64, log=True)] = 16,
) -> Result:
    d_k = d // 2
    x, target = rng.standard_normal((2, n, d))
    drawn = [rng.standard_normal((2, d, d_k)) / np.sqrt(d) for _ in "qkv"]
    drawn.append(rng.standard_normal((2, d_k, d)) / np.sqrt(d_k))
    equal = [np.stack([w[0], w[0]]) for w in drawn]
    # spread 0 puts the second head on the first, 1 leaves it where it was drawn.
    random = [np.stack([w[0], w[0] + spread * (w[1] - w[0])]) for w in drawn]

    moved_equal, apart_equal, a_equal, loss_equal = train(
        x, target, equal, steps, rate, p_drop, rng
    )
    moved_random, apart_random, a_random, loss_random = train(
        x, target, random, steps, rate, p_drop, rng
    )
    step = np.arange(steps + 1)
    tie = {"en": "Each head draws a dropout mask of its own, so their gradients differ.",
           "zh": "dropout 给每个头抽不同的掩码，梯度从此不同。"}  # fmt: skip
    return Result(
        figures={
            "weights_apart_equal": apart_equal,
            "weights_apart_random": apart_random,
            "attention_apart_equal": moved_equal[-1],
            "attention_apart_random": moved_random[-1],
            "loss_equal": loss_equal,
            "loss_random": loss_random,
        },
        views=[
            Curve(
                {"en": "Attention on which the two heads differ", "zh": "两个头不同的注意力比例"},
                [
                    Line({"en": "random start", "zh": "随机初值"}, step, moved_random),
                    Line({"en": "equal start", "zh": "相同初值"}, step, moved_equal),
                ],
                x_label={"en": "step", "zh": "步数"},
                y_label={"en": "share", "zh": "比例"},
            ),
            Heatmap({"en": "Equal start: head 1 | head 2", "zh": "相同初值：头 1 | 头 2"},
                    np.hstack(a_equal), "key", "query", low=0),
            Heatmap({"en": "Random start: head 1 | head 2", "zh": "随机初值：头 1 | 头 2"},
                    np.hstack(a_random), "key", "query", low=0),
        ],
        claims=[
            Claim(
                "equal-heads-stay-equal",
                {"en": "Two heads that start equal have equal weights after training.",
                 "zh": "初值相同的两个头，训练之后权重仍然相同。"},
                kind="exact",
                measured=apart_equal,
                expected=AtMost(1e-12),
                broken_by={"p_drop": 0.1},
                because=tie,
            ),
            Claim(
                "equal-heads-look-alike",
                {"en": "Two heads that start equal still attend to the same tokens.",
                 "zh": "初值相同的两个头，训练之后看的地方仍然相同。"},
                kind="exact",
                measured=moved_equal[-1],
                expected=AtMost(1e-12),
                broken_by={"p_drop": 0.1},
                because=tie,
            ),
            Claim(
                "random-start-separates-heads",
                {"en": "From a random start the two heads attend differently.",
                 "zh": "随机初值的两个头，看的地方不同。"},
                kind="stat",
                measured=moved_random[-1],
                expected=Above(0.05),
                broken_by={"spread": 0.0},
                because={"en": "With spread 0 the second head starts as a copy of the first.",
                         "zh": "spread 为 0 时，第二个头就是第一个头的副本。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
