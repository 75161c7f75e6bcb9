"""The other relative encodings: ALiBi's slopes, T5's buckets, Shaw's vectors.

Sources: Press 2021, §3; Raffel 2020, §2.1 and the public T5 code; Shaw 2018,
eq. (3), (4) and §3.2, §3.3.
"""

from typing import Annotated

import numpy as np

from demos.kit import Above, Below, Claim, Curve, Equals, Line, OneOf, Range, Result, Table, demo
from demos.ops import alibi_slopes, attend, causal_mask, relative_attention, softmax, t5_bucket


@demo(
    topic="relative-rotary",
    title={"en": "ALiBi, T5, Shaw", "zh": "ALiBi、T5、Shaw"},
    look={
        "en": "ALiBi heads differ in how fast they forget; T5's buckets widen with distance.",
        "zh": "ALiBi 各个头遗忘的快慢不同；T5 的桶随距离变宽。",
    },
)
def run(
    rng,
    *,
    heads: Annotated[int, OneOf(1, 2, 4, 8, 16, 32)] = 8,
    n: Annotated[int, Range(16, 256, log=True)] = 64,
    buckets: Annotated[int, OneOf(16, 32, 64)] = 32,
    max_distance: Annotated[int, Range(64, 1024, log=True)] = 128,
    reach: Annotated[int, Range(1, 64)] = 16,
    causal: bool = True,
    bidirectional: bool = True,
) -> Result:
    # ALiBi: logits minus slope times distance.
    slopes = alibi_slopes(heads)  # [h]
    mask = causal_mask(n) if causal else np.ones((n, n), dtype=bool)
    distance = np.abs(np.arange(n)[:, None] - np.arange(n))  # [n, n]
    logits = rng.standard_normal((heads, n, n))
    v = rng.standard_normal((heads, n, 16))
    by_distance = attend(logits - slopes[:, None, None] * distance, v, mask=mask)[1]
    by_key = attend(logits + slopes[:, None, None] * np.arange(n), v, mask=mask)[1]
    content_free = softmax(-slopes[:, None] * np.arange(n))  # [h, n]: weight over distance

    # T5: one learned scalar a head for each bucket of offsets (key minus query).
    offsets = np.arange(-2 * max_distance, 2 * max_distance + 1)
    bucket = t5_bucket(
        offsets, bidirectional=bidirectional, buckets=buckets, max_distance=max_distance
    )
    of = dict(zip(offsets.tolist(), bucket.tolist(), strict=True)) | {
        -300: int(t5_bucket(-300, bidirectional=bidirectional, buckets=buckets,
                            max_distance=max_distance))
    }  # fmt: skip
    near = len({of[-r] for r in range(8)})

    # Shaw: a vector for each clipped offset, added to the keys and to the values.
    d_k = 64
    q, k, values = rng.standard_normal((3, 24, d_k))
    rel_k, rel_v = rng.standard_normal((2, 2 * reach + 1, d_k))
    out = relative_attention(q, k, values, rel_k, rel_v)[0]
    row = np.clip(np.arange(24) - np.arange(24)[:, None], -reach, reach) + reach  # [n, n]
    naive = np.einsum("id,ijd->ij", q, k + rel_k[row]) / np.sqrt(d_k)
    naive_out = np.einsum("ij,ijd->id", softmax(naive), values + rel_v[row])
    shaw, t5 = rel_k.size + rel_v.size, buckets * heads

    shown = sorted({0, heads // 3, 2 * heads // 3, heads - 1})
    past = np.arange(0, 2 * max_distance)
    return Result(
        figures={
            "slope_first": slopes[0],
            "slope_last": slopes[-1],
            "mass_last_8_steepest": content_free[0, :8].sum(),
            "mass_last_8_flattest": content_free[-1, :8].sum(),
            "buckets_used": len(set(bucket.tolist())),
            "shaw_parameters": shaw,
            "t5_parameters": t5,
        },
        views=[
            Curve(
                {"en": "ALiBi: weight over distance", "zh": "ALiBi：权重随距离（内容相同）"},
                [Line({"en": f"slope {slopes[h]:.3g}", "zh": f"斜率 {slopes[h]:.3g}"},
                      np.arange(n)[:25], content_free[h, :25]) for h in shown],
                x_label={"en": "distance", "zh": "距离"},
                log_y=True,
            ),
            Curve(
                {"en": "T5: bucket over distance", "zh": "T5：桶号随距离"},
                [Line({"en": "keys behind", "zh": "左侧的 key"}, past, [of[-r] for r in past])],
                x_label={"en": "distance", "zh": "距离"},
            ),
            Table(
                {"en": "Parameters of positions", "zh": "位置部分的参数量"},
                [{"en": "encoding", "zh": "编码"}, {"en": "learned", "zh": "可学习参数"}],
                [["Shaw", shaw], ["T5", t5], ["ALiBi", 0], ["RoPE", 0]],
            ),
        ],
        claims=[
            Claim(
                "slopes-are-geometric",
                {"en": "ALiBi's slopes run geometrically from 2^(−8/h) to 1/256.",
                 "zh": "ALiBi 的斜率是从 2^(−8/h) 到 1/256 的等比数列。"},
                kind="exact",
                measured=np.abs(slopes - np.geomspace(2 ** (-8 / heads), 1 / 256, heads)).max(),
                expected=Below(1e-12),
                kernel="alibi_slopes",
            ),
            Claim(
                "twelve-heads-share-no-slope",
                {"en": "12 heads: the slopes of 8, and four of 16's that lie between them.",
                 "zh": "12 个头：取 8 个头的斜率，再从 16 个头的斜率里隔一个取一个，互不重复。"},
                kind="exact",
                measured=np.unique(alibi_slopes(12)).size,
                expected=Equals(12),
                kernel="alibi_slopes",
            ),
            Claim(
                "distance-bias-is-a-key-bias",
                {"en": "Causally, −m·(i − j) and +m·j give the same weights.",
                 "zh": "因果注意力下，−m·(i − j) 与 +m·j 得到相同的权重。"},
                kind="theorem",
                measured=np.abs(by_distance - by_key).max(),
                expected=Below(1e-9),
                broken_by={"causal": False},
                because={"en": "|i − j| is then no row constant plus m·j.",
                         "zh": "能看到后文时，|i − j| 不再等于行常数加 m·j。"},
            ),
            Claim(
                "steepest-head-is-local",
                {"en": "The steepest head puts over 97% on the last 8 tokens.",
                 "zh": "最陡的头把超过 97% 的权重放在最近 8 个 token 上。"},
                kind="exact",
                measured=content_free[0, :8].sum(),
                expected=Above(0.97),
                broken_by={"heads": 1},
                because={"en": "With fewer heads even the steepest slope, 2^(−8/h), is flat.",
                         "zh": "头越少，最陡的斜率 2^(−8/h) 也越平缓。"},
            ),
            Claim(
                "one-bucket-stays-empty",
                {"en": "Looking both ways, T5 uses all buckets but one.",
                 "zh": "双向时，T5 的桶恰有一个用不到。"},
                kind="exact",
                measured=len(set(bucket.tolist())),
                expected=Equals(buckets - 1),
                broken_by={"bidirectional": False},
                because={"en": "One direction: all buckets are in use.",
                         "zh": "单向时，所有的桶都用得到。"},
            ),
            Claim(
                "next-token-is-not-the-previous",
                {"en": f"The key ahead of a token: {buckets // 2} buckets above the one behind it.",
                 "zh": f"右侧的 key 用后一半桶：后一个 token 的桶号比前一个大 {buckets // 2}。"},
                kind="exact",
                measured=of[1] - of[-1],
                expected=Equals(buckets // 2),
                broken_by={"bidirectional": False},
                because={"en": "One direction: all keys ahead are in bucket 0.",
                         "zh": "单向时，右侧的 key 全落在 0 号桶。"},
            ),
            Claim(
                "far-offsets-share-a-bucket",
                {"en": "Offsets −128 and −300 share a bucket.",
                 "zh": "偏移 −128 与 −300 落在同一个桶。"},
                kind="exact",
                measured=abs(int(t5_bucket(-128, bidirectional=bidirectional, buckets=buckets,
                                           max_distance=max_distance)) - of[-300]),
                expected=Equals(0),
                broken_by={"max_distance": 512},
                because={"en": "The last bucket begins further out.",
                         "zh": "最后一个桶从更远处才开始。"},
            ),
            Claim(
                "near-offsets-have-their-own",
                {"en": "Offsets 0 to −7 have a bucket each.",
                 "zh": "偏移 0 到 −7 各占一个桶。"},
                kind="exact",
                measured=near,
                expected=Equals(8),
                broken_by={"buckets": 16},
                because={"en": "Half of one direction's 8 buckets are exact: only 4.",
                         "zh": "单方向 8 个桶中只有一半即 4 个是精确的。"},
            ),
            Claim(
                "shaw-needs-no-n-by-n-by-d-array",
                {"en": "Looking up q·rel_kᵀ equals adding a vector to every pair.",
                 "zh": "查表 q·rel_kᵀ，与逐对加向量的结果相同。"},
                kind="theorem",
                measured=np.abs(out - naive_out).max(),
                expected=Below(1e-9),
                kernel="relative_attention",
            ),
            Claim(
                "shaw-costs-most-parameters",
                {"en": "Shaw's vectors outnumber T5's scalars.",
                 "zh": "Shaw 的向量参数多于 T5 的标量。"},
                kind="exact",
                measured=shaw,
                expected=Above(t5),
                broken_by={"reach": 1, "heads": 32},
                because={"en": "Shaw's grow with the reach, T5's with the heads.",
                         "zh": "Shaw 随截断半径增长，T5 随头数增长。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
