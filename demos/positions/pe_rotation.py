"""One offset is one rotation of the sinusoidal encoding, until W_Q and W_K are in between.

PE(p + k) = M_k PE(p) with the same M_k for all p, so PE(p)·PE(p + k) depends on k
alone. Source: Vaswani 2017, §3.5; that projections mix the offsets: Yan 2019.
"""

from typing import Annotated, Literal

import numpy as np

from demos.kit import (
    Above,
    Below,
    Claim,
    Curve,
    Heatmap,
    Line,
    Near,
    OneOf,
    Range,
    Result,
    demo,
)
from demos.ops import rope, sinusoidal_positions


def share_within_offsets(scores: np.ndarray) -> float:
    """How much of the spread of scores `[n, n]` the offset j - i leaves unexplained: 0 .. 1."""
    n = len(scores)
    offset = (np.arange(n) - np.arange(n)[:, None] + n - 1).ravel()  # [n·n], from 0
    mean = np.bincount(offset, scores.ravel()) / np.bincount(offset)  # [2n - 1]
    return np.std(scores.ravel() - mean[offset]) / np.std(scores)


def rotation_blocks(rng, d: int) -> np.ndarray:
    """`[d, d]` of 2x2 blocks, each a turn and a stretch: commutes with every M_k."""
    w = np.zeros((d, d))
    even, odd = np.arange(0, d, 2), np.arange(1, d, 2)
    w[even, even] = w[odd, odd] = rng.standard_normal(d // 2)
    w[even, odd] = rng.standard_normal(d // 2)
    w[odd, even] = -w[even, odd]
    return w


@demo(
    topic="positions",
    title={"en": "An offset is a rotation", "zh": "平移等于旋转"},
    look={
        "en": "One curve for every start: the offset alone decides. It wobbles, it does not fall.",
        "zh": "不论起点，曲线只有一条：只由偏移决定，而且上下波动，并非一路下降。",
    },
)
def run(
    rng,
    *,
    n: Annotated[int, Range(4, 2048, log=True)] = 512,
    d: Annotated[int, OneOf(8, 16, 32, 64, 128, 256, 512)] = 64,
    k: Annotated[int, Range(1, 64)] = 17,
    base: Annotated[float, Range(10, 1e6, log=True)] = 10000.0,
    table: Literal["sinusoidal", "random"] = "sinusoidal",
    weights: Literal["random", "commuting"] = "random",
) -> Result:
    longer = (
        sinusoidal_positions(n + k, d, base)
        if table == "sinusoidal"
        else rng.standard_normal((n + k, d))  # a learned table before training
    )
    pe = longer[:n]  # [n, d]
    m_k = rope(np.eye(d), np.full(d, -k), base=base)  # [d, d]: rows of x @ m_k turn by -kω
    similarity = pe @ pe[0]  # PE(0)·PE(offset), [n]
    norms = np.linalg.norm(pe, axis=1)
    wavelength = 2 * np.pi / np.arctan2(pe[1, -2], pe[1, -1])  # of the slowest pair

    w_qk = rng.standard_normal((d, d)) / np.sqrt(d)  # W_Q W_K^T as one matrix
    if weights == "commuting":
        w_qk = rotation_blocks(rng, d)
    first = pe[:256]  # [m, d]: enough of them for matrices
    gram = first @ first.T  # [m, m]
    scores = first @ w_qk @ first.T  # [m, m]: the position-position part of the logits
    mixed = share_within_offsets(scores)
    rises = int(np.sum(np.diff(similarity) > 0))
    middle = (len(first) - 1) // 2
    right, left = gram[middle, middle:], gram[middle, middle::-1]  # both ways from there

    shown, grid = np.arange(min(n, 256)), slice(0, min(n, 48))
    return Result(
        figures={
            "norm": norms.mean(),
            "rises": rises,
            "steps": n - 1,
            "within_offset_share": mixed,
            "longest_wavelength": wavelength,
            "longest_over_2pi_base": wavelength / (2 * np.pi * base),
            "rotation_error": np.abs(pe @ m_k - longer[k:]).max(),
        },
        views=[
            Curve(
                {"en": "PE(p)·PE(p + offset)", "zh": "PE(p)·PE(p + 偏移)"},
                [Line("p = 0", shown, similarity[shown]),
                 Line("d/2", shown[[0, -1]], [d / 2] * 2, dotted=True)],
                x_label={"en": "offset", "zh": "偏移"},
            ),
            Heatmap(
                {"en": "After W_Q, W_K: scores of positions", "zh": "经过 W_Q、W_K：位置间的分数"},
                scores[grid, grid],
                x_label={"en": "key position", "zh": "key 位置"},
                y_label={"en": "query position", "zh": "query 位置"},
                diverging=True,
            ),
            Heatmap(
                {"en": "Before: PE·PEᵀ", "zh": "之前：PE·PEᵀ"},
                gram[grid, grid],
                x_label={"en": "position", "zh": "位置"},
                y_label={"en": "position", "zh": "位置"},
                diverging=True,
            ),
        ],
        claims=[
            Claim(
                "offset-is-a-rotation",
                {"en": "PE(p + k) = M_k·PE(p), with one M_k for all p.",
                 "zh": "PE(p + k) = M_k·PE(p)，同一个 M_k 对所有 p 成立。"},
                kind="theorem",
                measured=np.abs(pe @ m_k - longer[k:]).max(),
                expected=Below(1e-9),
                broken_by={"table": "random"},
                because={"en": "Rows drawn one by one have no map from each to its k-th next.",
                         "zh": "各行独立随机，不存在把每一行变成后面第 k 行的统一映射。"},
            ),
            Claim(
                "the-map-is-orthogonal",
                {"en": "M_k is orthogonal: it turns, it never stretches.",
                 "zh": "M_k 是正交矩阵：只旋转，不伸缩。"},
                kind="theorem",
                measured=np.abs(m_k @ m_k.T - np.eye(d)).max(),
                expected=Below(1e-12),
                kernel="rope",
            ),
            Claim(
                "every-position-has-one-norm",
                {"en": "‖PE(p)‖ = √(d/2) at every position.",
                 "zh": "每个位置都有 ‖PE(p)‖ = √(d/2)。"},
                kind="theorem",
                measured=np.abs(norms - np.sqrt(d / 2)).max(),
                expected=Below(1e-9),
                broken_by={"table": "random"},
                because={"en": "Only sin² + cos² = 1 keeps the norm fixed.",
                         "zh": "模长恒定靠的是 sin² + cos² = 1。"},
            ),
            Claim(
                "similarity-depends-on-offset-only",
                {"en": "PE(i)·PE(j) is the same along each diagonal.",
                 "zh": "PE(i)·PE(j) 沿每条对角线都相同。"},
                kind="theorem",
                measured=np.abs(gram[1:, 1:] - gram[:-1, :-1]).max(),
                expected=Below(1e-9),
                broken_by={"table": "random"},
                because={"en": "Independent rows: their products follow no offset.",
                         "zh": "各行独立，内积与偏移无关。"},
            ),
            Claim(
                "similarity-is-blind-to-direction",
                {"en": "k to the left and k to the right score the same.",
                 "zh": "向左 k 个与向右 k 个，分数相同。"},
                kind="theorem",
                measured=np.abs(right[: middle + 1] - left).max(),
                expected=Below(1e-9),
                broken_by={"table": "random"},
                because={"en": "The two neighbours are then unrelated vectors.",
                         "zh": "此时左右两个向量毫无关系。"},
            ),
            Claim(
                "similarity-is-not-monotone",
                {"en": "With distance, similarity also rises again and again.",
                 "zh": "随着距离增大，相似度会反复回升。"},
                kind="exact",
                measured=rises,
                expected=Above(0),
                broken_by={"n": 4},
                because={"en": "Up to distance 3 < π even the fastest cosine still falls.",
                         "zh": "距离不超过 3 < π 时，连最快的余弦也还在下降。"},
            ),
            Claim(
                "projections-mix-the-offsets",
                {"en": "After random W_Q, W_K the score is no function of the offset.",
                 "zh": "经过随机的 W_Q、W_K，分数不再由偏移决定。"},
                kind="stat",
                measured=mixed,
                expected=Above(0.3),
                broken_by={"weights": "commuting"},
                because={"en": "2x2 turns commute with M_k, and a model can learn them.",
                         "zh": "逐对旋转的分块矩阵与 M_k 可交换；训练可以学到这种权重。"},
            ),
            Claim(
                "longest-wavelength-falls-short",
                {"en": "The longest wavelength is base^(−2/d) of 2π·base.",
                 "zh": "最长波长是 2π·base 的 base^(−2/d) 倍。"},
                kind="exact",
                measured=wavelength / (2 * np.pi * base),
                expected=Near(base ** (-2 / d), rel=1e-9),
                broken_by={"table": "random"},
                because={"en": "A random table has no wavelengths.", "zh": "随机表没有波长可言。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
