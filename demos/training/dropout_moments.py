"""Dropout keeps the mean, adds the variance x²·p/(1-p), and keeps no mean past a ReLU.

Inverted dropout divides by 1-p while training and does nothing at test time; the plain
form of 2014 multiplies by the keep probability 1-p at test time (Srivastava et al. 2014,
§1, Figure 2, and §10 for the inverted form; their p is the probability of keeping).
"""

from typing import Annotated, Literal

import numpy as np

from demos.kit import (
    Bars,
    Below,
    Between,
    Claim,
    Equals,
    Histogram,
    Near,
    Range,
    Result,
    Table,
    demo,
)
from demos.ops import dropout, relu

WIDTH = 64  # inputs of the linear layer
ROWS = 4000  # draws of its dropout mask


@demo(
    topic="training",
    title={"en": "What dropout keeps, and what not", "zh": "Dropout 保持了什么"},
    look={
        "en": "A linear layer passes the mean on, centred on w·v = 0; past the ReLU it is not.",
        "zh": "线性层保住均值，仍以 w·v = 0 为中心；过了 ReLU 就不是了。",
    },
)
def run(
    rng,
    *,
    p: Annotated[float, Range(0.0, 0.9)] = 0.1,
    n: Annotated[int, Range(10_000, 400_000, log=True)] = 100_000,
    inverted: bool = True,
    test_scale: Literal["1-p", "p", "none"] = "1-p",
) -> Result:
    def drop(x: np.ndarray) -> np.ndarray:
        """While training. The plain form is the inverted one without its 1/(1-p)."""
        return dropout(x, p, rng) * (1.0 if inverted else 1 - p)

    x = 3.0  # one activation, dropped n times over
    dropped = drop(np.full(n, x))
    plain = dropout(np.full(n, x), p, rng) * (1 - p)
    at_test = x * {"1-p": 1 - p, "p": p, "none": 1.0}[test_scale]
    added = x**2 * p / (1 - p)  # the variance that inverted dropout adds

    v, w = rng.standard_normal((2, WIDTH))
    w -= (w @ v) / (v @ v) * v  # w·v = 0: without dropout, the pre-activation is 0
    u = w + (np.linalg.norm(w * v) / (v @ v)) * v  # u·v = ‖w∘v‖, far from 0
    kept = drop(np.broadcast_to(v, (ROWS, WIDTH)))  # [rows, width]
    z, z_far = kept @ w, kept @ u  # [rows]
    sigma = max(z.std(), 1e-12)
    drift = abs(z_far.mean() - u @ v) / max(z_far.std(), 1e-12)
    past_relu = relu(z).mean() / sigma

    return Result(
        figures={
            "mean_ratio": dropped.mean() / x,
            "variance": dropped.var(),
            "variance_theory": added,
            "plain_train_over_x": plain.mean() / x,
            "test_over_train_unscaled": x / plain.mean(),
            "linear_drift": drift,
            "relu_mean": past_relu,
            "relu_theory": 1 / np.sqrt(2 * np.pi),
        },
        views=[
            Table(
                {"en": "Measured and expected", "zh": "实测与理论"},
                ["", {"en": "measured", "zh": "实测"}, {"en": "theory", "zh": "理论"}],
                [
                    [{"en": "mean / x", "zh": "均值 / x"}, dropped.mean() / x, 1.0],
                    [{"en": "variance", "zh": "方差"}, dropped.var(), added],
                    [{"en": "mean / x, plain", "zh": "均值 / x，未放大"}, plain.mean() / x, 1 - p],
                    [{"en": "linear, drift", "zh": "线性层，偏移"}, drift, 0.0],
                    [{"en": "ReLU, mean", "zh": "ReLU，均值"}, past_relu, 1 / np.sqrt(2 * np.pi)],
                ],
            ),
            Histogram.of(
                {"en": "w·dropout(v), in units of its std", "zh": "w·dropout(v)，以标准差为单位"},
                [({"en": "before ReLU", "zh": "ReLU 之前"}, z / sigma)],
                low=-3.5,
                high=3.5,
            ),
            Bars(
                {"en": "Its mean, in the same unit", "zh": "它的均值，单位相同"},
                [({"en": "before ReLU", "zh": "ReLU 之前"}, z.mean() / sigma),
                 ({"en": "after ReLU", "zh": "ReLU 之后"}, past_relu)],
            ),
        ],
        claims=[
            Claim(
                "inverted-keeps-the-mean",
                {"en": "Inverted dropout keeps the mean of an activation.",
                 "zh": "inverted dropout 保持激活值的均值。"},
                kind="stat",
                measured=dropped.mean() / x,
                expected=Near(1.0, abs=max(0.007, 7 * np.sqrt(p / (1 - p) / n))),
                broken_by={"inverted": False},
                because={"en": "Without the factor 1/(1−p) the mean is (1−p)·x.",
                         "zh": "不乘 1/(1−p)，均值就是 (1−p)·x。"},
            ),
            Claim(
                "variance-is-x2-p-over-1-minus-p",
                {"en": "It adds the variance x²·p/(1−p).",
                 "zh": "它带来 x²·p/(1−p) 的方差。"},
                kind="stat",
                measured=dropped.var(),
                expected=Near(added, rel=0.07, abs=1e-12),
                broken_by={"inverted": False},
                because={"en": "The plain form adds x²·p·(1−p), (1−p)² times as much.",
                         "zh": "未放大的形式带来 x²·p·(1−p)，是它的 (1−p)² 倍。"},
            ),
            Claim(
                "plain-dropout-needs-scaling-at-test",
                {"en": "Plain dropout: 1−p at test time meets the training mean.",
                 "zh": "未放大的形式：测试时乘 1−p，与训练均值一致。"},
                kind="stat",
                measured=at_test / plain.mean(),
                expected=Near(1.0, abs=max(0.008, 7 * np.sqrt(p / (1 - p) / n))),
                broken_by={"test_scale": "p"},
                because={"en": "p is the share that was dropped; 1−p is what was kept.",
                         "zh": "p 是丢掉的比例，保留下来的是 1−p。"},
            ),
            Claim(
                "linear-maps-keep-the-mean",
                {"en": "A linear layer after dropout keeps its mean.",
                 "zh": "Dropout 之后的线性层，均值不变。"},
                kind="stat",
                measured=drift,
                expected=Below(0.1),
                broken_by={"inverted": False, "p": 0.5},
                because={"en": "The mean of w·dropout(v) is then (1−p)·w·v.",
                         "zh": "此时 w·dropout(v) 的均值是 (1−p)·w·v。"},
            ),
            Claim(
                "relu-shifts-the-mean",
                {"en": "Past a ReLU, a mean of 0 becomes about 0.4 standard deviations.",
                 "zh": "过了 ReLU，原本为 0 的均值变成约 0.4 个标准差。"},
                kind="stat",
                measured=past_relu,
                expected=Between(0.3, 0.5),
                broken_by={"p": 0.0},
                because={"en": "Nothing is dropped: the pre-activation is w·v = 0 each time.",
                         "zh": "什么都没丢，预激活值每次都是 w·v = 0。"},
            ),
            Claim(
                "off-at-evaluation",
                {"en": "At evaluation, as with p = 0, inverted dropout is the identity.",
                 "zh": "测试时（p = 0 时也一样），inverted dropout 就是恒等映射。"},
                kind="exact",
                measured=np.abs([dropout(v, p, rng, training=False) - v,
                                 dropout(v, 0.0, rng) - v]).max(),
                expected=Equals(0),
                kernel="dropout",
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
