"""Write torch.json: what PyTorch 2.13 returns for the inputs that the kernels are tested on.

    python make.py        needs torch and numpy; the tests need neither this file nor torch

All runs in float64. Inputs are multiples of 1/64, so that they are the same numbers in
float32 and short as text. Each case says how to call the kernel of the same task:
`kernel`, `args` (in order), `options`, and what must come back, `expected` (in order).
"""

import json
import math
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

CASES: dict[str, dict] = {}
torch.set_default_dtype(torch.float64)


def case(name: str, kernel: str, args: list, expected: list[Tensor], **options: object) -> None:
    CASES[name] = {
        "kernel": kernel,
        "args": [plain(a) for a in args],
        "options": {key: plain(value) for key, value in options.items()},
        "expected": [plain(e) for e in expected],
    }


def plain(value: object) -> object:
    return value.detach().tolist() if isinstance(value, Tensor) else value


class Draw:
    """Normal numbers rounded to 1/64."""

    def __init__(self, seed: int):
        self.rng = np.random.default_rng(seed)

    def __call__(self, *shape: int, std: float = 1.0) -> Tensor:
        return torch.from_numpy(np.round(self.rng.normal(0, std, shape) * 64) / 64)


def weights_of(q: Tensor, k: Tensor, mask: Tensor | None = None, scale: float | None = None):
    """The weights, which scaled_dot_product_attention keeps to itself: identity for v."""
    v = torch.eye(k.shape[-2]).expand(*k.shape[:-2], -1, -1)
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=scale)


def softmax(draw: Draw) -> None:
    x = draw(3, 4, 5, std=3)
    case("softmax", "softmax", [x], [F.softmax(x, -1)])
    case("softmax over axis 0", "softmax", [x], [F.softmax(x, 0)], axis=0)
    case("softmax of 1e4 logits", "softmax", [x * 4096], [F.softmax(x * 4096, -1)])
    x[0, 0, 1:3] = x[2, 3, :4] = -math.inf
    case("softmax with -inf", "softmax", [x], [F.softmax(x, -1)])
    x = draw(6, std=2)
    jacobian = torch.autograd.functional.jacobian(lambda t: F.softmax(t, -1), x)
    case("softmax_jacobian", "softmax_jacobian", [F.softmax(x, -1)], [jacobian])


def attention(draw: Draw) -> None:
    sdpa = F.scaled_dot_product_attention
    q, k, v = draw(2, 3, 4, 8), draw(2, 3, 6, 8), draw(2, 3, 6, 5)
    case("attention", "attention", [q, k, v], [sdpa(q, k, v), weights_of(q, k)])
    case(
        "attention with a scale",
        "attention",
        [q, k, v],
        [sdpa(q, k, v, scale=0.75), weights_of(q, k, scale=0.75)],
        scale=0.75,
    )
    mask = torch.from_numpy(draw.rng.random((2, 1, 4, 6)) < 0.5)
    mask[0, 0, 2] = False  # a query that may look nowhere
    case(
        "attention with a mask",
        "attention",
        [q, k, v],
        [sdpa(q, k, v, attn_mask=mask), weights_of(q, k, mask)],
        mask=mask,
    )
    q, k, v = draw(5, 1), draw(5, 1), draw(5, 3)
    causal = torch.ones(5, 5, dtype=torch.bool).tril()
    case(
        "attention, causal, d_k = 1",
        "attention",
        [q, k, v],
        [sdpa(q[None], k[None], v[None], is_causal=True)[0], weights_of(q, k, causal)],
        mask=causal,
    )
    q, k, v = draw(3, 4, std=64), draw(3, 4, std=64), draw(3, 4)
    case("attention on 1e4 logits", "attention", [q, k, v], [sdpa(q, k, v), weights_of(q, k)])


def additive_attention(draw: Draw) -> None:
    q, k, v = draw(2, 3, 4), draw(2, 5, 6), draw(2, 5, 3)
    w_q, w_k, w = nn.Linear(4, 7, bias=False), nn.Linear(6, 7, bias=False), nn.Linear(7, 1, False)
    for layer in (w_q, w_k, w):
        layer.weight.data = draw(*layer.weight.shape, std=0.5)
    scores = w(torch.tanh(w_q(q)[:, :, None] + w_k(k)[:, None]))[..., 0]
    weights = F.softmax(scores, -1)
    args = [q, k, v, w_q.weight.T, w_k.weight.T, w.weight[0]]
    case("additive_attention", "additive_attention", args, [torch.bmm(weights, v), weights])


def multi_head_attention(draw: Draw) -> None:
    def run(name, d, d_mem, heads, x, memory, mask=None, **given):
        layer = nn.MultiheadAttention(
            d, heads, bias=False, batch_first=True, kdim=d_mem, vdim=d_mem
        )
        if d == d_mem:
            layer.in_proj_weight.data = draw(3 * d, d, std=0.5)
            w_q, w_k, w_v = layer.in_proj_weight.chunk(3)
        else:
            w_q = layer.q_proj_weight.data = draw(d, d, std=0.5)
            w_k = layer.k_proj_weight.data = draw(d, d_mem, std=0.5)
            w_v = layer.v_proj_weight.data = draw(d, d_mem, std=0.5)
        layer.out_proj.weight.data = draw(d, d, std=0.5)
        out, weights = layer(x, memory, memory, average_attn_weights=False, **given)
        args = [x, memory, w_q.T, w_k.T, w_v.T, layer.out_proj.weight.T]
        options = {} if mask is None else {"mask": mask}
        case(name, "multi_head_attention", args, [out, weights], heads=heads, **options)

    x, memory = draw(2, 4, 8), draw(2, 5, 6)
    run("self-attention, 2 heads", 8, 8, 2, x, x)
    run("cross-attention, 4 heads", 8, 6, 4, x, memory)
    causal = torch.ones(4, 4, dtype=torch.bool).tril()
    run("self-attention, causal", 8, 8, 2, x, x, causal, attn_mask=~causal)  # True = may NOT
    real = torch.tensor([[True] * 3 + [False] * 2, [True] * 5])
    run("cross-attention, padded memory", 8, 6, 2, x, memory, real[:, None], key_padding_mask=~real)

    heads, kv_heads, d_k = 4, 2, 3
    w_q, w_k, w_v = draw(8, heads * d_k), draw(8, kv_heads * d_k), draw(8, kv_heads * d_k)
    w_o = draw(heads * d_k, 8, std=0.5)
    q, k, v = ((x @ w).unflatten(-1, (-1, d_k)).transpose(1, 2) for w in (w_q, w_k, w_v))
    out = F.scaled_dot_product_attention(q, k, v, enable_gqa=True)
    unit = torch.eye(4).expand(2, kv_heads, 4, 4)
    weights = F.scaled_dot_product_attention(q, k, unit, enable_gqa=True)
    case(
        "grouped-query attention",
        "multi_head_attention",
        [x, x, w_q, w_k, w_v, w_o],
        [out.transpose(1, 2).flatten(2) @ w_o, weights],
        heads=heads,
        kv_heads=kv_heads,
    )


def norms(draw: Draw) -> None:
    x, gain, bias = draw(2, 3, 6, std=2), draw(6), draw(6)
    case("layer_norm", "layer_norm", [x, gain, bias], [F.layer_norm(x, (6,), gain, bias)])
    case("layer_norm, eps 0.5", "layer_norm", [x], [F.layer_norm(x, (6,), eps=0.5)], eps=0.5)
    case("rms_norm", "rms_norm", [x, gain], [F.rms_norm(x, (6,), gain, eps=1e-6)])
    case("rms_norm, eps 0.5", "rms_norm", [x], [F.rms_norm(x, (6,), eps=0.5)], eps=0.5)
    for name, eps in (("batch_norm", 1e-5), ("batch_norm, eps 0.5", 0.5)):
        out = F.batch_norm(x.transpose(1, 2), None, None, training=True, eps=eps)
        case(name, "batch_norm", [x], [out.transpose(1, 2)], eps=eps)


def feed_forward(draw: Draw) -> None:
    x = torch.cat([torch.arange(-40, 41) / 4, draw(20)])
    case("relu", "relu", [x], [F.relu(x)])
    case("gelu", "gelu", [x], [F.gelu(x)])
    case("gelu, tanh", "gelu", [x], [F.gelu(x, approximate="tanh")], approximate="tanh")
    case("silu", "silu", [x], [F.silu(x)])
    case("sigmoid", "sigmoid", [x], [torch.sigmoid(x)])
    case("normal_cdf", "normal_cdf", [x], [torch.special.ndtr(x)])

    x, w1, b1 = draw(2, 3, 4), draw(4, 9), draw(9)
    w2, b2 = draw(9, 4), draw(4)
    for activation in ("relu", "gelu"):
        inner, outer = nn.Linear(4, 9), nn.Linear(9, 4)
        inner.weight.data, inner.bias.data = w1.T, b1
        outer.weight.data, outer.bias.data = w2.T, b2
        out = nn.Sequential(inner, {"relu": nn.ReLU(), "gelu": nn.GELU()}[activation], outer)(x)
        case(
            f"feed_forward, {activation}",
            "feed_forward",
            [x, w1, b1, w2, b2],
            [out],
            activation=activation,
        )
    w_gate, w_up, w_down = draw(4, 7), draw(4, 7), draw(7, 4)
    gated = F.linear(F.silu(F.linear(x, w_gate.T)) * F.linear(x, w_up.T), w_down.T)
    case("swiglu", "swiglu", [x, w_gate, w_up, w_down], [gated])


def schedules() -> None:
    total, peak, floor = 12, 0.5, 0.125
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=peak)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, total, eta_min=floor)
    rates = []
    for _ in range(total):
        optimizer.step()
        cosine.step()
        rates.append(cosine.get_last_lr()[0])
    steps = torch.arange(1, total + 1)
    case(
        "warmup_cosine_rate",
        "warmup_cosine_rate",
        [steps],
        [torch.tensor(rates)],
        peak=peak,
        warmup=0,
        total=total,
        floor=floor,
    )


if __name__ == "__main__":
    for seed, write in enumerate(
        (softmax, attention, additive_attention, multi_head_attention, norms, feed_forward)
    ):
        write(Draw(seed))
    schedules()
    lines = [f"{json.dumps(name)}: {json.dumps(case)}" for name, case in CASES.items()]
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    Path(__file__).with_name("torch.json").write_text(text, encoding="utf-8")
    print(f"{len(CASES)} cases, {len(text)} bytes, torch {torch.__version__}")
