"""Degradation: a deeper plain network fits its TRAINING data worse; with skips it does not.

It is an optimisation problem, not over-fitting (He et al. 2015, section 1, figure 1): the
deep network could copy the shallow one and pass the rest through. A skip makes passing
through free, since the branch only has to be 0; the nearer it starts to that, the better
(GPT-2 divides the init by sqrt(2L)), and it is exact only if nothing (such as Post-LN's
norm) stands on the skip. Layers: skip · x + relu(layer_norm(x)) W, Adam, full batch.
"""

from functools import partial
from typing import Annotated

import numpy as np

from demos.kit import Above, Below, Claim, Curve, Equals, Line, Range, Result, Table, demo
from demos.ops import layer_norm, relu
from demos.residual_norm._backward import block

D, N, RATE = 16, 24, 0.01  # d_model, training examples, Adam's learning rate
EXTRA = 20  # layers that have nothing to do


def relu_matrix(h, w):
    """relu(h) w for h `[nets, n, d]`, w `[nets, d, d]`; backward: gradients of h and w."""
    active = relu(h)
    return active @ w, lambda g: (
        (g @ w.swapaxes(-1, -2)) * (h > 0),
        active.swapaxes(-1, -2) @ g,
    )


def training_losses(x, target, weights, skips, steps) -> np.ndarray:
    """Train all nets side by side: weights `[layers, nets, d, d]` -> losses `[steps, nets]`."""
    skip = np.asarray(skips)[:, None, None]
    m, v = np.zeros_like(weights), np.zeros_like(weights)  # Adam's two moments
    losses = []
    for step in range(1, steps + 1):
        y, backwards = np.stack([x] * len(skips)), []
        for w in weights:
            y, backward = block(y, partial(relu_matrix, w=w), skip=skip, pre="layer")
            backwards.append(backward)
        error = y - target  # [nets, n, d]
        losses.append(np.mean(error**2, axis=(1, 2)))
        g, gradients = 2 * error / x.size, []
        for backward in reversed(backwards):
            g, gradient = backward(g)
            gradients.append(gradient)
        gradient = np.stack(gradients[::-1])
        m += 0.1 * (gradient - m)
        v += 0.001 * (gradient**2 - v)
        update = (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
        weights = weights - RATE * update
    return np.array(losses)


@demo(
    topic="residual-norm",
    title={"en": "Deeper, and worse on the training set", "zh": "越深，训练误差越大"},
    look={
        "en": "The deep plain net ends above the shallow one; the deep residual net ends lowest.",
        "zh": "普通网络，深的反而停在浅的上面；加了残差，深的降到最低。",
    },
)
def run(
    rng,
    *,
    residual: bool = True,
    small_init: bool = True,
    depth: Annotated[int, Range(2, 32)] = 20,
    steps: Annotated[int, Range(30, 120)] = 60,
    leftover: Annotated[float, Range(0.0, 1.0)] = 0.0,
    normalised_input: bool = True,
) -> Result:
    x = rng.standard_normal((N, D))
    target = x + 0.5 * np.tanh(2 * x @ rng.standard_normal((D, D)) / np.sqrt(D))  # near x
    losses = {}
    for layers in (2, depth):
        he = rng.standard_normal((layers, D, D)) * np.sqrt(2 / D)
        # GPT-2's init of what is added to the stream: branches start small.
        branch = he / np.sqrt(2 * layers) if residual and small_init else he
        weights = np.stack([he, branch], axis=1)  # [layers, 2, d, d]
        skips = (0.0, 1.0 if residual else 0.0)
        losses[layers] = training_losses(x, target, weights, skips, steps)
    shallow, deep = losses[2], losses[depth]
    last = {"plain": (shallow[-1, 0], deep[-1, 0]), "residual": (shallow[-1, 1], deep[-1, 1])}

    # Layers that are not needed: every branch returns `leftover` times something, by default 0.
    idle = leftover * rng.standard_normal((EXTRA, D, D)) / np.sqrt(D)
    stream = layer_norm(x) if normalised_input else x
    through = {"pre": stream, "post": stream}
    for w in idle:
        branch = partial(relu_matrix, w=w)
        through["pre"], _ = block(through["pre"], branch, pre="layer")
        through["post"], _ = block(through["post"], branch, post="layer")
    drift = {name: np.abs(out - stream).max() for name, out in through.items()}

    step = np.arange(1, steps + 1)
    return Result(
        figures={
            "plain_deep_over_shallow": last["plain"][1] / last["plain"][0],
            "residual_deep_over_shallow": last["residual"][1] / last["residual"][0],
            "residual_over_plain_deep": last["residual"][1] / last["plain"][1],
            "plain_shallow_loss": last["plain"][0],
            "plain_deep_loss": last["plain"][1],
            "residual_shallow_loss": last["residual"][0],
            "residual_deep_loss": last["residual"][1],
            "idle_pre_ln_drift": drift["pre"],
            "idle_post_ln_drift": drift["post"],
        },
        views=[
            Curve(
                {"en": "Training loss", "zh": "训练误差"},
                [
                    Line({"en": "plain, 2 layers", "zh": "普通，2 层"}, step, shallow[:, 0]),
                    Line({"en": f"plain, {depth}", "zh": f"普通，{depth} 层"}, step, deep[:, 0]),
                    Line({"en": "residual, 2", "zh": "残差，2 层"}, step, shallow[:, 1]),
                    Line({"en": f"residual, {depth}", "zh": f"残差，{depth} 层"}, step, deep[:, 1]),
                ],
                x_label={"en": "step", "zh": "步"},
                log_y=True,
            ),
            Table(
                {"en": f"Training loss after {steps} steps", "zh": f"{steps} 步后的训练误差"},
                ["", {"en": "2 layers", "zh": "2 层"},
                 {"en": f"{depth} layers", "zh": f"{depth} 层"}],
                [[{"en": "plain", "zh": "普通"}, *last["plain"]],
                 [{"en": "residual", "zh": "残差"}, *last["residual"]]],
            ),
        ],
        claims=[
            Claim(
                "plain-depth-raises-training-loss",
                {"en": "Without skips, the deep net ends with the higher training loss.",
                 "zh": "没有残差，深网络的训练误差反而更高。"},
                kind="stat",
                measured=last["plain"][1] / last["plain"][0],
                expected=Above(1.0),
                broken_by={"depth": 2},
                because={"en": "With little or no extra depth there is little or nothing to lose.",
                         "zh": "深度差不多，自然谈不上变差。"},
            ),
            Claim(
                "skips-let-the-deep-net-train",
                {"en": "With skips, the same depth ends far below the plain net.",
                 "zh": "加上残差，同样深度的误差远低于普通网络。"},
                kind="stat",
                measured=last["residual"][1] / last["plain"][1],
                expected=Below(0.4),
                broken_by={"residual": False},
                because={"en": "Both nets are now the same plain stack.",
                         "zh": "现在两个网络都是普通网络。"},
            ),
            Claim(
                "with-skips-deeper-is-not-worse",
                {"en": "Skips and branches that start small: the deep net is not the worse one.",
                 "zh": "残差加上起步很小的分支，深网络不比浅网络差。"},
                kind="stat",
                measured=last["residual"][1] / last["residual"][0],
                expected=Below(1.1),
                broken_by={"small_init": False},
                because={"en": "A skip alone is not enough: full-size branches start far from x.",
                         "zh": "光有残差不够：分支一开始就大，起点离恒等映射很远。"},
            ),
            Claim(
                "zero-branches-are-the-identity",
                {"en": "Pre-LN: twenty layers whose branches return 0 pass their input on exactly.",
                 "zh": "Pre-LN：20 层的分支都输出 0，输入原样通过。"},
                kind="exact",
                measured=drift["pre"],
                expected=Equals(0.0),
                broken_by={"leftover": 0.1},
                because={"en": "It is the branches that must be 0, not merely small.",
                         "zh": "要的是分支输出为 0，小还不够。"},
            ),
            Claim(
                "post-ln-passes-a-normalised-stream",
                {"en": "Post-LN does the same only for a stream that is already normalised.",
                 "zh": "Post-LN 只对已经归一化的输入才原样通过。"},
                kind="exact",
                measured=drift["post"],
                expected=Below(1e-3),
                broken_by={"normalised_input": False},
                because={"en": "Its output is LN(x), and LN(x) is not x.",
                         "zh": "它输出的是 LN(x)，不等于 x。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
