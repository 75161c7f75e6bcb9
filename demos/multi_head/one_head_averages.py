"""One head hands over one average of the values, and no read-out takes an average apart.

The task: token i needs one half of the features of the token before it and the other half
of the token after it. One head of width d with weights (a, 1-a) returns
z = a·x_prev + (1-a)·x_next, and the best linear map from z still misses half of the wanted
variance, for every a. Two heads of width d/2 copy one half each and miss nothing. This is
the averaging that Vaswani et al. 2017, section 3.2.2, gives as the reason for heads.
"""

from typing import Annotated, Literal

import numpy as np

from demos.kit import Below, Claim, Curve, Line, Mark, Near, OneOf, Range, Result, demo
from demos.ops import attention

SWEEP = np.linspace(0.02, 0.98, 13)  # weight on the previous token


def look(pair: np.ndarray, a: float) -> np.ndarray:
    """One head over the two neighbours, with weights (a, 1-a): `[N, 2, d] -> [N, d]`."""
    query = np.ones((1, 1))
    keys = np.log([[a], [1 - a]])  # softmax of these logits is (a, 1-a)
    return attention(query, keys, pair, scale=1.0)[0][:, 0]


def unexplained(seen: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Share of variance of each half of wanted `[N, d]` that no linear map of seen `[N, d]` has."""
    # The pseudo-inverse also copes with two heads that return the same features.
    fit = np.linalg.pinv(seen.T @ seen) @ (seen.T @ wanted)  # least squares
    missed = ((wanted - seen @ fit) ** 2).reshape(len(wanted), 2, -1)
    return missed.sum(axis=(0, 2)) / (wanted.reshape(missed.shape) ** 2).sum(axis=(0, 2))


@demo(
    topic="multi-head",
    title={"en": "One head can only average", "zh": "单头只能取一个平均"},
    look={
        "en": "One head's loss stays at one half wherever its weight goes; two heads sit at 0.",
        "zh": "单头的权重怎么分，平均都丢一半；两个头贴在 0 上。",
    },
)
def run(
    rng,
    *,
    a: Annotated[float, Range(0.02, 0.98)] = 0.5,
    rho: Annotated[float, Range(0.0, 0.95)] = 0.0,
    second_head: Literal["next", "previous"] = "next",
    d: Annotated[int, OneOf(4, 8, 16, 32, 64)] = 16,
    samples: Annotated[int, Range(1000, 20000, log=True)] = 4000,
) -> Result:
    previous, noise = rng.standard_normal((2, samples, d))
    following = rho * previous + np.sqrt(1 - rho**2) * noise  # neighbours correlate by rho
    pair = np.stack([previous, following], axis=1)  # [N, 2, d]
    half = d // 2
    wanted = np.hstack([previous[:, :half], following[:, half:]])  # [N, d]

    swept = np.array([unexplained(look(pair, w), wanted) for w in SWEEP])  # [weights, 2]
    lost = unexplained(look(pair, a), wanted)  # (of the previous, of the next)
    other = following if second_head == "next" else previous
    two_heads = np.hstack([previous[:, :half], other[:, half:]])  # two widths of d/2
    two_lost = unexplained(two_heads, wanted).mean()

    means = swept.mean(axis=1)
    furthest = means[np.abs(means - 0.5).argmax()]
    fitted = 1 - d / samples  # d coefficients a target also fit d/N of the noise
    explained = a**2 / (a**2 + (1 - a) ** 2)  # of the previous token, if independent
    return Result(
        figures={
            "lost_previous": lost[0],
            "lost_next": lost[1],
            "lost_mean": lost.mean(),
            "lost_least": means.min(),
            "lost_most": means.max(),
            "lost_two_heads": two_lost,
        },
        views=[
            Curve(
                {"en": "Variance that the best read-out misses", "zh": "最优线性读出仍丢掉的方差"},
                [
                    Line({"en": "one head, mean", "zh": "单头，平均"}, SWEEP, means),
                    Line({"en": "previous token", "zh": "前一个 token"}, SWEEP, swept[:, 0]),
                    Line({"en": "next token", "zh": "后一个 token"}, SWEEP, swept[:, 1]),
                    Line({"en": "two heads", "zh": "两个头"}, SWEEP[[0, -1]], [two_lost] * 2,
                         dotted=True),
                ],
                x_label={"en": "weight a on the previous token", "zh": "前一个 token 的权重 a"},
                y_label={"en": "missed", "zh": "丢失比例"},
                marks=[Mark("x", a, "a")],
            ),
        ],
        claims=[
            Claim(
                "one-head-loses-half",
                {"en": "One head loses half of what is wanted, however it splits its weight.",
                 "zh": "要两个邻居的特征，单头平均丢一半，权重怎么分都一样。"},
                kind="stat",
                measured=furthest,
                expected=Near(0.5 * fitted, abs=0.03),
                broken_by={"rho": 0.8},
                because={"en": "What the neighbours share survives: at a=½ only (1-ρ)/2 is lost.",
                         "zh": "邻居共有的成分不怕平均：a=½ 时只丢 (1-ρ)/2。"},
            ),
            Claim(
                "favouring-one-costs-the-other",
                {"en": "Of the previous token 1 − a²/(a²+(1−a)²) is lost: a trade, not a gain.",
                 "zh": "前一个 token 丢 1 − a²/(a²+(1−a)²)：顾此失彼，没有净赚。"},
                kind="stat",
                measured=lost[0],
                expected=Near((1 - explained) * fitted, abs=0.04),
                broken_by={"rho": 0.8},
                because={"en": "The formula takes neighbours as independent; these overlap.",
                         "zh": "公式假设邻居相互独立，而这里它们大半相同。"},
            ),
            Claim(
                "two-heads-lose-nothing",
                {"en": "Two heads of half the width, one for each neighbour, lose nothing.",
                 "zh": "两个宽度减半的头，各看一个邻居，什么都不丢。"},
                kind="exact",
                measured=two_lost,
                expected=Below(1e-20),
                broken_by={"second_head": "previous"},
                because={"en": "A second head that looks where the first one looks adds nothing.",
                         "zh": "第二个头和第一个看同一处，等于没有。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
