"""What a KV cache costs in bytes, and what it saves in FLOPs.

Bytes per token: 2 (K and V) · layers · kv heads · d_head · bytes per number (Shazeer 2019,
Ainslie et al. 2023; the sizes of Llama 2: Touvron et al. 2023, §2.2 and Table 1).
Attention over i tokens at each step costs i² scores without a cache and i with one.
"""

from typing import Annotated

import numpy as np

from demos.complexity._counting import matmul_flops
from demos.kit import (
    Bars,
    Below,
    Claim,
    Curve,
    Equals,
    Line,
    Near,
    OneOf,
    Range,
    Result,
    Table,
    demo,
)
from demos.ops import attention, causal_mask, multi_head_attention

KIB, GIB = 2**10, 2**30
TOKENS, D, HEADS, SHARED = 12, 32, 8, 2  # a small grouped-query layer: 4 query heads a kv head


def bytes_per_token(layers: int, kv_heads: int, d_head: int, width: int) -> int:
    return 2 * layers * kv_heads * d_head * width


def scores(generated: int, prompt: int) -> tuple:
    """Scores computed while generating: without a cache Σ i², with one Σ i."""
    i = prompt + np.arange(1, generated + 1, dtype=float)
    return (i**2).sum(), i.sum()


@demo(
    topic="complexity",
    title={"en": "The KV cache: bytes and savings", "zh": "KV cache：占多少，省多少"},
    look={
        "en": "Fewer kv heads divide the cache; without a cache, FLOPs grow as n³.",
        "zh": "KV 头数越少，cache 越小；不用 cache，计算量按 n³ 增长。",
    },
)
def run(
    rng,
    *,
    layers: Annotated[int, Range(1, 128)] = 80,
    heads: Annotated[int, OneOf(8, 16, 32, 64, 128)] = 64,
    kv_heads: Annotated[int, OneOf(1, 2, 4, 8, 16, 32, 64)] = 8,
    d_head: Annotated[int, OneOf(64, 128, 256)] = 128,
    width: Annotated[int, OneOf(1, 2, 4)] = 2,
    n: Annotated[int, Range(1, 131_072, log=True)] = 4096,
    window: Annotated[int, Range(0, 131_072)] = 0,
    generated: Annotated[int, Range(1, 4096, log=True)] = 512,
    prompt: Annotated[int, Range(0, 4096)] = 0,
) -> Result:
    kv_heads = min(kv_heads, heads)  # more than that would be MHA with unused heads
    per_token = bytes_per_token(layers, kv_heads, d_head, width)
    mha = bytes_per_token(layers, heads, d_head, width)
    kept = min(n, window) if window else n  # a sliding window drops older tokens
    seven_b = bytes_per_token(32, 32, 128, width)
    recomputed, cached = scores(generated, prompt)

    # The same on a small scale, with the kernel: 24 tokens after a prompt of at most 24.
    start = min(prompt, 24)
    q, k, v = rng.standard_normal((3, start + 24, 8))
    flops = [0, 0]
    difference = 0.0
    for i in range(start + 1, start + 25):
        whole, _ = attention(q[:i], k[:i], v[:i], mask=causal_mask(i))
        step, _ = attention(q[i - 1 : i], k[:i], v[:i], mask=causal_mask(1, i))
        difference = max(difference, np.abs(whole[-1:] - step).max())
        flops[0] += matmul_flops(attention, q[:i], k[:i], v[:i])
        flops[1] += matmul_flops(attention, q[i - 1 : i], k[:i], v[:i])

    # Grouped queries, against multi-head attention with each kv head's columns copied 4 times.
    x, w_q, w_o = rng.standard_normal((TOKENS, D)), *rng.standard_normal((2, D, D)) / np.sqrt(D)
    w_kv = rng.standard_normal((2, D, SHARED, D // HEADS)) / np.sqrt(D)
    copied = np.repeat(w_kv, HEADS // SHARED, axis=2).reshape(2, D, D)
    gqa, _ = multi_head_attention(x, x, w_q, *w_kv.reshape(2, D, -1), w_o, heads=HEADS,
                                  kv_heads=SHARED)  # fmt: skip
    mha_copied, _ = multi_head_attention(x, x, w_q, *copied, w_o, heads=HEADS)

    lengths = np.geomspace(1, 4096, 60).astype(int)
    curves = np.array([scores(length, prompt) for length in lengths])  # [60, 2]
    models = [("LLaMA-2 7B", 32, 32), ("LLaMA-2 13B", 40, 40), ("LLaMA-2 70B", 80, 8),
              ("70B, MHA", 80, 64), ("70B, MQA", 80, 1)]  # fmt: skip
    with_prompt = {"en": "After a prompt the steps are long from the start: it saves more.",
                   "zh": "前面已有提示词时，每一步从一开始就长，省得更多。"}  # fmt: skip
    return Result(
        figures={
            "kib_per_token": per_token / KIB,
            "cache_gib": kept * per_token / GIB,
            "mha_over_gqa": mha / per_token,
            "seven_b_kib_per_token": seven_b / KIB,
            "seven_b_gib": n * seven_b / GIB,
            "cache_saving": recomputed / cached,
            "projection_saving": (generated + 1) / 2 + prompt,
            "counted_saving": flops[0] / flops[1],
        },
        views=[
            Table(
                {"en": f"Cache at n = {n}", "zh": f"n = {n} 时的 cache"},
                [{"en": "model", "zh": "模型"}, {"en": "kv heads", "zh": "KV 头"},
                 {"en": "KiB/token", "zh": "KiB/token"}, "GiB"],
                [[name, kv, bytes_per_token(deep, kv, 128, width) / KIB,
                  n * bytes_per_token(deep, kv, 128, width) / GIB] for name, deep, kv in models],
            ),
            Curve(
                {"en": "Scores computed to generate n tokens", "zh": "生成 n 个 token 要算的分数"},
                [
                    Line({"en": "no cache", "zh": "不用 cache"}, lengths, curves[:, 0]),
                    Line({"en": "cache", "zh": "用 cache"}, lengths, curves[:, 1]),
                ],
                x_label="n",
                log_x=True,
                log_y=True,
            ),
            Bars(
                {"en": "Cache by kv heads", "zh": "KV 头数与 cache"},
                [(str(kv), n * bytes_per_token(layers, kv, d_head, width) / GIB)
                 for kv in (1, 2, 4, 8, 16, 32, 64)],
                unit="GiB",
            ),
        ],
        claims=[
            Claim(
                "seven-b-takes-half-a-mib-per-token",
                {"en": "Llama 2 7B keeps 512 KiB a token in fp16.",
                 "zh": "Llama 2 7B 用 fp16，每个 token 512 KiB。"},
                kind="exact",
                measured=seven_b / KIB,
                expected=Equals(512),
                broken_by={"width": 1},
                because={"en": "A cache in 8 bits takes half of that.",
                         "zh": "8 位量化的 cache 只要一半。"},
            ),
            Claim(
                "seventy-b-takes-less",
                {"en": "Llama 2 70B, ten times the size, keeps 320 KiB.",
                 "zh": "Llama 2 70B 大了十倍，每个 token 只要 320 KiB。"},
                kind="exact",
                measured=per_token / KIB,
                expected=Equals(320),
                broken_by={"kv_heads": 64},
                because={"en": "It is 2 · layers · kv heads · d_head · bytes: GQA made it small.",
                         "zh": "它等于 2 · 层数 · KV 头数 · d_head · 字节数，小是因为用了 GQA。"},
            ),
            Claim(
                "gqa-divides-the-cache",
                {"en": "64 query heads on 8 kv heads: an eighth of the cache.",
                 "zh": "64 个查询头共用 8 个 KV 头，cache 为八分之一。"},
                kind="exact",
                measured=mha / per_token,
                expected=Equals(8),
                broken_by={"kv_heads": 1},
                because={"en": "The ratio is heads / kv heads; with one kv head it is MQA.",
                         "zh": "比值是头数 / KV 头数；只有一个 KV 头就是 MQA。"},
            ),
            Claim(
                "gqa-is-mha-with-copied-heads",
                {"en": "GQA is MHA in which 4 query heads in a row have equal W_K, W_V.",
                 "zh": "GQA 就是相邻 4 个查询头的 W_K、W_V 各自相同的 MHA。"},
                kind="theorem",
                measured=np.abs(gqa - mha_copied).max(),
                expected=Below(1e-12),
                kernel="multi_head_attention",
            ),
            Claim(
                "cache-grows-with-every-token",
                {"en": "Twice the tokens, twice the cache.",
                 "zh": "token 翻倍，cache 翻倍。"},
                kind="exact",
                measured=(min(2 * n, window) if window else 2 * n) / kept,
                expected=Equals(2),
                broken_by={"window": 1024},
                because={"en": "A sliding window stops the growth: older tokens are dropped.",
                         "zh": "滑动窗口会丢掉较早的 token，cache 不再增长。"},
            ),
            Claim(
                "cache-saves-two-thirds-n",
                {"en": "Generating n tokens, it saves (2n+1)/3 of the attention.",
                 "zh": "生成 n 个 token，注意力计算省 (2n+1)/3 倍。"},
                kind="exact",
                measured=recomputed / cached,
                expected=Near((2 * generated + 1) / 3, rel=1e-9),
                broken_by={"prompt": 512},
                because=with_prompt,
            ),
            Claim(
                "a-real-run-agrees",
                {"en": "Counted over 24 real steps, it saves 49/3.",
                 "zh": "实际运行 24 步，数出来省 49/3 倍。"},
                kind="exact",
                measured=flops[0] / flops[1],
                expected=Near(49 / 3, rel=1e-9),
                broken_by={"prompt": 512},
                because=with_prompt,
            ),
            Claim(
                "cached-steps-give-the-same-output",
                {"en": "A step with the cache gives the full pass's last row.",
                 "zh": "用 cache 的一步，结果与完整计算的最后一行相同。"},
                kind="theorem",
                measured=difference,
                expected=Below(1e-12),
                kernel="causal_mask",
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
