"""Why sines come with cosines: for one rotation per offset, not to tell neighbours apart.

Drop one half of the columns and the linear map PE(p) -> PE(p + k) is gone, the
norm and the similarity wander with p; the cosine of neighbours hardly changes.
Source: Vaswani 2017, §3.5 (the linear map); the rest is measured here.
"""

from typing import Annotated, Literal

import numpy as np

from demos.kit import (
    Above,
    Bars,
    Below,
    Claim,
    Curve,
    Equals,
    Line,
    OneOf,
    Range,
    Result,
    demo,
)
from demos.ops import frequencies, sinusoidal_positions


def neighbour_cosines(pe: np.ndarray) -> np.ndarray:
    """cos of PE(p), PE(p + 1) for p = 1 .. n - 2: `[n - 2]` (sine alone has no direction at 0)."""
    unit = pe[1:] / np.linalg.norm(pe[1:], axis=1, keepdims=True)
    return np.sum(unit[:-1] * unit[1:], axis=1)


def shift_residual(pe: np.ndarray, k: int) -> float:
    """What the best linear map PE(p) -> PE(p + k) leaves over, relative to PE(p + k)."""
    best = np.linalg.lstsq(pe[:-k], pe[k:], rcond=None)[0]  # [columns, columns]
    return np.linalg.norm(pe[:-k] @ best - pe[k:]) / np.linalg.norm(pe[k:])


@demo(
    topic="positions",
    title={"en": "Sine without cosine", "zh": "只用 sin 会怎样"},
    look={
        "en": "Neighbours: the same level, but flat with both halves and wandering with one.",
        "zh": "相邻余弦水平相近；两半齐全时是一条平线，只剩一半就随位置起伏。",
    },
)
def run(
    rng,
    *,
    n: Annotated[int, Range(64, 1024, log=True)] = 256,
    d: Annotated[int, OneOf(8, 16, 32, 64, 128)] = 64,
    k: Annotated[int, Range(1, 32)] = 5,
    half: Literal["sin", "cos", "both"] = "sin",
) -> Result:
    full = sinusoidal_positions(n, d)  # [n, d], sin and cos interleaved
    part = {"sin": full[:, 0::2], "cos": full[:, 1::2], "both": full}[half]
    angles = np.arange(n)[:, None] * frequencies(d)  # [n, d/2]
    concatenated = np.concatenate([np.sin(angles), np.cos(angles)], axis=1)

    norms = np.linalg.norm(part[1:], axis=1)
    both, alone = neighbour_cosines(full), neighbour_cosines(part)
    products = np.sum(part[:-1] * part[1:], axis=1)  # PE(p)·PE(p + 1)
    residual, full_residual = shift_residual(part, k), shift_residual(full, k)

    where = np.arange(1, min(n - 1, 97))
    return Result(
        figures={
            "neighbour_cosine_both": both.mean(),
            "neighbour_cosine_half": alone.mean(),
            "neighbour_cosine_sin": neighbour_cosines(full[:, 0::2]).mean(),
            "neighbour_cosine_cos": neighbour_cosines(full[:, 1::2]).mean(),
            "neighbour_difference": alone.mean() - both.mean(),
            "residual_half": residual,
            "residual_both": full_residual,
            "norm_ratio_half": norms.max() / norms.min(),
            "norm_at_0": np.linalg.norm(part[0]),
            "product_wobble": products.std() / products.mean(),
        },
        views=[
            Curve(
                {"en": "Cosine of neighbours over position", "zh": "相邻位置的余弦"},
                [Line("sin + cos", where, both[: len(where)]),
                 Line({"en": f"{half} only", "zh": f"只有 {half}"} if half != "both" else "both",
                      where, alone[: len(where)])],
                x_label={"en": "position", "zh": "位置"},
            ),
            Bars(
                {"en": "Left over by the best linear shift map", "zh": "最佳线性平移映射的残差"},
                [("sin + cos", full_residual), ("sin", shift_residual(full[:, 0::2], k)),
                 ("cos", shift_residual(full[:, 1::2], k))],
            ),
            Curve(
                {"en": "Norm over position", "zh": "模长随位置的变化"},
                [Line("sin + cos", where, np.linalg.norm(full[where], axis=1)),
                 Line({"en": f"{half} only", "zh": f"只有 {half}"} if half != "both" else "both",
                      where, norms[: len(where)])],
                x_label={"en": "position", "zh": "位置"},
            ),
        ],
        claims=[
            Claim(
                "one-half-leaves-neighbours-distinct",
                {"en": "One half alone makes neighbours no more alike (within 0.02).",
                 "zh": "只留一半，相邻位置并没有变得更像（差不到 0.02）。"},
                kind="exact",
                measured=alone.mean() - both.mean(),
                expected=Below(0.02),
                broken_by={"half": "cos", "n": 64, "d": 8},
                because={"en": "Four cosines over 64 positions: two have hardly left 1.",
                         "zh": "64 个位置上只有 4 个余弦，其中两个几乎没离开 1。"},
            ),
            Claim(
                "both-halves-give-a-shift-map",
                {"en": "With both halves a linear map shifts by k exactly.",
                 "zh": "两半齐全时，平移 k 恰好是一个线性映射。"},
                kind="theorem",
                measured=full_residual,
                expected=Below(1e-9),
                kernel="sinusoidal_positions",
            ),
            Claim(
                "one-half-has-no-shift-map",
                {"en": "With one half no linear map shifts by k.",
                 "zh": "只有一半时，没有线性映射能实现平移 k。"},
                kind="exact",
                measured=residual,
                expected=Above(0.05),
                broken_by={"half": "both"},
                because={"en": "sin(a + b) needs cos a; now it is there.",
                         "zh": "sin(a + b) 要用到 cos a，现在有了。"},
            ),
            Claim(
                "one-half-changes-norm",
                {"en": "With one half the norm depends on the position.",
                 "zh": "只有一半时，模长随位置变化。"},
                kind="exact",
                measured=norms.max() / norms.min(),
                expected=Above(1.2),
                broken_by={"half": "both"},
                because={"en": "sin² + cos² = 1 in every pair.",
                         "zh": "每一对都满足 sin² + cos² = 1。"},
            ),
            Claim(
                "one-half-ties-similarity-to-position",
                {"en": "With one half PE(p)·PE(p + 1) depends on p.",
                 "zh": "只有一半时，PE(p)·PE(p + 1) 随 p 变化。"},
                kind="exact",
                measured=products.std() / products.mean(),
                expected=Above(0.02),
                broken_by={"half": "both"},
                because={"en": "sin a·sin b + cos a·cos b = cos(a − b): the offset alone.",
                         "zh": "sin a·sin b + cos a·cos b = cos(a − b)，只剩偏移。"},
            ),
            Claim(
                "column-order-is-free",
                {"en": "[sin…, cos…] and interleaved columns give the same products.",
                 "zh": "[sin…, cos…] 拼接与交错排列，内积完全相同。"},
                kind="theorem",
                measured=np.abs(full @ full.T - concatenated @ concatenated.T).max(),
                expected=Below(1e-9),
                kernel="sinusoidal_positions",
            ),
            Claim(
                "sine-alone-is-zero-at-0",
                {"en": "Sine alone encodes position 0 as the zero vector.",
                 "zh": "只用 sin，位置 0 的编码是零向量。"},
                kind="exact",
                measured=np.linalg.norm(part[0]),
                expected=Equals(0),
                broken_by={"half": "cos"},
                because={"en": "cos 0 = 1 in every column.", "zh": "每一列都是 cos 0 = 1。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
