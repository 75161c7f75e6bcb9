"""An FFN is a memory of d_ff keys and values, read by each token by itself.

FFN(x) = Σ_i relu(x·k_i + b_i) v_i: column i of W_1 is a key, row i of W_2 its value (Geva et
al. 2021, section 2). Unlike attention's weights, these are not normalised and the keys are
parameters, not other tokens: no token can see another one. A gate (SwiGLU, Shazeer 2020)
scales each value by a second product with x.
"""

from typing import Annotated, Literal

import numpy as np

from demos import kit
from demos.kit import Claim, Curve, Heatmap, Line, Range, Result
from demos.ops import attention, causal_mask, feed_forward, relu, silu, swiglu

TOKENS = 12
BIASES = np.linspace(-0.9, 0, 10)


def cosine(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (a * b).sum(axis=-1) / (np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1))


@kit.demo(
    topic="feed-forward",
    title={"en": "The FFN as a memory", "zh": "把 FFN 看成记忆"},
    look={
        "en": "A stored key as input lights up its own unit only: the diagonal.",
        "zh": "输入某个存好的 key，只有它自己那个单元亮：看对角线。",
    },
)
def run(
    rng,
    *,
    bias: Annotated[float, Range(-0.9, 0.0)] = -0.5,
    facts: Annotated[int, Range(16, 512, log=True)] = 256,
    mixer: Literal["ffn", "attention", "causal-attention"] = "ffn",
    d: Annotated[int, Range(32, 256, log=True)] = 64,
) -> Result:
    keys = rng.standard_normal((facts, d))
    keys /= np.linalg.norm(keys, axis=1, keepdims=True)  # unit length, so that k·k = 1
    values = rng.standard_normal((facts, d))
    w1, b1, w2, b2 = keys.T, np.full(facts, bias), values, np.zeros(d)

    # Read the memory with each of its own keys.
    fired = relu(keys @ w1 + b1)  # [facts, facts], row j: the weights of all values
    recall = cosine(feed_forward(keys, w1, b1, w2, b2), values)  # [facts]
    match = keys @ w1
    recalls = [cosine(relu(match + b) @ w2, values).mean() for b in BIASES]
    shares = [(match + b > 0).mean() for b in BIASES]

    x = rng.standard_normal((TOKENS, d))
    weights = relu(x @ w1 + b1)  # [TOKENS, facts]
    b_out = rng.standard_normal(d)
    by_hand = b_out + sum(weights[:, [i]] * values[i] for i in range(facts))  # [TOKENS, d]
    memory_error = np.abs(feed_forward(x, w1, b1, w2, b_out) - by_hand).max()

    def layer(x: np.ndarray) -> np.ndarray:
        """The layer under test: the FFN, or attention in its place."""
        if mixer == "ffn":
            return feed_forward(x, w1, b1, w2, b2)
        return attention(x, x, x, mask=causal_mask(len(x)) if "causal" in mixer else None)[0]

    order = np.roll(np.arange(TOKENS), 5)
    permuted = np.abs(layer(x[order]) - layer(x)[order]).max()
    edited = x.copy()
    edited[3] = rng.standard_normal(d)
    others = np.arange(TOKENS) != 3
    spill = np.abs(layer(edited) - layer(x))[others].max()

    w_gate, w_up = rng.standard_normal((2, d, facts)) / np.sqrt(d)
    scaled = (x @ w_up)[..., None] * w2  # [TOKENS, facts, d]: for each token its own values
    gated = feed_forward(x[:, None], w_gate, np.zeros(facts), scaled, b2, silu)[:, 0]
    gate_error = np.abs(swiglu(x, w_gate, w_up, w2) - gated).max()
    return Result(
        figures={
            "recall": recall.mean(),
            "units_on": (fired > 0).sum(axis=1).mean(),
            "units_on_percent": 100 * (fired > 0).mean(),
            "weight_sum": weights.sum(axis=1).mean(),
            "memory_error": memory_error,
            "spill": spill,
            "permutation_error": permuted,
            "gate_error": gate_error,
        },
        views=[
            Heatmap(
                {"en": "relu(k_j·k_i + b): which unit answers to key j",
                 "zh": "relu(k_j·k_i + b)：输入第 j 个 key，哪些单元亮"},
                fired[:12, :24],
                x_label={"en": "unit i", "zh": "单元 i"},
                y_label={"en": "input j", "zh": "输入 j"},
                low=0,
            ),
            Curve(
                {"en": "Reading stored keys at other biases", "zh": "换个偏置，用存过的 key 去读"},
                [
                    Line({"en": "recall (cosine)", "zh": "读出与存入的余弦"}, BIASES, recalls),
                    Line({"en": "share of units on", "zh": "亮着的单元比例"}, BIASES, shares),
                ],
                x_label={"en": "bias b", "zh": "偏置 b"},
                marks=[kit.Mark("x", bias, "b")],
            ),
        ],
        claims=[
            Claim(
                "ffn-is-a-sum-of-memories",
                {"en": "FFN(x) is Σ relu(x·kᵢ + bᵢ)·vᵢ, added up one memory at a time.",
                 "zh": "FFN(x) 等于逐条记忆相加：Σ relu(x·kᵢ + bᵢ)·vᵢ。"},
                kind="theorem",
                measured=memory_error,
                expected=kit.Below(1e-11),
                kernel="feed_forward",
            ),
            Claim(
                "stored-keys-return-their-values",
                {"en": "Asked with a stored key, the layer returns the value stored with it.",
                 "zh": "用存过的 key 去问，得到的就是与它一起存的 value。"},
                kind="stat",
                measured=recall.mean(),
                expected=kit.Above(0.95),
                broken_by={"bias": 0.0},
                because={"en": "At bias 0 half of all units answer and drown the right one.",
                         "zh": "偏置为 0 时一半的单元同时应答，把正确的那条淹没了。"},
            ),
            Claim(
                "other-tokens-are-untouched",
                {"en": "Editing token 3 changes the output of no other token.",
                 "zh": "改动第 3 个 token，其他 token 的输出一点不变。"},
                kind="theorem",
                measured=spill,
                expected=kit.Below(1e-12),
                broken_by={"mixer": "attention"},
                because={"en": "Attention reads all tokens; the FFN reads only its own.",
                         "zh": "注意力会读所有 token，FFN 只读自己这一个。"},
            ),
            Claim(
                "order-of-tokens-does-not-matter",
                {"en": "Permute the tokens and the outputs are permuted alike, no more.",
                 "zh": "打乱 token 的顺序，输出只是跟着换位置。"},
                kind="theorem",
                measured=permuted,
                expected=kit.Below(1e-12),
                broken_by={"mixer": "causal-attention"},
                because={"en": "A causal mask makes what a token sees depend on its place.",
                         "zh": "有因果掩码，能看到什么取决于排在第几位。"},
            ),
            Claim(
                "a-gate-scales-each-value",
                {"en": "SwiGLU is a SiLU FFN whose values the token itself scales by x·uᵢ.",
                 "zh": "SwiGLU 就是 SiLU 的 FFN，只是每个 value 先被 token 自己的 x·uᵢ 缩放。"},
                kind="theorem",
                measured=gate_error,
                expected=kit.Below(1e-10),
                kernel="swiglu",
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
