"""Past the training length RoPE's slow pairs reach angles never seen; three ways to avoid it.

Position interpolation divides all frequencies by s, NTK-aware scaling raises the
base so that only the slowest is divided by s, YaRN does it by parts and sharpens
the logits. Sources: Chen 2023; Peng 2023, §3.1 eq. (16), §3.2 eq. (20), §3.4 eq. (22).
"""

from typing import Annotated, Literal

import numpy as np

from demos.kit import (
    Above,
    AtLeast,
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
from demos.ops import frequencies, rope

ALPHA, BETA = 1, 32  # YaRN: turns in the training text below / above which a pair is slow / fast


def unseen(frequency: float, length: int, longer: int, divisor: float = 1.0) -> float:
    """The share of positions length .. longer - 1 that turn by an angle no trained one had.

    Seen: within 0.01 rad, or one step if that is finer, of a position 0 .. length - 1.
    """
    near = min(0.01, frequency)
    seen = np.sort(np.arange(length) * frequency % (2 * np.pi))
    seen = np.concatenate([[seen[-1] - 2 * np.pi], seen, [seen[0] + 2 * np.pi]])  # a circle
    angle = np.arange(length, longer) * frequency / divisor % (2 * np.pi)
    right = np.searchsorted(seen, angle)
    return np.mean(np.minimum(angle - seen[right - 1], seen[right] - angle) > near)


@demo(
    topic="relative-rotary",
    title={"en": "From 4k to 32k tokens", "zh": "从 4k 外推到 32k"},
    look={
        "en": "Above the line: pairs that training never saw complete a turn.",
        "zh": "虚线以上：训练期间从未转满一圈的频率对。",
    },
)
def run(
    rng,
    *,
    d: Annotated[int, OneOf(32, 64, 128, 256)] = 128,
    length: Annotated[int, Range(256, 65536, log=True)] = 4096,
    longer: Annotated[int, OneOf(2, 4, 8)] = 8,
    s: Annotated[float, Range(1, 32, log=True)] = 8.0,
    base: Annotated[float, Range(100, 1e6, log=True)] = 10000.0,
    method: Literal["ntk", "pi"] = "ntk",
    plain_base: bool = False,
) -> Result:
    omega = frequencies(d, base)  # [d/2], fastest first
    ntk_base = base * s ** (1 if plain_base else d / (d - 2))
    ntk, pi = frequencies(d, ntk_base), omega / s
    turns = length * omega / (2 * np.pi)
    ramp = np.clip((turns - ALPHA) / (BETA - ALPHA), 0, 1)  # 0: interpolate, 1: leave alone
    yarn = (1 - ramp) * omega / s + ramp * omega
    chosen = ntk if method == "ntk" else pi

    end = length * longer
    slow_unseen = unseen(omega[-1], length, end)
    slow_unseen_pi = unseen(omega[-1], length, end, s)
    fast_unseen = unseen(omega[0], length, end)

    # The angle between neighbours in the fastest pair, positions divided by s.
    cos, sin = rope(np.array([[1.0, 0.0]]), np.array([1 / s]), base=base)[0]
    neighbour_angle = np.arctan2(sin, cos)

    # YaRN multiplies q and k by m = √(1/t): the logits see it twice.
    m = 0.1 * np.log(s) + 1
    q, k = rng.standard_normal((2, d))
    logit_factor = (m * q) @ (m * k) / (q @ k)

    pair = np.arange(d // 2)
    return Result(
        figures={
            "unturned_pairs": int(np.sum(2 * np.pi / omega > length)),
            "pairs": d // 2,
            "ntk_base": ntk_base,
            "ntk_slowest_divisor": omega[-1] / ntk[-1],
            "ntk_fastest_divisor": omega[0] / ntk[0],
            "pi_fastest_divisor": 1 / neighbour_angle,
            "slow_unseen": slow_unseen,
            "slow_unseen_pi": slow_unseen_pi,
            "fast_unseen": fast_unseen,
            "yarn_factor": m,
            "yarn_logit_factor": logit_factor,
            "yarn_untouched_pairs": int(np.sum(ramp == 1)),
        },
        views=[
            Curve(
                {"en": "Wavelength of each pair", "zh": "每个频率对的波长"},
                [Line({"en": "trained", "zh": "训练时"}, pair, 2 * np.pi / omega),
                 Line("PI", pair, 2 * np.pi / pi),
                 Line("NTK", pair, 2 * np.pi / ntk),
                 Line("YaRN", pair, 2 * np.pi / yarn)],
                x_label={"en": "pair", "zh": "频率对"},
                y_label={"en": "tokens", "zh": "token 数"},
                log_y=True,
                marks=[Mark("y", length, {"en": "training length", "zh": "训练长度"})],
            ),
            Table(
                {"en": "What each divides the frequencies by", "zh": "各方法把频率除以多少"},
                ["", {"en": "fastest", "zh": "最快"}, {"en": "middle", "zh": "居中"},
                 {"en": "slowest", "zh": "最慢"}],
                [[name, omega[0] / new[0], omega[d // 4] / new[d // 4], omega[-1] / new[-1]]
                 for name, new in (("PI", pi), ("NTK", ntk), ("YaRN", yarn))],
            ),
        ],
        claims=[
            Claim(
                "slowest-pair-is-divided-by-s",
                {"en": "Base·s^(d/(d-2)) divides the slowest frequency by exactly s.",
                 "zh": "底数乘 s^(d/(d-2))，最慢的频率恰好除以 s。"},
                kind="theorem",
                measured=omega[-1] / chosen[-1],
                expected=Near(s, rel=1e-9),
                broken_by={"plain_base": True},
                because={"en": "Base·s divides it by s^((d-2)/d) only.",
                         "zh": "底数只乘 s，最慢的频率只除以 s^((d-2)/d)。"},
            ),
            Claim(
                "fastest-pair-is-left-alone",
                {"en": "The new base leaves the fastest frequency as it was.",
                 "zh": "换底之后，最快的频率保持不变。"},
                kind="theorem",
                measured=omega[0] / chosen[0],
                expected=Equals(1),
                broken_by={"method": "pi"},
                because={"en": "Interpolating divides all frequencies alike.",
                         "zh": "位置插值对所有频率一视同仁地缩小。"},
            ),
            Claim(
                "interpolation-blurs-neighbours",
                {"en": "Interpolation divides the angle between neighbours by s.",
                 "zh": "位置插值把相邻 token 的夹角缩小为 1/s。"},
                kind="exact",
                measured=1 / neighbour_angle,
                expected=Near(s, rel=1e-9),
                kernel="rope",
            ),
            Claim(
                "slow-pairs-never-turned-in-training",
                {"en": "Some pairs never complete a turn in the training text.",
                 "zh": "有些频率对在训练长度内从未转满一圈。"},
                kind="exact",
                measured=np.sum(2 * np.pi / omega > length),
                expected=AtLeast(1),
                broken_by={"length": 65536},
                because={"en": "The text is longer than the slowest wavelength.",
                         "zh": "文本已经比最长的波长还长。"},
            ),
            Claim(
                "slowest-pair-meets-new-angles",
                {"en": "Past it, the slowest pair has only angles never seen.",
                 "zh": "超出训练长度后，最慢的频率对全是没见过的角度。"},
                kind="exact",
                measured=slow_unseen,
                expected=Above(0.99),
                broken_by={"length": 65536},
                because={"en": "Past a full circle, in training or after, angles come again.",
                         "zh": "一旦转满一圈（无论训练中还是之后），角度就会重复。"},
            ),
            Claim(
                "interpolation-keeps-angles-seen",
                {"en": "Divided by s, none of its angles is new.",
                 "zh": "除以 s 之后，没有一个角度是新的。"},
                kind="exact",
                measured=slow_unseen_pi,
                expected=Below(0.001),
                broken_by={"s": 4.0},
                because={"en": "The text grew by more than s.", "zh": "文本变长的倍数超过了 s。"},
            ),
            Claim(
                "fastest-pair-meets-nothing-new",
                {"en": "The fastest pair has seen every angle already.",
                 "zh": "最快的频率对早就见过所有角度。"},
                kind="exact",
                measured=fast_unseen,
                expected=Below(0.001),
                broken_by={"length": 256},
                because={"en": "256 positions leave gaps on the circle.",
                         "zh": "256 个位置在圆周上还留有空隙。"},
            ),
            Claim(
                "yarn-sharpens-logits-by-the-square",
                {"en": "YaRN's 0.1·ln s + 1 acts on q and on k: logits grow by its square.",
                 "zh": "YaRN 的 0.1·ln s + 1 同时乘在 q 和 k 上：logits 乘以它的平方。"},
                kind="exact",
                measured=logit_factor,
                expected=Above(m),
                broken_by={"s": 1.0},
                because={"en": "Nothing is stretched: both are 1.", "zh": "没有扩展，两者都是 1。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
