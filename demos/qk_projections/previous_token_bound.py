"""Around a ring of tokens, a head with W_Q = W_K gives the previous one 1/3 at most.

Let S = ZZᵀ over n >= 3 tokens in a ring, A = softmax(S), and a, b, c the geometric
means of A_ii, A_i,i-1 and A_i,i+1. Symmetry of S gives b = c; S positive semi-definite
(2 S_ij <= S_ii + S_jj) gives a >= b; rows sum to 1, so a + b + c <= 1. Hence b <= 1/3,
for any tokens and any W. RoPE leaves S a Gram matrix. A causal mask takes c away, hiding
the token itself takes a away: Reformer does both (Kitaev et al. 2020, section 2). In an
open row there is no ring to close, and tokens that shrink along it get past the bound.
"""

from typing import Annotated

import numpy as np

from demos.kit import (
    Above,
    AtMost,
    Bars,
    Below,
    Between,
    Claim,
    Heatmap,
    OneOf,
    Range,
    Result,
    demo,
)
from demos.ops import attention, causal_mask, rope

RATE = 0.5  # of the gradient ascent


def look_back(a: np.ndarray, first: int = 0) -> float:
    """Geometric mean of A_i,i-1 for i >= first: 0 goes round the ring, 1 is an open row."""
    i = np.arange(first, len(a))
    return float(np.exp(np.log(np.maximum(a[i, i - 1], 1e-300)).mean()))


def ascend(q, k, steps: int, *, tied: bool, first: int = 0, mask=None) -> tuple:
    """Move q and k `[n, d_k]` up the gradient of Σ log A_i,i-1; tied: both stay one matrix."""
    n, d_k = q.shape
    previous = np.roll(np.eye(n), -1, axis=1)  # row i points at i - 1
    counted = np.arange(n)[:, None] >= first
    for _ in range(steps):
        _, a = attention(q, k, k, mask=mask)
        g = counted * (previous - a) / np.sqrt(d_k)  # d objective / d (q kᵀ)
        dq, dk = g @ k, g.T @ q
        q, k = q + RATE * (dq + dk * tied), k + RATE * (dk + dq * tied)
    return q, k


@demo(
    topic="qk-projections",
    title={"en": "A tied head has no direction", "zh": "Q、K 共用矩阵就没有方向"},
    look={
        "en": "Trained for one job: under 1/3 if tied on a ring, near 1 with two matrices.",
        "zh": "只训练这一件事：在环上共用矩阵过不了 1/3，两个矩阵接近 1。",
    },
)
def run(
    rng,
    *,
    n: Annotated[int, Range(3, 32, log=True)] = 16,
    d_k: Annotated[int, OneOf(2, 4, 8, 16, 32, 64)] = 32,
    steps: Annotated[int, Range(0, 600)] = 200,
    tied: bool = True,
) -> Result:
    z, other = rng.standard_normal((2, n, d_k))  # x W_Q and x W_K of n random tokens
    start = z if tied else other

    def weights(q: np.ndarray, k: np.ndarray, **keywords) -> np.ndarray:
        return attention(q, k, k, **keywords)[1]  # [n, n]

    random = max(look_back(weights(g * z, g * start)) for g in (0.1, 0.3, 1.0, 3.0, 10.0))
    q, k = ascend(z, start, steps, tied=tied)
    trained = weights(q, k)
    free = weights(*ascend(z, other, steps, tied=False))

    def tied_row(mask: np.ndarray | None) -> tuple[float, float]:
        """An open row of tokens, tied and trained: b, and the length of the first over the last."""
        x, _ = ascend(z, z, steps, tied=True, first=1, mask=mask)
        lengths = np.linalg.norm(x, axis=1)
        return look_back(weights(x, x, mask=mask), first=1), lengths[0] / lengths[-1]

    causal = causal_mask(n)
    reformer = np.tri(n, k=-1, dtype=bool)  # hides the token itself too,
    reformer[0, 0] = True  # except where there is no other
    open_row, slope = tied_row(None)
    masked, _ = tied_row(causal)
    hidden, reformer_slope = tied_row(reformer)

    q_turned, k_turned = rope(q, np.arange(n)), rope(k, np.arange(n))
    turned_logits = q_turned @ k_turned.T
    turned = weights(q_turned, k_turned)

    angle = 2 * np.pi * np.arange(n) / n  # a closed form: keys on a circle, queries one behind
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)  # [n, 2]
    sharp = 10 / (1 - np.cos(2 * np.pi / n))
    exact = weights(sharp * np.roll(ring, 1, axis=0), ring, scale=1.0)

    best = {
        "random": random,
        "trained": look_back(trained),
        "masked": masked,
        "reformer": hidden,
        "free": look_back(free),
    }
    untie = {
        "en": "With two matrices S needn't be symmetric: b may exceed c and a.",
        "zh": "用两个矩阵时 S 不必对称：b 可以大于 c 和 a。",
    }
    train = {
        "en": "It has to be learnt, in enough dimensions to tell the tokens apart.",
        "zh": "这要靠训练，而且维度要够分得开各个 token。",
    }
    axes = {"x_label": {"en": "key", "zh": "key"}, "y_label": {"en": "query", "zh": "query"}}
    head = {"en": "tied" if tied else "untied", "zh": "共用" if tied else "不共用"}
    trained_name = {"en": f"{head['en']}, trained", "zh": f"{head['zh']}，训练后"}
    return Result(
        figures={
            "best_random": best["random"],
            "best_trained": best["trained"],
            "best_with_rope": look_back(turned),
            "next_token_trained": look_back(trained[::-1, ::-1]),
            "causal_tied": best["masked"],
            "reformer_tied": best["reformer"],
            "reformer_slope": reformer_slope,
            "open_row_tied": open_row,
            "open_row_slope": slope,
            "untied_trained": best["free"],
            "untied_closed_form": look_back(exact),
        },
        views=[
            Bars(
                {"en": "Weight on the previous token", "zh": "前一个 token 得到的权重"},
                [
                    ({"en": f"{head['en']}, random", "zh": f"{head['zh']}，随机"}, best["random"]),
                    (trained_name, best["trained"]),
                    ({"en": "bound 1/3", "zh": "上界 1/3"}, 1 / 3),
                    ({"en": "tied + causal mask", "zh": "共用 + 因果掩码"}, best["masked"]),
                    ({"en": "… and itself hidden", "zh": "……再遮住自己"}, best["reformer"]),
                    ({"en": "W_Q ≠ W_K, trained", "zh": "W_Q ≠ W_K，训练后"}, best["free"]),
                ],
            ),
            Heatmap(trained_name, trained, **axes),
            Heatmap({"en": "W_Q ≠ W_K, trained", "zh": "W_Q ≠ W_K，训练后"}, free, **axes),
        ],
        claims=[
            Claim(
                "tied-cannot-look-back",
                {"en": "On a ring, tied: random, trained for it or with RoPE, at most 1/3.",
                 "zh": "在环上共用矩阵：随机、专门训练、加 RoPE，都不超过 1/3。"},
                kind="theorem",
                measured=max(best["random"], best["trained"], look_back(turned)),
                expected=AtMost(1 / 3 + 1e-9),
                broken_by={"tied": False},
                because=untie,
            ),
            Claim(
                "bound-is-not-far",
                {"en": "Trained for it, a tied head gets within reach of the bound.",
                 "zh": "专门训练的共用头，离上界不远。"},
                kind="stat",
                measured=best["trained"],
                expected=Between(0.15, 0.3),
                broken_by={"steps": 0},
                because={"en": "Random tokens don't look back; among 3, flat weights reach 1/3.",
                         "zh": "随机 token 不会看前一个；只有 3 个时均匀权重就到 1/3。"},
            ),
            Claim(
                "untied-looks-back",
                {"en": "Untied, keys on a circle and queries one behind: weight above 0.999.",
                 "zh": "不共用：key 放在圆上，query 错开一位，权重超过 0.999。"},
                kind="exact",
                measured=exact[np.arange(n), np.arange(n) - 1].min(),
                expected=Above(0.999),
                kernel="attention",
            ),
            Claim(
                "rope-does-not-help",
                {"en": "Tied with RoPE, the logits are still symmetric.",
                 "zh": "共用矩阵再加 RoPE，logits 依然对称。"},
                kind="theorem",
                measured=np.abs(turned_logits - turned_logits.T).max(),
                expected=Below(1e-9),
                broken_by={"tied": False},
                because=untie,
            ),
            Claim(
                "causal-mask-helps",
                {"en": "Tied under a causal mask, training passes 1/3.",
                 "zh": "共用矩阵加因果掩码，训练后能超过 1/3。"},
                kind="stat",
                measured=best["masked"],
                expected=Above(1 / 3),
                broken_by={"steps": 0},
                because=train,
            ),
            Claim(
                "hiding-itself-too-restores-it",
                {"en": "With the token itself hidden as well, it passes 0.9.",
                 "zh": "再把 token 自己也遮住，能超过 0.9。"},
                kind="stat",
                measured=best["reformer"],
                expected=Above(0.9),
                broken_by={"steps": 0},
                because=train,
            ),
            Claim(
                "open-row-takes-a-slope",
                {"en": "In an open row it can pass 1/3: training shrinks the tokens along it.",
                 "zh": "不成环时能超过 1/3：训练让 token 的长度沿序列递减。"},
                kind="stat",
                measured=open_row,
                expected=Above(1 / 3),
                broken_by={"steps": 0},
                because=train,
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
