"""Random features estimate exp(q·k) without bias, and at a price that explodes with length.

φ(x) = exp(Wx - ‖x‖²/2)/√m with W ~ N(0, 1) gives E φ(x)·φ(y) = exp(x·y); one feature has
the relative variance exp(‖x + y‖²) - 1 (Choromanski et al. 2020, Lemmas 1 and 2). Here
x = q/d^¼, y = k/d^¼, so that x·y is the scaled logit. The error falls as 1/√m.
"""

from typing import Annotated, Literal

import numpy as np

from demos.kit import (
    Above,
    AtMost,
    Below,
    Between,
    Claim,
    Curve,
    Line,
    Near,
    Range,
    Result,
    Table,
    demo,
)
from demos.ops import attention, linear_attention

N, REPEATS = 48, 12  # tokens; draws of the projections
DRAWS = 60_000  # for the variance of a single feature


def features(x: np.ndarray, w: np.ndarray, kind: str) -> np.ndarray:
    """φ(x) before its 1/√m: x `[n, d]`, w `[..., m, d]` -> `[..., n, m]` (trig: 2m).

    The two waves of a trigonometric feature stand side by side, so that the first
    columns are always whole features.
    """
    wave = x @ w.swapaxes(-1, -2)  # [..., n, m]
    half = (x**2).sum(axis=-1, keepdims=True) / 2
    if kind == "positive":
        return np.exp(wave - half)
    both = np.stack([np.cos(wave), np.sin(wave)], axis=-1)  # [..., n, m, 2]
    return np.exp(half) * both.reshape(*wave.shape[:-1], -1)


def identity(phi: np.ndarray) -> np.ndarray:
    return phi


@demo(
    topic="complexity",
    title={"en": "How many random features?", "zh": "需要多少随机特征"},
    look={
        "en": "Short q, k: the error falls as 1/√m. Twice as long: 1024 features are not enough.",
        "zh": "q、k 较短时误差按 1/√m 下降；长度翻倍，1024 个特征也不够。",
    },
)
def run(
    rng,
    *,
    d: Annotated[int, Range(4, 64, log=True)] = 16,
    m: Annotated[int, Range(64, 2048, log=True)] = 1024,
    length: Annotated[float, Range(0.1, 1.5)] = 0.5,
    kind: Literal["positive", "trig"] = "positive",
) -> Result:
    q, k, v = rng.standard_normal((3, N, d))
    w = rng.standard_normal((REPEATS, m, d))
    sizes = np.unique(np.geomspace(16, m, 6).astype(int))
    few = m // 16

    def estimates(std: float) -> tuple:
        """x·y `[n, n]` and the features of x and y `[repeats, n, m]`, for q, k of that size."""
        x, y = std * q / d**0.25, std * k / d**0.25
        return x @ y.T, features(x, w, kind), features(y, w, kind)

    def errors(std: float, phi_x: np.ndarray, phi_y: np.ndarray, sizes) -> np.ndarray:
        """‖estimate - exact‖/‖exact‖ of the output, geometric mean over the repeats: `[sizes]`."""
        exact, _ = attention(std * q, std * k, v)
        waves = 1 if kind == "positive" else 2
        outs = [
            linear_attention(phi_x[..., : waves * s], phi_y[..., : waves * s], v,
                             feature_map=identity)
            for s in sizes
        ]  # fmt: skip
        misses = np.linalg.norm(np.array(outs) - exact, axis=(-2, -1)) / np.linalg.norm(exact)
        return np.exp(np.log(misses).mean(axis=1))

    logits, phi_x, phi_y = estimates(length)
    short = errors(length, phi_x, phi_y, sizes)
    small, large = errors(length, phi_x, phi_y, [few, m])
    kernel = (phi_x @ phi_y.swapaxes(-1, -2)).mean(axis=0) / m  # averaged over the draws
    bias = np.median(np.abs(kernel / np.exp(logits) - 1))

    _, far_x, far_y = estimates(2 * length)
    long = errors(2 * length, far_x, far_y, sizes)
    negative = (far_x[0, :, :few] @ far_y[0, :, :few].T < 0).mean()

    u = np.array([[0.5]])  # one dimension will do: ‖u + u‖ = 1
    phi = features(u, rng.standard_normal((DRAWS, 1)), kind).reshape(DRAWS, -1)
    single = (phi**2).sum(axis=1)  # [DRAWS]: φ(u)·φ(u) of one feature at a time
    variance = single.var() / single.mean() ** 2

    short_only = {"en": "The variance is exp(‖q+k‖²)−1: it is large for long q and k only.",
                  "zh": "方差为 exp(‖q+k‖²)−1：只有 q、k 长的时候才大。"}  # fmt: skip
    long_only = {"en": "For long q and k a few huge features decide: no 1/√m any more.",
                 "zh": "q、k 一长，结果由少数极大的特征决定，不再按 1/√m 下降。"}  # fmt: skip
    return Result(
        figures={
            "error_few": small,
            "error_many": large,
            "error_ratio": small / large,
            "error_long": long[-1],
            "bias": bias,
            "feature_variance": variance,
            "feature_variance_theory": np.e - 1,
            "negative_weights": negative,
            "variance_at_twice_the_length": np.expm1((2.0 * length) ** 2 * 2 * np.sqrt(d)),
        },
        views=[
            Curve(
                {"en": "Error of the output", "zh": "输出的相对误差"},
                [
                    Line(f"std {2 * length:.3g}", sizes, long),
                    Line(f"std {length:.3g}", sizes, short),
                    Line("1/√m", sizes, short[0] * np.sqrt(sizes[0] / sizes), dotted=True),
                ],
                x_label={"en": "features m", "zh": "特征数 m"},
                log_x=True,
                log_y=True,
            ),
            Table(
                {"en": "Relative variance of a feature", "zh": "单个特征的相对方差"},
                ["‖q+k‖", "exp(‖q+k‖²)-1"],
                [[s, np.expm1(s**2)] for s in (0.5, 1.0, 2.0, 3.0)],
            ),
        ],
        claims=[
            Claim(
                "a-few-features-are-rough",
                {"en": "Short q, k, 4d features: the output is off by more than 5%.",
                 "zh": "q、k 较短、特征数 4d：输出误差超过 5%。"},
                kind="stat",
                measured=small,
                expected=Above(0.05),
                broken_by={"length": 0.1},
                because={"en": "Near 0 there is next to nothing to estimate: weights are equal.",
                         "zh": "q、k 接近 0 时权重几乎相等，没什么可估计的。"},
            ),
            Claim(
                "many-features-are-good",
                {"en": "With 64d features it is off by less than 30%.",
                 "zh": "特征数 64d 时，误差小于 30%。"},
                kind="stat",
                measured=large,
                expected=Below(0.3),
                broken_by={"length": 1.5},
                because=long_only,
            ),
            Claim(
                "error-falls-as-root-m",
                {"en": "16 times the features: about a quarter of the error.",
                 "zh": "特征数乘 16，误差约为四分之一。"},
                kind="stat",
                measured=small / large,
                expected=Between(1.9, 6.0),
                broken_by={"length": 1.5},
                because=long_only,
            ),
            Claim(
                "unbiased",
                {"en": "On average the features give exp(q·k/√d).",
                 "zh": "平均而言，特征内积等于 exp(q·k/√d)。"},
                kind="stat",
                measured=bias,
                expected=Below(0.04 * max(1, np.sqrt(1024 / m))),
                broken_by={"length": 1.5},
                because={"en": "Still true, but so heavy-tailed that no feasible average shows it.",
                         "zh": "仍然成立，但尾巴太重，有限次平均已看不出来。"},
            ),
            Claim(
                "long-vectors-defeat-it",
                {"en": "q, k twice as long: 64d features leave over 35% error.",
                 "zh": "q、k 长度翻倍：64d 个特征仍有 35% 以上的误差。"},
                kind="stat",
                measured=long[-1],
                expected=Above(0.35),
                broken_by={"length": 0.25},
                because=short_only,
            ),
            Claim(
                "one-feature-variance",
                {"en": "At ‖q+k‖ = 1 one feature has relative variance e − 1.",
                 "zh": "‖q+k‖ = 1 时，单个特征的相对方差为 e − 1。"},
                kind="stat",
                measured=variance,
                expected=Near(np.e - 1, rel=0.3),
                broken_by={"kind": "trig"},
                because={"en": "Trigonometric features depend on q − k and are exact for q = k.",
                         "zh": "三角特征取决于 q − k，q = k 时没有误差。"},
            ),
            Claim(
                "positive-features-keep-weights-positive",
                {"en": "No estimated weight is negative, however few features.",
                 "zh": "特征再少，估计出的权重也不会为负。"},
                kind="theorem",
                measured=negative,
                expected=AtMost(0.0),
                broken_by={"kind": "trig"},
                because={"en": "Sines and cosines take both signs; a small weight may be negative.",
                         "zh": "sin、cos 有正有负，小的权重会被估成负数。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
