"""A dot product is length times length times cosine: a longer key wins at the same angle.

Keys stand at fixed angles from the query. The second-best aligned one is lengthened
until it wins; no angle has changed. QK-norm (Henry et al. 2020) divides the lengths
away and leaves a cosine times a temperature.
"""

from typing import Annotated

import numpy as np

from demos.kit import Above, Below, Claim, Curve, Equals, Line, Mark, Range, Result, Table, demo
from demos.ops import attention

BEST, SECOND = 30.0, 45.0  # degrees from the query; the second must be √1.5 = 1.22 times longer


def keys_at(rng, degrees: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Keys `[n, d_k]` as long as q `[d_k]`, at these angles from it, in random directions."""
    aside = rng.standard_normal((len(degrees), len(q)))
    aside -= np.outer(aside @ q, q) / (q @ q)  # orthogonal to q
    aside *= np.linalg.norm(q) / np.linalg.norm(aside, axis=1, keepdims=True)
    angle = np.radians(degrees)[:, None]
    return np.cos(angle) * q + np.sin(angle) * aside


def cosines(q: np.ndarray, k: np.ndarray) -> np.ndarray:
    return k @ q / (np.linalg.norm(q) * np.linalg.norm(k, axis=1))


def entropy(p: np.ndarray) -> float:
    return float(-np.sum(p * np.log(np.maximum(p, 1e-300))))


@demo(
    topic="dot-product",
    title={"en": "A dot product is not a cosine", "zh": "点积不是余弦相似度"},
    look={
        "en": "The peak jumps from 30° to the key at 45°, which only became longer.",
        "zh": "峰值从 30° 跳到 45° 的那个 key：它只是变长了。",
    },
)
def run(
    rng,
    *,
    n: Annotated[int, Range(4, 64, log=True)] = 16,
    d_k: Annotated[int, Range(2, 128, log=True)] = 32,
    stretch: Annotated[float, Range(1.0, 4.0)] = 1.5,
    q_gain: Annotated[float, Range(1.0, 8.0, log=True)] = 2.0,
    qk_norm: bool = False,
) -> Result:
    q = rng.standard_normal(d_k)
    q *= np.sqrt(d_k) / np.linalg.norm(q)  # as long as a vector of unit-variance components
    degrees = np.concatenate([[BEST, SECOND], np.linspace(60, 150, n - 2)])
    k = keys_at(rng, degrees, q)
    longer = k.copy()
    longer[1] *= stretch

    def weights(q: np.ndarray, k: np.ndarray) -> np.ndarray:
        if qk_norm:  # unit length, times the length that q and k have here
            q, k = (np.sqrt(d_k) * x / np.linalg.norm(x, axis=-1, keepdims=True) for x in (q, k))
        return attention(q[None], k, k)[1][0]  # [n]

    before, after, doubled = weights(q, k), weights(q, longer), weights(q_gain * q, k)
    angle_change = np.abs(cosines(q, longer) - cosines(q, k)).max()
    logits = np.log(after) - np.log(after[0])  # up to the constant that softmax forgets
    lengths = np.linalg.norm(q) * np.linalg.norm(longer, axis=1)
    theory = lengths * np.cos(np.radians(degrees)) / np.sqrt(d_k)
    moved = np.argsort(doubled) != np.argsort(before)

    names = ({"en": "equal lengths", "zh": "长度相同"}, {"en": "45° key longer", "zh": "45° 变长"})
    no_length = {
        "en": "QK-norm divides every length away: the angle alone is left.",
        "zh": "QK-norm 把长度除掉，只剩角度。",
    }
    return Result(
        figures={
            "weight_best_before": before[0],
            "weight_best_after": after[0],
            "weight_longer_after": after[1],
            "odds_longer_over_best": after[1] / after[0],
            "angle_change": angle_change,
            "entropy_before": entropy(before),
            "entropy_long_query": entropy(doubled),
            "entropy_drop": entropy(before) - entropy(doubled),
        },
        views=[
            Curve(
                {"en": "Attention weight over the angle", "zh": "注意力权重随夹角的变化"},
                [Line(names[0], degrees, before), Line(names[1], degrees, after)],
                x_label={"en": "angle to q, degrees", "zh": "与 q 的夹角（度）"},
                y_label={"en": "weight", "zh": "权重"},
                marks=[Mark("x", SECOND, "45°")],
            ),
            Table(
                {"en": "The two nearest keys", "zh": "夹角最小的两个 key"},
                [{"en": "angle", "zh": "夹角"}, {"en": "length", "zh": "长度"}, "cos",
                 "q·k", {"en": "weight", "zh": "权重"}],
                [
                    [degrees[i], np.linalg.norm(longer[i]), cosines(q, longer)[i],
                     longer[i] @ q, after[i]]
                    for i in (0, 1)
                ],
            ),
        ],
        claims=[
            Claim(
                "longer-key-wins",
                {"en": "The lengthened key at 45° beats the key at 30°.",
                 "zh": "45° 的 key 变长后，胜过 30° 的 key。"},
                kind="exact",
                measured=after[1] / after[0],
                expected=Above(1.0),
                broken_by={"qk_norm": True},
                because={"en": "QK-norm leaves only the angle; short of √1.5 times, it wins too.",
                         "zh": "QK-norm 只留下角度；拉长不到 √1.5 倍时，也是角度占优。"},
            ),
            Claim(
                "length-is-enough",
                {"en": "No angle changed: the score is ‖q‖·‖k‖·cos θ/√d_k.",
                 "zh": "夹角一个没变：打分就是 ‖q‖·‖k‖·cos θ/√d_k。"},
                kind="exact",
                measured=angle_change + np.abs(logits - (theory - theory[0])).max(),
                expected=Below(1e-10),
                broken_by={"qk_norm": True},
                because=no_length,
            ),
            Claim(
                "longer-query-sharpens",
                {"en": "A longer query lowers the entropy of the weights.",
                 "zh": "q 变长，权重的熵下降。"},
                kind="theorem",
                measured=entropy(before) - entropy(doubled),
                expected=Above(0.0),
                broken_by={"q_gain": 1.0},
                because={"en": "Length 1 changes nothing; with QK-norm no length does.",
                         "zh": "倍数为 1 当然不变；有 QK-norm 时，任何倍数都不变。"},
            ),
            Claim(
                "longer-query-keeps-the-ranking",
                {"en": "It leaves the order of the keys as it was.",
                 "zh": "但 key 的排序不变。"},
                kind="theorem",
                measured=moved.sum(),
                expected=Equals(0),
                kernel="attention",
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
