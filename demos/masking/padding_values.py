"""Which number hides a pad: 0 is a middling score, -inf hides it, -1e9 hides it with side effects.

A mask acts on the scores of KEY columns, before the softmax (Vaswani et al. 2017,
section 3.2.3, sets them to -inf); what padded QUERIES return has to be dropped later.
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
    Range,
    Result,
    Table,
    demo,
)
from demos.masking._decoder import distance
from demos.ops import attend, attention, padding_mask, softmax

D, ROWS = 16, 400  # width of a head; queries that the mass on pads is averaged over


def plain_softmax(scores: np.ndarray) -> np.ndarray:
    """The textbook formula, which has no answer for a row of -inf: it gives NaN."""
    with np.errstate(invalid="ignore"):
        e = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)


@demo(
    topic="masking",
    title={"en": "What to write over the scores of pads", "zh": "填充位置的分数该写成什么"},
    look={
        "en": "A fill of 0 leaves pads a large share; it takes a very negative one to hide them.",
        "zh": "填 0，填充位仍分到不少权重；要填很大的负数才藏得住。",
    },
)
def run(
    rng,
    *,
    fill: Literal["-inf", "-1e9", "-1e4", "0"] = "-1e9",
    add: bool = False,
    mask_queries: bool = False,
    safe_softmax: bool = False,
    n: Annotated[int, Range(1, 64)] = 8,
    pad: Annotated[int, Range(0, 64)] = 8,
    logit_std: Annotated[float, Range(0.0, 16.0)] = 1.0,
) -> Result:
    m = n + pad
    real = padding_mask([n], m)[0]  # [1, m]: True for the n real keys

    def filled(scores: np.ndarray, number: float) -> np.ndarray:
        return np.where(real, scores, scores + number if add else number)

    # Random logits: the share of each row's softmax weight that goes to pads.
    scores = logit_std * rng.standard_normal((ROWS, m))  # [rows, m]

    def mass_on_pads(number: float) -> float:
        return softmax(filled(scores, number))[:, n:].sum(axis=-1).mean()

    # Self-attention over n real vectors and `pad` others, against the run without the others.
    q, k, v = rng.standard_normal((3, m, D))
    alone, _ = attention(q[:n], k[:n], v[:n])  # [n, D]
    padded, _ = attend(filled(q @ k.T / np.sqrt(D), float(fill)), v)  # [m, D]
    unmasked, _ = attention(q, k, v)
    visible = real & real.T if mask_queries else real  # [m, m] or [1, m]
    pad_rows = attention(q, k, v, mask=visible)[0][n:]  # [pad, D]

    # A row whose every key is hidden, and what narrower number formats make of the fill.
    hidden = plain_softmax(scores + float(fill) if add else np.full((1, m), float(fill)))
    empty_row = (softmax if safe_softmax else plain_softmax)(np.full(m, -np.inf))
    in_float32 = scores[0].astype(np.float32) + np.float32(fill)
    with np.errstate(over="ignore"):
        in_float16 = {f: float(np.float16(f)) for f in ("-inf", "-1e9", "-1e4", "0")}

    fills = np.linspace(0, -30, 31)
    return Result(
        figures={
            "mass_on_pads": mass_on_pads(float(fill)),
            "zero_fill_mass": mass_on_pads(0.0),
            "real_tokens_change": distance(padded[:n], alone),
            "unmasked_change": distance(unmasked[:n], alone),
            "pad_rows_answering": pad_rows.any(axis=-1).sum(),
        },
        views=[
            Curve(
                {"en": "Attention that pads still get", "zh": "填充位仍分到的注意力"},
                [Line({"en": "share of the weights", "zh": "权重占比"},
                      fills, [mass_on_pads(f) for f in fills])],
                x_label={"en": "fill", "zh": "填的数"},
                y_label={"en": "share", "zh": "占比"},
                log_y=True,
            ),
            Table(
                {"en": "Four fills", "zh": "四种填法"},
                [{"en": "fill", "zh": "填的数"}, {"en": "share of pads", "zh": "填充位占比"},
                 {"en": "one key, all hidden", "zh": "全屏蔽时每个 key"}, "float16"],
                [[f, mass_on_pads(float(f)), plain_softmax(np.full(m, float(f)))[0], half]
                 for f, half in in_float16.items()],
            ),
        ],
        claims=[
            Claim(
                "real-tokens-as-if-unpadded",
                {"en": "With the fill in place, real tokens get what they get without pads.",
                 "zh": "填好之后，真实 token 的输出与没有填充时一样。"},
                kind="theorem",
                measured=distance(padded[:n], alone),
                expected=Below(1e-12),
                broken_by={"fill": "0"},
                because={"en": "A score of 0 is a score: exp(0) = 1 goes into every denominator.",
                         "zh": "0 也是一个分数：exp(0) = 1 进了每一行的分母。"},
            ),
            Claim(
                "masked-pads-get-no-weight",
                {"en": "The fill leaves pads a weight of exactly 0.",
                 "zh": "这样填，填充位的权重恰好是 0。"},
                kind="exact",
                measured=mass_on_pads(float(fill)),
                expected=Equals(0.0),
                broken_by={"fill": "0"},
                because={"en": "exp(0) = 1 is about what an ordinary score contributes.",
                         "zh": "exp(0) = 1，和普通分数的贡献差不多。"},
            ),
            Claim(
                "zero-is-a-middling-score",
                {"en": "Filled with 0, pads keep over half of their share of the keys.",
                 "zh": "填 0 时，填充位至少保住按个数所占份额的一半。"},
                kind="stat",
                measured=mass_on_pads(0.0),
                expected=AtLeast(0.5 * pad / m),
                broken_by={"logit_std": 8.0},
                because={"en": "Among scores of std 8 the winners dwarf e⁰: 0 is then low.",
                         "zh": "分数标准差为 8 时，赢家远超 e⁰，0 就显得低了。"},
            ),
            Claim(
                "unmasked-pads-disturb",
                {"en": "Without any mask, pads change what real tokens get.",
                 "zh": "完全不掩码，填充会改变真实 token 的输出。"},
                kind="stat",
                measured=distance(unmasked[:n], alone),
                expected=Above(0.05),
                broken_by={"pad": 0},
                because={"en": "There are no pads to hide.", "zh": "根本没有填充可藏。"},
            ),
            Claim(
                "pad-queries-still-answer",
                {"en": "A key mask leaves every pad query an output, to be dropped from the loss.",
                 "zh": "只掩 key，填充位作为 query 仍有输出，须在损失里剔除。"},
                kind="theorem",
                measured=pad_rows.any(axis=-1).sum(),
                expected=Equals(pad),
                broken_by={"mask_queries": True},
                because={"en": "With its whole row masked, a query gets zeros from this kernel.",
                         "zh": "整行都被屏蔽的 query，在这个算子里得到全零。"},
            ),
            Claim(
                "hidden-row-becomes-uniform",
                {"en": "A row with every key set to −1e9 looks at all of them evenly.",
                 "zh": "整行 key 都写成 −1e9，等于均匀地看所有 key。"},
                kind="exact",
                measured=np.abs(hidden - 1 / m).max(),
                expected=Below(1e-15),
                broken_by={"add": True},
                because={"en": "Added in float64 it shifts all scores alike: no effect.",
                         "zh": "float64 下相加只是整体平移，softmax 不受影响。"},
            ),
            Claim(
                "row-of-minus-inf-is-nan",
                {"en": "A row of −inf makes the textbook softmax return NaN.",
                 "zh": "整行都是 −inf，教科书式 softmax 得到 NaN。"},
                kind="exact",
                measured=np.isnan(empty_row).mean(),
                expected=Equals(1.0),
                broken_by={"safe_softmax": True},
                because={"en": "This kernel treats an empty sum as 0 and returns zeros.",
                         "zh": "这里的算子把空和当作 0，返回全零。"},
            ),
            Claim(
                "fill-overflows-float16",
                {"en": "In float16 the fill is −inf: the largest number there is 65504.",
                 "zh": "float16 里它就是 −inf：最大只能表示 65504。"},
                kind="exact",
                measured=np.isneginf(in_float16[fill]),
                expected=Equals(1.0),
                broken_by={"fill": "-1e4"},
                because={"en": "1e4 is below 65504 and fits.", "zh": "1e4 小于 65504，放得下。"},
            ),
            Claim(
                "fill-swallows-scores-in-float32",
                {"en": "In float32, score + fill forgets the score: one value for all keys.",
                 "zh": "float32 里，分数加上它就没了：所有 key 变成同一个数。"},
                kind="exact",
                measured=np.unique(in_float32).size,
                expected=Equals(1.0),
                broken_by={"fill": "-1e4"},
                because={"en": "float32 steps by 0.001 around 1e4, but by 64 around 1e9.",
                         "zh": "float32 在 1e4 附近步长约 0.001，在 1e9 附近是 64。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
