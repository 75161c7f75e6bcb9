"""RoPE does not make attention decay with distance; only an upper bound falls.

Equal q and k lose score on average. Random ones don't, and a key can be built
that any chosen distance likes best. Sources: Su 2021, §3.4.3 (the bound);
Barbero 2024, propositions 3.1 and 3.2.
"""

from typing import Annotated

import numpy as np

from demos.kit import (
    Above,
    Below,
    Claim,
    Curve,
    Equals,
    Line,
    Mark,
    Near,
    OneOf,
    Range,
    Result,
    Table,
    demo,
)
from demos.ops import rope

PAIRS = 2000
DISTANCES = (0, 10, 100, 1000)


def scores(q: np.ndarray, k: np.ndarray, distances: np.ndarray, base: float) -> np.ndarray:
    """R_r q · k / √d for q `[..., d]` and k `[..., d]` at each distance r: `[..., r]`."""
    turned = rope(np.repeat(q[..., None, :], len(distances), axis=-2), distances, base=base)
    return np.einsum("...rd,...d->...r", turned, k) / np.sqrt(q.shape[-1])


@demo(
    topic="relative-rotary",
    title={"en": "Does RoPE decay with distance?", "zh": "RoPE 会随距离衰减吗"},
    look={
        "en": "Equal q, k fall on average; the built key peaks far away; random pairs stay wide.",
        "zh": "q = k 时平均在下降；构造的 key 在远处达到峰值；随机的 q、k 摊得一样宽。",
    },
)
def run(
    rng,
    *,
    d: Annotated[int, OneOf(16, 32, 64, 128, 256)] = 128,
    far: Annotated[int, Range(3, 4000, log=True)] = 2000,
    peak: Annotated[int, Range(0, 2000)] = 777,
    rho: Annotated[float, Range(0, 1)] = 0.0,
    base: Annotated[float, Range(100, 1e8, log=True)] = 10000.0,
) -> Result:
    q = rng.standard_normal((PAIRS, d))
    k = rho * q + np.sqrt(1 - rho**2) * rng.standard_normal((PAIRS, d))
    random = scores(q, k, np.array(DISTANCES), base)  # [pairs, 4]
    spread, mean = random.std(axis=0), random.mean(axis=0)

    every = np.arange(max(far, 2 * peak) + 1)
    equal = scores(np.ones(d), np.ones(d), every, base)  # q = k = ones
    built_k = rope(q[:1], [peak], base=base)[0]  # R_peak q
    built = scores(q[0], built_k, every, base)

    # Su's bound: |score| <= max|h_{j+1} - h_j| · sum_j |S_j|, S_j = sum_{i<j} e^{i r ω_i}; drawn
    # is the mean of |S_j|. rope turns the unit vector (1, 0) of a pair into (cos, sin).
    angle = rope(np.tile([1.0, 0.0], (far + 1, d // 2)), np.arange(far + 1), base=base)
    s = np.cumsum(angle[:, 0::2] + 1j * angle[:, 1::2], axis=1)  # [far + 1, d/2]
    bound = np.abs(s).mean(axis=1)

    fell = scores(np.ones(d), np.ones(d), np.array([0, 1000]), base)
    step = max(1, len(every) // 240)
    shown = every[::step]
    return Result(
        figures={
            "equal_ratio_1000": fell[1] / fell[0],
            "rises": int(np.sum(np.diff(equal[: far + 1]) > 0)),
            "random_spread_ratio": spread[3] / spread[0],
            "random_mean_max": np.abs(mean).max(),
            "peak_distance": int(built.argmax()),
            "bound_at_0": bound[0],
            "bound_at_1000": bound[min(1000, far)],
            "bound_at_2000": bound[min(2000, far)],
            "bound_rises": int(np.sum(np.diff(bound) > 0)),
        },
        views=[
            Curve(
                {"en": "Score over distance / its peak", "zh": "分数（与峰值之比）随距离的变化"},
                [Line("q = k = 1", shown, equal[::step] / equal.max()),
                 Line(f"k = R_{peak} q", shown, built[::step] / built.max())],
                x_label={"en": "distance", "zh": "距离"},
                marks=[Mark("x", peak, str(peak))],
            ),
            Table(
                {"en": f"{PAIRS} random pairs", "zh": f"{PAIRS} 对随机 q、k"},
                [{"en": "distance", "zh": "距离"}, {"en": "mean", "zh": "均值"},
                 {"en": "std", "zh": "标准差"}],
                [[r, mean[i], spread[i]] for i, r in enumerate(DISTANCES)],
            ),
            Curve(
                {"en": "The bound's factor over distance", "zh": "上界系数随距离"},
                [Line({"en": "mean |S_j|", "zh": "|S_j| 的均值"}, np.arange(far + 1)[::step],
                      bound[::step])],
                x_label={"en": "distance", "zh": "距离"},
            ),
        ],
        claims=[
            Claim(
                "equal-q-and-k-lose-score",
                {"en": "For q = k = ones the score at 1000 is under half of that at 0.",
                 "zh": "q = k = 全 1 时，距离 1000 处的分数不到距离 0 处的一半。"},
                kind="exact",
                measured=fell[1] / fell[0],
                expected=Below(0.5),
                broken_by={"base": 1e8},
                because={"en": "At this base most pairs have hardly turned by 1000.",
                         "zh": "底数这么大，多数频率对到 1000 处还几乎没转。"},
            ),
            Claim(
                "even-that-is-not-monotone",
                {"en": "Even then the score rises again at many distances.",
                 "zh": "即便如此，分数也在许多距离上回升。"},
                kind="exact",
                measured=np.sum(np.diff(equal[: far + 1]) > 0),
                expected=Above(0),
                broken_by={"far": 3},
                because={"en": "Over the first few steps the cosines still fall together.",
                         "zh": "头几步里，各个余弦还在一起下降。"},
            ),
            Claim(
                "random-scores-do-not-shrink",
                {"en": "Random q, k: the scores spread as wide at 1000 as at 0.",
                 "zh": "随机 q、k：距离 1000 处分数的离散程度与距离 0 处相同。"},
                kind="stat",
                measured=spread[3] / spread[0],
                expected=Near(1.0, rel=0.15),
                broken_by={"rho": 1.0},
                because={"en": "For k = q turning mixes signs into a sum of squares.",
                         "zh": "k = q 时，旋转给原本的平方和掺入了正负号。"},
            ),
            Claim(
                "random-scores-have-mean-0-everywhere",
                {"en": "Their mean is 0 at every distance.", "zh": "它们的均值在任何距离都是 0。"},
                kind="stat",
                measured=np.abs(mean).max(),
                expected=Below(0.2),
                broken_by={"rho": 0.5},
                because={"en": "Aligned q and k start high, and lose that with distance.",
                         "zh": "q、k 方向相关时起点就高，随距离失去的正是这部分。"},
            ),
            Claim(
                "a-key-can-peak-anywhere",
                {"en": "The key R_r q is liked best at distance r.",
                 "zh": "取 k = R_r q，分数恰在距离 r 处最大。"},
                kind="theorem",
                measured=built.argmax(),
                expected=Equals(peak),
                kernel="rope",
            ),
            Claim(
                "bound-starts-at-its-mean-count",
                {"en": "The bound's factor at distance 0 is (d/2 + 1)/2.",
                 "zh": "上界系数在距离 0 处等于 (d/2 + 1)/2。"},
                kind="exact",
                measured=bound[0],
                expected=Near((d / 2 + 1) / 2, rel=1e-12),
                kernel="rope",
            ),
            Claim(
                "the-bound-is-not-monotone",
                {"en": "The bound itself rises at many distances.",
                 "zh": "就连上界本身，也在许多距离上回升。"},
                kind="exact",
                measured=np.sum(np.diff(bound) > 0),
                expected=Above(0),
                broken_by={"far": 3},
                because={"en": "Over the first few steps the partial sums still shrink.",
                         "zh": "头几步里，各个部分和都还在变小。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
