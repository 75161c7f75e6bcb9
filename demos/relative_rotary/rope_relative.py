"""RoPE turns q and k by their own absolute positions; the score keeps the offset only.

(R_m q)·(R_n k) = q·R_{n-m} k, because rotations of one plane add up.
Source: Su 2021, §3.2.2 and §3.4.2; the "half" layout is that of GPT-NeoX and Llama.
"""

from typing import Annotated

import numpy as np

from demos.kit import Above, Below, Claim, Heatmap, OneOf, Range, Result, Table, demo
from demos.ops import attention, rope

PAIRS = 64  # independent q, k that the statistics average over


def rms(x: np.ndarray) -> float:
    return float(np.sqrt(np.mean(x**2)))


@demo(
    topic="relative-rotary",
    title={"en": "Absolute rotations, relative scores", "zh": "绝对旋转，相对分数"},
    look={
        "en": "One q and one k at all positions: the score is constant along each diagonal.",
        "zh": "同一个 q、k 放到所有位置上：分数沿每条对角线保持不变。",
    },
)
def run(
    rng,
    *,
    d: Annotated[int, OneOf(4, 8, 16, 32, 64, 128)] = 64,
    n: Annotated[int, Range(1, 64)] = 16,
    shift: Annotated[int, Range(0, 100_000)] = 1000,
    rotate_k: bool = True,
    rotate_v: bool = False,
    tied: bool = False,
    permute: bool = True,
) -> Result:
    q = rng.standard_normal((PAIRS, n, d))
    k = q if tied else rng.standard_normal((PAIRS, n, d))
    v = rng.standard_normal((PAIRS, n, d))
    near, far = np.arange(n), np.arange(n) + shift  # the same tokens, further on in the text

    def scores(positions):  # [pairs, n, n]
        turned = rope(k, positions) if rotate_k else k
        return rope(q, positions) @ turned.swapaxes(-1, -2) / np.sqrt(d)

    def output(positions, turn_values):  # [pairs, n, d]
        values = rope(v, positions) if turn_values else v
        return attention(rope(q, positions), rope(k, positions), values)[0]

    def moved(turn_values):  # by how much the shift changes the output
        before, after = output(near, turn_values), output(far, turn_values)
        return rms(after - before) / rms(before)

    # One token pair per row, 5 apart, in either order.
    one_q, one_k = q[:, :1], k[:, :1]  # [pairs, 1, d]
    ahead = np.sum(rope(one_q, [5]) * rope(one_k, [0]), axis=-1) / np.sqrt(d)
    behind = np.sum(rope(one_q, [0]) * rope(one_k, [5]), axis=-1) / np.sqrt(d)

    # Columns (0, 1), (2, 3), .. become (0, d/2), (1, d/2 + 1), ..: the other layout's pairs.
    other = np.concatenate([np.arange(0, d, 2), np.arange(1, d, 2)])

    def layouts_differ(columns):
        halved = [rope(x[..., columns], near, layout="half") for x in (q, k)]
        plain = [rope(x, near) for x in (q, k)]
        return rms((halved[0] @ halved[1].swapaxes(-1, -2)
                    - plain[0] @ plain[1].swapaxes(-1, -2)) / np.sqrt(d))  # fmt: skip

    layout_error = layouts_differ(other if permute else np.arange(d))
    mixed_error = layouts_differ(np.arange(d))
    norm_error = np.abs(np.linalg.norm(rope(q, far), axis=-1) / np.linalg.norm(q, axis=-1) - 1)

    grid = np.arange(48)
    same_q, same_k = np.repeat(one_q[0], 48, axis=0), np.repeat(one_k[0], 48, axis=0)
    picture = rope(same_q, grid) @ (rope(same_k, grid) if rotate_k else same_k).T / np.sqrt(d)
    pairs = [(5, 0), (105, 100), (5005, 5000), (0, 5)]
    return Result(
        figures={
            "shift_error": np.abs(scores(far) - scores(near)).max(),
            "norm_error": norm_error.max(),
            "direction_gap": rms(ahead - behind),
            "output_change": moved(False),
            "output_change_rotated_v": moved(True),
            "layout_error": layout_error,
            "mixed_layout_error": mixed_error,
        },
        views=[
            Heatmap(
                {"en": "q·k/√d of one q and one k", "zh": "同一对 q、k 的 q·k/√d"},
                picture,
                x_label={"en": "position of k", "zh": "k 的位置"},
                y_label={"en": "position of q", "zh": "q 的位置"},
                diverging=True,
            ),
            Table(
                {"en": "One q, one k, moved about", "zh": "同一对 q、k，换不同位置"},
                ["m (q)", "n (k)", "m - n", "q·k/√d"],
                [[m, p, m - p, float(rope(one_q[0], [m])[0]
                  @ (rope(one_k[0], [p])[0] if rotate_k else one_k[0, 0])) / np.sqrt(d)]
                 for m, p in pairs],
            ),
        ],
        claims=[
            Claim(
                "score-depends-on-offset-only",
                {"en": "Moving q and k together leaves their score as it was.",
                 "zh": "q 与 k 一起平移，分数不变。"},
                kind="theorem",
                measured=np.abs(scores(far) - scores(near)).max(),
                expected=Below(1e-8),
                broken_by={"rotate_k": False},
                because={"en": "With k unturned, nothing cancels the angle of q.",
                         "zh": "k 不转，q 的绝对角度就没有东西来抵消。"},
            ),
            Claim(
                "rotation-keeps-the-norm",
                {"en": "‖R_m q‖ = ‖q‖ at every position.", "zh": "任何位置都有 ‖R_m q‖ = ‖q‖。"},
                kind="theorem",
                measured=norm_error.max(),
                expected=Below(1e-12),
                kernel="rope",
            ),
            Claim(
                "offset-is-signed",
                {"en": "5 ahead and 5 behind score differently.",
                 "zh": "在前 5 位与在后 5 位，分数不同。"},
                kind="stat",
                measured=rms(ahead - behind),
                expected=Above(0.2),
                broken_by={"tied": True},
                because={"en": "For k = q the score is a sum of cosines, and cos is even.",
                         "zh": "k = q 时分数是余弦之和，而余弦是偶函数。"},
            ),
            Claim(
                "attention-ignores-a-common-shift",
                {"en": "Shifting the whole text leaves the output as it was.",
                 "zh": "整段文本一起平移，输出不变。"},
                kind="theorem",
                measured=moved(rotate_v),
                expected=Below(1e-8),
                broken_by={"rotate_v": True},
                because={"en": "A turned v carries its absolute angle into the output.",
                         "zh": "v 一旦旋转，就把绝对角度带进了输出。"},
            ),
            Claim(
                "rotated-v-leaks-position",
                {"en": "If v is turned as well, the output changes with the shift.",
                 "zh": "如果连 v 也旋转，输出会随平移改变。"},
                kind="stat",
                measured=moved(True),
                expected=Above(0.1),
                broken_by={"shift": 0},
                because={"en": "No shift, no change.", "zh": "没有平移，自然不变。"},
            ),
            Claim(
                "layouts-agree-after-permuting",
                {"en": "With columns of q, k permuted, both layouts score alike.",
                 "zh": "把 q、k 的列重排之后，两种布局分数一致。"},
                kind="theorem",
                measured=layout_error,
                expected=Below(1e-9),
                broken_by={"permute": False},
                because={"en": "Each layout then turns other pairs of columns.",
                         "zh": "不重排的话，两种布局旋转的是不同的列对。"},
            ),
            Claim(
                "mixing-layouts-is-a-bug",
                {"en": "Weights of one layout run with the other score wrongly.",
                 "zh": "权重按一种布局、代码按另一种，分数就错了。"},
                kind="stat",
                measured=mixed_error,
                expected=Above(0.1),
                broken_by={"n": 1},
                because={"en": "Position 0 is not turned at all.", "zh": "位置 0 根本不旋转。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
