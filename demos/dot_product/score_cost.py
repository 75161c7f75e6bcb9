"""Additive and dot-product scores are both O(n² d): what differs is a factor 2, and the memory.

One score costs 2 d_k FLOPs as a dot product (d_k multiply-adds), and 4 d_a as
w·tanh(q + k) on projected q and k: an addition, a tanh (counted as one FLOP) and a
multiply-add for each hidden unit. Vaswani et al. 2017, section 3.2.1: similar in
theory, but dot products are one matrix multiplication, faster and smaller in practice.
"""

import time
from typing import Annotated

import numpy as np

from demos.kit import Bars, Below, Claim, Curve, Equals, Line, Range, Result, Table, demo
from demos.ops import additive_attention, attention

LENGTHS = (64, 256, 1024, 4096)


def dot_flops(n: int, d_k: int) -> int:
    """QKᵀ: n² dot products of d_k multiply-adds."""
    return 2 * n * n * d_k


def additive_flops(n: int, d_a: int, layers: bool, d_k: int) -> int:
    """n² times d_a additions, tanh and multiply-adds; with the layers, W_q q and W_k k too."""
    return 4 * n * n * d_a + (2 * 2 * n * d_k * d_a if layers else 0)


def milliseconds(function, *arguments) -> float:
    """The faster of two calls."""
    times = []
    for _ in range(2):
        start = time.perf_counter()
        function(*arguments)
        times.append(time.perf_counter() - start)
    return 1e3 * min(times)


@demo(
    topic="dot-product",
    title={"en": "What one score costs", "zh": "一次打分的代价"},
    look={
        "en": "The hidden tensor is d_a times the score matrix; the FLOPs differ by a factor only.",
        "zh": "隐藏张量是打分矩阵的 d_a 倍；FLOPs 只差一个常数因子。",
    },
)
def run(
    rng,
    *,
    n: Annotated[int, Range(16, 256, log=True)] = 128,
    d_k: Annotated[int, Range(8, 128, log=True)] = 64,
    d_a: Annotated[int, Range(8, 128, log=True)] = 64,
    count_layers: bool = False,
) -> Result:
    dot = {m: dot_flops(m, d_k) for m in (*LENGTHS, n)}
    additive = {m: additive_flops(m, d_a, count_layers, d_k) for m in (*LENGTHS, n)}
    ratios = [additive[m] / dot[m] for m in LENGTHS]

    q, k, v = rng.standard_normal((3, n, d_k))
    w_q, w_k = rng.standard_normal((2, d_k, d_a)) / np.sqrt(d_k)
    w = rng.standard_normal(d_a) / np.sqrt(d_a)
    scores = q @ k.T  # [n, n]
    hidden = (q @ w_q)[:, None, :] + (k @ w_k)[None, :, :]  # [n, n, d_a], before the tanh

    whole, _ = additive_attention(q, k, v, w_q, w_k, w)
    rows = [additive_attention(q[i : i + 1], k, v, w_q, w_k, w)[0] for i in range(n)]
    row_bytes = hidden[:1].nbytes  # one row at a time holds [1, n, d_a]

    names = ({"en": "dot product", "zh": "点积"}, {"en": "additive", "zh": "加性"})
    took = (
        milliseconds(attention, q, k, v),
        milliseconds(additive_attention, q, k, v, w_q, w_k, w),
    )
    return Result(
        figures={
            "flops_dot": dot[n],
            "flops_additive": additive[n],
            "flops_ratio": additive[n] / dot[n],
            "score_bytes": scores.nbytes,
            "hidden_bytes": hidden.nbytes,
            "bytes_ratio": hidden.nbytes / scores.nbytes,
            "row_bytes": row_bytes,
        },
        views=[
            Bars(
                {"en": f"Bytes held at n = {n}", "zh": f"n = {n} 时占用的字节数"},
                [
                    ({"en": "scores n×n", "zh": "打分 n×n"}, scores.nbytes),
                    ({"en": "hidden n×n×d_a", "zh": "隐藏 n×n×d_a"}, hidden.nbytes),
                    ({"en": "hidden, by row", "zh": "隐藏，逐行"}, row_bytes),
                ],
                unit={"en": "bytes", "zh": "字节"},
                log=True,
            ),
            Curve(
                {"en": "FLOPs of all scores", "zh": "全部打分的 FLOPs"},
                [
                    Line(name, LENGTHS, [flops[m] for m in LENGTHS])
                    for name, flops in zip(names, (dot, additive), strict=True)
                ],
                x_label="n",
                y_label="FLOPs",
                log_x=True,
                log_y=True,
            ),
            Table(
                {"en": f"One attention, n = {n}", "zh": f"一次注意力，n = {n}"},
                [{"en": "score", "zh": "打分"}, "FLOPs", {"en": "bytes", "zh": "字节"},
                 {"en": "ms, here and now", "zh": "本机本次毫秒"}],
                [
                    [names[0], dot[n], scores.nbytes, took[0]],
                    [names[1], additive[n], hidden.nbytes, took[1]],
                ],
            ),
        ],
        claims=[
            Claim(
                "same-order-in-n",
                {"en": "Additive over dot FLOPs is one number, for n = 64 as for 4096.",
                 "zh": "加性与点积的 FLOPs 之比，n = 64 与 4096 时相同。"},
                kind="exact",
                measured=max(ratios) - min(ratios),
                expected=Equals(0),
                broken_by={"count_layers": True},
                because={"en": "Its layers cost O(n) and fade as n grows; so do W_Q, W_K.",
                         "zh": "两个线性层是 O(n)，n 越大占比越小；W_Q、W_K 也一样。"},
            ),
            Claim(
                "twice-the-arithmetic",
                {"en": "An additive score takes 2 times the FLOPs of a dot product, at any n.",
                 "zh": "加性打分的 FLOPs 是点积的 2 倍，与 n 无关。"},
                kind="exact",
                measured=additive[n] / dot[n],
                expected=Equals(2),
                broken_by={"d_a": 128},
                because={"en": "It is 2·d_a/d_k: the hidden width is a choice of its own.",
                         "zh": "比值是 2·d_a/d_k：隐藏宽度可以另选。"},
            ),
            Claim(
                "memory-is-d-a-times",
                {"en": "The hidden tensor holds 64 times the bytes of the scores.",
                 "zh": "隐藏张量的字节数是打分矩阵的 64 倍。"},
                kind="exact",
                measured=hidden.nbytes / scores.nbytes,
                expected=Equals(64),
                broken_by={"d_a": 128},
                because={"en": "The factor is d_a: every pair holds d_a hidden units.",
                         "zh": "倍数就是 d_a：每一对 (q, k) 要存 d_a 个隐藏单元。"},
            ),
            Claim(
                "row-by-row-is-the-same",
                {"en": "Row by row gives the same output with 1/n of that memory.",
                 "zh": "逐行计算结果相同，内存只需 1/n。"},
                kind="exact",
                measured=np.abs(np.concatenate(rows) - whole).max(),
                expected=Below(1e-12),
                kernel="additive_attention",
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
