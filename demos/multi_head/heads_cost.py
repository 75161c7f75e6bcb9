"""With d_k = d/h, h heads cost the matmul FLOPs and parameters of one head of full width.

What does grow with h is the softmax: one n x n matrix of exponentials a head, and the
memory to keep them (Vaswani et al. 2017, section 3.2.2: "similar to that of single-head
attention"). One multiply-add counts as 2 FLOPs, one softmax element as 5.
"""

from typing import Annotated

import numpy as np

from demos.kit import Between, Claim, Curve, Equals, Line, OneOf, Range, Result, Table, demo
from demos.ops import attention, multi_head_attention

HEADS = np.array([1, 2, 4, 8, 16, 32])
TOKENS = 32  # the real forward pass below is this short; the counts are for n


def cost(n: int, d: int, h: np.ndarray, d_k: np.ndarray) -> dict[str, np.ndarray]:
    """FLOPs of one block over h: x[n, d] -> h heads of width d_k -> [n, d]; memory in floats."""
    projections = 4 * 2 * n * d * h * d_k  # Q, K, V and W_O
    scores = 2 * 2 * n * n * h * d_k  # QKᵀ and weights·V
    softmax = 5 * h * n * n  # subtract, exp, sum, divide: about 5 an element
    return {"matmul": projections + scores, "projections": projections, "scores": scores,
            "softmax": softmax, "total": projections + scores + softmax,
            "memory": h * n * n, "parameters": 4 * d * h * d_k}  # fmt: skip


def block(x: np.ndarray, rng, heads: int) -> tuple[float, float]:
    """A real block: floats in its weights a token pair; distance of concat·W_O from the sum."""
    d = x.shape[-1]
    w_q, w_k, w_v, w_o = rng.standard_normal((4, d, d)) / np.sqrt(d)
    out, weights = multi_head_attention(x, x, w_q, w_k, w_v, w_o, heads=heads)
    total = np.zeros_like(x)
    for part in np.split(np.arange(d), heads):  # the d/h columns that belong to one head
        head, _ = attention(x @ w_q[:, part], x @ w_k[:, part], x @ w_v[:, part])  # [n, d_k]
        total += head @ w_o[part]  # its own d/h rows of W_O
    return weights.size / len(x) ** 2, np.abs(out - total).max()


@demo(
    topic="multi-head",
    title={"en": "What h heads cost", "zh": "h 个头要花多少代价"},
    look={
        "en": "The matmul line is flat: splitting is free. Softmax work and memory grow with h.",
        "zh": "矩阵乘法那条线是平的：拆头不花钱；随 h 增长的是 softmax 和注意力矩阵的显存。",
    },
)
def run(
    rng,
    *,
    heads: Annotated[int, OneOf(1, 2, 4, 8, 16, 32)] = 8,
    n: Annotated[int, Range(16, 4096, log=True)] = 128,
    d_model: Annotated[int, OneOf(64, 128, 256, 512, 1024)] = 512,
    split: bool = True,
) -> Result:
    d_k = d_model // HEADS if split else np.full_like(HEADS, d_model)
    over_h = cost(n, d_model, HEADS, d_k)
    growth = {name: counts / counts[0] for name, counts in over_h.items()}  # against one head
    at = HEADS.tolist().index(heads)
    stored, concat_error = block(rng.standard_normal((TOKENS, d_model)), rng, heads)
    split_only = {
        "en": "Heads of full width d copy the block h times instead of slicing it.",
        "zh": "每个头都用完整宽度 d，等于把整块复制 h 份，而不是切成 h 份。",
    }
    return Result(
        figures={
            "d_k": d_k[at],
            "parameters": over_h["parameters"][at],
            "matmul_gflops": over_h["matmul"][at] / 1e9,
            "matmul_ratio": growth["matmul"][at],
            "total_ratio": growth["total"][at],
            "total_extra_percent": 100 * (growth["total"][at] - 1),
            "memory_ratio": stored,
            "concat_error": concat_error,
        },
        views=[
            Curve(
                {"en": "Cost relative to one head", "zh": "相对单头的代价"},
                [
                    Line({"en": "matmul FLOPs", "zh": "矩阵乘法"}, HEADS, growth["matmul"]),
                    Line({"en": "softmax, memory", "zh": "softmax 与显存"}, HEADS,
                         growth["memory"]),
                    Line({"en": "total FLOPs", "zh": "总计算量"}, HEADS, growth["total"],
                         dotted=True),
                ],
                x_label="h",
                y_label={"en": "times", "zh": "倍数"},
                log_x=True,
                log_y=True,
            ),
            Table(
                {"en": "One block, MFLOPs", "zh": "一个注意力层，单位 MFLOPs"},
                ["h", "d_k", {"en": "proj.", "zh": "投影"}, "QKᵀ+AV", "softmax",
                 {"en": "A, MB", "zh": "A，MB"}],
                [
                    [int(h), int(k), p / 1e6, s / 1e6, e / 1e6, 4 * m / 1e6]
                    for h, k, p, s, e, m in zip(
                        HEADS, d_k, over_h["projections"], over_h["scores"], over_h["softmax"],
                        over_h["memory"], strict=True,
                    )
                ],
            ),
        ],
        claims=[
            Claim(
                "projection-cost-ignores-heads",
                {"en": "The projections take the same FLOPs for any number of heads.",
                 "zh": "头数怎么变，四个投影的计算量都一样。"},
                kind="exact",
                measured=np.ptp(over_h["projections"]),
                expected=Equals(0),
                broken_by={"split": False},
                because=split_only,
            ),
            Claim(
                "score-cost-ignores-heads",
                {"en": "QKᵀ and weights·V take the same FLOPs for any number of heads.",
                 "zh": "头数怎么变，QKᵀ 与加权求和的计算量都一样。"},
                kind="exact",
                measured=np.ptp(over_h["scores"]),
                expected=Equals(0),
                broken_by={"split": False},
                because=split_only,
            ),
            Claim(
                "parameters-are-four-d-squared",
                {"en": "W_Q, W_K, W_V and W_O hold 4d² parameters, whatever h is.",
                 "zh": "W_Q、W_K、W_V、W_O 共 4d² 个参数，与 h 无关。"},
                kind="exact",
                measured=over_h["parameters"][at],
                expected=Equals(4 * d_model**2),
                broken_by={"split": False},
                because=split_only,
            ),
            Claim(
                "heads-never-save-work",
                {"en": "All in all h heads cost 0–2% more than one head, never less.",
                 "zh": "总计算量比单头多 0–2%，从不更少。"},
                kind="exact",
                measured=growth["total"][at],
                expected=Between(1.0, 1.02),
                broken_by={"split": False},
                because={"en": "Full-width heads multiply the matmuls; so does n ≫ d the softmax.",
                         "zh": "头不切窄，矩阵乘法翻 h 倍；n ≫ d 时，softmax 的 h·n² 也压不住。"},
            ),
            Claim(
                "attention-memory-grows-with-heads",
                {"en": "A real block returns h weight matrices of n×n: h times the memory.",
                 "zh": "真正跑一遍：注意力权重是 h 个 n×n 矩阵，显存是单头的 h 倍。"},
                kind="exact",
                measured=stored,
                expected=Equals(heads),
                kernel="multi_head_attention",
            ),
            Claim(
                "concat-is-a-sum-over-heads",
                {"en": "concat(heads)·W_O is the sum of each head times its own rows of W_O.",
                 "zh": "拼接再乘 W_O，等于各头乘上自己那几行 W_O 再相加。"},
                kind="exact",
                measured=concat_error,
                expected=Between(0, 1e-12),
                kernel="multi_head_attention",
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
