"""A zero is not a dead neuron: dead means off for every input, and then for ever.

At zero bias half of all activations are 0 and no neuron is dead. Death takes a large shift:
a neuron with weights w and bias b is off on all of N independent tokens with probability
Φ(-b/‖w‖)^N; its gradient is then exactly 0, so nothing brings it back (the dying ReLU of
Lu et al. 2020). GELU and SiLU keep a slope below zero (Hendrycks & Gimpel 2016).
"""

from typing import Annotated, Literal

import numpy as np

from demos import kit
from demos.kit import Claim, Curve, Histogram, Line, Range, Result
from demos.ops import gelu, normal_cdf, relu, silu

ACTIVATIONS = {"relu": relu, "gelu": gelu, "silu": silu}
SHIFTS = np.linspace(-6, 0, 25)
STEP = 1e-5


def slope(f, z: np.ndarray) -> np.ndarray:
    """f'(z) by central differences: to about 1e-10, and exactly 0 where f is constant."""
    return (f(z + STEP) - f(z - STEP)) / (2 * STEP)


@kit.demo(
    topic="feed-forward",
    title={"en": "Sparse or dead?", "zh": "是稀疏，还是死亡？"},
    look={
        "en": "Zeros are common everywhere; deaths begin only where the bias is far below 0.",
        "zh": "零激活到处都多；偏置远低于 0 之后，死亡才开始出现。",
    },
)
def run(
    rng,
    *,
    activation: Literal["relu", "gelu", "silu"] = "relu",
    bias: Annotated[float, Range(-6.0, 2.0)] = 0.0,
    tokens: Annotated[int, Range(16, 8192, log=True)] = 1024,
    common: Annotated[float, Range(0.0, 0.95)] = 0.0,
    d: Annotated[int, Range(16, 256, log=True)] = 64,
    neurons: Annotated[int, Range(128, 1024, log=True)] = 512,
) -> Result:
    f = ACTIVATIONS[activation]
    shared = rng.standard_normal(d)  # the part that all tokens have in common
    x = np.sqrt(common) * shared + np.sqrt(1 - common) * rng.standard_normal((tokens, d))
    w = rng.standard_normal((d, neurons)) / np.sqrt(d)
    z = x @ w  # [tokens, neurons], standard deviation ‖w‖ a neuron
    norm = np.linalg.norm(w, axis=0)
    lowest, highest = z.min(axis=0), z.max(axis=0)  # [neurons]

    def zeros(b: float) -> float:
        """Share of activations that are exactly 0 at bias b."""
        return (f(z[:1024] + b) == 0).mean()

    def dead(b: float) -> float:
        """Share of neurons that are 0 on every token: 0 at both ends of their range."""
        return ((f(lowest + b) == 0) & (f(highest + b) == 0)).mean()

    def dead_in_theory(b: float) -> float:
        return (normal_cdf(-b / norm) ** tokens).mean()

    off = np.flatnonzero(highest - 4 < -STEP)[:64]  # at bias -4, negative on every token
    upstream = rng.standard_normal((tokens, off.size))
    gradient = x.T @ (upstream * slope(f, z[:, off] - 4))  # dL/dw of these neurons
    few = z[: 8192 // neurons]  # a sample for the picture
    gelu_slope = slope(gelu, np.array(-2.0)).item()
    below_zero = np.linspace(-3, 0, 3001)
    silu_minimum = silu(below_zero).min()
    everywhere = np.linspace(-6, 6, 2401)
    tanh_error = np.abs(gelu(everywhere, "tanh") - gelu(everywhere)).max()
    smooth = {"en": "GELU and SiLU are not 0 below zero, so no neuron is cut off.",
              "zh": "GELU、SiLU 在负半轴不为 0，神经元不会彻底关掉。"}  # fmt: skip
    return Result(
        figures={
            "zero_share": zeros(bias),
            "dead_share": dead(bias),
            "zero_share_at_minus_2": zeros(-2),
            "dead_share_at_minus_2": dead(-2),
            "dead_share_at_minus_3": dead(-3),
            "dead_share_theory_at_minus_3": dead_in_theory(-3),
            "dead_share_at_minus_4": dead(-4),
            "dead_share_theory_at_minus_4": dead_in_theory(-4),
            "gradient_into_dead": np.abs(gradient).max(initial=0),
            "gelu_slope_at_minus_2": gelu_slope,
            "gelu_minimum_at": below_zero[gelu(below_zero).argmin()],
            "gelu_tanh_error": tanh_error,
            "silu_minimum": silu_minimum,
        },
        views=[
            Curve(
                {"en": "Share over the bias", "zh": "比例随偏置的变化"},
                [
                    Line({"en": "zeros", "zh": "零激活"}, SHIFTS,
                         [(f(few + b) == 0).mean() for b in SHIFTS]),
                    Line({"en": "dead neurons", "zh": "死亡神经元"}, SHIFTS,
                         [dead(b) for b in SHIFTS]),
                    Line({"en": "theory Φ(−b/‖w‖)^N", "zh": "理论值 Φ(−b/‖w‖)^N"}, SHIFTS,
                         [dead_in_theory(b) for b in SHIFTS], dotted=True),
                ],
                x_label={"en": "bias b", "zh": "偏置 b"},
                y_label={"en": "share", "zh": "比例"},
                marks=[kit.Mark("x", bias, "b")],
            ),
            Histogram.of(
                {"en": "Share of tokens that fire a neuron", "zh": "神经元在多少 token 上激活"},
                [("b = 0", (z > 0).mean(axis=0)), ("b = -2", (z > 2).mean(axis=0))],
                low=0, high=1, bins=40,
            ),
        ],
        claims=[
            Claim(
                "half-of-activations-are-zero",
                {"en": "At initialisation half of the activations are exactly 0.",
                 "zh": "初始化时，一半的激活恰好是 0。"},
                kind="stat",
                measured=zeros(bias),
                expected=kit.Near(0.5, abs=0.03),
                broken_by={"bias": -2.0},
                because={"en": "A negative bias moves the normal inputs below the threshold.",
                         "zh": "负偏置把近似正态的输入整体推到阈值以下。"},
            ),
            Claim(
                "no-neuron-is-dead-at-init",
                {"en": "At initialisation no neuron is dead.",
                 "zh": "初始化时，没有一个神经元是死的。"},
                kind="exact",
                measured=dead(bias),
                expected=kit.Equals(0),
                broken_by={"bias": -4.0},
                because={"en": "So far below 0, one token in 30,000 would fire a neuron.",
                         "zh": "偏置低到 −4，约三万个 token 才有一个能激活它。"},
            ),
            Claim(
                "sparse-is-not-dead",
                {"en": "At bias −2 most activations are 0, yet under 2% of neurons are dead.",
                 "zh": "偏置 −2 时绝大多数激活是 0，死亡神经元却不到 2%。"},
                kind="stat",
                measured=dead(-2),
                expected=kit.Below(0.02),
                broken_by={"tokens": 16},
                because={"en": "On 16 tokens a sparse neuron merely looks dead: too few chances.",
                         "zh": "只看 16 个 token，少激活的也像死了：机会太少。"},
            ),
            Claim(
                "dead-share-follows-theory",
                {"en": "At bias −3 the dead share is the mean of Φ(3/‖w‖)^N.",
                 "zh": "偏置 −3 时，死亡比例等于 Φ(3/‖w‖)^N 的均值。"},
                kind="stat",
                measured=dead(-3),
                expected=kit.Near(dead_in_theory(-3), abs=0.12),
                broken_by={"common": 0.8},
                because={"en": "Tokens that resemble each other are not N independent chances.",
                         "zh": "token 彼此相似，就不再是 N 次独立的机会。"},
            ),
            Claim(
                "far-bias-kills-most",
                {"en": "At bias −4 most neurons are dead, as many as Φ(4/‖w‖)^N says.",
                 "zh": "偏置 −4 时大多数神经元死亡，比例与 Φ(4/‖w‖)^N 相符。"},
                kind="stat",
                measured=dead(-4),
                expected=kit.Near(dead_in_theory(-4), abs=0.08),
                broken_by={"activation": "gelu"},
                because=smooth,
            ),
            Claim(
                "dead-neurons-get-no-gradient",
                {"en": "The gradient into the weights of a dead neuron is exactly 0.",
                 "zh": "死亡神经元的权重，得到的梯度恰好是 0。"},
                kind="theorem",
                measured=np.abs(gradient).max(initial=0),
                expected=kit.Equals(0),
                broken_by={"activation": "gelu"},
                because=smooth,
            ),
            Claim(
                "gelu-slopes-down-at-minus-2",
                {"en": "GELU's slope at −2 is about −0.085: neither 0 nor positive.",
                 "zh": "GELU 在 −2 处的斜率约 −0.085：既不是 0，也不是正的。"},
                kind="exact",
                measured=gelu_slope,
                expected=kit.Between(-0.0853, -0.0851),
                kernel="gelu",
            ),
            Claim(
                "tanh-gelu-is-close",
                {"en": "The tanh formula of BERT and GPT-2 is within 0.0005 of GELU everywhere.",
                 "zh": "BERT、GPT-2 所用的 tanh 公式，与精确 GELU 处处相差不到 0.0005。"},
                kind="exact",
                measured=tanh_error,
                expected=kit.Between(0.0004, 0.0005),
                kernel="gelu",
            ),
            Claim(
                "silu-dips-below-zero",
                {"en": "SiLU falls to about −0.278 before it rises: not monotone either.",
                 "zh": "SiLU 先降到约 −0.278 再回升：同样不单调。"},
                kind="exact",
                measured=silu_minimum,
                expected=kit.Between(-0.2785, -0.2784),
                kernel="silu",
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
