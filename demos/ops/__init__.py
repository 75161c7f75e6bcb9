"""The Transformer in NumPy: the kernels that every demo calls.

`...` in a shape is any batch shape. float64 in, float64 out; float32 stays float32.
"""

from demos.ops.activations import gelu, normal_cdf, relu, sigmoid, silu
from demos.ops.attention import (
    additive_attention,
    attend,
    attention,
    merge_heads,
    multi_head_attention,
    split_heads,
)
from demos.ops.bias import alibi_slopes, relative_attention, t5_bucket
from demos.ops.dropout import dropout
from demos.ops.feedforward import feed_forward, swiglu
from demos.ops.linear_attention import elu_plus_one, linear_attention
from demos.ops.masks import apply_mask, causal_mask, padding_mask
from demos.ops.norms import batch_norm, layer_norm, rms_norm
from demos.ops.positions import frequencies, rope, sinusoidal_positions
from demos.ops.schedules import noam_rate, warmup_cosine_rate
from demos.ops.softmax import softmax, softmax_jacobian

__all__ = [
    "additive_attention",
    "alibi_slopes",
    "apply_mask",
    "attend",
    "attention",
    "batch_norm",
    "causal_mask",
    "dropout",
    "elu_plus_one",
    "feed_forward",
    "frequencies",
    "gelu",
    "layer_norm",
    "linear_attention",
    "merge_heads",
    "multi_head_attention",
    "noam_rate",
    "normal_cdf",
    "padding_mask",
    "relative_attention",
    "relu",
    "rms_norm",
    "rope",
    "sigmoid",
    "silu",
    "sinusoidal_positions",
    "softmax",
    "softmax_jacobian",
    "split_heads",
    "swiglu",
    "t5_bucket",
    "warmup_cosine_rate",
]
