"""Residuals are not what keeps a gradient alive: He init does; a bare residual explodes.

Five stacks of two-layer ReLU networks, forward and backward, at initialisation. A
residual stack adds one unit of variance per layer to a stream that each branch reads
unnormalised: 2^L. Normalising the branch's input makes that 1 + L (Pre-LN),
normalising the sum makes it 1 (Post-LN). Sources: He et al. 2015 (rectifiers) for the
init, Xiong et al. 2020 for the two placements.
"""

from functools import partial
from typing import Annotated

import numpy as np

from demos.kit import Below, Between, Claim, Curve, Line, Near, Range, Result, Table, demo
from demos.residual_norm._backward import block, relu_branch

DESIGNS = {  # name: (share of the branch's variance gain, how the block combines x and branch)
    "xavier": (0.5, {"skip": 0.0}),  # N(0, 1/d_in): each ReLU halves the second moment
    "he": (1.0, {"skip": 0.0}),  # N(0, 2/d_in) makes up for it
    "residual": (1.0, {}),
    "pre": (1.0, {"pre": "layer"}),
    "post": (1.0, {"post": "layer"}),
}
LABELS = {
    "xavier": {"en": "plain, Xavier", "zh": "无残差，Xavier"},
    "he": {"en": "plain, He", "zh": "无残差，He"},
    "residual": {"en": "residual, no norm", "zh": "残差，无归一化"},
    "pre": "Pre-LN",
    "post": "Post-LN",
}


def run_stack(x, g, weights, gain, how) -> tuple[np.ndarray, np.ndarray]:
    """Variance of x_l and norm of the gradient at x_l for l = 0..L: two arrays `[L + 1]`."""
    variance, norms, backwards = [x.var()], [np.linalg.norm(g)], []
    for w1, w2 in weights:
        x, backward = block(x, partial(relu_branch, w1=w1, w2=np.sqrt(gain) * w2), **how)
        variance.append(x.var())
        backwards.append(backward)
    for backward in reversed(backwards):
        g, _ = backward(g)
        norms.append(np.linalg.norm(g))
    return np.array(variance), np.array(norms[::-1])


def finite_difference_error(x, g, weights, how) -> float:
    """Relative error of one block's backward pass, along its own gradient."""
    branch = partial(relu_branch, w1=weights[0], w2=weights[1])
    slope, _ = block(x, branch, **how)[1](g)  # [n, d]
    step = 1e-6 * slope / np.linalg.norm(slope)
    rise = np.sum(g * (block(x + step, branch, **how)[0] - block(x - step, branch, **how)[0]))
    return abs(rise / 2e-6 / np.linalg.norm(slope) - 1)


@demo(
    topic="residual-norm",
    title={"en": "What keeps gradients alive", "zh": "梯度靠什么保住"},
    look={
        "en": "Plain with He init is flat; the residual stack without a norm explodes.",
        "zh": "无残差、He 初始化是平的；有残差、无归一化的反而爆炸。",
    },
)
def run(
    rng,
    *,
    norm: bool = True,
    gain: Annotated[float, Range(0.01, 4.0, log=True)] = 1.0,
    layers: Annotated[int, Range(2, 64)] = 24,
    d: Annotated[int, Range(16, 128, log=True)] = 64,
) -> Result:
    x, g = rng.standard_normal((2, 16, d))  # the input [n, d], and the gradient at the output
    weights = [  # a branch relu(x w1) w2 multiplies the variance by `gain`
        (
            rng.standard_normal((d, 2 * d)) * np.sqrt(2 / d),
            rng.standard_normal((2 * d, d)) * np.sqrt(1 / (2 * d)),
        )
        for _ in range(layers)
    ]
    variance, gradient = {}, {}
    for name, (share, how) in DESIGNS.items():
        how = how if norm or "skip" in how else {}
        variance[name], gradient[name] = run_stack(x, g, weights, gain * share, how)
    ratio = {name: norms[0] / norms[-1] for name, norms in gradient.items()}  # |g_0| / |g_L|
    final = {name: values[-1] for name, values in variance.items()}
    depth = np.arange(layers + 1)

    def curve(title, values, names):
        lines = [Line(LABELS[name], depth, values[name]) for name in names]
        return Curve(title, lines, x_label={"en": "layer", "zh": "层"}, log_y=True)

    return Result(
        figures={f"{name}_gradient_ratio": value for name, value in ratio.items()}
        | {f"{name}_variance": value for name, value in final.items()},
        views=[
            curve({"en": "Gradient norm at each layer", "zh": "各层的梯度范数"},
                  gradient, ("xavier", "he", "residual", "pre")),
            curve({"en": "Variance of the stream", "zh": "残差流的方差"},
                  variance, ("he", "residual", "pre", "post")),
            Table(
                {"en": f"After {layers} layers", "zh": f"{layers} 层之后"},
                [{"en": "stack", "zh": "结构"}, {"en": "variance", "zh": "方差"}, "|g₀|/|g_L|"],
                [[LABELS[name], final[name], ratio[name]] for name in DESIGNS],
            ),
        ],
        claims=[
            Claim(
                "xavier-relu-vanishes",
                {"en": "Plain, Xavier + ReLU: the gradient loses half a power of two per layer.",
                 "zh": "无残差、Xavier + ReLU：每层梯度缩小到 2^(−1/2) 倍。"},
                kind="stat",
                measured=np.log2(ratio["xavier"]) / layers,
                expected=Near(-0.5, abs=0.2),
                broken_by={"gain": 2.0},
                because={"en": "A doubled gain restores what ReLU takes: that is He init.",
                         "zh": "增益翻倍，正好补回 ReLU 砍掉的一半：这就是 He 初始化。"},
            ),
            Claim(
                "he-init-needs-no-residual",
                {"en": "Plain, He init: no residual, and the gradient neither fades nor grows.",
                 "zh": "无残差、He 初始化：梯度既不消失也不爆炸。"},
                kind="stat",
                measured=np.log2(ratio["he"]) / layers,
                expected=Near(0.0, abs=0.2),
                broken_by={"gain": 0.25},
                because={"en": "Each layer now multiplies the gradient by √¼.",
                         "zh": "现在每层都给梯度乘上 √¼。"},
            ),
            Claim(
                "bare-residual-doubles-the-variance",
                {"en": "Residual without norm: the variance doubles with every layer.",
                 "zh": "有残差、无归一化：每过一层，方差翻倍。"},
                kind="stat",
                measured=np.log2(final["residual"] / variance["residual"][0]) / layers,
                expected=Near(1.0, abs=0.3),
                broken_by={"gain": 0.05},
                because={"en": "A branch started small adds little: the factor is 1 + gain.",
                         "zh": "分支初始化得小，加上去的就少：倍数是 1 + gain。"},
            ),
            Claim(
                "bare-residual-gradient-explodes",
                {"en": "Residual without norm: the gradient grows by √2 per layer on the way down.",
                 "zh": "有残差、无归一化：反传时每层放大 √2 倍。"},
                kind="stat",
                measured=np.log2(ratio["residual"]) / layers,
                expected=Near(0.5, abs=0.15),
                broken_by={"gain": 0.05},
                because={"en": "The factor per layer is √(1 + gain): near 1 for small branches.",
                         "zh": "每层的倍数是 √(1 + gain)，分支小则接近 1。"},
            ),
            Claim(
                "pre-ln-stream-grows-linearly",
                {"en": "Pre-LN: the stream's variance is about 1 + gain·L.",
                 "zh": "Pre-LN：残差流方差约为 1 + gain·L。"},
                kind="stat",
                measured=final["pre"] / (1 + gain * layers),
                expected=Between(0.3, 2.0),
                broken_by={"norm": False},
                because={"en": "Unnormalised, each branch returns the size of the whole stream.",
                         "zh": "不归一化，每个分支的输出都和整条残差流一样大。"},
            ),
            Claim(
                "pre-ln-gradient-grows-like-root-depth",
                {"en": "Pre-LN: the gradient grows towards the bottom only by about √(1 + gain·L).",
                 "zh": "Pre-LN：越靠近底层梯度越大，但只到约 √(1 + gain·L) 倍。"},
                kind="stat",
                measured=ratio["pre"] / np.sqrt(1 + gain * layers),
                expected=Between(0.3, 3.0),
                broken_by={"norm": False},
                because={"en": "Without the norm, no branch divides by the stream's size any more.",
                         "zh": "没有归一化，就没有谁再除以残差流的大小了。"},
            ),
            Claim(
                "post-ln-stream-stays-at-one",
                {"en": "Post-LN: the variance after every layer is 1.",
                 "zh": "Post-LN：每层之后方差都是 1。"},
                kind="exact",
                measured=np.abs(variance["post"][1:] - 1).max(),
                expected=Below(1e-3),
                broken_by={"norm": False},
                because={"en": "Nothing rescales the sum any more.",
                         "zh": "没有谁再把和缩放回去了。"},
            ),
            Claim(
                "post-ln-gradient-is-flat",
                {"en": "Post-LN at init: the gradient reaches the bottom undiminished.",
                 "zh": "Post-LN 初始化时：梯度传到底层并不衰减。"},
                kind="stat",
                measured=np.log2(ratio["post"]) / layers,
                expected=Near(0.0, abs=0.2),
                broken_by={"norm": False},
                because={"en": "Without the norm this is the bare residual stack: √2 per layer.",
                         "zh": "去掉归一化就成了纯残差网络：每层放大 √2 倍。"},
            ),
            Claim(
                "backward-matches-finite-differences",
                {"en": "The gradient shown is right: it equals a finite difference.",
                 "zh": "所示梯度无误：与有限差分一致。"},
                kind="exact",
                measured=finite_difference_error(x, g, weights[0], DESIGNS["post"][1]),
                expected=Below(1e-6),
                kernel="layer_norm",
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
