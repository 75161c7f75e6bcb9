"""With W_Q = W_K the logits are symmetric, the attention weights are not.

S = ZZᵀ is symmetric; A = softmax(S) divides each row by its own normaliser Z_i. What
the symmetry leaves behind is reversibility: A_ij A_jk A_ki = A_ik A_kj A_ji for every
cycle (Kolmogorov's criterion), with stationary distribution Z_i / ΣZ. So a tied head
can't prefer one direction around a cycle; "query features" and "key features" coincide.
"""

from typing import Annotated

import numpy as np

from demos.kit import Above, Below, Claim, Heatmap, Histogram, Range, Result, demo
from demos.ops import attention, layer_norm


def asymmetry(m: np.ndarray) -> float:
    """‖M - Mᵀ‖_F / ‖M‖_F: 0 for a symmetric matrix."""
    return float(np.linalg.norm(m - m.T) / np.linalg.norm(m))


def log_cycles(a: np.ndarray) -> np.ndarray:
    """log of A_ij A_jk A_ki / (A_ik A_kj A_ji) for every triple of different tokens."""
    n = len(a)
    flow = np.log(a) - np.log(a.T)  # [n, n], antisymmetric
    around = flow[:, :, None] + flow[None, :, :] + flow.T[:, None, :]  # i->j, j->k, k->i
    i, j, k = np.meshgrid(*[np.arange(n)] * 3, indexing="ij")
    return around[(i < j) & (j < k)]


@demo(
    topic="qk-projections",
    title={"en": "What W_Q = W_K makes symmetric", "zh": "W_Q = W_K 让什么变得对称"},
    look={
        "en": "The logits mirror across the diagonal, the weights don't; no cycle has a direction.",
        "zh": "logits 沿对角线对称，权重不对称，但任何环路都没有方向。",
    },
)
def run(
    rng,
    *,
    n: Annotated[int, Range(4, 48, log=True)] = 24,
    d: Annotated[int, Range(8, 128, log=True)] = 32,
    d_k: Annotated[int, Range(2, 64, log=True)] = 16,
    gain: Annotated[float, Range(0.1, 2.0, log=True)] = 1.0,
    tied: bool = True,
) -> Result:
    x = gain * layer_norm(rng.standard_normal((n, d)))  # tokens of length gain·√d
    w_q, w_other = rng.standard_normal((2, d, d_k)) / np.sqrt(d)
    q, k = x @ w_q, x @ (w_q if tied else w_other)
    logits = q @ k.T / np.sqrt(d_k)  # [n, n]
    _, a = attention(q, k, x)
    _, untied = attention(q, x @ w_other, x)

    normaliser = np.exp(logits).sum(axis=1)  # Z_i
    pi = normaliser / normaliser.sum()
    cycles, untied_cycles = log_cycles(a), log_cycles(untied)
    untie = {
        "en": "With two matrices S_ij = x_iᵀ W_Q W_Kᵀ x_j is any bilinear form.",
        "zh": "用两个矩阵，S_ij = x_iᵀ W_Q W_Kᵀ x_j 可以是任意双线性型。",
    }
    axes = {"x_label": {"en": "key", "zh": "key"}, "y_label": {"en": "query", "zh": "query"}}
    return Result(
        figures={
            "logit_asymmetry": asymmetry(logits),
            "weight_asymmetry": asymmetry(a),
            "cycle_rms": np.sqrt(np.mean(cycles**2)),
            "cycle_rms_untied": np.sqrt(np.mean(untied_cycles**2)),
            "stationary_error": np.abs(pi @ a - pi).max(),
        },
        views=[
            Heatmap({"en": "logits S", "zh": "logits S"}, logits, diverging=True, **axes),
            Heatmap({"en": "weights A = softmax(S)", "zh": "权重 A = softmax(S)"}, a, **axes),
            Histogram.of(
                {"en": "Log ratio around each cycle", "zh": "每个环路正反向之比的对数"},
                [
                    ({"en": "this head", "zh": "当前的头"}, cycles),
                    ({"en": "W_Q ≠ W_K", "zh": "W_Q ≠ W_K"}, untied_cycles),
                ],
                bins=40,
                x_label={"en": "log ratio", "zh": "对数比"},
            ),
        ],
        claims=[
            Claim(
                "tied-logits-are-symmetric",
                {"en": "Tied, S_ij = S_ji.",
                 "zh": "共用矩阵时，S_ij = S_ji。"},
                kind="exact",
                measured=np.abs(logits - logits.T).max(),
                expected=Below(1e-12),
                broken_by={"tied": False},
                because=untie,
            ),
            Claim(
                "tied-weights-are-not-symmetric",
                {"en": "Tied, the weights are still not symmetric.",
                 "zh": "共用矩阵时，权重矩阵仍不对称。"},
                kind="stat",
                measured=asymmetry(a),
                expected=Above(0.05),
                broken_by={"gain": 0.1},
                because={"en": "Tiny logits make every weight 1/n, and that is symmetric.",
                         "zh": "logits 很小时权重都是 1/n，自然对称。"},
            ),
            Claim(
                "tied-head-is-reversible",
                {"en": "Tied, every cycle is as likely one way as the other.",
                 "zh": "共用矩阵时，任何环路正走反走概率相同。"},
                kind="theorem",
                measured=np.abs(cycles).max(),
                expected=Below(1e-9),
                broken_by={"tied": False},
                because=untie,
            ),
            Claim(
                "untied-head-has-direction",
                {"en": "Untied, cycles have a direction.",
                 "zh": "不共用时，环路有了方向。"},
                kind="stat",
                measured=np.sqrt(np.mean(untied_cycles**2)),
                expected=Above(0.5),
                broken_by={"gain": 0.1},
                because={"en": "Tiny logits prefer nothing, hence no direction either.",
                         "zh": "logits 很小时没有偏好，也就没有方向。"},
            ),
            Claim(
                "stationary-is-the-normaliser",
                {"en": "Tied, the weights' stationary distribution is Z_i/ΣZ.",
                 "zh": "共用矩阵时，权重的平稳分布是 Z_i/ΣZ。"},
                kind="theorem",
                measured=np.abs(pi @ a - pi).max(),
                expected=Below(1e-12),
                broken_by={"tied": False},
                because={"en": "Z_i A_ij = exp(S_ij) = Z_j A_ji needs a symmetric S.",
                         "zh": "Z_i A_ij = exp(S_ij) = Z_j A_ji 要求 S 对称。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
