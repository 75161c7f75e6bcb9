"""Dividing by d_k instead of sqrt(d_k) makes attention uniform, unless q and k are aligned.

Independent q and k: q·k/d_k has standard deviation 1/√d_k, so softmax sees nothing.
A key equal to its query: q·k/d_k is about 1 at every d_k, which is why muP, made for
trained (correlated) q and k, divides by d_k (Yang et al. 2022, Definition 4.1 and footnote 8).
"""

from typing import Annotated

import numpy as np

from demos.kit import (
    Above,
    Bars,
    Below,
    Claim,
    Curve,
    Line,
    Mark,
    Near,
    Range,
    Result,
    demo,
)
from demos.ops import attention


def entropy(p: np.ndarray) -> float:
    """Mean entropy of the rows of p `[rows, n]`, as a share of ln n: 1 is uniform, 0 one-hot."""
    n = p.shape[-1]
    return float(-np.sum(p * np.log(np.maximum(p, 1e-300)), axis=-1).mean() / np.log(n))


@demo(
    topic="scaling",
    title={"en": "Why √d_k and not d_k", "zh": "为什么是 √d_k 而不是 d_k"},
    look={
        "en": "Over d_k, only 1/√d_k keeps the entropy level; 1 drives it to 0, and 1/d_k to 1.",
        "zh": "只有 1/√d_k 让熵不随 d_k 变化；不缩放趋于 0，除以 d_k 趋于 1。",
    },
)
def run(
    rng,
    *,
    d_k: Annotated[int, Range(4, 1024, log=True)] = 256,
    n: Annotated[int, Range(16, 256, log=True)] = 64,
    power: Annotated[float, Range(0.0, 1.0)] = 0.5,
    match: Annotated[float, Range(0.0, 1.0)] = 1.0,
) -> Result:
    def weights(q: np.ndarray, k: np.ndarray, power: float) -> np.ndarray:
        return attention(q, k, k, scale=float(q.shape[-1]) ** -power)[1]  # [n, n]

    q, k, noise = rng.standard_normal((3, n, d_k))
    aligned = match * k + np.sqrt(1 - match**2) * noise  # query i looks for key i
    spread = {p: entropy(weights(q, k, p)) for p in (0.0, power, 1.0)}
    hit = {p: np.diag(weights(aligned, k, p)).mean() for p in (0.0, power, 1.0)}
    w_q = rng.standard_normal((d_k, d_k)) / np.sqrt(d_k)
    folded = weights(q @ (w_q / np.sqrt(d_k)), k, 0.0)  # T5: the scale lives in W_Q

    sizes = 4 ** np.arange(1, 6)  # 4 .. 1024
    pairs = [rng.standard_normal((2, n, size)) for size in sizes]
    curves = {p: [entropy(weights(*pair, p)) for pair in pairs] for p in (0.0, 0.5, 1.0)}
    names = {0.0: "1", 0.5: "1/√d_k", 1.0: "1/d_k"}
    return Result(
        figures={
            "entropy": spread[power],
            "entropy_unscaled": spread[0.0],
            "entropy_over_dk": spread[1.0],
            "target_weight": hit[power],
            "target_weight_over_dk": hit[1.0],
            "target_weight_theory_over_dk": np.e / (np.e + n - 1),
        },
        views=[
            Curve(
                {"en": "Entropy of the weights", "zh": "注意力权重的熵"},
                [Line(names[p], sizes, curves[p]) for p in names],
                x_label="d_k",
                y_label={"en": "share of ln n", "zh": "占 ln n 的比例"},
                log_x=True,
                marks=[Mark("x", d_k, "d_k")],
            ),
            Bars(
                {"en": "Weight on the one key that matches", "zh": "匹配的那个 key 得到的权重"},
                [("1", hit[0.0]), (f"1/d_k^{power:.2g}", hit[power]), ("1/d_k", hit[1.0]),
                 ("1/n", 1 / n)],
            ),
        ],
        claims=[
            Claim(
                "sqrt-keeps-entropy",
                {"en": "With 1/√d_k, random keys share the weight: neither flat nor one-hot.",
                 "zh": "除以 √d_k：随机 key 分担权重，既不均匀也不 one-hot。"},
                kind="stat",
                measured=spread[power],
                expected=Near(1 - 0.5 / np.log(n), abs=0.06),
                broken_by={"power": 1.0},
                because={"en": "At another power the logit std is d_k^(½−power), no longer 1.",
                         "zh": "换一个指数，logits 的标准差就是 d_k^(½−power)，不再是 1。"},
            ),
            Claim(
                "dividing-by-dk-is-uniform",
                {"en": "With 1/d_k, random keys get equal weight: content is ignored.",
                 "zh": "除以 d_k：随机 key 权重几乎相等，内容被忽略。"},
                kind="stat",
                measured=spread[1.0],
                expected=Above(0.998),
                broken_by={"d_k": 16},
                because={"en": "At small d_k the two scales differ little: logit std is 1/√d_k.",
                         "zh": "d_k 小时两种缩放差别不大：logits 标准差为 1/√d_k。"},
            ),
            Claim(
                "no-scale-is-one-hot",
                {"en": "Without a scale, one random key takes nearly all.",
                 "zh": "不缩放：某个随机 key 几乎独占权重。"},
                kind="stat",
                measured=spread[0.0],
                expected=Below(0.2),
                broken_by={"d_k": 4},
                because={"en": "At d_k = 4 the logit std is only 2.",
                         "zh": "d_k = 4 时，logits 标准差才 2。"},
            ),
            Claim(
                "sqrt-finds-the-match",
                {"en": "With 1/√d_k, a key equal to the query gets over 99%.",
                 "zh": "除以 √d_k：与 q 相同的 key 拿到 99% 以上。"},
                kind="stat",
                measured=hit[power],
                expected=Above(0.99),
                broken_by={"power": 1.0},
                because={"en": "Its logit is d_k^(1−power): e¹ against n−1 others once power is 1.",
                         "zh": "它的 logit 是 d_k^(1−power)；指数为 1 时只有 e¹，对手有 n−1 个。"},
            ),
            Claim(
                "over-dk-misses-the-match",
                {"en": "With 1/d_k, that key gets e/(e+n−1) only.",
                 "zh": "除以 d_k：同一个 key 只拿到 e/(e+n−1)。"},
                kind="stat",
                measured=hit[1.0],
                expected=Near(np.e / (np.e + n - 1), rel=0.12),
                broken_by={"match": 0.0},
                because={"en": "A key that doesn't match is one among n and gets 1/n.",
                         "zh": "不匹配的 key 只是 n 个之一，权重为 1/n。"},
            ),
            Claim(
                "scale-folds-into-wq",
                {"en": "1/√d_k inside W_Q gives the same weights.",
                 "zh": "把 1/√d_k 并入 W_Q，权重完全相同。"},
                kind="exact",
                measured=np.abs(folded - attention(q @ w_q, k, k)[1]).max(),
                expected=Below(1e-12),
                kernel="attention",
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
