"""Without positions attention is equivariant: permuted tokens give permuted outputs.

Not invariant, and not blind to order once a causal mask and a second layer are
there. Source: Haviv 2022; Kazemnejad 2023, theorem 1 (a causal mask and BOS count).
"""

from typing import Annotated

import numpy as np

from demos.kit import Above, Bars, Below, Claim, OneOf, Range, Result, Table, demo
from demos.ops import attention, causal_mask, multi_head_attention, relu, sinusoidal_positions

BATCH = 32  # inputs that the statistics average over


def transformer(x: np.ndarray, weights: np.ndarray, causal: bool) -> np.ndarray:
    """A stack of residual self-attention and feed-forward layers: `[b, n, d] -> [b, n, d]`."""
    mask = causal_mask(x.shape[1]) if causal else None
    for w_q, w_k, w_v, w_o, w1, w2 in weights:  # each [d, d]
        x = x + multi_head_attention(x, x, w_q, w_k, w_v, w_o, heads=2, mask=mask)[0]
        x = x + relu(x @ w1) @ w2
    return x


def difference(a: np.ndarray, b: np.ndarray) -> float:
    """Root mean square of a - b, relative to that of b."""
    return float(np.sqrt(np.mean((a - b) ** 2) / np.mean(b**2)))


@demo(
    topic="positions",
    title={"en": "Permute the tokens", "zh": "打乱 token 的顺序"},
    look={
        "en": "No positions, no mask: zero. Either of them makes order count.",
        "zh": "既无位置编码也无掩码时误差为 0；加上任何一个，顺序就有影响。",
    },
)
def run(
    rng,
    *,
    n: Annotated[int, Range(1, 64)] = 10,
    d: Annotated[int, OneOf(4, 8, 16, 32, 64)] = 16,
    layers: Annotated[int, Range(1, 4)] = 2,
    encoding: bool = False,
    causal: bool = False,
    bos: bool = True,
) -> Result:
    x = rng.standard_normal((BATCH, n, d))
    weights = rng.standard_normal((layers, 6, d, d)) / np.sqrt(d)
    order = np.arange(n)[::-1]  # the permutation P: reverse the text
    pe = sinusoidal_positions(n, d)

    def output(tokens, add_positions, masked):  # [b, n, d]
        return transformer(tokens + pe * add_positions, weights, masked)

    def error(add_positions, masked):  # of f(PX) = P f(X)
        return difference(
            output(x[:, order], add_positions, masked), output(x, add_positions, masked)[:, order]
        )

    plain, permuted = output(x, encoding, causal), output(x[:, order], encoding, causal)

    # Reverse all tokens but the last, and look at the last one's output.
    earlier = np.append(np.arange(n - 1)[::-1], n - 1)
    last_change = difference(output(x[:, earlier], False, True)[:, -1],
                             output(x, False, True)[:, -1])  # fmt: skip

    # Cross-attention: x asks, another sequence answers, in its order and reversed.
    memory, cross = rng.standard_normal((BATCH, n, d)), weights[0, :4]

    def answer(tokens):  # [b, n, d]
        return multi_head_attention(x, tokens + pe * encoding, *cross, heads=2)[0]

    memory_change = difference(answer(memory[:, order]), answer(memory))

    # A head with equal logits over BOS (value 1) and other tokens (value 0) outputs 1/t.
    value = np.zeros((n, 1)) if bos else np.ones((n, 1))
    value[0] = 1.0
    zeros = np.zeros((n, 4))
    head_output = attention(zeros, zeros, value, mask=causal_mask(n))[0][:, 0]  # [n]
    decoded = 1 / head_output

    rows = [
        ({"en": "no positions, no mask", "zh": "无编码、无掩码"}, error(False, False)),
        ({"en": "with positions", "zh": "加位置编码"}, error(True, False)),
        ({"en": "causal mask only", "zh": "只加因果掩码"}, error(False, True)),
    ]
    return Result(
        figures={
            "equivariance_error": difference(permuted, plain[:, order]),
            "invariance_error": difference(permuted, plain),
            "error_with_positions": rows[1][1],
            "error_with_causal_mask": rows[2][1],
            "last_token_change": last_change,
            "memory_order_change": memory_change,
            "pooled_change": difference(permuted.mean(1), plain.mean(1)),
            "counter_error": np.abs(decoded - np.arange(1, n + 1)).max(),
        },
        views=[
            Bars(
                {"en": "‖f(PX) − P f(X)‖ / ‖P f(X)‖", "zh": "‖f(PX) − P f(X)‖ / ‖P f(X)‖"},
                rows,
            ),
            Table(
                {"en": "A causal head that counts", "zh": "会数数的因果头"},
                [{"en": "position t", "zh": "位置 t"},
                 {"en": "weight on BOS", "zh": "BOS 权重"},
                 {"en": "1 / weight", "zh": "取倒数"}],
                [[t + 1, head_output[t], decoded[t]] for t in range(min(n, 10))],
            ),
        ],
        claims=[
            Claim(
                "attention-is-equivariant",
                {"en": "f(PX) = P f(X): permuted in, permuted out.",
                 "zh": "f(PX) = P f(X)：输入怎么排，输出就怎么排。"},
                kind="theorem",
                measured=difference(permuted, plain[:, order]),
                expected=Below(1e-10),
                broken_by={"encoding": True},
                because={"en": "Each output now depends on where its token stands.",
                         "zh": "此时每个输出都与 token 所在的位置有关。"},
            ),
            Claim(
                "attention-is-not-invariant",
                {"en": "f(PX) is not f(X): the rows have moved.",
                 "zh": "f(PX) 不等于 f(X)：各行换了位置。"},
                kind="stat",
                measured=difference(permuted, plain),
                expected=Above(0.2),
                broken_by={"n": 1},
                because={"en": "One token alone has no order.",
                         "zh": "只有一个 token，无所谓顺序。"},
            ),
            Claim(
                "the-mean-is-a-bag-of-words",
                {"en": "Averaged over tokens the output ignores order.",
                 "zh": "对 token 取平均后，输出与顺序无关（词袋）。"},
                kind="theorem",
                measured=difference(permuted.mean(1), plain.mean(1)),
                expected=Below(1e-10),
                broken_by={"encoding": True},
                because={"en": "What a token reads now depends on where it stands.",
                         "zh": "每个 token 读到什么，此时取决于它站在哪里。"},
            ),
            Claim(
                "cross-attention-reads-a-set",
                {"en": "Cross-attention: the order of the memory changes nothing.",
                 "zh": "交叉注意力：memory 怎么排，输出都不变。"},
                kind="theorem",
                measured=memory_change,
                expected=Below(1e-10),
                broken_by={"encoding": True},
                because={"en": "Keys and values now say where they stand.",
                         "zh": "此时 key 和 value 都带上了各自的位置。"},
            ),
            Claim(
                "positions-break-equivariance",
                {"en": "Added positions make order count.",
                 "zh": "加上位置编码，顺序就有影响。"},
                kind="stat",
                measured=rows[1][1],
                expected=Above(0.02),
                broken_by={"n": 1},
                because={"en": "One token alone has no order.",
                         "zh": "只有一个 token，无所谓顺序。"},
            ),
            Claim(
                "causal-mask-breaks-equivariance",
                {"en": "A causal mask alone makes order count.",
                 "zh": "只加因果掩码，顺序也有影响。"},
                kind="stat",
                measured=rows[2][1],
                expected=Above(0.02),
                broken_by={"n": 1},
                because={"en": "One token alone has no order.",
                         "zh": "只有一个 token，无所谓顺序。"},
            ),
            Claim(
                "two-causal-layers-read-word-order",
                {"en": "The last token notices that the earlier ones swapped.",
                 "zh": "前面的 token 换了顺序，最后一个 token 能察觉。"},
                kind="stat",
                measured=last_change,
                expected=Above(0.02),
                broken_by={"layers": 1},
                because={"en": "In one layer its keys are a set (as is one earlier token alone).",
                         "zh": "单层里它看到的 key 只是集合（前面只有一个 token 时也一样）。"},
            ),
            Claim(
                "causal-attention-counts-from-bos",
                {"en": "Equal weights over a marked BOS give 1/t: position decoded.",
                 "zh": "均匀注意力加 BOS 标记得到 1/t，由此解出位置。"},
                kind="exact",
                measured=np.abs(decoded - np.arange(1, n + 1)).max(),
                expected=Below(1e-9),
                broken_by={"bos": False},
                because={"en": "If all values are alike, their average says nothing of t.",
                         "zh": "所有 value 都一样，平均值不含 t 的信息。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
