"""At initialisation, Post-LN's gradients are flat over the layers and Pre-LN's are not.

What the theorem says is about the LAST layer: its gradient does not depend on the depth
L under Post-LN and falls as 1/sqrt(L) under Pre-LN, whose final norm divides by a stream
of variance ~ L. Setting of Xiong et al. 2020, Theorem 1: W_Q = W_K = 0 (uniform
attention), Gaussian weights of variance 1/d, d_ff = d, cross-entropy on random labels.
"""

from functools import partial
from typing import Annotated

import numpy as np

from demos.kit import Above, Between, Claim, Curve, Line, Range, Result, Table, demo
from demos.ops import softmax
from demos.residual_norm._backward import block, normalize, relu_branch

REPS, N, D, CLASSES = 16, 8, 32, 64  # independent networks, tokens, d_model, labels


def uniform_attention(h, w_v):
    """Every token gets the mean of h w_v: h `[reps, n, d]`, w_v `[reps, d, d]`."""

    def spread(x, w):
        return np.broadcast_to(x.mean(axis=-2, keepdims=True) @ w, x.shape)

    return spread(h, w_v), lambda g: (spread(g, w_v.swapaxes(-1, -2)), None)


def cross_attention(h, values):
    """Uniform attention over an encoder: values `[reps, 1, d]` that do not depend on h."""
    return np.broadcast_to(values, h.shape), lambda g: (np.zeros_like(g), None)


def w2_gradients(x, memory, labels, weights, w_out, how, skip=1.0, final="none") -> np.ndarray:
    """RMS over the networks of |dLoss/dW2_l|, for each layer l: `[L]`."""
    backwards = []
    for w_v, w1, w2, w_m in weights:
        branches = [partial(uniform_attention, w_v=w_v), partial(relu_branch, w1=w1, w2=w2)]
        if memory is not None:
            branches.insert(1, partial(cross_attention, values=memory @ w_m))
        for branch in branches:
            x, backward = block(x, branch, skip=skip, **how)
            backwards.append(backward)
    x, back_final = normalize(x, final)
    g = (softmax(x @ w_out) - labels) / N  # cross-entropy, mean over tokens: [reps, n, classes]
    g = back_final(g @ w_out.swapaxes(-1, -2))  # [reps, n, d]
    norms = []
    for backward in reversed(backwards):
        g, weight_gradient = backward(g)
        if weight_gradient is not None:
            norms.append(np.sqrt(np.sum(weight_gradient**2, axis=(-1, -2)).mean()))
    return np.array(norms[::-1])


@demo(
    topic="residual-norm",
    title={"en": "Gradients under Post-LN and Pre-LN", "zh": "Post-LN 与 Pre-LN 的梯度"},
    look={
        "en": "An encoder: Post-LN's curves are level, Pre-LN's fall towards the top.",
        "zh": "编码器里 Post-LN 的曲线是平的；Pre-LN 越往顶层越小。",
    },
)
def run(
    rng,
    *,
    norm: bool = True,
    final_norm: bool = True,
    small_init: bool = False,
    deepnorm: bool = False,
    decoder: bool = False,
    layers: Annotated[int, Range(4, 48)] = 24,
) -> Result:
    x = rng.standard_normal((REPS, N, D))
    labels = np.eye(CLASSES)[rng.integers(CLASSES, size=(REPS, N))]  # one-hot [reps, n, classes]
    w_out = rng.standard_normal((REPS, D, CLASSES)) / np.sqrt(D)
    weights = rng.standard_normal((layers, 4, REPS, D, D)) / np.sqrt(D)  # w_v, w1, w2, w_m
    memory = rng.standard_normal((REPS, 1, D)) if decoder else None  # what the encoder says

    def post(depth: int) -> np.ndarray:
        skip, scale = ((2 * depth) ** 0.25, (8 * depth) ** -0.25) if deepnorm else (1.0, 1.0)
        how = {"post": "layer" if norm else "none"}
        return w2_gradients(x, memory, labels, scale * weights[:depth], w_out, how, skip)

    def pre(depth: int) -> np.ndarray:
        out = (2 * depth) ** -0.5 if small_init else 1.0  # on what is added to the stream
        scaled = weights[:depth] * np.array([out, 1.0, out, out])[:, None, None, None]
        how = {"pre": "layer" if norm else "none"}
        final = "layer" if norm and final_norm else "none"
        return w2_gradients(x, memory, labels, scaled, w_out, how, final=final)

    shallow = layers // 4
    norms = {
        ("Post-LN", shallow): post(shallow),
        ("Post-LN", layers): post(layers),
        ("Pre-LN", shallow): pre(shallow),
        ("Pre-LN", layers): pre(layers),
    }  # |dW2_l| over l
    first = {key: values[0] for key, values in norms.items()}
    last = {key: values[-1] for key, values in norms.items()}
    post_depth_ratio = last["Post-LN", shallow] / last["Post-LN", layers]
    pre_depth_ratio = last["Pre-LN", shallow] / last["Pre-LN", layers]
    post_bottom_top = first["Post-LN", layers] / last["Post-LN", layers]
    pre_bottom_top = first["Pre-LN", layers] / last["Pre-LN", layers]
    post_over_pre = last["Post-LN", layers] / last["Pre-LN", layers]

    return Result(
        figures={
            "post_depth_ratio": post_depth_ratio,
            "pre_depth_ratio": pre_depth_ratio,
            "post_bottom_top": post_bottom_top,
            "pre_bottom_top": pre_bottom_top,
            "post_over_pre_last": post_over_pre,
        },
        views=[
            Curve(
                {"en": "|dLoss/dW2| from bottom to top", "zh": "从底层到顶层的 |dLoss/dW2|"},
                [Line(f"{name} L={depth}", np.linspace(0, 1, depth), values)
                 for (name, depth), values in norms.items()],
                x_label={"en": "bottom … top", "zh": "底层……顶层"},
                log_y=True,
            ),
            Table(
                "|dLoss/dW2|",
                [{"en": "placement", "zh": "位置"}, "L", {"en": "first layer", "zh": "首层"},
                 {"en": "last layer", "zh": "末层"}],
                [[name, depth, first[name, depth], last[name, depth]] for name, depth in norms],
            ),
        ],
        claims=[
            Claim(
                "post-ln-last-layer-ignores-depth",
                {"en": "Post-LN: the last layer's gradient is the same at L/4 as at L.",
                 "zh": "Post-LN：末层梯度与深度无关，L/4 层与 L 层一样。"},
                kind="stat",
                measured=post_depth_ratio,
                expected=Between(0.5, 1.6),
                broken_by={"deepnorm": True},
                because={"en": "DeepNorm shrinks it by design: skip × (2L)^¼, weights × (8L)^−¼.",
                         "zh": "DeepNorm 有意压小它：残差乘 (2L)^¼，权重初始化乘 (8L)^−¼。"},
            ),
            Claim(
                "pre-ln-last-layer-falls-with-depth",
                {"en": "Pre-LN: four times the depth halves the last layer's gradient (1/√L).",
                 "zh": "Pre-LN：深度变为 4 倍，末层梯度减半（1/√L）。"},
                kind="stat",
                measured=pre_depth_ratio,
                expected=Between(1.2, 3.2),
                broken_by={"final_norm": False},
                because={"en": "It is the final norm that divides by the stream's size, √L.",
                         "zh": "除以残差流大小 √L 的，正是最后那个归一化。"},
            ),
            Claim(
                "post-ln-bottom-is-not-starved",
                {"en": "Post-LN at init: the first layer's gradient is not far below the last's.",
                 "zh": "Post-LN 初始化时：首层梯度并不比末层小多少。"},
                kind="stat",
                measured=post_bottom_top,
                expected=Above(0.1),
                broken_by={"decoder": True},
                because={"en": "Cross-attention adds what no gradient flows back through to x.",
                         "zh": "交叉注意力加进来的量与 x 无关，梯度无法经它回传。"},
            ),
            Claim(
                "pre-ln-is-not-uniform",
                {"en": "Pre-LN at init: the first layer's gradient is several times the last's.",
                 "zh": "Pre-LN 初始化时：首层梯度是末层的好几倍。"},
                kind="stat",
                measured=pre_bottom_top,
                expected=Above(0.35 * np.sqrt(layers)),
                broken_by={"small_init": True},
                because={"en": "Branches × 1/√(2L) (GPT-2) keep stream and gradient level.",
                         "zh": "分支乘 1/√(2L)（GPT-2），残差流不膨胀，梯度也就均匀。"},
            ),
            Claim(
                "post-ln-last-layer-gets-more",
                {"en": "The last layer's gradient is several times larger under Post-LN.",
                 "zh": "同样深度，Post-LN 的末层梯度是 Pre-LN 的好几倍。"},
                kind="stat",
                measured=post_over_pre,
                expected=Above(0.35 * np.sqrt(layers)),
                broken_by={"final_norm": False},
                because={"en": "Without its final norm, Pre-LN's last layer is no longer damped.",
                         "zh": "没有最后的归一化，Pre-LN 的末层就不再被压小。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
