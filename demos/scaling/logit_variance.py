"""Unit-variance q and k give logits of variance d_k; dividing by sqrt(d_k) gives variance 1.

A sum of d_k products of independent variables with mean 0 and variance 1 has
mean 0 and variance d_k (Vaswani et al. 2017, section 3.2.1, footnote 4). Each
assumption can be taken away here: independence (rho), unit variance (gain, and
the initialisations that libraries use). A bell curve is not among them.
"""

from typing import Annotated

import numpy as np

from demos.kit import Claim, Curve, Histogram, Line, Near, Range, Result, Table, demo

PAIRS = 8000  # the sample variance of so many logits is off by about √(2/PAIRS) = 1.6 %
RHO = 0.5  # the correlation in the claims on correlated q and k
D, D_HEAD = 256, 64  # of the projections in the claims on initialisation
INITS = {  # the variance of one weight, which is all that matters of its distribution
    "nn.Linear": 1 / (3 * D),  # uniform on ±1/√d
    "nn.MultiheadAttention": 1 / (2 * D),  # Xavier over the packed [3d, d]: uniform on ±√(6/4d)
    "N(0, 1/d)": 1 / D,
}


def logits(q: np.ndarray, noise: np.ndarray, rho: float) -> np.ndarray:
    """q·k `[pairs]` for k = ρ·q + √(1-ρ²)·noise: correlated with q, and of the same variance."""
    q_q = np.einsum("pd,pd->p", q, q)
    q_noise = np.einsum("pd,pd->p", q, noise)
    return rho * q_q + np.sqrt(1 - rho**2) * q_noise


def variance_at_init(rng, weight_variance: float) -> float:
    """Variance of the scaled logits of unit-variance tokens under fresh W_Q, W_K."""
    x = rng.standard_normal((256, D))  # [n, d]
    w_q, w_k = np.sqrt(weight_variance) * rng.standard_normal((2, D, D_HEAD))
    scores = (x @ w_q) @ (x @ w_k).T / np.sqrt(D_HEAD)  # [n, n]
    return scores.var()


@demo(
    topic="scaling",
    title={"en": "How wide the logits spread", "zh": "点积的方差有多大"},
    look={
        "en": "Raw logits spread out as d_k grows; divided by √d_k they keep one width.",
        "zh": "d_k 越大，原始点积摊得越开；除以 √d_k 之后宽度不变。",
    },
)
def run(
    rng,
    *,
    d_k: Annotated[int, Range(1, 512, log=True)] = 64,
    rho: Annotated[float, Range(0.0, 1.0)] = 0.0,
    gain: Annotated[float, Range(0.25, 4.0, log=True)] = 1.0,
    scaled: bool = False,
) -> Result:
    q, noise = rng.standard_normal((2, PAIRS, d_k))
    raw = gain**2 * logits(q, noise, rho)  # gain scales q and k alike, as a LayerNorm gain does
    unit = raw / np.sqrt(d_k)  # Var(a·x) = a²·Var(x): the variance is divided by d_k
    correlated = gain**2 * logits(q, noise, RHO) / np.sqrt(d_k)
    flat = rng.uniform(-np.sqrt(3), np.sqrt(3), (2, PAIRS, d_k))  # variance 1, no bell curve
    uniform = gain**2 * logits(*flat, rho) / np.sqrt(d_k)
    at_init = {name: gain**4 * variance_at_init(rng, INITS[name]) for name in INITS}

    # The partial sums of one wide product are the logits of every smaller d_k.
    products = rng.standard_normal((2, 1500, 256)).prod(axis=0)  # [pairs, 256]
    sizes = 2 ** np.arange(9)  # 1 .. 256
    variances = np.cumsum(products, axis=1)[:, sizes - 1].var(axis=0)

    by_gain = {
        "en": "The gain scales q and k alike: logits by gain², their variance by gain⁴.",
        "zh": "增益同时放大 q 和 k：logits 乘以增益²，方差乘以增益⁴。",
    }
    return Result(
        figures={
            "raw_variance": raw.var(),
            "raw_std": raw.std(),
            "scaled_variance": unit.var(),
            "scaled_std": unit.std(),
            "scaled_mean": unit.mean(),
            "correlated_mean": correlated.mean(),
            "correlated_variance": correlated.var(),
            "uniform_variance": uniform.var(),
            "linear_init_variance": at_init["nn.Linear"],
            "mha_init_variance": at_init["nn.MultiheadAttention"],
            "unit_init_variance": at_init["N(0, 1/d)"],
        },
        views=[
            Histogram.of(
                {"en": "Logits of random pairs", "zh": "随机 q、k 的 logits"},
                [("q·k", raw), ("q·k/√d_k", unit)],
                x_label={"en": "logit", "zh": "logit 取值"},
            ),
            Curve(
                {"en": "Variance over d_k", "zh": "方差随 d_k 的变化"},
                [
                    Line("q·k", sizes, variances),
                    Line("q·k/√d_k", sizes, variances / sizes),
                    Line({"en": "theory d_k", "zh": "理论值 d_k"}, sizes, sizes, dotted=True),
                ],
                x_label="d_k",
                y_label={"en": "variance", "zh": "方差"},
                log_x=True,
                log_y=True,
            ),
            Table(
                {"en": "Scaled logits at init", "zh": "初始化时的缩放后 logits"},
                [{"en": "init", "zh": "初始化"}, "d·Var W", {"en": "variance", "zh": "方差"}],
                [[name, D * INITS[name], at_init[name]] for name in INITS],
            ),
        ],
        claims=[
            Claim(
                "variance-grows-with-dk",
                {"en": "Softmax is fed logits whose variance grows as d_k.",
                 "zh": "送入 softmax 的 logits，方差与 d_k 成正比。"},
                kind="stat",
                measured=(unit if scaled else raw).var(),
                expected=Near(d_k * (1 + rho**2) * gain**4, rel=0.12),
                broken_by={"scaled": True},
                because={"en": "Dividing by √d_k divides the variance by d_k.",
                         "zh": "除以 √d_k，方差就除以 d_k。"},
            ),
            Claim(
                "scaling-gives-unit-variance",
                {"en": "Divided by √d_k, they have variance 1.",
                 "zh": "除以 √d_k 之后，方差为 1。"},
                kind="stat",
                measured=unit.var(),
                expected=Near(1.0, rel=0.12),
                broken_by={"rho": 0.7},
                because={"en": "It is (1+ρ²)·gain⁴: independence and unit variance were assumed.",
                         "zh": "此时为 (1+ρ²)·增益⁴：前提是 q、k 独立且方差为 1。"},
            ),
            Claim(
                "scaled-mean-is-zero",
                {"en": "Divided by √d_k, they are centred on 0.",
                 "zh": "除以 √d_k 之后，均值为 0。"},
                kind="stat",
                measured=unit.mean(),
                expected=Near(0.0, abs=0.15),
                broken_by={"rho": 0.5},
                because={"en": "Correlated components add up with one sign: the mean is ρ√d_k.",
                         "zh": "相关的分量同号累加，均值变成 ρ√d_k。"},
            ),
            Claim(
                "normality-is-not-needed",
                {"en": "Uniform components give variance 1 as well.",
                 "zh": "分量换成均匀分布，方差同样为 1。"},
                kind="stat",
                measured=uniform.var(),
                expected=Near(1.0, rel=0.12),
                broken_by={"gain": 2.0},
                because={"en": "It is the variance of the components that counts, not their shape.",
                         "zh": "起作用的是分量的方差，不是分布的形状。"},
            ),
            Claim(
                "correlation-shifts-the-mean",
                {"en": "Correlation 0.5 moves the scaled mean to 0.5·√d_k.",
                 "zh": "相关系数 0.5 把缩放后的均值推到 0.5·√d_k。"},
                kind="stat",
                measured=correlated.mean(),
                expected=Near(RHO * np.sqrt(d_k), abs=0.15),
                broken_by={"gain": 2.0},
                because=by_gain,
            ),
            Claim(
                "correlation-widens-the-spread",
                {"en": "Correlation 0.5 raises the scaled variance to 1.25.",
                 "zh": "相关系数 0.5 把缩放后的方差抬到 1.25。"},
                kind="stat",
                measured=correlated.var(),
                expected=Near(1 + RHO**2, rel=0.12),
                broken_by={"gain": 2.0},
                because=by_gain,
            ),
            Claim(
                "linear-init-gives-a-ninth",
                {"en": "With nn.Linear's init the scaled variance is 1/9.",
                 "zh": "用 nn.Linear 的默认初始化，缩放后方差是 1/9。"},
                kind="stat",
                measured=at_init["nn.Linear"],
                expected=Near(1 / 9, rel=0.3),
                broken_by={"gain": 2.0},
                because=by_gain,
            ),
            Claim(
                "mha-init-gives-a-quarter",
                {"en": "With nn.MultiheadAttention's init it is 1/4.",
                 "zh": "用 nn.MultiheadAttention 的默认初始化，是 1/4。"},
                kind="stat",
                measured=at_init["nn.MultiheadAttention"],
                expected=Near(1 / 4, rel=0.3),
                broken_by={"gain": 2.0},
                because=by_gain,
            ),
            Claim(
                "only-unit-projections-give-one",
                {"en": "Weights of variance 1/d are what makes it 1.",
                 "zh": "权重方差取 1/d，缩放后方差才是 1。"},
                kind="stat",
                measured=at_init["N(0, 1/d)"],
                expected=Near(1.0, rel=0.3),
                broken_by={"gain": 2.0},
                because=by_gain,
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
