"""Linear attention does not factorise softmax: it replaces exp(q·k) by φ(q)·φ(k).

Only then may the product be re-associated, (φ(Q)φ(K)ᵀ)V = φ(Q)(φ(K)ᵀV), and n²·d becomes
n·d² (Katharopoulos et al. 2020, §3.2; causal form and RNN, §3.3-3.4). The weights have
rank at most d. Two softmaxes, softmax(Q)·softmax(K)ᵀ, are a third function (Shen 2018).
"""

import time
from typing import Annotated, Literal

import numpy as np

from demos.complexity._counting import matmul_flops
from demos.kit import (
    Above,
    AtMost,
    Below,
    Claim,
    Curve,
    Equals,
    Heatmap,
    Line,
    Mark,
    Near,
    Range,
    Result,
    demo,
)
from demos.ops import attention, elu_plus_one, linear_attention, softmax


def taylor_2(x: np.ndarray) -> np.ndarray:
    """φ(x)·φ(y) = 1 + s + s²/2 for s = x·y/√d: exp(s) to second order, in 1 + d + d² features."""
    x = x / x.shape[-1] ** 0.25
    squares = (x[..., :, None] * x[..., None, :]).reshape(*x.shape[:-1], -1) / np.sqrt(2)
    return np.concatenate([np.ones_like(x[..., :1]), x, squares], axis=-1)


FEATURES = {"elu+1": elu_plus_one, "taylor-2": taylor_2}


def relative(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.linalg.norm(a - b) / np.linalg.norm(b))


def seconds(kernel, rng, lengths: list[int], d: int) -> list[float]:
    """Wall-clock time of a kernel at each length, the better of two runs: an illustration only."""
    taken = []
    for n in lengths:
        q, k, v = rng.standard_normal((3, n, d))
        runs = []
        for _ in range(2):
            start = time.perf_counter()
            kernel(q, k, v)
            runs.append(time.perf_counter() - start)
        taken.append(min(runs))
    return taken


def growth(name: dict[str, str], lengths: list[int], taken: list[float]) -> Line:
    """Measured times as a line, with the slope of log time over log n in its label."""
    slope = np.polyfit(np.log(lengths), np.log(taken), 1)[0]
    label = {"en": f"{name['en']}, slope {slope:.1f}", "zh": f"{name['zh']}，斜率 {slope:.1f}"}
    return Line(label, lengths, taken)


def recurrent(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Causal linear attention as an RNN on φ(q), φ(k): state `[f, d_v]` and z `[f]` never grow."""
    state, z = np.zeros((q.shape[1], v.shape[1])), np.zeros(q.shape[1])
    out = np.empty_like(v)
    for t, (q_t, k_t, v_t) in enumerate(zip(q, k, v, strict=True)):
        state += np.outer(k_t, v_t)
        z += k_t
        out[t] = q_t @ state / (q_t @ z)
    return out


@demo(
    topic="complexity",
    title={"en": "Linear attention is another function", "zh": "线性注意力是另一个函数"},
    look={
        "en": "Softmax has sharp spots; the linear weights are smooth stripes of low rank.",
        "zh": "softmax 的权重有尖锐的亮点；线性注意力只有平滑的条纹，秩也低。",
    },
)
def run(
    rng,
    *,
    n: Annotated[int, Range(16, 512, log=True)] = 128,
    d: Annotated[int, Range(4, 64, log=True)] = 16,
    gain: Annotated[float, Range(0.01, 2.0, log=True)] = 1.0,
    phi: Literal["elu+1", "taylor-2"] = "elu+1",
) -> Result:
    q, k, v = rng.standard_normal((3, n, d))
    q, k = gain * q, gain * k  # the larger, the sharper softmax becomes
    exact, weights = attention(q, k, v)
    features = FEATURES[phi]
    phi_q, phi_k = features(q), features(k)  # [n, f]
    linear = linear_attention(q, k, v, feature_map=features)
    kernel = phi_q @ phi_k.T  # [n, n], what linear attention never forms
    kernel = kernel / kernel.sum(axis=1, keepdims=True)
    twice = softmax(q) @ (softmax(k, axis=0).T @ v)
    twice_rows = softmax(q) @ softmax(k, axis=0).T
    causal = linear_attention(q, k, v, feature_map=features, causal=True)

    def saving(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> float:
        """FLOPs of softmax attention over those of linear attention, features given."""
        mapped = features(q), features(k), v
        linear_flops = matmul_flops(linear_attention, *mapped, feature_map=lambda x: x)
        return matmul_flops(attention, q, k, v) / linear_flops

    counted = saving(q, k, v)
    square = rng.standard_normal((3, d, d))  # n = d
    at_d = saving(*square)
    sizes = np.geomspace(4, 512, 60)
    lengths = [128, 256, 512, 1024]  # beside the counts, which the claims rest on
    softmax_seconds = seconds(attention, rng, lengths, d)
    linear_seconds = seconds(linear_attention, rng, lengths, d)
    shown = min(n, 32)
    bright = np.quantile(weights[:shown, :shown], 0.98)
    key, query = "key", "query"
    more_features = {"en": "It has 1 + d + d² features: the rank and the cost rise with them.",
                     "zh": "它有 1 + d + d² 个特征，秩和开销都随之上升。"}  # fmt: skip
    return Result(
        figures={
            "output_difference": relative(linear, exact),
            "double_softmax_difference": relative(twice, exact),
            "reassociation_difference": relative(kernel @ v, linear),
            "linear_rank": np.linalg.matrix_rank(kernel),
            "softmax_rank": np.linalg.matrix_rank(weights),
            "linear_largest_weight": kernel.max(axis=1).mean(),
            "softmax_largest_weight": weights.max(axis=1).mean(),
            "flop_ratio": n / d,
            "counted_flop_ratio": counted,
            "counted_flop_ratio_at_d": at_d,
            "state_numbers": phi_q.shape[1] * (d + 1),
        },
        views=[
            Heatmap(
                {"en": "Weights: softmax", "zh": "权重：softmax"},
                weights[:shown, :shown],
                x_label=key,
                y_label=query,
                low=0.0,
                high=bright,
            ),
            Heatmap(
                {"en": "Weights: linear, same scale", "zh": "权重：线性，同一色标"},
                kernel[:shown, :shown],
                x_label=key,
                y_label=query,
                low=0.0,
                high=bright,
            ),
            Curve(
                {"en": "Seconds on this machine, just now", "zh": "刚刚在本机上的耗时（秒）"},
                [
                    growth({"en": "softmax", "zh": "softmax"}, lengths, softmax_seconds),
                    growth({"en": "linear", "zh": "线性"}, lengths, linear_seconds),
                ],
                x_label="n",
                log_x=True,
                log_y=True,
            ),
            Curve(
                {"en": "FLOPs of one head", "zh": "一个头的 FLOPs"},
                [
                    Line("softmax: 4n²d", sizes, 4 * sizes**2 * d),
                    Line({"en": "linear: 4nd²", "zh": "线性：4nd²"}, sizes, 4 * sizes * d**2),
                ],
                x_label="n",
                log_x=True,
                log_y=True,
                marks=[Mark("x", d, "n = d")],
            ),
        ],
        claims=[
            Claim(
                "not-a-factorisation-of-softmax",
                {"en": "Its output is more than 30% away from softmax attention's.",
                 "zh": "它的输出与 softmax 注意力相差 30% 以上。"},
                kind="stat",
                measured=relative(linear, exact),
                expected=Above(0.3),
                broken_by={"gain": 0.05},
                because={"en": "With tiny q and k both kernels are flat: each averages all of V.",
                         "zh": "q、k 极小时两种核都是平的，都只是对 V 求平均。"},
            ),
            Claim(
                "softmax-has-full-rank",
                {"en": "The softmax weights have full rank n.",
                 "zh": "softmax 的权重矩阵满秩，秩为 n。"},
                kind="stat",
                measured=np.linalg.matrix_rank(weights),
                expected=Equals(n),
                broken_by={"gain": 0.01, "d": 4},
                because={"en": "Near 0, exp is close to a short polynomial in q·k, of low rank.",
                         "zh": "在 0 附近，exp 近似为 q·k 的低次多项式，秩就低。"},
            ),
            Claim(
                "rank-at-most-d",
                {"en": "The linear weights have rank d at most.",
                 "zh": "线性注意力的权重矩阵，秩不超过 d。"},
                kind="theorem",
                measured=np.linalg.matrix_rank(kernel),
                expected=AtMost(d),
                broken_by={"phi": "taylor-2"},
                because=more_features,
            ),
            Claim(
                "weights-are-positive",
                {"en": "Its weights are positive, as softmax's are.",
                 "zh": "它的权重都是正数，与 softmax 一样。"},
                kind="theorem",
                measured=kernel.min(),
                expected=Above(0),
                kernel="elu_plus_one",
            ),
            Claim(
                "reassociation-is-exact",
                {"en": "(φ(Q)φ(K)ᵀ)V and φ(Q)(φ(K)ᵀV) are the same.",
                 "zh": "(φ(Q)φ(K)ᵀ)V 与 φ(Q)(φ(K)ᵀV) 相等。"},
                kind="theorem",
                measured=relative(linear, kernel @ v),
                expected=Below(1e-12),
                kernel="linear_attention",
            ),
            Claim(
                "saves-n-over-d",
                {"en": "It saves a factor of n/d, less the column that normalises.",
                 "zh": "省 n/d 倍；归一化要多算一列，略少一点。"},
                kind="exact",
                measured=counted,
                expected=Near(n / (d + 1), rel=1e-9),
                broken_by={"phi": "taylor-2"},
                because=more_features,
            ),
            Claim(
                "no-saving-at-n-equals-d",
                {"en": "At n = d it saves nothing: it costs 1/d more, for that column.",
                 "zh": "n = d 时一点不省：为了那一列，反而多花 1/d。"},
                kind="exact",
                measured=at_d,
                expected=Near(d / (d + 1), rel=1e-9),
                broken_by={"phi": "taylor-2"},
                because=more_features,
            ),
            Claim(
                "two-softmaxes-are-another-function",
                {"en": "softmax(Q)·softmax(K)ᵀ·V is 20% off as well.",
                 "zh": "softmax(Q)·softmax(K)ᵀ·V 也相差 20% 以上。"},
                kind="stat",
                measured=relative(twice, exact),
                expected=Above(0.2),
                broken_by={"gain": 0.05},
                because={"en": "With tiny q and k each of them averages all of V.",
                         "zh": "q、k 极小时，两者都只是对 V 求平均。"},
            ),
            Claim(
                "two-softmaxes-are-normalised",
                {"en": "Its rows sum to 1 all the same, without a division.",
                 "zh": "但它每行之和同样为 1，无需再除。"},
                kind="theorem",
                measured=np.abs(twice_rows.sum(axis=1) - 1).max(),
                expected=Below(1e-12),
                kernel="softmax",
            ),
            Claim(
                "causal-form-is-an-rnn",
                {"en": "The causal form is an RNN with a d × d state.",
                 "zh": "因果形式就是状态为 d × d 的 RNN。"},
                kind="theorem",
                measured=relative(causal, recurrent(phi_q, phi_k, v)),
                expected=Below(1e-11),
                kernel="linear_attention",
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
