"""Adam's first step is lr for every parameter; its second moment needs a while to be any good.

m = b1·m + (1-b1)·g, v = b2·v + (1-b2)·g², both divided by 1 - b^t, step = lr·m̂/(√v̂ + eps)
(Kingma & Ba 2015, Algorithm 1, §2.1, §3). That early v̂ is too noisy, and that a warm-up
covers for it: Liu et al. 2019. For about how long, 2/(1 - b2) steps: Ma & Yarats 2019.
"""

from typing import Annotated

import numpy as np

from demos.kit import Above, Below, Claim, Curve, Line, Mark, Near, Range, Result, Table, demo

PARAMETERS = 4000


def adam(g: np.ndarray, b1: float, b2: float, eps: float, correct: bool) -> tuple:
    """Steps in units of lr, and 1/√v̂, both `[T, parameters]`, for gradients g of that shape."""
    m = v = np.zeros(g.shape[1])
    steps, scales = np.empty_like(g), np.empty_like(g)
    for t, g_t in enumerate(g, start=1):
        m = b1 * m + (1 - b1) * g_t
        v = b2 * v + (1 - b2) * g_t**2
        m_hat = m / (1 - b1**t) if correct else m
        v_hat = v / (1 - b2**t) if correct else v
        steps[t - 1] = m_hat / (np.sqrt(v_hat) + eps)
        scales[t - 1] = 1 / np.sqrt(v_hat)
    return steps, scales


@demo(
    topic="training",
    title={"en": "Adam's first steps", "zh": "Adam 的最初几步"},
    look={
        "en": "Step sizes start at lr and differ wildly; after 1/(1−β₂) steps they have settled.",
        "zh": "步长一上来就是 lr，而且相差悬殊；约 1/(1−β₂) 步之后才稳定。",
    },
)
def run(
    rng,
    *,
    steps: Annotated[int, Range(50, 500)] = 200,
    beta1: Annotated[float, Range(0.0, 0.95)] = 0.9,
    beta2: Annotated[float, Range(0.8, 0.999)] = 0.98,
    eps: Annotated[float, Range(1e-12, 1e-3, log=True)] = 1e-9,
    signal: Annotated[float, Range(0.0, 10.0)] = 0.0,
    bias_correction: bool = True,
) -> Result:
    # Gradients over ten decades: what does one step make of their size?
    sizes = np.geomspace(1e-5, 1e5, 11)
    first = adam(sizes[None], beta1, beta2, eps, bias_correction)[0][0]  # [11]
    # Noise around a mean of `signal`: each of the parameters sees other draws.
    g = signal + rng.standard_normal((steps, PARAMETERS))
    updates, scales = adam(g, beta1, beta2, eps, bias_correction)  # [steps, PARAMETERS]
    rms = np.sqrt(np.mean(updates**2, axis=1))
    median, high = np.quantile(scales, [0.5, 0.99], axis=1)
    spread = high / median
    theory = np.sqrt((1 - beta1) / (1 + beta1))  # RMS of an average with weights (1-b1)·b1^j

    t = np.arange(1, steps + 1)
    no_correction = {"en": "m and v start at 0, so step 1 is (1-β₁)/√(1-β₂) of lr.",
                     "zh": "m 和 v 从 0 起步，第 1 步变成 lr 的 (1-β₁)/√(1-β₂)。"}  # fmt: skip
    steady = {"en": "A steady gradient is signal: nothing averages out, and v̂ is sound at once.",
              "zh": "方向稳定的梯度是信号：不会被平均掉，v̂ 也立刻可靠。"}  # fmt: skip
    return Result(
        figures={
            "first_step_small_gradient": first[0],
            "first_step_large_gradient": first[-1],
            "first_step_ratio": first[-1] / first[0],
            "noise_rms_first": rms[0],
            "noise_rms_last": rms[-1],
            "noise_rms_theory": theory,
            "spread_first": spread[0],
            "spread_last": spread[-1],
            "untuned_warmup": 2 / (1 - beta2),
        },
        views=[
            Curve(
                {"en": "Spread of 1/√v̂ over parameters", "zh": "各参数 1/√v̂ 的离散程度"},
                [Line({"en": "99% quantile / median", "zh": "99% 分位 / 中位数"}, t, spread)],
                x_label={"en": "step", "zh": "步数"},
                log_y=True,
                marks=[Mark("x", min(1 / (1 - beta2), steps), "1/(1−β₂)")],
            ),
            Curve(
                {"en": "Size of the update under noise", "zh": "噪声梯度下的更新幅度"},
                [
                    Line({"en": "RMS step / lr", "zh": "步长均方根 / lr"}, t, rms),
                    Line({"en": "theory", "zh": "理论值"}, t, np.full(steps, theory), True),
                ],
                x_label={"en": "step", "zh": "步数"},
            ),
            Table(
                {"en": "The first step", "zh": "第一步"},
                [{"en": "gradient", "zh": "梯度"}, {"en": "step / lr", "zh": "步长 / lr"}],
                [[g_, s] for g_, s in zip(sizes[::2], first[::2], strict=True)],
            ),
        ],
        claims=[
            Claim(
                "first-step-ignores-the-gradient",
                {"en": "Gradients from 1e-5 to 1e5 all give a first step of lr.",
                 "zh": "梯度从 1e-5 到 1e5，第一步的步长都是 lr。"},
                kind="theorem",
                measured=np.abs(np.abs(first) - 1).max(),
                expected=Below(1e-3),
                broken_by={"eps": 1e-4},
                because={"en": "An ε that is not far below |g| shortens the step.",
                         "zh": "ε 不再远小于 |g| 时，步长就被它压小。"},
            ),
            Claim(
                "noise-moves-as-far-as-signal",
                {"en": "At step 1 pure noise moves each parameter by lr.",
                 "zh": "第 1 步，纯噪声也让每个参数移动 lr。"},
                kind="theorem",
                measured=rms[0],
                expected=Near(1.0, abs=0.02),
                broken_by={"bias_correction": False},
                because=no_correction,
            ),
            Claim(
                "noise-averages-out",
                {"en": "In the end momentum averages noise to √((1-β₁)/(1+β₁)) of lr.",
                 "zh": "最后，动量把噪声平均到 lr 的 √((1-β₁)/(1+β₁))。"},
                kind="stat",
                measured=rms[-1],
                expected=Near(theory, rel=0.13),
                broken_by={"signal": 10},
                because=steady,
            ),
            Claim(
                "early-step-sizes-are-wild",
                {"en": "At step 1, 1% of the parameters have over 10 times the usual 1/√v̂.",
                 "zh": "第 1 步，有 1% 的参数 1/√v̂ 超过中位数的 10 倍。"},
                kind="stat",
                measured=spread[0],
                expected=Above(10),
                broken_by={"signal": 10},
                because=steady,
            ),
            Claim(
                "later-step-sizes-agree",
                {"en": "At the last step the same quantile is under 1.4 times the median.",
                 "zh": "到最后一步，同一分位数不到中位数的 1.4 倍。"},
                kind="stat",
                measured=spread[-1],
                expected=Below(1.4),
                broken_by={"beta2": 0.8},
                because={"en": "v̂ averages over about 1/(1−β₂) gradients: too few here.",
                         "zh": "v̂ 只对约 1/(1−β₂) 个梯度取平均，这里太少了。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
