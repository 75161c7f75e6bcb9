"""The learning rate of the original Transformer: up in a line, then down as 1/√step.

lr = d_model^-0.5 · min(step^-0.5, step · warmup^-1.5) (Vaswani et al. 2017, §5.3,
eq. (3)); the base model has d_model = 512, warmup = 4000 and runs for 100,000 steps.
"""

from typing import Annotated, Literal

import numpy as np

from demos.kit import Claim, Curve, Equals, Line, Mark, Near, Range, Result, Table, demo
from demos.ops import noam_rate, warmup_cosine_rate

TOTAL = 100_000  # steps of the base model
FLOOR = 0.1  # of the peak: where the cosine of GPT-3 ends (Brown et al. 2020, appendix B)


def linear_rate(step: np.ndarray, peak: float, warmup: int) -> np.ndarray:
    """Up in a line to `peak` at `warmup`, down in a line to 0 at the last step."""
    return peak * np.minimum(step / warmup, (TOTAL - step) / (TOTAL - warmup))


@demo(
    topic="training",
    title={"en": "The warm-up schedule", "zh": "学习率预热与衰减"},
    look={
        "en": "Warm-up sets where the peak is and how high: a longer one lowers it.",
        "zh": "预热步数同时决定峰值的位置和高度：预热越长，峰值越低。",
    },
)
def run(
    rng,
    *,
    d_model: Annotated[int, Range(64, 4096, log=True)] = 512,
    warmup: Annotated[int, Range(100, 20_000, log=True)] = 4000,
    warm_up: bool = True,
    decay: Literal["inverse-sqrt", "linear", "cosine"] = "inverse-sqrt",
) -> Result:
    turn = warmup if warm_up else 1  # without warm-up the rate falls from the first step on
    step = np.arange(1, TOTAL + 1)
    top = noam_rate(turn, d_model, turn)
    rates = {
        "inverse-sqrt": noam_rate(step, d_model, turn),
        "linear": linear_rate(step, top, turn),
        "cosine": warmup_cosine_rate(step, top, turn, TOTAL, FLOOR * top),
    }
    rate = rates[decay]  # [TOTAL]; rate[s - 1] belongs to step s
    peak = rate.max()
    at_four = rate[min(4 * turn, TOTAL) - 1] / peak
    quarter = max(warmup // 4, 1)
    rise = rate[2 * quarter - 1] / rate[quarter - 1]
    cosine = rates["cosine"] / top
    apart = np.abs(cosine[:turn] - rates["inverse-sqrt"][:turn] / top).max()
    # The same schedule for a wider model, and for a warm-up of twice the length.
    wider = noam_rate(turn, 2 * d_model, turn) / top
    later = 2 * warmup if warm_up else 1
    longer = noam_rate(later, d_model, later) / top
    steeper = noam_rate(1, d_model, later) / noam_rate(1, d_model, turn)

    shown = np.unique(np.geomspace(1, TOTAL, 160).astype(int))
    even = np.linspace(1, TOTAL, 160).astype(int)
    names = {
        "inverse-sqrt": {"en": "inverse √", "zh": "1/√step"},
        "linear": {"en": "linear", "zh": "线性"},
        "cosine": {"en": "cosine", "zh": "余弦"},
    }
    no_warm_up = {"en": "Without warm-up, step 1 is the highest: d_model^−0.5.",
                  "zh": "没有预热，第 1 步就最高：d_model^−0.5。"}  # fmt: skip
    other_decay = {"en": "This decay reaches its floor at a step chosen in advance.",
                   "zh": "这种衰减要在事先定好的总步数处降到底。"}  # fmt: skip
    return Result(
        figures={
            "peak": peak,
            "peak_step": step[rate.argmax()],
            "rate_at_first_step": rate[0],
            "rate_at_4_warmups": at_four,
            "rate_at_end": rate[-1],
            "rise_over_a_doubling": rise,
            "peak_ratio_double_warmup": longer,
            "slope_ratio_double_warmup": steeper,
            "peak_ratio_double_width": wider,
            "peak_without_warmup": d_model**-0.5,
        },
        views=[
            Curve(
                {"en": "Learning rate over training", "zh": "学习率随训练步数的变化"},
                [Line(names[kind], even, rates[kind][even - 1]) for kind in rates],
                x_label={"en": "step", "zh": "步数"},
                y_label="lr",
                marks=[Mark("x", turn, "warmup")],
            ),
            Curve(
                {"en": "Slope +1, then slope −1/2", "zh": "斜率先 +1，后 −1/2"},
                [Line(names[decay], shown, np.maximum(rate[shown - 1], 1e-9))],
                x_label={"en": "step", "zh": "步数"},
                y_label="lr",
                log_x=True,
                log_y=True,
                marks=[Mark("x", turn, "warmup")],
            ),
            Table(
                {"en": "Points on the curve", "zh": "曲线上的几个点"},
                [{"en": "step", "zh": "步数"}, "lr", {"en": "of peak", "zh": "占峰值"}],
                [[int(s), rate[s - 1], rate[s - 1] / peak]
                 for s in sorted({1, warmup // 2, warmup, min(4 * warmup, TOTAL), TOTAL})],
            ),
        ],
        claims=[
            Claim(
                "peak-at-warmup",
                {"en": "The rate is highest at step = warmup.",
                 "zh": "学习率在 step = warmup 处最高。"},
                kind="exact",
                measured=step[rate.argmax()],
                expected=Equals(warmup),
                broken_by={"warm_up": False},
                because=no_warm_up,
            ),
            Claim(
                "peak-is-inverse-root-of-width-times-warmup",
                {"en": "The peak is (d_model·warmup)^−0.5.",
                 "zh": "峰值为 (d_model·warmup)^−0.5。"},
                kind="exact",
                measured=peak,
                expected=Near((d_model * warmup) ** -0.5, rel=1e-9),
                broken_by={"warm_up": False},
                because=no_warm_up,
            ),
            Claim(
                "half-at-four-warmups",
                {"en": "At 4·warmup the rate is half its peak.",
                 "zh": "到 4·warmup 步，学习率是峰值的一半。"},
                kind="exact",
                measured=at_four,
                expected=Near(0.5, abs=1e-9),
                broken_by={"decay": "cosine"},
                because=other_decay,
            ),
            Claim(
                "rises-in-a-line",
                {"en": "While warming up, twice the steps give twice the rate.",
                 "zh": "预热期间，步数翻倍，学习率翻倍。"},
                kind="exact",
                measured=rise,
                expected=Near(2.0, abs=1e-9),
                broken_by={"warm_up": False},
                because={"en": "Without warm-up, twice the steps give 1/√2 of the rate.",
                         "zh": "没有预热，步数翻倍时学习率变为 1/√2。"},
            ),
            Claim(
                "never-reaches-zero",
                {"en": "The last step still has (d_model·100000)^−0.5.",
                 "zh": "最后一步的学习率还有 (d_model·100000)^−0.5。"},
                kind="exact",
                measured=rate[-1],
                expected=Near((d_model * TOTAL) ** -0.5, rel=1e-9),
                broken_by={"decay": "linear"},
                because=other_decay,
            ),
            Claim(
                "cosine-is-halfway-midway",
                {"en": "Midway, a cosine is halfway between its peak and its floor.",
                 "zh": "余弦衰减走到一半步数，正好在峰值与下限的中点。"},
                kind="exact",
                measured=cosine[(turn + TOTAL) // 2 - 1],
                expected=Near((1 + FLOOR) / 2, abs=1e-4),
                kernel="warmup_cosine_rate",
            ),
            Claim(
                "cosine-ends-at-its-floor",
                {"en": "It ends at its floor, a tenth of the peak.",
                 "zh": "最后降到下限，即峰值的十分之一。"},
                kind="exact",
                measured=cosine[-1],
                expected=Near(FLOOR, abs=1e-9),
                kernel="warmup_cosine_rate",
            ),
            Claim(
                "schedules-differ-after-the-peak-only",
                {"en": "Up to the peak, cosine and original are the same line.",
                 "zh": "峰值之前，余弦与原始公式是同一条直线。"},
                kind="exact",
                measured=apart,
                expected=Near(0.0, abs=1e-9),
                kernel="warmup_cosine_rate",
            ),
            Claim(
                "longer-warmup-lowers-the-peak",
                {"en": "Twice the warm-up: the peak falls to 1/√2.",
                 "zh": "预热加倍，峰值降到 1/√2。"},
                kind="exact",
                measured=longer,
                expected=Near(2**-0.5, abs=1e-9),
                broken_by={"warm_up": False},
                because={"en": "With no warm-up there is none to double.",
                         "zh": "没有预热，也就谈不上加倍。"},
            ),
            Claim(
                "longer-warmup-flattens-the-start",
                {"en": "Twice the warm-up: the first steps shrink to 2^−1.5.",
                 "zh": "预热加倍，起步的学习率降到 2^−1.5。"},
                kind="exact",
                measured=steeper,
                expected=Near(2**-1.5, abs=1e-9),
                broken_by={"warm_up": False},
                because={"en": "With no warm-up there is none to double.",
                         "zh": "没有预热，也就谈不上加倍。"},
            ),
            Claim(
                "wider-model-lower-rate",
                {"en": "Twice the width: every rate falls to 1/√2.",
                 "zh": "宽度加倍，每一步的学习率都降到 1/√2。"},
                kind="exact",
                measured=wider,
                expected=Near(2**-0.5, abs=1e-9),
                kernel="noam_rate",
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
