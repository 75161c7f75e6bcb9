"""Without scaling, dot-product attention saturates as d_k grows; additive attention doesn't.

Vaswani et al. 2017, section 3.2.1: additive attention outperforms unscaled dot products
at large d_k. The score w·tanh(q W_q + k W_k) (Bahdanau et al. 2015, section A.1.2) is a
sum of numbers in [-1, 1] times w, so it never exceeds ‖w‖₁, however long q and k are.
"""

from typing import Annotated

import numpy as np

from demos.kit import (
    Above,
    AtMost,
    Below,
    Claim,
    Curve,
    Histogram,
    Line,
    Mark,
    Near,
    Range,
    Result,
    demo,
)
from demos.ops import additive_attention, attention

QUERIES = 64  # of the dot products; additive scores cost d_k tanh each, so they get fewer
FEW = 12


def entropy(p: np.ndarray) -> float:
    """Mean entropy of the rows of p `[rows, n]`, as a share of ln n: 1 is uniform, 0 one-hot."""
    n = p.shape[-1]
    return float(-np.sum(p * np.log(np.maximum(p, 1e-300)), axis=-1).mean() / np.log(n))


def three_scores(rng, d_k: int, n: int, q_gain: float, w_gain: float) -> dict[str, np.ndarray]:
    """Weights `[rows, n]` of unscaled dot, scaled dot and additive attention; and ‖w‖₁."""
    q = q_gain * rng.standard_normal((QUERIES, d_k))
    k = rng.standard_normal((n, d_k))
    w_q, w_k = rng.standard_normal((2, d_k, d_k)) / np.sqrt(d_k)  # keep the variance of q and k
    w = w_gain * rng.standard_normal(d_k) / np.sqrt(d_k)
    return {
        "dot": attention(q, k, k, scale=1.0)[1],
        "scaled": attention(q, k, k)[1],
        "additive": additive_attention(q[:FEW], k, k, w_q, w_k, w)[1],
        "bound": np.abs(w).sum(),
    }


@demo(
    topic="dot-product",
    title={"en": "Dot product or additive as d_k grows", "zh": "d_k 变大：点积与加性注意力"},
    look={
        "en": "Only the unscaled dot product falls to zero entropy; the other two stay level.",
        "zh": "只有不缩放的点积熵降到 0，另外两条保持水平。",
    },
)
def run(
    rng,
    *,
    d_k: Annotated[int, Range(4, 1024, log=True)] = 512,
    n: Annotated[int, Range(16, 256, log=True)] = 64,
    q_gain: Annotated[float, Range(0.1, 32.0, log=True)] = 1.0,
    w_gain: Annotated[float, Range(0.1, 32.0, log=True)] = 1.0,
) -> Result:
    sizes = sorted({4, 16, 64, 256, d_k})
    weights = {size: three_scores(rng, size, n, q_gain, w_gain) for size in sizes}
    names = ("dot", "scaled", "additive")
    h = {name: {size: entropy(weights[size][name]) for size in sizes} for name in names}

    gap = h["scaled"][d_k] - h["dot"][d_k]

    here = weights[d_k]
    additive = np.log(here["additive"])  # scores up to a constant of each row
    reach = np.ptp(additive, axis=1).max() / (2 * here["bound"])  # |s_i - s_j| <= 2 ‖w‖₁

    labels = {
        "dot": {"en": "dot, unscaled", "zh": "点积，不缩放"},
        "scaled": {"en": "dot / √d_k", "zh": "点积 / √d_k"},
        "additive": {"en": "additive", "zh": "加性"},
    }
    long_q = {
        "en": "A long query widens dot products in proportion; 1/√d_k doesn't know of it.",
        "zh": "q 变长，点积按比例变大，而 1/√d_k 对此一无所知。",
    }
    return Result(
        figures={
            "entropy_dot": h["dot"][d_k],
            "entropy_scaled": h["scaled"][d_k],
            "entropy_additive": h["additive"][d_k],
            "gap": gap,
            "gap_at_4": h["scaled"][4] - h["dot"][4],
            "entropy_dot_at_4": h["dot"][4],
            "top_weight_dot": here["dot"].max(axis=1).mean(),
            "top_weight_scaled": here["scaled"].max(axis=1).mean(),
        },
        views=[
            Curve(
                {"en": "Entropy of the weights over d_k", "zh": "权重的熵随 d_k 的变化"},
                [Line(labels[name], sizes, [h[name][s] for s in sizes]) for name in names],
                x_label="d_k",
                y_label={"en": "share of ln n", "zh": "占 ln n 的比例"},
                log_x=True,
                marks=[Mark("x", d_k, "d_k")],
            ),
            Histogram.of(
                {"en": "The largest weight of each query", "zh": "每个 query 的最大权重"},
                [(labels[name], here[name].max(axis=1)) for name in names],
                bins=40,
                x_label={"en": "weight", "zh": "权重"},
                low=0.0,
                high=1.0,
            ),
        ],
        claims=[
            Claim(
                "unscaled-dot-saturates",
                {"en": "Unscaled, one key takes nearly all the weight at large d_k.",
                 "zh": "不缩放的点积，在 d_k 大时几乎由一个 key 独占权重。"},
                kind="stat",
                measured=h["dot"][d_k],
                expected=Below(0.12),
                broken_by={"d_k": 4},
                because={"en": "At small d_k dot products are narrow: their std is √d_k.",
                         "zh": "d_k 小时点积不宽：标准差是 √d_k。"},
            ),
            Claim(
                "scaled-dot-stays-level",
                {"en": "Divided by √d_k, the entropy is that of unit-variance logits.",
                 "zh": "除以 √d_k 后，熵就是单位方差 logits 的熵。"},
                kind="stat",
                measured=h["scaled"][d_k],
                expected=Near(1 - 0.5 / np.log(n), abs=0.07),
                broken_by={"q_gain": 16},
                because=long_q,
            ),
            Claim(
                "additive-stays-level",
                {"en": "Additive scores stay level without any scaling.",
                 "zh": "加性打分无需缩放，熵也保持在高位。"},
                kind="stat",
                measured=h["additive"][d_k],
                expected=Above(0.85),
                broken_by={"w_gain": 16},
                because={"en": "They are bounded by ‖w‖₁, and training can grow w.",
                         "zh": "打分的上界是 ‖w‖₁，而训练可以让 w 变大。"},
            ),
            Claim(
                "additive-scores-are-bounded",
                {"en": "No two additive scores of a query differ by more than 2‖w‖₁.",
                 "zh": "同一 query 的任意两个加性打分，相差不超过 2‖w‖₁。"},
                kind="theorem",
                measured=reach,
                expected=AtMost(1.0),
                kernel="additive_attention",
            ),
            Claim(
                "scaling-matters-at-large-dk",
                {"en": "At large d_k, scaling makes the difference: an entropy gap over 0.65.",
                 "zh": "d_k 大时缩放举足轻重：熵差超过 0.65。"},
                kind="stat",
                measured=gap,
                expected=Above(0.65),
                broken_by={"d_k": 4},
                because={"en": "At d_k = 4 the unscaled std is 2 instead of 1: not much.",
                         "zh": "d_k = 4 时，不缩放的标准差是 2 而不是 1，差别不大。"},
            ),
            Claim(
                "scaling-matters-less-at-dk-4",
                {"en": "At d_k = 4 the gap is less than half of that.",
                 "zh": "d_k = 4 时，熵差不到它的一半。"},
                kind="stat",
                measured=(h["scaled"][4] - h["dot"][4]) / gap,
                expected=Below(0.5),
                broken_by={"d_k": 4},
                because={"en": "There it is the same gap (and long queries close both).",
                         "zh": "此时比较的是同一个熵差（而 q 太长会让两者都消失）。"},
            ),
            Claim(
                "small-dk-is-not-saturated",
                {"en": "At d_k = 4 even the unscaled weights are spread out.",
                 "zh": "d_k = 4 时，不缩放的权重也并不集中。"},
                kind="stat",
                measured=h["dot"][4],
                expected=Above(0.25),
                broken_by={"q_gain": 16},
                because=long_q,
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
