"""Going up to 4d pays only through the activation between the two matrices.

Without it W_1 W_2 is one d x d matrix, whatever its inner width. With ReLU the hidden matrix
has full rank 4d, 2d units carry x through unharmed (x = relu(x) - relu(-x)), and more units
fit what no linear map can, such as products of coordinates. The factor 4 itself is Vaswani
et al. 2017, section 3.3: a choice; it makes the FFN twice as large as attention. SwiGLU has
three matrices, so 8d/3 costs the same (Shazeer 2020).
"""

from typing import Annotated, Literal

import numpy as np

from demos import kit
from demos.kit import Bars, Claim, Curve, Line, OneOf, Range, Result
from demos.ops import feed_forward, gelu, relu

RATIOS = (0.5, 1, 2, 4, 8, 16)


def identity(x: np.ndarray) -> np.ndarray:
    return x


ACTIVATIONS = {"relu": relu, "gelu": gelu, "none": identity}


def fits_of_products(rng, f, d: int, widths: list[int], samples: int = 1500) -> list[float]:
    """R² on fresh data of x_1·x_2, x_3·x_4, .. read off linearly from random hidden units."""
    x = rng.standard_normal((2, samples, d))  # to fit on, to test on
    target = x[..., 0::2] * x[..., 1::2]  # [2, samples, d/2]
    w1 = rng.standard_normal((d, widths[-1])) / np.sqrt(d)
    b1 = rng.standard_normal(widths[-1])
    hidden = f(x[0] @ w1 + b1)  # [samples, widest]; narrower layers take the first columns
    gram = hidden.T @ hidden + np.eye(widths[-1])  # a touch of ridge: always solvable
    right = hidden.T @ target[0]
    fits = []
    for m in widths:
        w2 = np.linalg.solve(gram[:m, :m], right[:m])  # least squares
        read = feed_forward(x[1], w1[:, :m], b1[:m], w2, np.zeros(d // 2), activation=f)
        fits.append(1 - ((read - target[1]) ** 2).mean() / target[1].var())
    return fits


@kit.demo(
    topic="feed-forward",
    title={"en": "Why up and then down", "zh": "为什么先升维再降维"},
    look={
        "en": "With ReLU rank and fit grow with the width; without it they stay where they were.",
        "zh": "有 ReLU，秩和拟合都随宽度上升；没有它，再宽也原地不动。",
    },
)
def run(
    rng,
    *,
    ratio: Annotated[int, OneOf(1, 2, 4, 8, 16)] = 4,
    narrow: Annotated[float, OneOf(*RATIOS)] = 1.0,
    activation: Literal["relu", "gelu", "none"] = "relu",
    mirrored: Annotated[float, Range(0.0, 1.0)] = 1.0,
    gate_ratio: Annotated[float, Range(1.0, 4.0)] = 8 / 3,
    round_to: Annotated[int, OneOf(1, 64, 128, 256, 512)] = 256,
    d: Annotated[int, OneOf(4, 8, 16)] = 16,
) -> Result:
    f = ACTIVATIONS[activation]
    n, width = 32 * d, ratio * d
    x = rng.standard_normal((n, d))
    w1 = rng.standard_normal((d, width)) / np.sqrt(d)
    w2 = rng.standard_normal((width, d)) / np.sqrt(width)

    def ffn(w2: np.ndarray, f) -> np.ndarray:
        return feed_forward(x, w1, np.zeros(width), w2, np.zeros(w2.shape[1]), activation=f)

    one_matrix = x @ (w1 @ w2)  # [n, d]
    collapse = np.linalg.norm(ffn(w2, identity) - one_matrix) / np.linalg.norm(one_matrix)
    rank_linear = np.linalg.matrix_rank(ffn(np.eye(width), identity))  # of the hidden matrix
    rank_active = np.linalg.matrix_rank(ffn(np.eye(width), f))

    # 2d units: each coordinate and its mirror image; `mirrored` of the mirror images are kept.
    eye, kept = np.eye(d), np.arange(d) < round(mirrored * d)
    both = np.hstack([eye, -eye[:, kept]])  # [d, d .. 2d]
    copied = feed_forward(x, both, np.zeros(both.shape[1]), both.T, np.zeros(d), activation=relu)
    copy_error = np.abs(copied - x).max()

    fits = fits_of_products(rng, f, d, [int(r * d) for r in RATIOS])
    fit_narrow = fits[RATIOS.index(narrow)]

    share = (w1.size + w2.size) / (4 * d * d)  # against W_Q, W_K, W_V, W_O
    gated = 3 * gate_ratio / 8  # three matrices of d x d_ff against 2·4d² = 8d²
    llama = round_to * int(np.ceil(8 * 4096 / 3 / round_to))  # d_model 4096, rounded up
    none = {"en": "Without an activation W₁·W₂ is one d×d matrix, however wide.",
            "zh": "没有激活函数，W₁·W₂ 再宽也只是一个 d×d 矩阵。"}  # fmt: skip
    return Result(
        figures={
            "rank_without_activation": rank_linear,
            "rank_with_activation": rank_active,
            "copy_error": copy_error,
            "fit_narrow": fit_narrow,
            "fit_at_4d": fits[RATIOS.index(4)],
            "fit_at_16d": fits[-1],
            "parameter_ratio": share,
            "gated_ratio": gated,
            "llama_width": llama,
            "llama_unrounded": 8 * 4096 / 3,
        },
        views=[
            Curve(
                {"en": "Fit of x₁·x₂ on fresh data", "zh": "在新数据上拟合 x₁·x₂ 的 R²"},
                [Line(activation, [r * d for r in RATIOS], fits)],
                x_label={"en": "width", "zh": "宽度"},
                y_label="R²",
                log_x=True,
                marks=[kit.Mark("x", 4 * d, "4d")],
            ),
            Bars(
                {"en": "Rank of the hidden matrix", "zh": "隐藏层矩阵的秩"},
                [
                    ("X", np.linalg.matrix_rank(x)),
                    ({"en": "X·W₁, no activation", "zh": "X·W₁，无激活"}, rank_linear),
                    (f"{activation}(X·W₁)", rank_active),
                ],
            ),
        ],
        claims=[
            Claim(
                "no-activation-is-one-matrix",
                {"en": "Without an activation the two matrices act as the one W₁·W₂.",
                 "zh": "没有激活函数，两个矩阵等价于一个矩阵 W₁·W₂。"},
                kind="theorem",
                measured=collapse,
                expected=kit.Below(1e-12),
                kernel="feed_forward",
            ),
            Claim(
                "width-alone-adds-no-rank",
                {"en": "Without an activation the wide hidden matrix still has rank d.",
                 "zh": "没有激活函数，再宽的隐藏层，秩也只有 d。"},
                kind="theorem",
                measured=rank_linear,
                expected=kit.AtMost(d),
                kernel="feed_forward",
            ),
            Claim(
                "activation-uses-the-width",
                {"en": f"With the activation the hidden matrix has full rank {ratio}d.",
                 "zh": f"有激活函数，隐藏层矩阵满秩，为 {ratio}d。"},
                kind="stat",
                measured=rank_active,
                expected=kit.Equals(width),
                broken_by={"activation": "none"},
                because=none,
            ),
            Claim(
                "two-d-relus-lose-nothing",
                {"en": "2d ReLU units carry x through unchanged: relu(x) − relu(−x) = x.",
                 "zh": "2d 个 ReLU 单元可以无损传递 x：relu(x) − relu(−x) = x。"},
                kind="exact",
                measured=copy_error,
                expected=kit.Equals(0),
                broken_by={"mirrored": 0.5},
                because={"en": "A coordinate without its mirror unit loses its negative half.",
                         "zh": "缺了镜像单元的那一维，负的一半就丢了。"},
            ),
            Claim(
                "narrow-layer-cannot-fit-products",
                {"en": "Random units as many as d explain under a quarter of x₁·x₂.",
                 "zh": "只有 d 个随机隐藏单元，x₁·x₂ 能解释的不到四分之一。"},
                kind="stat",
                measured=fit_narrow,
                expected=kit.Below(0.25),
                broken_by={"narrow": 16},
                because={"en": "16d units are room enough for products of coordinates.",
                         "zh": "有 16d 个单元，就放得下坐标之间的乘积。"},
            ),
            Claim(
                "width-buys-fit",
                {"en": "Going from d to 16d random units raises R² by more than a half.",
                 "zh": "随机隐藏单元从 d 个加到 16d 个，R² 提高一半以上。"},
                kind="stat",
                measured=fits[-1] - fits[1],
                expected=kit.Above(0.5),
                broken_by={"activation": "none"},
                because=none,
            ),
            Claim(
                "ffn-is-twice-attention",
                {"en": "An FFN of width 4d has twice the parameters of attention.",
                 "zh": "宽度 4d 的 FFN，参数量是注意力的两倍。"},
                kind="exact",
                measured=share,
                expected=kit.Equals(2),
                broken_by={"ratio": 2},
                because={"en": "The FFN has 2·ratio·d² parameters, attention 4d².",
                         "zh": "FFN 有 2·ratio·d² 个参数，注意力有 4d² 个。"},
            ),
            Claim(
                "gated-width-keeps-the-budget",
                {"en": "SwiGLU of width 8d/3 has as many parameters as an FFN of width 4d.",
                 "zh": "宽度 8d/3 的 SwiGLU，参数量与宽度 4d 的 FFN 相同。"},
                kind="exact",
                measured=gated,
                expected=kit.Near(1, abs=1e-12),
                broken_by={"gate_ratio": 4.0},
                because={"en": "Three matrices: at width 4d they are 12d², 1.5 times 8d².",
                         "zh": "门控有三个矩阵：宽度仍取 4d 就是 12d²，为 8d² 的 1.5 倍。"},
            ),
            Claim(
                "llama-rounds-up-to-256",
                {"en": "LLaMA 7B: 8·4096/3, rounded up to a multiple of 256, is 11008.",
                 "zh": "LLaMA 7B：8·4096/3 向上取到 256 的倍数，等于 11008。"},
                kind="exact",
                measured=llama,
                expected=kit.Equals(11008),
                broken_by={"round_to": 512},
                because={"en": "Another multiple gives another width.",
                         "zh": "换一个取整的倍数，宽度就不同。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
