"""A narrow head can be as sharp as it likes; what it lacks is choice of whom to look at.

Logits QKᵀ have rank at most d_k (the bottleneck of Bhojanapalli et al. 2020), but softmax
lifts the rank, and rank-2 logits already put all weight on any one key: place the keys on a
circle and let the logits be large. What small d_k limits is which pairs of keys a query can
single out: 2 on a line, at most 3n/2 in the plane (Edelsbrunner & Stöckl 1986).
"""

from typing import Annotated

import numpy as np

from demos import kit
from demos.kit import Bars, Claim, Heatmap, OneOf, Range, Result
from demos.ops import attention, softmax

KEYS = 16  # so there are 16·15/2 = 120 pairs
CIRCLE = 64  # keys of the rank-2 construction


def with_key_bias(rng, q: np.ndarray, k: np.ndarray, size: float) -> tuple:
    """Logits q·k_j + b_j are those of one more dimension: q gets a 1, key j gets its b_j."""
    b = size * rng.standard_normal(len(k))
    return np.column_stack([q, np.ones(len(q))]), np.column_stack([k, b])


def reachable_pairs(rng, d_k: int, draws: int, bias: float) -> int:
    """How many different top-2 pairs of KEYS random keys show up over random queries."""
    q, k = rng.standard_normal((draws, d_k)), rng.standard_normal((KEYS, d_k))
    q, k = with_key_bias(rng, q, k, bias)
    _, weights = attention(q, k, k)  # [draws, KEYS]
    pair = np.sort(np.argpartition(weights, -2)[:, -2:])  # [draws, 2]
    return np.unique(pair @ [KEYS, 1]).size


def circle(rng, logit: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Queries and keys `[64, 2]` on a circle; query i sits on the key of target[i]."""
    angle = 2 * np.pi * np.arange(CIRCLE) / CIRCLE
    keys = np.column_stack([np.cos(angle), np.sin(angle)])
    target = rng.permutation(CIRCLE)
    return logit * keys[target], keys, target


@kit.demo(
    topic="multi-head",
    title={"en": "What a narrow head cannot reach", "zh": "d_k 太小，到底少了什么"},
    look={
        "en": "Few dimensions reach few of the 120 pairs, yet two suffice for any sharp pattern.",
        "zh": "维数少，120 对里只够得着几对；可要做到尖锐，两维就够。",
    },
)
def run(
    rng,
    *,
    narrow: Annotated[int, OneOf(1, 2, 4, 8, 16)] = 2,
    wide: Annotated[int, OneOf(1, 2, 4, 8, 16)] = 16,
    logit: Annotated[float, Range(10, 20000, log=True)] = 5000.0,
    key_bias: bool = False,
    use_softmax: bool = True,
    draws: Annotated[int, Range(2000, 50000, log=True)] = 10000,
) -> Result:
    bias = float(key_bias)
    reached = {d_k: reachable_pairs(rng, d_k, draws, bias) for d_k in (1, 2, 4, 8, 16)}

    q, k, target = circle(rng, logit)
    q, k = with_key_bias(rng, q, k, bias)
    _, sharp = attention(q, k, k, scale=1.0)  # [64, 64]
    circle_rank = np.linalg.matrix_rank(q @ k.T)
    on_target = sharp[np.arange(CIRCLE), target].min()

    q, k = with_key_bias(rng, *rng.standard_normal((2, CIRCLE, 8)), bias)
    logits = q @ k.T / np.sqrt(8)
    weights = softmax(logits) if use_softmax else logits
    logit_rank, weight_rank = np.linalg.matrix_rank(logits), np.linalg.matrix_rank(weights)
    one_more = {"en": "A bias per key acts as one more dimension of q and k.",
                "zh": "给每个 key 加偏置，相当于 q、k 多出一维。"}  # fmt: skip
    return Result(
        figures={
            "pairs_in_all": KEYS * (KEYS - 1) // 2,
            "pairs_on_a_line": reached[1],
            "pairs_in_the_plane": reached[2],
            "pairs_narrow": reached[narrow],
            "pairs_wide": reached[wide],
            "least_weight_on_target": on_target,
            "most_weight_elsewhere": 1 - on_target,
            "rank_of_circle_logits": circle_rank,
            "rank_of_logits": logit_rank,
            "rank_of_weights": weight_rank,
        },
        views=[
            Bars(
                {"en": "Pairs of 16 keys that a query can single out (of 120)",
                 "zh": "query 能选中的 key 对数（共 120 对）"},
                [(f"d_k={d_k}", count) for d_k, count in reached.items()],
            ),
            Heatmap(
                {"en": "Rank-2 logits, sharp weights: 12 of the 64 queries",
                 "zh": "秩 2 的 logits，尖锐的权重：64 个 query 中的 12 个"},
                sharp[:12], "key", "query", low=0, high=1,
            ),
        ],
        claims=[
            Claim(
                "a-line-reaches-two-pairs",
                {"en": "With d_k = 1 only two pairs of keys can come out on top.",
                 "zh": "d_k = 1 时，能排到前两名的 key 只有两种组合。"},
                kind="theorem",
                measured=reached[1],
                expected=kit.AtMost(2),
                broken_by={"key_bias": True},
                because=one_more,
            ),
            Claim(
                "narrow-head-reaches-few-pairs",
                {"en": f"With d_k = {narrow} a head reaches at most 3n/2 = 24 of the 120 pairs.",
                 "zh": f"d_k = {narrow} 的头至多够得着 3n/2 = 24 对，总共有 120 对。"},
                kind="theorem",
                measured=reached[narrow],
                expected=kit.AtMost(3 * KEYS // 2),
                broken_by={"narrow": 16},
                because={"en": "The bound is for the plane; each more dimension frees more pairs.",
                         "zh": "这个上界只对平面成立；维数越多，能选的组合越多。"},
            ),
            Claim(
                "wide-head-reaches-nearly-all-pairs",
                {"en": f"With d_k = {wide} a head reaches nearly all of them.",
                 "zh": f"d_k = {wide} 的头几乎每一对都够得着。"},
                kind="stat",
                measured=reached[wide],
                expected=kit.AtLeast(100),
                broken_by={"wide": 2},
                because={"en": "In the plane a query picks keys by one angle: neighbours only.",
                         "zh": "平面上 query 只剩一个角度可选，只能选到相邻的 key。"},
            ),
            Claim(
                "two-dimensions-are-sharp-enough",
                {"en": "Rank-2 logits put over 99.9% of each row on any permutation of 64 keys.",
                 "zh": "秩 2 的 logits 足以让 64 行各把 99.9% 以上的权重压到任意置换上。"},
                kind="exact",
                measured=on_target,
                expected=kit.Above(0.999),
                broken_by={"logit": 100.0},
                because={"en": "Neighbours differ by 1−cos(2π/n): sharpness is paid for in norm.",
                         "zh": "相邻 key 的 logit 只差 1−cos(2π/n) 倍：尖锐要靠范数来换。"},
            ),
            Claim(
                "circle-logits-have-rank-two",
                {"en": "The logits of that permutation have rank 2.",
                 "zh": "实现这个置换的 logits，秩是 2。"},
                kind="exact",
                measured=circle_rank,
                expected=kit.Equals(2),
                broken_by={"key_bias": True},
                because=one_more,
            ),
            Claim(
                "logit-rank-is-at-most-dk",
                {"en": "QKᵀ of 64 tokens with d_k = 8 has rank at most 8.",
                 "zh": "64 个 token、d_k = 8：QKᵀ 的秩不超过 8。"},
                kind="theorem",
                measured=logit_rank,
                expected=kit.AtMost(8),
                broken_by={"key_bias": True},
                because=one_more,
            ),
            Claim(
                "softmax-lifts-the-rank",
                {"en": "After softmax the rank is 60 or more of 64.",
                 "zh": "经过 softmax，秩回到 60 以上（满秩 64）。"},
                kind="stat",
                measured=weight_rank,
                expected=kit.AtLeast(60),
                broken_by={"use_softmax": False},
                because={"en": "The elementwise exp is what lifts the rank; without it 8 stay 8.",
                         "zh": "升秩的是逐元素的 exp；不过 softmax，秩还是 8。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
