"""What the base 10000 buys: a smooth, linearly readable position, not freedom from collisions.

Encodings of all offsets have one norm and their distance depends on the offset
alone (demo pe-rotation), so distances from position 0 tell everything.
Source: Vaswani 2017, §3.5, which gives no derivation of 10000; base 500,000 for
RoPE: Llama Team 2024, §3.2.
"""

from typing import Annotated

import numpy as np

from demos.kit import Above, Below, Claim, Curve, Line, Mark, OneOf, Range, Result, Table, demo
from demos.ops import frequencies, sinusoidal_positions


def closest(pe: np.ndarray) -> tuple[float, int]:
    """The smallest distance of two positions >= 2 apart, in norms, and their offset."""
    distance = np.linalg.norm(pe[2:] - pe[0], axis=1) / np.linalg.norm(pe[0])
    return distance.min(), int(distance.argmin()) + 2


def neighbour_cosine(pe: np.ndarray) -> float:
    return pe[0] @ pe[1] / (np.linalg.norm(pe[0]) * np.linalg.norm(pe[1]))


def read_out(pe: np.ndarray) -> float:
    """R² of the best linear map from PE(p) `[n, d]` to p."""
    x = np.column_stack([np.ones(len(pe)), pe])  # [n, d + 1]
    p = np.linspace(-1, 1, len(pe))
    w = np.linalg.lstsq(x.T @ x, x.T @ p, rcond=None)[0]  # normal equations: n drops out
    return 1 - np.sum((p - x @ w) ** 2) / np.sum(p**2)


def unturned(n: int, d: int, base: float) -> float:
    """The share of the d/2 pairs whose wavelength is longer than the text."""
    return np.mean(2 * np.pi / frequencies(d, base) > n)


@demo(
    topic="positions",
    title={"en": "What the base 10000 is for", "zh": "底数 10000 到底换来了什么"},
    look={
        "en": "Left of base 100 the distance is largest, but position can't be read linearly.",
        "zh": "底数小于 100 时，距离反而最大，但线性读不出位置。",
    },
)
def run(
    rng,
    *,
    n: Annotated[int, Range(64, 4096, log=True)] = 2048,
    d: Annotated[int, OneOf(16, 32, 64, 128)] = 64,
    base: Annotated[float, Range(1, 1e8, log=True)] = 10000.0,
) -> Result:
    bases = [1, 2, 10, 30, 100, 1e3, 1e4, 1e8]
    tables = {b: sinusoidal_positions(n, d, b) for b in {*bases, base}}
    apart = {b: closest(pe)[0] for b, pe in tables.items()}
    cosine = {b: neighbour_cosine(pe) for b, pe in tables.items()}
    r2 = {b: read_out(pe) for b, pe in tables.items()}
    turns = {b: unturned(n, d, b) for b in (*bases, 5e5, base)}

    x = sorted(tables)
    return Result(
        figures={
            "closest": apart[base],
            "closest_base_1": apart[1],
            "closest_base_2": apart[2],
            "base_2_over_base": apart[2] / apart[base],
            "twin_of_0_at_base_1": closest(tables[1])[1],
            "neighbour_cosine": cosine[base],
            "neighbour_cosine_base_10": cosine[10],
            "neighbour_cosine_base_1e8": cosine[1e8],
            "read_out": r2[base],
            "read_out_base_2": r2[2],
            "unturned": turns[base],
            "unturned_base_5e5": turns[5e5],
        },
        views=[
            Curve(
                {"en": "Three measures over the base", "zh": "三个指标随底数的变化"},
                [Line({"en": "closest pair / norm", "zh": "最近一对的距离 / 模长"},
                      x, [apart[b] for b in x]),
                 Line({"en": "cosine of neighbours", "zh": "相邻位置余弦"},
                      x, [cosine[b] for b in x]),
                 Line({"en": "R² of position", "zh": "线性读出位置的 R²"}, x, [r2[b] for b in x])],
                x_label={"en": "base", "zh": "底数"},
                log_x=True,
                marks=[Mark("x", 1e4, "10⁴")],
            ),
            Table(
                {"en": "The same in numbers", "zh": "具体数值"},
                [{"en": "base", "zh": "底数"}, {"en": "closest", "zh": "最近距离"},
                 {"en": "neighbours", "zh": "邻居余弦"}, "R²",
                 {"en": "unturned", "zh": "未转满"}],
                [[b, apart[b], cosine[b], r2[b], turns[b]] for b in (1, 2, 10, 100, 1e4, 1e8)],
            ),
        ],
        claims=[
            Claim(
                "base-1-collides-at-710",
                {"en": "Base 1 is one frequency: 0 and 710 nearly coincide.",
                 "zh": "底数为 1 时只剩一个频率：位置 0 与 710 几乎重合。"},
                kind="exact",
                measured=apart[1],
                expected=Below(1e-3),
                broken_by={"n": 512},
                because={"en": "710 ≈ 113·2π is the first close return; the text ends before it.",
                         "zh": "710 ≈ 113·2π 才第一次转回原处，文本还没到那么长。"},
            ),
            Claim(
                "positions-stay-apart",
                {"en": "At this base no two positions come closer than a quarter norm.",
                 "zh": "在该底数下，任意两个位置的距离不小于模长的 1/4。"},
                kind="exact",
                measured=apart[base],
                expected=Above(0.25),
                broken_by={"base": 1},
                because={"en": "With a single frequency whole turns bring a position back.",
                         "zh": "只有一个频率，转满整圈就回到原处。"},
            ),
            Claim(
                "base-2-keeps-positions-further-apart",
                {"en": "Base 2 keeps the closest pair further apart than this base.",
                 "zh": "底数取 2，最近的一对反而比该底数下离得更远。"},
                kind="exact",
                measured=apart[2] / apart[base],
                expected=Above(1),
                broken_by={"d": 16},
                because={"en": "Eight frequencies are too few: some offset turns them all round.",
                         "zh": "只有 8 个频率太少，总有某个偏移让它们几乎同时转回来。"},
            ),
            Claim(
                "larger-base-makes-neighbours-alike",
                {"en": "Neighbours are more alike than at base 10.",
                 "zh": "相邻位置比底数 10 时更相似。"},
                kind="exact",
                measured=cosine[base] - cosine[10],
                expected=Above(0.03),
                broken_by={"base": 10},
                because={"en": "The larger the base, the slower the pairs, the smaller each step.",
                         "zh": "底数越大，各对转得越慢，每一步变化越小。"},
            ),
            Claim(
                "huge-base-is-smoother-still",
                {"en": "Base 10⁸ makes neighbours more alike yet.",
                 "zh": "底数 10⁸ 时，相邻位置还要更相似。"},
                kind="exact",
                measured=cosine[1e8] - cosine[base],
                expected=Above(0),
                broken_by={"base": 1e8},
                because={"en": "It is that base.", "zh": "该底数就是 10⁸。"},
            ),
            Claim(
                "position-reads-out-linearly",
                {"en": "A linear map reads the position off the encoding.",
                 "zh": "用一个线性映射就能读出位置。"},
                kind="exact",
                measured=r2[base],
                expected=Above(0.99),
                broken_by={"base": 2},
                because={"en": "No wavelength is left that grows over the whole text.",
                         "zh": "没有一个波长长到能在整段文本上单调变化。"},
            ),
            Claim(
                "base-2-hides-position",
                {"en": "At base 2 a linear map finds nothing.",
                 "zh": "底数取 2 时，线性映射什么也读不出。"},
                kind="exact",
                measured=r2[2],
                expected=Below(0.1),
                broken_by={"n": 64},
                because={"en": "Few positions, nearly as many columns: such a fit proves nothing.",
                         "zh": "位置少、列数又差不多，怎么都拟合得上，说明不了问题。"},
            ),
            Claim(
                "slow-pairs-never-turn",
                {"en": "Over one pair in five never completes a turn in this text.",
                 "zh": "超过五分之一的频率对，在整段文本里转不满一圈。"},
                kind="exact",
                measured=turns[base],
                expected=Above(0.2),
                broken_by={"base": 2},
                because={"en": "A smaller base shortens the waves; base 2 has none over 4π.",
                         "zh": "底数越小波长越短；底数 2 的波长都不超过 4π。"},
            ),
            Claim(
                "base-500000-leaves-more-unturned",
                {"en": "Base 500,000 leaves more pairs unturned than this base.",
                 "zh": "底数 500000 时，转不满一圈的对比该底数更多。"},
                kind="exact",
                measured=turns[5e5] - turns[base],
                expected=Above(0),
                broken_by={"base": 5e5},
                because={"en": "That is the base, or a larger one.",
                         "zh": "底数已经是它，或者比它更大。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
