"""Where the FLOPs of one Transformer layer go: the n² part is n / (6d + n) of the matmuls.

Projections 8nd², feed-forward 16nd², QKᵀ and weights·V together 4n²d, counting a
multiply-add as 2 (Kaplan et al. 2020, §2.1 and Table 1, Narayanan et al. 2021).
The formula is held against a layer of `demos.ops` whose arrays count their own products.
"""

from typing import Annotated

import numpy as np

from demos.complexity._counting import matmul_flops
from demos.kit import (
    Bars,
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
from demos.ops import feed_forward, multi_head_attention

SOFTMAX_OPS = 5  # per score: maximum, subtraction, exp, sum, division


def flops(n, d, ffn: int, causal: bool) -> tuple:
    """(projections, n² matmuls, feed-forward) of one layer; causal skips the masked half."""
    return 8 * n * d**2, 4 * n**2 * d * (0.5 if causal else 1), 4 * ffn * n * d**2


def counted_flops(rng, n: int, d: int, ffn: int) -> int:
    """FLOPs of the matmuls that a real layer of 4 heads performs."""
    x = rng.standard_normal((n, d))
    weights = rng.standard_normal((4, d, d))  # W_Q, W_K, W_V, W_O
    w1, w2 = rng.standard_normal((d, ffn * d)), rng.standard_normal((ffn * d, d))
    attention = matmul_flops(multi_head_attention, x, x, *weights, heads=4)
    return attention + matmul_flops(feed_forward, x, w1, np.zeros(ffn * d), w2, np.zeros(d))


@demo(
    topic="complexity",
    title={"en": "Where a layer's FLOPs go", "zh": "一层的计算量花在哪里"},
    look={
        "en": "The n² curve is near 0 until n comes close to d, and gets to a half at n = 6d.",
        "zh": "n 远小于 d 时，n² 那条线接近 0；到 n = 6d 才占一半。",
    },
)
def run(
    rng,
    *,
    n: Annotated[int, Range(16, 200_000, log=True)] = 4096,
    d: Annotated[int, Range(64, 16_384, log=True)] = 4096,
    d_k: Annotated[int, OneOf(4, 8, 16, 32, 64, 128, 256)] = 64,
    ffn: Annotated[int, OneOf(0, 1, 2, 4, 8)] = 4,
    causal: bool = False,
) -> Result:
    def share(n, d):
        """Of the layer's matmuls, the part that grows with n²."""
        projections, scores, feed = flops(n, d, ffn, causal)
        return scores / (projections + scores + feed)

    projections, scores, feed = flops(n, d, ffn, causal)
    counted = counted_flops(rng, n=24, d=32, ffn=ffn)
    sizes = np.geomspace(16, 200_000, 120)
    parts = np.array(flops(sizes, d, ffn, causal))  # [3, sizes]
    parts = parts / parts.sum(axis=0)
    words = {
        "projections": {"en": "projections", "zh": "四个投影"},
        "scores": {"en": "QKᵀ and ·V", "zh": "QKᵀ 与 ·V"},
        "ffn": "FFN",
    }
    models = [("Transformer base", 512, 512), ("BERT base", 512, 768), ("GPT-3", 2048, 12288),
              ("LLaMA-2 7B", 4096, 4096), ("8 × d", 8 * d, d)]  # fmt: skip
    by_ffn = {"en": "The balance shifts with the FFN's width, or if masked pairs are skipped.",
              "zh": "改变 FFN 的宽度，或跳过被掩掉的位置，平衡点就移动。"}  # fmt: skip
    return Result(
        figures={
            "share": share(n, d),
            "share_at_n_equals_d": share(d, d),
            "share_at_6d": share(6 * d, d),
            "share_at_8d": share(8 * d, d),
            "share_gpt3": share(2048, 12_288),
            "crossover": (2 + ffn) * d * (2 if causal else 1),
            "softmax_over_scores": SOFTMAX_OPS / (2 * d_k),
            "gflops_scores": scores / 1e9,
            "gflops_rest": (projections + feed) / 1e9,
            "counted_flops": counted,
        },
        views=[
            Curve(
                {"en": "Share of a layer's FLOPs", "zh": "在一层计算量中的占比"},
                [
                    Line(words["scores"], sizes, parts[1]),
                    Line(words["projections"], sizes, parts[0]),
                    Line(words["ffn"], sizes, parts[2]),
                ],
                x_label="n",
                y_label={"en": "share", "zh": "占比"},
                log_x=True,
                marks=[Mark("x", m * d, f"{m}d") for m in (2, 4, 6)],
            ),
            Bars(
                {"en": f"One layer at n = {n}, d = {d}", "zh": f"n = {n}、d = {d} 的一层"},
                [(words["projections"], projections / 1e9), (words["scores"], scores / 1e9),
                 (words["ffn"], feed / 1e9),
                 ("softmax", SOFTMAX_OPS * n**2 * d / d_k / 1e9)],
                unit="GFLOP",
            ),
            Table(
                {"en": "The n² share of known sizes", "zh": "常见规模下 n² 部分的占比"},
                [{"en": "model", "zh": "模型"}, "n", "d", "n/d", {"en": "share", "zh": "占比"}],
                [[name, n_, d_, n_ / d_, share(n_, d_)] for name, n_, d_ in models],
            ),
        ],
        claims=[
            Claim(
                "a-seventh-at-n-equals-d",
                {"en": "At n = d the n² matmuls are 1/7 of a layer, not most of it.",
                 "zh": "n = d 时，n² 的矩阵乘只占一层的 1/7，不是大头。"},
                kind="exact",
                measured=share(d, d),
                expected=Near(1 / 7, abs=1e-9),
                broken_by={"ffn": 0},
                because=by_ffn,
            ),
            Claim(
                "small-in-gpt3",
                {"en": "In GPT-3 (n = 2048, d = 12288) they are 2.7%.",
                 "zh": "GPT-3（n = 2048，d = 12288）里只占 2.7%。"},
                kind="exact",
                measured=share(2048, 12_288),
                expected=Near(1 / 37, abs=1e-9),
                broken_by={"causal": True},
                because={"en": "Skipping the masked half halves them; a narrow FFN raises them.",
                         "zh": "跳过被掩掉的一半，这部分减半；FFN 变窄则占比上升。"},
            ),
            Claim(
                "half-at-six-d",
                {"en": "They reach half of a layer at n = 6d.",
                 "zh": "要到 n = 6d 才占一层的一半。"},
                kind="exact",
                measured=share(6 * d, d),
                expected=Near(0.5, abs=1e-9),
                broken_by={"ffn": 0},
                because={"en": "Without an FFN the balance is struck at n = 2d already.",
                         "zh": "去掉 FFN，n = 2d 就已经各占一半。"},
            ),
            Claim(
                "equals-projections-at-two-d",
                {"en": "At n = 2d they cost what the four projections cost.",
                 "zh": "n = 2d 时，它们与四个投影的计算量相等。"},
                kind="exact",
                measured=np.divide(*flops(2 * d, d, ffn, causal)[1::-1]),
                expected=Near(1.0, abs=1e-9),
                broken_by={"causal": True},
                because={"en": "Skipping the masked half moves the balance to n = 4d.",
                         "zh": "跳过被掩掉的一半，平衡点移到 n = 4d。"},
            ),
            Claim(
                "equals-ffn-at-four-d",
                {"en": "At n = 4d they cost what the FFN costs.",
                 "zh": "n = 4d 时，它们与 FFN 的计算量相等。"},
                kind="exact",
                measured=np.divide(*flops(4 * d, d, ffn, causal)[:0:-1]),
                expected=Near(1.0, abs=1e-9),
                broken_by={"ffn": 8},
                because=by_ffn,
            ),
            Claim(
                "softmax-is-small",
                {"en": "Softmax takes under 5% of the FLOPs of QKᵀ.",
                 "zh": "softmax 的计算量不到 QKᵀ 的 5%。"},
                kind="exact",
                measured=SOFTMAX_OPS / (2 * d_k),
                expected=Below(0.05),
                broken_by={"d_k": 8},
                because={"en": "It is 5n² against 2n²·d_k: narrow heads make QKᵀ cheap.",
                         "zh": "它是 5n² 比 2n²·d_k：头越窄，QKᵀ 越便宜。"},
            ),
            Claim(
                "formula-counts-a-real-layer",
                {"en": "A real layer performs just the FLOPs of the formula.",
                 "zh": "实际运行一层，数出的 FLOPs 与公式一致。"},
                kind="exact",
                measured=counted - sum(flops(24, 32, ffn, causal)),
                expected=Equals(0),
                broken_by={"causal": True},
                because={"en": "A mask saves nothing: it computes all pairs, then drops half.",
                         "zh": "掩码本身不省计算：所有位置对都算了，再丢掉一半。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
