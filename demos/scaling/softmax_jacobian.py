"""The softmax Jacobian J = diag(p) - p pᵀ is small twice: once p is one-hot, and while p is flat.

Large logits don't make the softmax small (its entries sum to 1 whatever they are):
they make J small, and J is what the gradient passes through. Vaswani et al. 2017,
section 3.2.1, suspects as much; the formula is in Bishop 2006, section 4.3.4.
"""

from typing import Annotated

import numpy as np

from demos.kit import (
    Above,
    AtMost,
    Below,
    Between,
    Claim,
    Curve,
    Heatmap,
    Line,
    Mark,
    Near,
    Range,
    Result,
    demo,
)
from demos.ops import softmax, softmax_jacobian

ROWS = 200
UNSCALED = 32.0  # without 1/√d_k, logits at d_k = 1024 are √1024 times as wide


def frobenius(logits: np.ndarray) -> np.ndarray:
    """‖J‖_F of every row of logits: `[rows, n] -> [rows]`."""
    return np.linalg.norm(softmax_jacobian(softmax(logits)), axis=(-2, -1))


def numeric_jacobian(x: np.ndarray, step: float = 1e-5) -> np.ndarray:
    """dp_i/dx_j by central differences: `[n] -> [n, n]`."""
    nudges = step * np.eye(len(x))  # row j nudges x_j
    return ((softmax(x + nudges) - softmax(x - nudges)) / (2 * step)).T


@demo(
    topic="scaling",
    title={"en": "When softmax stops passing gradient", "zh": "softmax 何时不再传梯度"},
    look={
        "en": "‖J‖ over the width of the logits is a hump: small when p is one-hot, and when flat.",
        "zh": "‖J‖ 随 logits 宽度先升后降：p 接近 one-hot 时小，接近均匀时也小。",
    },
)
def run(
    rng,
    *,
    n: Annotated[int, Range(4, 128, log=True)] = 64,
    std: Annotated[float, Range(0.01, 100.0, log=True)] = 1.0,
) -> Result:
    x = rng.standard_normal((ROWS, n))  # logits of unit width for ROWS queries over n keys
    widths = np.geomspace(0.01, 100, 17)
    norms = np.array([frobenius(width * x[:80]) for width in widths])  # [widths, 80]
    flat = np.sqrt(n - 1) / n  # ‖J‖_F of the uniform distribution

    here, at_3, at_8, wide, narrow = (
        frobenius(factor * std * x) for factor in (1, 3, 8, UNSCALED, 0.1)
    )
    tie = np.where(np.arange(n) < 2, 0.0, -np.inf)  # two keys share all the weight
    logits = np.concatenate([std * x[:8], 8 * std * x[:8], tie[None]])
    jacobians = softmax_jacobian(softmax(logits))  # [17, n, n]
    spectral = np.abs(np.linalg.eigvalsh(jacobians)).max()

    top = np.sort(x[0])[::-1][:24]  # the picture shows the 24 largest logits of one query
    pictures = [
        Heatmap(
            {"en": f"J at logit std {width:.3g}", "zh": f"logits 标准差 {width:.3g} 时的 J"},
            softmax_jacobian(softmax(width * top)),
            x_label={"en": "logit j", "zh": "logit j"},
            y_label="p_i",
            diverging=True,
        )
        for width in (std, UNSCALED * std)
    ]
    return Result(
        figures={
            "flat_norm": flat,
            "median_norm": np.median(here),
            "median_norm_unscaled": np.median(wide),
            "mean_at_8_over_1": at_8.mean() / here.mean(),
            "mean_at_3_over_tenth": at_3.mean() / narrow.mean(),
            "largest_weight_unscaled": np.median(softmax(UNSCALED * std * x).max(axis=1)),
            "spectral_norm": spectral,
            "softmax_112": softmax(np.array([1.0, 1.0, 2.0]))[2],
            "softmax_112_times_10": softmax(np.array([10.0, 10.0, 20.0]))[2],
        },
        views=[
            Curve(
                {"en": "‖J‖ over the width of the logits", "zh": "‖J‖ 随 logits 宽度的变化"},
                [
                    Line({"en": "median row", "zh": "中位数"}, widths, np.median(norms, axis=1)),
                    Line({"en": "mean", "zh": "均值"}, widths, norms.mean(axis=1)),
                    Line({"en": "uniform p", "zh": "均匀分布"}, widths, np.full(17, flat), True),
                ],
                x_label={"en": "logit std", "zh": "logits 标准差"},
                y_label="‖J‖_F",
                log_x=True,
                marks=[
                    Mark("x", std, {"en": "scaled", "zh": "缩放"}),
                    Mark("x", UNSCALED * std, {"en": "unscaled", "zh": "不缩放"}),
                ],
            ),
            *pictures,
        ],
        claims=[
            Claim(
                "jacobian-is-diag-p-minus-ppt",
                {"en": "diag(p) − ppᵀ equals the measured derivative.",
                 "zh": "diag(p) − ppᵀ 与数值求导一致。"},
                kind="exact",
                measured=np.abs(softmax_jacobian(softmax(x[0])) - numeric_jacobian(x[0])).max(),
                expected=Below(1e-8),
                kernel="softmax_jacobian",
            ),
            Claim(
                "rows-sum-to-zero",
                {"en": "Each row of J sums to 0: what one p gains, others lose.",
                 "zh": "J 每行之和为 0：一个 p 增大，其余必然减小。"},
                kind="theorem",
                measured=np.abs(jacobians.sum(axis=-1)).max(),
                expected=Below(1e-13),
                kernel="softmax_jacobian",
            ),
            Claim(
                "spectral-norm-at-most-half",
                {"en": "J shrinks a gradient to half or less, at any width.",
                 "zh": "无论宽度多少，J 至多保留梯度长度的一半。"},
                kind="theorem",
                measured=spectral,
                expected=AtMost(0.5 + 1e-12),
                kernel="softmax_jacobian",
            ),
            Claim(
                "flat-softmax-is-small-too",
                {"en": "A uniform p has ‖J‖ = √(n−1)/n, not 0 and not large.",
                 "zh": "均匀的 p 有 ‖J‖ = √(n−1)/n：不为 0，也不大。"},
                kind="exact",
                measured=frobenius(np.zeros((1, n)))[0] - flat,
                expected=Near(0.0, abs=1e-12),
                kernel="softmax_jacobian",
            ),
            Claim(
                "typical-row-dies-unscaled",
                {"en": "Unscaled at d_k = 1024, the median row's J is almost 0.",
                 "zh": "d_k = 1024 不缩放时，中位行的 J 几乎为 0。"},
                kind="stat",
                measured=np.median(wide),
                expected=Below(0.03),
                broken_by={"std": 0.03},
                because={"en": "Logits that narrow stay unsaturated even 32 times as wide.",
                         "zh": "logits 本来就窄，放大 32 倍也不饱和。"},
            ),
            Claim(
                "scaled-softmax-is-alive",
                {"en": "At logit std 1 the median ‖J‖ is near the uniform one's.",
                 "zh": "logits 标准差为 1 时，中位 ‖J‖ 与均匀分布同一量级。"},
                kind="stat",
                measured=np.median(here) / flat,
                expected=Between(0.85, 1.7),
                broken_by={"std": 32},
                because={"en": "One key wins: p is one-hot and J = diag(p) − ppᵀ vanishes.",
                         "zh": "一个 key 独占权重，p 成 one-hot，J = diag(p) − ppᵀ 趋于 0。"},
            ),
            Claim(
                "mean-survives-at-dk-64",
                {"en": "8 times as wide (d_k = 64 unscaled), the mean ‖J‖ survives.",
                 "zh": "宽度乘 8（d_k = 64 不缩放），‖J‖ 的均值并未消失。"},
                kind="stat",
                measured=at_8.mean() / here.mean(),
                expected=Above(0.7),
                broken_by={"n": 4},
                because={"en": "With few keys, or wider logits, one key has already won.",
                         "zh": "key 太少或 logits 更宽时，早已一家独大。"},
            ),
            Claim(
                "not-monotone",
                {"en": "‖J‖ rises first: larger at std 3 than at 0.1.",
                 "zh": "‖J‖ 先升后降：标准差 3 处大于 0.1 处。"},
                kind="stat",
                measured=at_3.mean() / narrow.mean(),
                expected=Above(1.7),
                broken_by={"n": 4},
                because={"en": "Among few keys even a flat p has a large J: no room to rise.",
                         "zh": "key 很少时，均匀的 p 已有很大的 J，没有上升空间。"},
            ),
            Claim(
                "softmax-112",
                {"en": "softmax([1, 1, 2])₃ = e/(e+2).",
                 "zh": "softmax([1, 1, 2])₃ = e/(e+2)。"},
                kind="exact",
                measured=softmax(np.array([1.0, 1.0, 2.0]))[2],
                expected=Near(np.e / (np.e + 2), abs=1e-12),
                kernel="softmax",
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
