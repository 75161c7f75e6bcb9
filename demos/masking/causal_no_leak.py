"""With a causal mask before the softmax, changing a token changes nothing before it.

Masking the weights after the softmax leaves the future in every row's denominator.
Source: Vaswani et al. 2017, section 3.2.3 (illegal connections are set to -inf in the
input of the softmax); the window is that of Beltagy et al. 2020 (Longformer).
"""

from typing import Annotated, Literal

import numpy as np

from demos.kit import Above, AtMost, Below, Claim, Equals, Heatmap, Range, Result, Table, demo
from demos.masking._decoder import D, decode, random_layers
from demos.ops import attention, causal_mask


def mask_after_softmax(renormalise: bool):
    """An attention that zeroes weights, instead of masking the logits that they come from."""

    def attend(q, k, v, *, mask):
        weights = attention(q, k, v)[1] * mask  # [..., n, n]: rows no longer sum to 1
        if renormalise:
            weights = weights / weights.sum(axis=-1, keepdims=True)
        return weights @ v, weights

    return attend


@demo(
    topic="masking",
    title={"en": "Who notices a changed token", "zh": "改动一个 token，谁会受影响"},
    look={
        "en": "Row: the token changed. Column: the output. Lit left of the diagonal = a leak.",
        "zh": "行：被改动的 token；列：输出位置。对角线左侧亮起就是泄漏。",
    },
)
def run(
    rng,
    *,
    mask: Literal["before", "after", "none"] = "before",
    renormalise: bool = False,
    window: Annotated[int, Range(1, 32)] = 32,
    n: Annotated[int, Range(4, 32)] = 12,
    layers: Annotated[int, Range(1, 6)] = 3,
    t: Annotated[int, Range(1, 31)] = 7,
) -> Result:
    t = min(t, n - 1)  # the token that the claims look at, counted from 0
    x, weights = rng.standard_normal((n, D)), random_layers(rng, layers)
    bump = rng.standard_normal(D)
    batch = np.concatenate([x + np.eye(n)[:, :, None] * bump, x[None]])  # [n + 1, n, d]
    visible = causal_mask(n) & ~np.tri(n, k=-window, dtype=bool)  # the last `window` keys

    after = mask_after_softmax(renormalise)
    outputs = {
        "before": decode(batch, weights, visible),
        "after": decode(batch, weights, visible, attend=after),
        "none": decode(batch, weights),
    }
    renormalised = decode(x, weights, visible, attend=mask_after_softmax(renormalise=True))
    # change[how][i, j]: how far output j moves when token i is changed, relative to its size
    change = {
        how: np.linalg.norm(out[:-1] - out[-1], axis=-1) / np.linalg.norm(out[-1], axis=-1)
        for how, out in outputs.items()
    }  # [n, n] each
    leak = {how: c[t, :t].max() for how, c in change.items()}
    q, k = rng.standard_normal((2, n, D))
    first_row = after(q, k, x, mask=visible)[1][0].sum()

    return Result(
        figures={
            "leak": leak[mask],
            "leak_after_softmax": leak["after"],
            "leak_without_mask": leak["none"],
            "least_later_change": change[mask][t, t:].min(),
            "outputs_changed": (change[mask][t] > 1e-9).sum(),
            "first_row_sum": first_row,
            "visible_pairs": visible.sum(),
        },
        views=[
            Heatmap(
                {"en": "log₁₀ of each output's change (−3: none)",
                 "zh": "各输出变化量的 log₁₀（−3：不变）"},
                np.log10(np.maximum(change[mask], 1e-3)),
                x_label={"en": "output position", "zh": "输出位置"},
                y_label={"en": "token changed", "zh": "被改动的 token"},
                low=-3.0,
                high=0.0,
            ),
            Table(
                {"en": f"Largest change after changing token {t}",
                 "zh": f"改动第 {t} 个 token 后的最大变化"},
                [{"en": "mask", "zh": "掩码"}, {"en": "before t", "zh": "t 之前"},
                 {"en": "from t on", "zh": "t 及之后"}],
                [[name, leak[how], change[how][t, t:].max()] for how, name in (
                    ("before", {"en": "before softmax", "zh": "softmax 之前"}),
                    ("after", {"en": "after softmax", "zh": "softmax 之后"}),
                    ("none", {"en": "none", "zh": "无"}))],
            ),
        ],
        claims=[
            Claim(
                "past-does-not-change",
                {"en": "Outputs before the changed token stay as they were.",
                 "zh": "被改动的 token 之前，输出一概不变。"},
                kind="theorem",
                measured=leak[mask],
                expected=AtMost(1e-12),
                broken_by={"mask": "none"},
                because=(
                    {"en": "The softmax's denominator has read the changed token already.",
                     "zh": "softmax 的分母已经读到了被改动的 token。"}
                    if mask == "after" else
                    {"en": "Without a mask every position reads the changed token.",
                     "zh": "没有掩码，每个位置都会读到被改动的 token。"}
                ),
            ),
            Claim(
                "later-positions-change",
                {"en": "Its own output and every later one do change.",
                 "zh": "它自己以及之后的每个输出都会变。"},
                kind="stat",
                measured=change[mask][t, t:].min(),
                expected=Above(1e-3),
                broken_by={"window": 2},
                because={"en": "A window of w keys carries news only w−1 positions per layer.",
                         "zh": "窗口只有 w 个 key 时，信息每层只能前进 w−1 个位置。"},
            ),
            Claim(
                "masking-after-softmax-leaks",
                {"en": "Weights zeroed after the softmax still let the future through.",
                 "zh": "softmax 之后才把权重置零，未来信息照样泄漏。"},
                kind="stat",
                measured=leak["after"],
                expected=Above(1e-4),
                broken_by={"renormalise": True},
                because={"en": "Dividing by the row sum cancels the denominator.",
                         "zh": "除以行和，含有未来信息的分母恰好约掉。"},
            ),
            Claim(
                "first-row-loses-weight",
                {"en": "Masked after the softmax, the first row sums to less than 1.",
                 "zh": "softmax 之后再掩码，第一行之和小于 1。"},
                kind="theorem",
                measured=first_row,
                expected=Below(1.0),
                broken_by={"renormalise": True},
                because={"en": "Renormalising gives the one visible key all the weight.",
                         "zh": "重新归一化后，唯一可见的 key 拿到全部权重。"},
            ),
            Claim(
                "renormalised-equals-masked-before",
                {"en": "Zeroing after the softmax and renormalising equals −inf before it.",
                 "zh": "softmax 之后置零并重新归一化，等价于之前加 −inf。"},
                kind="theorem",
                measured=np.abs(renormalised - outputs["before"][-1]).max(),
                expected=Below(1e-11),
                kernel="attention",
            ),
            Claim(
                "causal-pairs",
                {"en": "A causal mask keeps n(n+1)/2 pairs, the diagonal among them.",
                 "zh": "因果掩码保留 n(n+1)/2 对，含对角线。"},
                kind="exact",
                measured=visible.sum(),
                expected=Equals(n * (n + 1) / 2),
                broken_by={"window": 4},
                because={"en": "A sliding window also drops keys that are too old.",
                         "zh": "滑动窗口还会丢掉太旧的 key。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
