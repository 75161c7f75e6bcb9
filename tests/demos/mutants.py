"""Damaged kernels: each mutant is one mistake that people make, and some demo must notice it.

    python -m tests.demos.mutants            # the report, some 15 seconds
    python -m tests.demos.mutants --write    # the same, into MUTANTS.md beside this file

The report lists under each mutant the claims that fail while it is in place. A mutant that
breaks none points at a claim that is missing. A mutant is an edit of a kernel's source; the
edited code is put into the function object itself, so that a demo that imported the kernel
long before, or a default argument that holds it, meets the damaged one.
"""

import difflib
import functools
import importlib
import inspect
import pkgutil
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType

import numpy as np

import demos
import demos.ops
from demos.kit import Demo

REPORT = Path(__file__).with_name("MUTANTS.md")
SEEDS = range(3)  # a claim that fails by chance at one of them has noticed nothing


@dataclass(frozen=True)
class Mutant:
    """One mistake in one kernel: `old`, which its source holds once, becomes `new`."""

    kernel: str
    mistake: str
    old: str
    new: str
    inside: str = ""  # the function that is edited, if it is a helper of the kernel

    @property
    def name(self) -> str:
        return f"{self.kernel}: {self.mistake}"

    @property
    def edited(self) -> str:
        return self.inside or self.kernel


MUTANTS = (
    # --- softmax
    Mutant("softmax", "over the queries instead of the keys", "axis: int = -1", "axis: int = -2"),
    Mutant("softmax", "the largest is not subtracted", "p = x - top", "p = x.copy()"),
    Mutant("softmax", "powers of 2 instead of e", "np.exp(", "np.exp2("),
    Mutant("softmax", "an empty slice is NaN", "    total[total == 0] = 1\n", ""),
    Mutant("softmax_jacobian", "no off-diagonal", "identity - p[..., None, :]",
           "identity - identity * p[..., None, :]"),
    Mutant("softmax_jacobian", "diag(p) alone", "(identity - p[..., None, :])", "identity"),
    Mutant("softmax_jacobian", "p pᵀ is added", "identity - ", "identity + "),
    # --- attention
    Mutant("attention", "no scaling", "q.shape[-1] ** -0.5", "1.0"),
    Mutant("attention", "divided by d_k, not by its root", "** -0.5", "** -1.0"),
    Mutant("attention", "divided by the root of the number of keys", "q.shape[-1]", "k.shape[-2]"),
    Mutant("attention", "a given scale is ignored", " if scale is None else float(scale)", ""),
    Mutant("attention", "keys in reverse order", "q @ k.swapaxes", "q @ k[..., ::-1, :].swapaxes"),
    Mutant("attention", "k qᵀ instead of q kᵀ", "q @ k.swapaxes(-1, -2)", "k @ q.swapaxes(-1, -2)"),
    Mutant("attention", "scores clipped, lest they overflow", "q @ k.swapaxes(-1, -2) * scale",
           "np.clip(q @ k.swapaxes(-1, -2) * scale, -5, 5)"),
    Mutant("attention", "the mask is forgotten", "attend(scores, v, mask=mask)",
           "attend(scores, v)"),
    Mutant("attend", "mask after the softmax",
           "        scores = apply_mask(scores, mask)\n    weights = softmax(scores)\n",
           "        pass\n    weights = softmax(scores) * (1 if mask is None else mask)\n"),
    Mutant("attend", "softmax over the queries", "weights = softmax(scores)",
           "weights = softmax(scores, axis=-2)"),
    Mutant("attend", "values in reverse order", "weights @ v", "weights @ v[..., ::-1, :]"),
    Mutant("additive_attention", "no tanh", "np.tanh(", "("),
    Mutant("additive_attention", "w is not used", "hidden @ w", "hidden.sum(axis=-1)"),
    Mutant("additive_attention", "the key is not looked at", "(k @ w_k)", "0 * (k @ w_k)"),
    Mutant("additive_attention", "softmax over the queries",
           "return attend(hidden @ w, v, mask=mask)",
           "weights = softmax(hidden @ w, axis=-2)\n    return weights @ v, weights"),
    # --- multi-head attention
    Mutant("multi_head_attention", "heads are not split: all share one matrix of weights",
           "q = split_heads(x @ w_q, heads)  # [..., heads, n, d_k]\n"
           "    k = split_heads(memory @ w_k, kv_heads)",
           "q = split_heads(x @ w_q, 1)\n    k = split_heads(memory @ w_k, 1)"),
    Mutant("multi_head_attention", "heads in another order before W_O", "merge_heads(out)",
           "merge_heads(out[..., ::-1, :, :])"),
    Mutant("multi_head_attention", "no W_O", "out @ w_o", "out"),
    Mutant("multi_head_attention", "scaled by d_model", "v, mask=mask)",
           "v, mask=mask, scale=x.shape[-1] ** -0.5)"),
    Mutant("multi_head_attention", "key-value heads dealt out in turn",
           "np.repeat(shared, heads // kv_heads, axis=-3)",
           "np.concatenate([shared] * (heads // kv_heads), axis=-3)"),
    Mutant("multi_head_attention", "keys from x instead of the memory", "memory @ w_k", "x @ w_k"),
    Mutant("multi_head_attention", "values from x instead of the memory", "memory @ w_v",
           "x @ w_v"),
    Mutant("multi_head_attention", "values are the keys", "memory @ w_v", "memory @ w_k"),
    Mutant("split_heads", "reshaped without the transpose",
           "x.reshape(*batch, n, heads, width // heads).swapaxes(-2, -3)",
           "x.reshape(*batch, heads, n, width // heads)"),
    Mutant("merge_heads", "reshaped without the transpose", "x.swapaxes(-2, -3)", "x"),
    # --- masks
    Mutant("apply_mask", "filled with 0 instead of -inf", "-np.inf", "0.0"),
    Mutant("apply_mask", "filled with -10 instead of -inf", "-np.inf", "-10.0"),
    Mutant("apply_mask", "True means hidden", "np.where(mask, scores, -np.inf)",
           "np.where(mask, -np.inf, scores)"),
    Mutant("causal_mask", "a query sees the next key", "k=m - n", "k=m - n + 1"),
    Mutant("causal_mask", "a query does not see itself", "k=m - n", "k=m - n - 1"),
    Mutant("causal_mask", "aligned to the start", "k=m - n", "k=0"),
    Mutant("causal_mask", "the future instead of the past", "np.tri(n, m, k=m - n, dtype=bool)",
           "~np.tri(n, m, k=m - n - 1, dtype=bool)"),
    Mutant("padding_mask", "inverted", "np.arange(n) <", "np.arange(n) >="),
    Mutant("padding_mask", "on the queries", "np.arange(n) <", "np.arange(n)[:, None] <"),
    Mutant("padding_mask", "the first pad is let in", "np.arange(n) <", "np.arange(n) <="),
    # --- norms
    Mutant("layer_norm", "over the tokens instead of the features", "axis=-1", "axis=0"),
    Mutant("layer_norm", "not centred", "standardize(x, axis=-1, eps=eps)", "rms_norm(x, eps=eps)"),
    Mutant("layer_norm", "no eps", "eps=eps", "eps=0"),
    Mutant("layer_norm", "no division by the spread", "standardize(x, axis=-1, eps=eps)",
           "x - x.mean(axis=-1, keepdims=True)"),
    Mutant("layer_norm", "the unbiased variance", "np.mean(centred * centred, axis=axis, keepdims",
           "np.var(centred, axis=axis, ddof=1, keepdims", "standardize"),
    Mutant("layer_norm", "the gain is left out", "y = y * gain", "pass"),
    Mutant("layer_norm", "the bias is left out", "return y if bias is None else y + bias",
           "return y"),
    Mutant("rms_norm", "the gain is left out", "return y if gain is None else y * gain",
           "return y"),
    Mutant("rms_norm", "centred", "y = x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) +",
           "x = x - x.mean(axis=-1, keepdims=True)\n"
           "    y = x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) +"),
    Mutant("rms_norm", "no eps", " + float(eps)", ""),
    Mutant("rms_norm", "no root", "np.sqrt(", "("),
    Mutant("rms_norm", "over the tokens instead of the features", "axis=-1", "axis=0"),
    Mutant("batch_norm", "over the features of each token", "axis=tuple(range(x.ndim - 1))",
           "axis=-1"),
    Mutant("batch_norm", "no eps", "eps=eps", "eps=0"),
    Mutant("batch_norm", "not centred", "centred = x - x.mean(axis=axis, keepdims=True)",
           "centred = x", "standardize"),
    # --- feed-forward
    Mutant("relu", "leaky", "np.maximum(x, 0)", "np.maximum(x, 0.01 * x)"),
    Mutant("relu", "the absolute value", "np.maximum(x, 0)", "np.abs(x)"),
    Mutant("gelu", "the tanh formula for the exact one", "x * normal_cdf(x)",
           'gelu(x, approximate="tanh")'),
    Mutant("gelu", "the sigmoid formula", "x * normal_cdf(x)", "x * sigmoid(1.702 * x)"),
    Mutant("gelu", "a slip in the tanh formula's constant", "0.044715", "0.44715"),
    Mutant("normal_cdf", "the other tail", "return phi", "return 1 - phi"),
    Mutant("silu", "x is left out", "x * sigmoid(x)", "sigmoid(x)"),
    Mutant("sigmoid", "of -x", "x >= 0", "x < 0"),
    Mutant("feed_forward", "no activation", "activation(x @ w1 + b1)", "x @ w1 + b1"),
    Mutant("feed_forward", "the given activation is ignored", "activation(x @ w1 + b1)",
           "relu(x @ w1 + b1)"),
    Mutant("feed_forward", "b1 after the activation", "activation(x @ w1 + b1)",
           "activation(x @ w1) + b1"),
    Mutant("feed_forward", "no b2", "hidden @ w2 + b2", "hidden @ w2"),
    Mutant("swiglu", "no gate", "silu(x @ w_gate) * (x @ w_up)", "silu(x @ w_up)"),
    Mutant("swiglu", "the gate has no activation", "silu(x @ w_gate)", "(x @ w_gate)"),
    Mutant("swiglu", "silu on the other branch", "silu(x @ w_gate) * (x @ w_up)",
           "(x @ w_gate) * silu(x @ w_up)"),
    # --- training
    Mutant("dropout", "biased: what is kept is not scaled up", "np.divide(x, 1 - p,",
           "np.divide(x, 1,"),
    Mutant("dropout", "active at test time", "if not training:", "if False:"),
    Mutant("dropout", "p is the share that is kept", ">= p", "< p"),
    Mutant("dropout", "one draw for a whole row", "rng.random(x.shape)",
           "rng.random((*x.shape[:-1], 1))"),
    Mutant("noam_rate", "steps count from 0", "return factor",
           "step = step - 1\n    return factor"),
    Mutant("noam_rate", "falls as 1/step", "step**-0.5, ", "warmup**0.5 / step, "),
    Mutant("noam_rate", "wrong power of warmup", "warmup**-1.5", "warmup**-1.0"),
    Mutant("noam_rate", "the larger of the two", "np.minimum", "np.maximum"),
    Mutant("noam_rate", "grows with the width", "d_model**-0.5", "d_model**0.5"),
    Mutant("warmup_cosine_rate", "the floor comes on top", "(peak - floor)", "peak"),
    Mutant("warmup_cosine_rate", "no floor", "falling = floor + (peak - floor)",
           "falling = peak"),
    Mutant("warmup_cosine_rate", "the cosine starts at step 0",
           "(step - warmup) / max(total - warmup, 1)", "step / total"),
    Mutant("warmup_cosine_rate", "a whole period", "np.pi * progress", "2 * np.pi * progress"),
    Mutant("warmup_cosine_rate", "warm-up counts from 0", "peak * step", "peak * (step - 1)"),
    # --- linear attention
    Mutant("linear_attention", "not normalised", "np.divide(values, normaliser,",
           "np.divide(values, 1,"),
    Mutant("linear_attention", "causal is ignored", "_causal_sums(q, k, v) if causal else ", ""),
    Mutant("linear_attention", "always causal", "if causal else q @ (k.swapaxes(-1, -2) @ v)", ""),
    Mutant("linear_attention", "the n x n matrix is formed after all",
           "q @ (k.swapaxes(-1, -2) @ v)", "q @ k.swapaxes(-1, -2) @ v"),
    Mutant("linear_attention", "the feature map is for q alone", "feature_map(q), feature_map(k)",
           "feature_map(q), k"),
    Mutant("linear_attention", "the running sum is not carried on",
           "state = state + k[here].swapaxes(-1, -2) @ v[here]", "pass", "_causal_sums"),
    Mutant("linear_attention", "a chunk sees its own future",
           "(scores * causal_mask(scores.shape[-1]))", "scores", "_causal_sums"),
    Mutant("elu_plus_one", "elu without the one", "return np.exp(np.minimum(x, 0)) +",
           "return np.exp(np.minimum(x, 0)) - 1 +"),
    # --- positions
    Mutant("sinusoidal_positions", "another base", "frequencies(d, base)",
           "frequencies(d, base / 10)"),
    Mutant("sinusoidal_positions", "sine and cosine swapped",
           "np.sin(angles)\n    table[:, 1::2] = np.cos(angles[:, : d // 2])",
           "np.cos(angles)\n    table[:, 1::2] = np.sin(angles[:, : d // 2])"),
    Mutant("sinusoidal_positions", "positions count from 1", "np.arange(n)",
           "np.arange(1, n + 1)"),
    Mutant("sinusoidal_positions", "sine in both columns", "np.cos(", "np.sin("),
    Mutant("frequencies", "the 2 is missing from the exponent", "np.arange(0, d, 2) / d",
           "np.arange(0, d, 2) / d / 2"),
    Mutant("frequencies", "spread to d - 2 instead of d", "/ d)", "/ (d - 2))"),
    Mutant("rope", "positions count from 1", "np.asarray(positions)",
           "(np.asarray(positions) + 1)"),
    Mutant("rope", "tokens counted from 0 in each call", "np.asarray(positions)",
           "np.arange(x.shape[-2])"),
    Mutant("rope", "a table of 512 angles, the last for all beyond", "np.asarray(positions)",
           "np.minimum(positions, 511)"),
    Mutant("rope", "another base", "frequencies(d, base)", "frequencies(d, base / 10)"),
    Mutant("rope", "untied halves: the second turns at half the speed",
           "turned[..., second] = x[..., first] * sin + x[..., second] * cos",
           "cos, sin = np.cos(angles / 2), np.sin(angles / 2)\n"
           "    turned[..., second] = x[..., first] * sin + x[..., second] * cos"),
    Mutant("rope", "one sign wrong: a reflection", "x[..., first] * sin + x[..., second] * cos",
           "x[..., first] * sin - x[..., second] * cos"),
    Mutant("rope", "no minus: the norm changes", "x[..., first] * cos - x[..., second] * sin",
           "x[..., first] * cos + x[..., second] * sin"),
    Mutant("rope", "turned the other way", "np.sin(angles)", "-np.sin(angles)"),
    Mutant("rope", "the layout is ignored", 'if layout == "half":', "if False:"),
    # --- relative positions
    Mutant("alibi_slopes", "the exponents start at 0", "np.arange(1, power + 1)",
           "np.arange(power)"),
    Mutant("alibi_slopes", "evenly spaced instead of geometric",
           "2.0 ** (-8 * np.arange(1, power + 1) / power)", "np.arange(power, 0, -1) / power"),
    Mutant("alibi_slopes", "other head counts go on with the next slopes",
           "np.arange(1, 2 * power, 2)", "np.arange(1, power + 1)"),
    Mutant("t5_bucket", "past and future swapped", "relative > 0", "relative < 0"),
    Mutant("t5_bucket", "the logarithm starts at 1", "np.maximum(distance, exact) / exact",
           "np.maximum(distance, 1)"),
    Mutant("t5_bucket", "no last bucket for all beyond", "np.minimum(coarse, buckets - 1)",
           "coarse"),
    Mutant("t5_bucket", "directions share their buckets", "np.where(relative > 0, buckets, 0)",
           "0"),
    Mutant("relative_attention", "the offset mirrored", "np.arange(m) - query",
           "query - np.arange(m)"),
    Mutant("relative_attention", "the position's score is not scaled",
           "scores * q.shape[-1] ** -0.5", "scores"),
    Mutant("relative_attention", "no vectors on the values", "out = out + (", "_ = ("),
    Mutant("relative_attention", "clipped one step too early", "-reach, reach)",
           "1 - reach, reach - 1)"),
)  # fmt: skip


def _functions() -> dict[str, FunctionType]:
    """Every function of `demos.ops`, helpers included, by its name."""
    modules = [
        importlib.import_module(f"demos.ops.{found.name}")
        for found in pkgutil.iter_modules(demos.ops.__path__)
    ]
    return {
        name: function
        for module in modules
        for name, function in vars(module).items()
        if inspect.isfunction(function) and function.__module__ == module.__name__
    }


FUNCTIONS = _functions()


@functools.cache
def all_demos() -> dict[str, Demo]:
    """Every demo by "topic/name", in alphabetical order."""
    root = Path(demos.__file__).parent
    files = sorted(p for p in root.glob("*/[a-z]*.py") if p.parent.name != "ops")
    found = [importlib.import_module(f"demos.{p.parent.name}.{p.stem}").run for p in files]
    return {f"{demo.topic}/{demo.name}": demo for demo in found}


@functools.cache
def functions_run_by(demo: str) -> frozenset[str]:
    """The functions of `demos.ops` that a default run goes through, however deep."""
    names = {function.__code__: name for name, function in FUNCTIONS.items()}
    seen = set()
    before = sys.getprofile()
    sys.setprofile(lambda frame, event, arg: seen.add(frame.f_code) if event == "call" else None)
    try:
        all_demos()[demo].run(0)
    finally:
        sys.setprofile(before)
    return frozenset(names[code] for code in seen & names.keys())


def edited_source(mutant: Mutant) -> tuple[str, str]:
    """The source of the function that the mutant edits, before and after.

    Raises ValueError if it doesn't hold the edited text exactly once.
    """
    source = inspect.getsource(FUNCTIONS[mutant.edited])
    if source.count(mutant.old) != 1:
        raise ValueError(
            f"{mutant.name}: {mutant.edited} holds {mutant.old!r} {source.count(mutant.old)} times"
        )
    return source, source.replace(mutant.old, mutant.new)


@contextmanager
def damaged(mutant: Mutant) -> Iterator[None]:
    """The kernel with the mutant's mistake in it, for the length of a `with`."""
    function = FUNCTIONS[mutant.edited]
    made: dict[str, FunctionType] = {}
    exec(edited_source(mutant)[1], function.__globals__, made)
    parts = ("__code__", "__defaults__", "__kwdefaults__")
    sound = [getattr(function, part) for part in parts]
    try:
        for part in parts:
            setattr(function, part, getattr(made[mutant.edited], part))
        yield
    finally:
        for part, value in zip(parts, sound, strict=True):
            setattr(function, part, value)


def failing(demo: Demo, seed: int) -> list[str]:
    """The claims that do not hold at the defaults, in the demo's order.

    Empty if the demo stops with an error: that is loud, but it is not a claim that noticed.
    """
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [claim.name for claim in demo.run(seed).claims if not claim.holds]
    except Exception:
        return []


def broken_claims(mutant: Mutant) -> dict[str, list[str]]:
    """Demo -> its claims that fail at each of SEEDS while the mutant is in place."""
    using = {name: d for name, d in all_demos().items() if mutant.edited in functions_run_by(name)}
    found = {}
    with damaged(mutant):
        for name, demo in using.items():
            claims = failing(demo, SEEDS[0])
            for seed in SEEDS[1:]:
                if claims:
                    again = failing(demo, seed)
                    claims = [claim for claim in claims if claim in again]
            if claims:
                found[name] = claims
    return found


def heading(mutant: Mutant) -> str:
    where = f" (in `{mutant.inside}`)" if mutant.inside else ""
    return f"### {mutant.mistake}{where}"


def section(mutant: Mutant, broken: Mapping[str, list[str]]) -> str:
    """The mutant's part of the report: the mistake, the edit, and the claims that noticed."""
    before, after = (source.splitlines() for source in edited_source(mutant))
    edit = [
        f"{line[0]} {line[1:].strip()}"
        for line in list(difflib.unified_diff(before, after, n=0, lineterm=""))[2:]
        if not line.startswith("@@")
    ]
    claims = [f"* {demo}: {', '.join(names)}" for demo, names in broken.items()]
    return "\n".join(
        [heading(mutant), "", "```diff", *edit, "```", "",
         *(claims or ["* **no claim: one is missing**"]), ""]
    )  # fmt: skip


def report() -> str:
    """All mutants, kernel by kernel, as Markdown."""
    kernels = dict.fromkeys(mutant.kernel for mutant in MUTANTS)
    parts = [
        "# Mutants\n\n"
        "Mistakes that people make in the kernels of `demos.ops`, put in one at a time, and the\n"
        f"claims that fail while they are there ({len(MUTANTS)} mutants of {len(kernels)} kernels;"
        f" seeds {SEEDS[0]} to {SEEDS[-1]}).\n"
        "Written by `python -m tests.demos.mutants --write`; `test_mutants.py` holds it current.\n"
    ]
    for kernel in kernels:
        parts.append(f"## {kernel}\n")
        parts += [section(m, broken_claims(m)) for m in MUTANTS if m.kernel == kernel]
    return "\n".join(parts)


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        REPORT.write_text(report(), encoding="utf-8")
    else:
        print(report(), end="")
