"""Decoding from a KV cache needs no causal mask for one new token, and needs one for two.

The cache holds only the past, so one query may look at all of it. A prefill, or any
chunk of several tokens, needs the causal mask, aligned to the END of the keys. Without
it the last row of a one-layer model is still right, which is how the belief that
inference needs no causal mask survives. Source: Vaswani et al. 2017, section 3.2.3.
"""

from typing import Annotated, Literal

import numpy as np

from demos.kit import Above, Below, Claim, Curve, Line, Range, Result, Table, demo
from demos.masking._decoder import D, decode, distance, random_layers
from demos.ops import causal_mask


def chunk_mask(kind: str, new: int, total: int) -> np.ndarray | None:
    """bool `[new, total]` for `new` queries at the end of `total` keys."""
    if kind == "none":
        return None
    # "start" is what tril of a [new, total] matrix gives: query 0 sees key 0 alone.
    return causal_mask(new, total) if kind == "end" else np.tri(new, total, dtype=bool)


def decode_in_chunks(x, weights, sizes, masks) -> np.ndarray:
    """Feed x `[n, d]` chunk by chunk through one cache; masks names each chunk's mask."""
    cache, outputs, done = {}, [], 0
    for size, kind in zip(sizes, masks, strict=True):
        mask = chunk_mask(kind, size, done + size)
        outputs.append(decode(x[done : done + size], weights, mask, cache=cache))
        done += size
    return np.concatenate(outputs)  # [n, d]


@demo(
    topic="masking",
    title={"en": "Which mask a KV cache needs", "zh": "KV cache 需要什么掩码"},
    look={
        "en": "No causal mask in the prefill: no error at 1 layer, a large one from 2 on.",
        "zh": "预填充不加因果掩码：1 层时毫无误差，2 层起误差很大。",
    },
)
def run(
    rng,
    *,
    chunk: Annotated[int, Range(1, 32)] = 1,
    mask: Literal["none", "end", "start"] = "none",
    prefill_mask: bool = True,
    n: Annotated[int, Range(4, 32)] = 10,
    layers: Annotated[int, Range(1, 6)] = 3,
) -> Result:
    x, weights = rng.standard_normal((n, D)), random_layers(rng, layers)
    full = decode(x, weights, causal_mask(n))  # as in training: all positions in one pass

    def chunked(size: int, kind: str) -> float:
        """Error of decoding `size` tokens at a time, each chunk masked by `kind`."""
        sizes = [min(size, n - done) for done in range(0, n, size)]
        return distance(decode_in_chunks(x, weights, sizes, [kind] * len(sizes)), full)

    # Half of the tokens as a prompt in one pass, the others one by one.
    prompt = n // 2
    sizes = [prompt] + [1] * (n - prompt)
    masks = ["end" if prefill_mask else "none"] + ["none"] * (n - prompt)
    served = decode_in_chunks(x, weights, sizes, masks)

    # One pass over everything without the mask: how wrong is the last row, by depth?
    depths = range(1, max(layers, 4) + 1)
    deep, batch = random_layers(rng, len(depths)), rng.standard_normal((8, n, D))
    error = [
        distance(
            decode(batch, deep[:depth])[:, -1], decode(batch, deep[:depth], causal_mask(n))[:, -1]
        )
        for depth in depths
    ]

    return Result(
        figures={
            "step_error": chunked(chunk, mask),
            "prefill_error": distance(served[prompt:], full[prompt:]),
            "last_row_one_layer": error[0],
            "last_row_error": error[layers - 1],
            "start_aligned_error": chunked(chunk, "start"),
            "unmasked_chunk_error": chunked(4, "none"),
        },
        views=[
            Curve(
                {"en": "Last token after a prefill without causal mask",
                 "zh": "预填充不加因果掩码：末位 token 的误差"},
                [Line({"en": "relative error", "zh": "相对误差"}, list(depths), error)],
                x_label={"en": "layers", "zh": "层数"},
                y_label={"en": "error", "zh": "误差"},
            ),
            Table(
                {"en": "Error by chunk size and mask", "zh": "误差：每次喂入的 token 数与掩码"},
                [{"en": "tokens at once", "zh": "每次 token 数"}, {"en": "none", "zh": "不加"},
                 {"en": "end-aligned", "zh": "对齐末尾"},
                 {"en": "start-aligned", "zh": "对齐开头"}],
                [[size, *(chunked(size, kind) for kind in ("none", "end", "start"))]
                 for size in (1, 2, 4, n)],
            ),
        ],
        claims=[
            Claim(
                "one-token-steps-need-no-mask",
                {"en": "Decoding through the cache without a mask equals the full causal pass.",
                 "zh": "不加掩码、靠 cache 逐个解码，与完整的因果前向结果一致。"},
                kind="theorem",
                measured=chunked(chunk, mask),
                expected=Below(1e-11),
                broken_by={"chunk": 3},
                because={"en": "Three tokens fed at once can see each other's future.",
                         "zh": "一次喂入三个 token，它们会互相看到未来。"},
            ),
            Claim(
                "end-aligned-mask-fits-any-chunk",
                {"en": "With a mask aligned to the end, chunks of four give the same as well.",
                 "zh": "掩码对齐末尾，一次喂四个也得到同样的结果。"},
                kind="theorem",
                measured=chunked(4, "end"),
                expected=Below(1e-11),
                kernel="causal_mask",
            ),
            Claim(
                "start-aligned-mask-hides-the-cache",
                {"en": "Aligned to the start, the mask hides cached keys; outputs are wrong.",
                 "zh": "对齐开头的掩码会挡住 cache 里的 key，输出出错。"},
                kind="stat",
                measured=chunked(chunk, "start"),
                expected=Above(0.05),
                broken_by={"chunk": 32},
                because={"en": "With nothing cached yet, both alignments are the same matrix.",
                         "zh": "cache 还空着时，两种对齐是同一个矩阵。"},
            ),
            Claim(
                "masked-prefill-then-steps-is-exact",
                {"en": "A prefill followed by single steps equals the full causal pass.",
                 "zh": "预填充之后逐个解码，与完整的因果前向结果一致。"},
                kind="theorem",
                measured=distance(served[prompt:], full[prompt:]),
                expected=Below(1e-11),
                broken_by={"prefill_mask": False},
                because={"en": "From layer 2 on, the prompt's cached K and V contain its future.",
                         "zh": "从第 2 层起，缓存的 K、V 里混入了提示词内部的未来信息。"},
            ),
            Claim(
                "one-layer-hides-the-mistake",
                {"en": "With one layer, the last token is right even without the causal mask.",
                 "zh": "只有一层时，不加因果掩码，末位 token 也是对的。"},
                kind="theorem",
                measured=error[0],
                expected=Below(1e-12),
                kernel="causal_mask",
            ),
            Claim(
                "deep-models-need-the-prefill-mask",
                {"en": "With more layers it is wrong: the rows it reads have seen the future.",
                 "zh": "层数一多就错了：它读取的那些行已经看过未来。"},
                kind="stat",
                measured=error[layers - 1],
                expected=Above(0.02),
                broken_by={"layers": 1},
                because={"en": "In layer 1, keys and values still depend on one token each.",
                         "zh": "第 1 层的 K、V 还只由各自的 token 算出。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
