"""Without 1/sqrt(d_k) the gradient that reaches q doesn't vanish: it becomes heavy-tailed.

d out/d q = c · Vᵀ J K with J = diag(p) - p pᵀ and c = 1/√d_k or 1. Dropping the scale
makes J tiny for most rows, but it also drops the factor c: the mean over rows grows,
while the median collapses. Formula: the chain rule through Vaswani et al. 2017, eq. (1).
"""

from typing import Annotated

import numpy as np

from demos.kit import Above, AtMost, Below, Claim, Histogram, Range, Result, Table, demo
from demos.ops import attention, softmax_jacobian

QUERIES, D_V = 320, 16
DEAD = 1e-3  # a gradient below this is called dead: a scaled row's is about 0.7


def query_gradients(rng, d_k: int, n: int, q_gain: float) -> dict[str, np.ndarray]:
    """‖d out/d q‖_F of every query, `[queries]`, with the scale and without."""
    q = q_gain * rng.standard_normal((QUERIES, d_k))
    k = rng.standard_normal((n, d_k))
    v = rng.standard_normal((n, D_V))
    norms = {}
    for name, c in (("scaled", d_k**-0.5), ("unscaled", 1.0)):
        _, p = attention(q, k, v, scale=c)  # [queries, n]
        a = v.T @ softmax_jacobian(p)  # Vᵀ J: [queries, d_v, n]
        # ‖a K‖² = trace(a K Kᵀ aᵀ): the [n, n] Gram matrix spares a product with d_k columns.
        norms[name] = c * np.sqrt(np.maximum(((a @ (k @ k.T)) * a).sum(axis=(1, 2)), 0))
    return norms


@demo(
    topic="scaling",
    title={"en": "Does the gradient vanish without √d_k?", "zh": "不除以 √d_k，梯度就消失吗"},
    look={
        "en": "Scaled: one narrow peak. Unscaled: many rows at zero, and a few far to the right.",
        "zh": "缩放：一个窄峰。不缩放：大量行贴近 0，少数行远远偏右。",
    },
)
def run(
    rng,
    *,
    d_k: Annotated[int, Range(8, 2048, log=True)] = 1024,
    n: Annotated[int, Range(16, 128, log=True)] = 64,
    q_gain: Annotated[float, Range(0.25, 32.0, log=True)] = 1.0,
    scaled: bool = False,
) -> Result:
    sizes = sorted({16, 64, 256, d_k})
    swept = {size: query_gradients(rng, size, n, q_gain) for size in sizes}
    tested = "scaled" if scaled else "unscaled"

    def ratio(size: int, average) -> float:
        """Average gradient of the attention under test over that of the scaled one."""
        return average(swept[size][tested]) / average(swept[size]["scaled"])

    reference, norms = swept[d_k]["scaled"], swept[d_k][tested]
    dead, reference_dead = np.mean(norms < DEAD), np.mean(reference < DEAD)
    spread, reference_spread = norms.std() / norms.mean(), reference.std() / reference.mean()

    by_scale = {
        "en": "With the scale on, the two attentions are the same.",
        "zh": "打开缩放后，比较的两者完全相同。",
    }
    by_size = {
        "en": "At small d_k the logits are narrow: few rows saturate, and the factor √d_k stays.",
        "zh": "d_k 小，logits 不宽，饱和的行很少，而 √d_k 这个因子还在。",
    }
    by_gain = {
        "en": "Long queries widen the logits just as a missing 1/√d_k does.",
        "zh": "q 变长会拉宽 logits，与漏掉 1/√d_k 的效果一样。",
    }
    return Result(
        figures={
            "mean_ratio": ratio(d_k, np.mean),
            "median_ratio": ratio(d_k, np.median),
            "mean_ratio_64": ratio(64, np.mean),
            "dead_percent": 100 * dead,
            "dead_percent_scaled": 100 * reference_dead,
            "spread": spread,
            "spread_scaled": reference_spread,
        },
        views=[
            Histogram.of(
                {"en": f"Gradient norms at d_k = {d_k}", "zh": f"d_k = {d_k} 时的梯度范数"},
                [
                    (label, np.log10(np.maximum(swept[d_k][name], 1e-6)))
                    for name, label in (
                        ("scaled", {"en": "scaled", "zh": "缩放"}),
                        ("unscaled", {"en": "unscaled", "zh": "不缩放"}),
                    )
                ],
                x_label={"en": "log₁₀ ‖∂out/∂q‖, at least −6", "zh": "log₁₀ ‖∂out/∂q‖，下限 −6"},
            ),
            Table(
                {"en": "Unscaled over scaled", "zh": "不缩放与缩放之比"},
                ["d_k", {"en": "mean", "zh": "均值"}, {"en": "median", "zh": "中位数"},
                 {"en": "dead rows %", "zh": "梯度近零的行 %"}],
                [
                    [size, ratio(size, np.mean), ratio(size, np.median),
                     100 * float(np.mean(swept[size][tested] < DEAD))]
                    for size in sizes
                ],
            ),
        ],
        claims=[
            Claim(
                "mean-grows-at-dk-64",
                {"en": "d_k = 64, no scale: the mean gradient to q is over 5 times larger.",
                 "zh": "d_k = 64 不缩放：传到 q 的平均梯度大 5 倍以上。"},
                kind="stat",
                measured=ratio(64, np.mean),
                expected=Above(5.0),
                broken_by={"scaled": True},
                because=by_scale,
            ),
            Claim(
                "mean-does-not-vanish",
                {"en": "At this d_k too, the mean gradient is larger without the scale.",
                 "zh": "在这个 d_k 下，不缩放的平均梯度同样更大。"},
                kind="stat",
                measured=ratio(d_k, np.mean),
                expected=Above(2.5),
                broken_by={"scaled": True},
                because=by_scale,
            ),
            Claim(
                "median-collapses",
                {"en": "But the typical row's gradient is smaller without it.",
                 "zh": "但不缩放时，典型行（中位数）的梯度更小。"},
                kind="stat",
                measured=ratio(d_k, np.median),
                expected=Below(1.0),
                broken_by={"d_k": 16},
                because=by_size,
            ),
            Claim(
                "many-rows-die",
                {"en": "Without it, over 15% of the rows get next to no gradient.",
                 "zh": "不缩放时，超过 15% 的行几乎没有梯度。"},
                kind="stat",
                measured=dead,
                expected=Above(0.15),
                broken_by={"d_k": 16},
                because=by_size,
            ),
            Claim(
                "unscaled-is-heavy-tailed",
                {"en": "Without it, gradients spread by more than 1.2 times their mean.",
                 "zh": "不缩放时，梯度的标准差超过均值的 1.2 倍。"},
                kind="stat",
                measured=spread,
                expected=Above(1.2),
                broken_by={"d_k": 16},
                because=by_size,
            ),
            Claim(
                "scaled-rows-all-live",
                {"en": "With the scale, not one row dies.",
                 "zh": "缩放之后，没有一行的梯度消失。"},
                kind="stat",
                measured=reference_dead,
                expected=AtMost(0.0),
                broken_by={"q_gain": 32},
                because=by_gain,
            ),
            Claim(
                "scaled-rows-are-alike",
                {"en": "With the scale, gradients spread by less than 0.3 of their mean.",
                 "zh": "缩放之后，梯度的标准差不到均值的 0.3 倍。"},
                kind="stat",
                measured=reference_spread,
                expected=Below(0.3),
                broken_by={"q_gain": 32},
                because=by_gain,
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
