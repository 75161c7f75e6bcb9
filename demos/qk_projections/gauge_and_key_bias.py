"""Only the product W_Q W_Kᵀ counts, and a bias on K counts for nothing.

(W_Q R)(W_K R^-T)ᵀ = W_Q W_Kᵀ for any invertible R: W_Q and W_K are not unique. A key
bias adds q_i·b to every score of row i, and softmax forgets a row's constant; a query
bias adds b·k_j, which differs from key to key. Cordonnier et al. 2020 points out the
redundancy; openai/whisper leaves the bias off its key projection. RoPE ends both.
"""

from typing import Annotated

import numpy as np

from demos.kit import Above, AtMost, Below, Claim, Curve, Line, OneOf, Range, Result, Table, demo
from demos.ops import attention, layer_norm, rope


def relative_change(a: np.ndarray, b: np.ndarray) -> float:
    """‖A - B‖_F / ‖A‖_F."""
    return float(np.linalg.norm(a - b) / np.linalg.norm(a))


@demo(
    topic="qk-projections",
    title={"en": "What W_Q and W_K leave open", "zh": "W_Q、W_K 的冗余自由度"},
    look={
        "en": "Rows with 0: changes of W_Q, W_K, b_K that no attention weight can notice.",
        "zh": "变化为 0 的行：这样改 W_Q、W_K、b_K，注意力权重毫无察觉。",
    },
)
def run(
    rng,
    *,
    n: Annotated[int, Range(4, 64, log=True)] = 20,
    d: Annotated[int, OneOf(16, 32, 48, 64, 128)] = 48,
    d_k: Annotated[int, OneOf(2, 4, 8, 12, 16, 32)] = 12,
    bias: Annotated[float, Range(0.001, 10.0, log=True)] = 1.0,
    rotary: bool = False,
    factored: bool = True,
) -> Result:
    x = layer_norm(rng.standard_normal((n, d)))
    w_q, w_k = rng.standard_normal((2, d, d_k)) / np.sqrt(d)
    r = rng.standard_normal((d_k, d_k)) + 2 * np.eye(d_k)  # invertible
    b = bias * rng.standard_normal(d_k)

    def attend_with(q: np.ndarray, k: np.ndarray) -> np.ndarray:
        if rotary:
            q, k = rope(q, np.arange(n)), rope(k, np.arange(n))
        return attention(q, k, x)[1]  # [n, n]

    q, k = x @ w_q, x @ w_k
    plain = attend_with(q, k)
    gauged = attend_with(q @ r, k @ np.linalg.inv(r).T)
    key_biased = attend_with(q, k + b)
    query_biased = attend_with(q + b, k)

    free = rng.standard_normal((d, d)) / d  # a score xᵀ M y without factors
    m = w_q @ w_k.T if factored else free  # [d, d]
    spectrum = np.linalg.svd(m, compute_uv=False)
    rank = np.linalg.matrix_rank(m)

    by_rope = {
        "en": "RoPE turns q and k by position between the two: R or b no longer cancels.",
        "zh": "RoPE 在两者之间按位置旋转，R 和 b 就消不掉了。",
    }
    changes = [
        ({"en": "W_Q R, W_K R⁻ᵀ", "zh": "W_Q R，W_K R⁻ᵀ"}, relative_change(plain, gauged)),
        ({"en": "bias on K", "zh": "给 K 加偏置"}, relative_change(plain, key_biased)),
        ({"en": "bias on Q", "zh": "给 Q 加偏置"}, relative_change(plain, query_biased)),
    ]
    return Result(
        figures={
            "gauge_change": np.abs(plain - gauged).max(),
            "key_bias_change": np.abs(plain - key_biased).max(),
            "query_bias_change": relative_change(plain, query_biased),
            "rank": rank,
            "parameters_factored": 2 * d * d_k,
            "parameters_full": d * d,
        },
        views=[
            Table(
                {"en": "Change of the attention weights", "zh": "注意力权重的变化"},
                [{"en": "changed", "zh": "改动"}, {"en": "effect", "zh": "相对变化"}],
                [[what, effect] for what, effect in changes],
            ),
            Curve(
                {"en": "Singular values of W_Q W_Kᵀ", "zh": "W_Q W_Kᵀ 的奇异值"},
                [
                    Line({"en": "this head", "zh": "当前的头"}, np.arange(1, d + 1),
                         np.maximum(spectrum, 1e-17)),
                    Line({"en": "a full d×d matrix", "zh": "完整 d×d 矩阵"}, np.arange(1, d + 1),
                         np.linalg.svd(free, compute_uv=False), dotted=True),
                ],
                x_label={"en": "index", "zh": "序号"},
                y_label={"en": "singular value", "zh": "奇异值"},
                log_y=True,
            ),
        ],
        claims=[
            Claim(
                "only-the-product-counts",
                {"en": "W_Q R with W_K R⁻ᵀ gives the same weights.",
                 "zh": "换成 W_Q R 与 W_K R⁻ᵀ，权重不变。"},
                kind="exact",
                measured=np.abs(plain - gauged).max(),
                expected=Below(1e-10),
                broken_by={"rotary": True},
                because=by_rope,
            ),
            Claim(
                "key-bias-does-nothing",
                {"en": "A bias on K changes no weight.",
                 "zh": "给 K 加偏置，权重一个不变。"},
                kind="theorem",
                measured=np.abs(plain - key_biased).max(),
                expected=Below(1e-12),
                broken_by={"rotary": True},
                because=by_rope,
            ),
            Claim(
                "query-bias-does-something",
                {"en": "A bias on Q does.",
                 "zh": "给 Q 加偏置则会变。"},
                kind="stat",
                measured=relative_change(plain, query_biased),
                expected=Above(0.05),
                broken_by={"bias": 0.001},
                because={"en": "A tiny bias changes little: it adds b·k_j to column j.",
                         "zh": "偏置太小影响就小：它给第 j 列加上 b·k_j。"},
            ),
            Claim(
                "rank-at-most-dk",
                {"en": "W_Q W_Kᵀ has rank d_k at most.",
                 "zh": "W_Q W_Kᵀ 的秩不超过 d_k。"},
                kind="theorem",
                measured=rank,
                expected=AtMost(d_k),
                broken_by={"factored": False},
                because={"en": "A full d×d matrix has rank d, and d² parameters, not 2·d·d_k.",
                         "zh": "完整的 d×d 矩阵秩为 d，参数 d² 个，而不是 2·d·d_k。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
