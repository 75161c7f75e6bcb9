"""Dropout belongs on the branch: on the residual stream it erases the identity path.

x + dropout(F(x)), then the norm: "before it is added" (Vaswani et al. 2017, §5.4). With
F = 0 the branch form is the identity at every depth. On the stream a coordinate has to
survive every draw, (1-p)^L of them do, and each one is scaled by (1-p)^-L.
"""

from typing import Annotated, Literal

import numpy as np

from demos.kit import (
    Above,
    Bars,
    Below,
    Claim,
    Curve,
    Equals,
    Line,
    Near,
    Range,
    Result,
    demo,
)
from demos.ops import dropout


@demo(
    topic="training",
    title={"en": "Dropout: branch or stream", "zh": "Dropout 放在分支还是残差流"},
    look={
        "en": "On the stream the identity path dies out while its second moment explodes.",
        "zh": "放在残差流上，恒等路径逐层消失，二阶矩却不断放大。",
    },
)
def run(
    rng,
    *,
    d: Annotated[int, Range(256, 16_384, log=True)] = 4096,
    p: Annotated[float, Range(0.0, 0.5)] = 0.1,
    sublayers: Annotated[int, Range(1, 96)] = 24,
    place: Literal["branch", "stream"] = "branch",
) -> Result:
    x = rng.standard_normal(d)  # [d]
    nothing = np.zeros(d)  # F(x) = 0: what is left is the identity path itself
    streams = {"branch": [x], "stream": [x]}
    for _ in range(sublayers):
        h = streams["branch"][-1]
        streams["branch"].append(h + dropout(nothing, p, rng))
        h = streams["stream"][-1]
        streams["stream"].append(dropout(h + nothing, p, rng))
    stacks = {where: np.array(hs) for where, hs in streams.items()}  # [sublayers + 1, d]
    survival = {where: (h != 0).mean(axis=1) for where, h in stacks.items()}
    moment = {where: (h**2).mean(axis=1) / (x**2).mean() for where, h in stacks.items()}
    keep = (1 - p) ** sublayers
    # A mean over d coordinates with a share `keep` of survivors: its relative scatter.
    scatter = np.sqrt((1 - keep) / (keep * d))

    depth = np.arange(sublayers + 1)
    on_stream = {"en": "stream", "zh": "残差流"}
    on_branch = {"en": "branch", "zh": "分支"}
    few = {"en": "(1−p)^L is small only for enough sub-layers and a p that matters.",
           "zh": "子层够多、p 够大，(1−p)^L 才会小。"}  # fmt: skip
    return Result(
        figures={
            "survival": survival["stream"][-1],
            "survival_branch": survival["branch"][-1],
            "survival_theory": keep,
            "inflation": moment["stream"][-1],
            "inflation_branch": moment["branch"][-1],
            "inflation_theory": 1 / keep,
        },
        views=[
            Curve(
                {"en": "Coordinates of x never dropped", "zh": "x 中从未被丢弃的坐标"},
                [
                    Line(on_branch, depth, survival["branch"]),
                    Line(on_stream, depth, survival["stream"]),
                    Line("(1-p)^L", depth, (1 - p) ** depth, dotted=True),
                ],
                x_label={"en": "sub-layers", "zh": "子层数"},
                y_label={"en": "share", "zh": "比例"},
            ),
            Curve(
                {"en": "Second moment of the identity path", "zh": "恒等路径的二阶矩"},
                [
                    Line(on_branch, depth, moment["branch"]),
                    Line(on_stream, depth, np.maximum(moment["stream"], 1e-3)),
                    Line("(1-p)^-L", depth, (1 - p) ** -depth.astype(float), dotted=True),
                ],
                x_label={"en": "sub-layers", "zh": "子层数"},
                log_y=True,
            ),
            Bars(
                {"en": "After the last sub-layer", "zh": "最后一个子层之后"},
                [({"en": "kept: branch", "zh": "保留：分支"}, survival["branch"][-1]),
                 ({"en": "kept: stream", "zh": "保留：残差流"}, survival["stream"][-1])],
            ),
        ],
        claims=[
            Claim(
                "identity-path-survives",
                {"en": "Dropout leaves x itself untouched through all sub-layers.",
                 "zh": "经过所有子层，Dropout 完全没有动到 x 本身。"},
                kind="exact",
                measured=np.abs(stacks[place][-1] - x).max(),
                expected=Equals(0),
                broken_by={"place": "stream"},
                because={"en": "On the sum, dropout hits x along with F(x), at every sub-layer.",
                         "zh": "放在和上，每个子层都会连 x 一起丢。"},
            ),
            Claim(
                "stream-dropout-erases-the-identity-path",
                {"en": "On the stream, under 15% of the coordinates survive.",
                 "zh": "放在残差流上，保住的坐标不到 15%。"},
                kind="stat",
                measured=survival["stream"][-1],
                expected=Below(0.15),
                broken_by={"sublayers": 6},
                because=few,
            ),
            Claim(
                "stream-dropout-inflates-the-stream",
                {"en": "There, the second moment grows to more than 5 times.",
                 "zh": "此时二阶矩放大到 5 倍以上。"},
                kind="stat",
                measured=moment["stream"].max(),
                expected=Above(5),
                broken_by={"p": 0.02},
                because=few,
            ),
            Claim(
                "survival-is-one-minus-p-to-the-l",
                {"en": "The surviving share is (1−p)^L.",
                 "zh": "保住的比例是 (1−p)^L。"},
                kind="stat",
                measured=survival["stream"][-1],
                expected=Near(keep, abs=6 * keep * scatter + 1e-12),
                kernel="dropout",
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
