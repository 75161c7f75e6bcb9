"""Attention tile by tile with a running maximum and sum is exact: FlashAttention's core.

Per row keep m (maximum), l (normaliser) and the unnormalised output; a new maximum rescales
the two by exp(m_old - m_new) (Milakov & Gimelshein 2018, Algorithm 3; Dao et al. 2022,
Algorithm 1). What falls is traffic with slow memory: Θ(N²d²/M) against Θ(Nd + N²), M the
numbers that fit into fast memory (Dao et al. 2022, Theorem 2; constants left out here).
"""

from typing import Annotated

import numpy as np

from demos.kit import (
    Above,
    AtLeast,
    Bars,
    Below,
    Claim,
    Curve,
    Line,
    Range,
    Result,
    Table,
    demo,
)
from demos.ops import attention, softmax

N, D = 4096, 64  # of the traffic example


def tiled_attention(q, k, v, block: int, rescale: bool) -> tuple:
    """q, k, v `[n, d]` -> out `[n, d]`, (m, l) over tiles `[tiles, 2, n]`, the tile size."""
    n, d = q.shape
    out, l = np.zeros((n, d)), np.zeros((n, 1))  # noqa: E741 (l and m are the papers' names)
    m = np.full((n, 1), -np.inf)
    trace, largest = [], 0
    for start in range(0, len(k), block):
        tile = q @ k[start : start + block].T / np.sqrt(d)  # [n, block], all there ever is
        m_new = np.maximum(m, tile.max(axis=1, keepdims=True))
        p = np.exp(tile - m_new)
        old = np.exp(m - m_new) if rescale else 1.0  # the first time, exp(-inf) = 0
        l = old * l + p.sum(axis=1, keepdims=True)  # noqa: E741
        out = old * out + p @ v[start : start + block]
        m = m_new
        trace.append((m[:, 0], l[:, 0]))
        largest = max(largest, tile.size)
    return out / l, np.array(trace), largest


@demo(
    topic="complexity",
    title={"en": "Softmax in tiles, exactly", "zh": "分块计算 softmax，结果精确"},
    look={
        "en": "A new maximum rescales the normaliser; what comes out is the full softmax.",
        "zh": "出现新的最大值时，归一化因子随之换算；最终结果与完整计算相同。",
    },
)
def run(
    rng,
    *,
    n: Annotated[int, Range(16, 512, log=True)] = 96,
    d: Annotated[int, Range(4, 64, log=True)] = 16,
    block: Annotated[int, Range(1, 96, log=True)] = 16,
    offset: Annotated[float, Range(0.0, 1000.0)] = 1000.0,
    sram: Annotated[int, Range(4096, 262_144, log=True)] = 51_200,
    rescale: bool = True,
) -> Result:
    q, k, v = rng.standard_normal((3, n, d))
    exact, weights = attention(q, k, v)
    tiled, trace, tile = tiled_attention(q, k, v, block, rescale)
    difference = np.abs(tiled - exact).max()
    row = np.argmax(trace[-1, 0] - trace[0, 0])  # whose maximum rises most after the first tile

    logits = offset + rng.standard_normal(8)
    with np.errstate(over="ignore", invalid="ignore"):
        naive = np.exp(logits) / np.exp(logits).sum()
    lost = np.isnan(naive).sum()
    safe = softmax(logits).sum()

    standard, flash = N * D + N**2, N**2 * D**2 / sram  # numbers moved, up to constants
    seen = np.minimum(block * np.arange(1, len(trace) + 1), n)
    return Result(
        figures={
            "difference": difference,
            "full_buffer": weights.size,
            "tile_buffer": tile,
            "buffer_ratio": weights.size / tile,
            "naive_nans": lost,
            "traffic_ratio": standard / flash,
            "traffic_standard": standard,
            "traffic_flash": flash,
            "tiles": len(trace),
        },
        views=[
            Curve(
                {"en": f"Row {row} while tiles come in", "zh": f"第 {row} 行，逐块累积"},
                [
                    Line({"en": "maximum m", "zh": "最大值 m"}, seen, trace[:, 0, row]),
                    Line({"en": "normaliser l", "zh": "归一化因子 l"}, seen, trace[:, 1, row]),
                ],
                x_label={"en": "keys seen", "zh": "已处理的 key"},
            ),
            Bars(
                {"en": f"Traffic at N = {N}, d = {D}", "zh": f"N = {N}、d = {D} 时的访存量"},
                [({"en": "standard", "zh": "普通实现"}, standard / 1e6),
                 ({"en": "tiled", "zh": "分块"}, flash / 1e6)],
                unit={"en": "M numbers", "zh": "百万个数"},
            ),
            Table(
                {"en": "Scores held at once", "zh": "同时保存的分数"},
                ["", {"en": "numbers", "zh": "个数"}],
                [[{"en": "full", "zh": "完整矩阵"}, weights.size],
                 [{"en": "one tile", "zh": "一块"}, tile]],
            ),
        ],
        claims=[
            Claim(
                "tiles-give-the-exact-result",
                {"en": "Tiled attention equals attention up to rounding.",
                 "zh": "分块算出的注意力与完整计算只差舍入误差。"},
                kind="theorem",
                measured=difference,
                expected=Below(1e-12),
                broken_by={"rescale": False},
                because={"en": "Sums taken under the old maximum must be rescaled to the new one.",
                         "zh": "按旧最大值累积的和，必须换算到新最大值之下。"},
            ),
            Claim(
                "score-buffer-shrinks",
                {"en": "It never holds more than a quarter of the scores.",
                 "zh": "任何时刻，保存的分数不超过四分之一。"},
                kind="exact",
                measured=weights.size / tile,
                expected=AtLeast(4),
                broken_by={"block": 96},
                because={"en": "With fewer than four tiles, each holds more of the row.",
                         "zh": "不足四块时，每块占去整行的更大部分。"},
            ),
            Claim(
                "naive-softmax-overflows",
                {"en": "Without a maximum taken off, logits of 1000 give NaN.",
                 "zh": "不减最大值，logits 到 1000 就得到 NaN。"},
                kind="exact",
                measured=lost,
                expected=Above(0),
                broken_by={"offset": 10},
                because={"en": "exp overflows from about 710 on in float64, 88 in float32.",
                         "zh": "exp 在 float64 中约 710 起溢出，float32 约 88。"},
            ),
            Claim(
                "subtracting-the-maximum-is-safe",
                {"en": "With it taken off, they still sum to 1.",
                 "zh": "减去之后，权重之和仍为 1。"},
                kind="theorem",
                measured=abs(safe - 1),
                expected=Below(1e-12),
                kernel="softmax",
            ),
            Claim(
                "traffic-falls-by-m-over-d2",
                {"en": "Traffic with slow memory falls about 12 times (M/d²).",
                 "zh": "对慢速显存的访问约减少到 1/12（比值 M/d²）。"},
                kind="exact",
                measured=standard / flash,
                expected=Above(10),
                broken_by={"sram": 8192},
                because={"en": "Less fast memory means smaller tiles: K and V are re-read more.",
                         "zh": "片上存储越小，块越小，K、V 要重读更多遍。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
