"""What holds for all kernels alike: dtype, batches, short sequences, untouched inputs."""

import numpy as np
import pytest

from demos import ops

# Each kernel on arrays that `draw(*shape)` returns, `shape` without the batch axes.
# n and m are sequence lengths, "W" draws a weight that is shared by the batch.
KERNELS = {
    "softmax": lambda draw, n, m: ops.softmax(draw(n, 6)),
    "softmax_jacobian": lambda draw, n, m: ops.softmax_jacobian(ops.softmax(draw(n, 6))),
    "attention": lambda draw, n, m: ops.attention(draw(n, 4), draw(m, 4), draw(m, 3)),
    "attention, d_k = 1": lambda draw, n, m: ops.attention(draw(n, 1), draw(m, 1), draw(m, 3)),
    "attention, NumPy scale": lambda draw, n, m: ops.attention(
        draw(n, 4), draw(m, 4), draw(m, 3), scale=np.float64(0.3)
    ),
    "attention, causal": lambda draw, n, m: ops.attention(
        draw(n, 4), draw(m, 4), draw(m, 3), mask=ops.causal_mask(n, m)
    ),
    "attend": lambda draw, n, m: ops.attend(draw(n, m), draw(m, 3)),
    "additive_attention": lambda draw, n, m: ops.additive_attention(
        draw(n, 4), draw(m, 5), draw(m, 3), draw.weight(4, 6), draw.weight(5, 6), draw.weight(6)
    ),
    "multi_head_attention": lambda draw, n, m: ops.multi_head_attention(
        draw(n, 4),
        draw(m, 5),
        *(draw.weight(*s) for s in ((4, 8), (5, 4), (5, 4), (8, 3))),
        heads=4,
        kv_heads=2,
        mask=ops.causal_mask(n, m),
    ),
    "split_heads": lambda draw, n, m: ops.split_heads(draw(n, 6), 2),
    "merge_heads": lambda draw, n, m: ops.merge_heads(draw(2, n, 3)),
    "apply_mask": lambda draw, n, m: ops.apply_mask(draw(n, m), ops.causal_mask(n, m)),
    "layer_norm": lambda draw, n, m: ops.layer_norm(draw(n, 4), draw.weight(4), draw.weight(4)),
    "rms_norm": lambda draw, n, m: ops.rms_norm(draw(n, 4), draw.weight(4)),
    "relu": lambda draw, n, m: ops.relu(draw(n, 4)),
    "gelu": lambda draw, n, m: ops.gelu(draw(n, 4)),
    "gelu, tanh": lambda draw, n, m: ops.gelu(draw(n, 4), "tanh"),
    "silu": lambda draw, n, m: ops.silu(draw(n, 4)),
    "sigmoid": lambda draw, n, m: ops.sigmoid(draw(n, 4)),
    "normal_cdf": lambda draw, n, m: ops.normal_cdf(draw(n, 4)),
    "elu_plus_one": lambda draw, n, m: ops.elu_plus_one(draw(n, 4)),
    "feed_forward": lambda draw, n, m: ops.feed_forward(
        draw(n, 4), *(draw.weight(*s) for s in ((4, 6), (6,), (6, 3), (3,)))
    ),
    "swiglu": lambda draw, n, m: ops.swiglu(
        draw(n, 4), *(draw.weight(*s) for s in ((4, 6), (4, 6), (6, 3)))
    ),
    "dropout, not training": lambda draw, n, m: ops.dropout(
        draw(n, 4), 0.5, np.random.default_rng(0), training=False
    ),
    "linear_attention": lambda draw, n, m: ops.linear_attention(draw(n, 4), draw(m, 4), draw(m, 3)),
    "linear_attention, causal": lambda draw, n, m: ops.linear_attention(
        draw(n, 4), draw(n, 4), draw(n, 3), causal=True
    ),
    "rope, interleaved": lambda draw, n, m: ops.rope(draw(n, 4), np.arange(n)),
    "rope, half": lambda draw, n, m: ops.rope(
        draw(n, 4), np.arange(n), base=np.float64(500.0), layout="half"
    ),
    "relative_attention": lambda draw, n, m: ops.relative_attention(
        draw(n, 4), draw(m, 4), draw(m, 3), draw.weight(5, 4), draw.weight(5, 3)
    ),
}
# These have no batch of their own, or mix it on purpose.
WITHOUT_BATCH = {
    "alibi_slopes",
    "causal_mask",
    "frequencies",
    "noam_rate",
    "padding_mask",
    "sinusoidal_positions",
    "t5_bucket",
    "warmup_cosine_rate",
}
MIXES_THE_BATCH = {"batch_norm", "dropout"}


class Draw:
    """Read-only normal arrays: of batch + shape, or of shape alone for a weight."""

    def __init__(self, batch: tuple[int, ...], dtype: type = np.float64, seed: int = 0):
        self.rng, self.batch, self.dtype = np.random.default_rng(seed), batch, dtype
        self.drawn: list[np.ndarray] = []  # those with a batch, in order

    def weight(self, *shape: int) -> np.ndarray:
        array = self.rng.normal(size=shape).astype(self.dtype)
        array.flags.writeable = False
        return array

    def __call__(self, *shape: int) -> np.ndarray:
        array = self.weight(*self.batch, *shape)
        self.drawn.append(array)
        return array


class OneOfTheBatch(Draw):
    """Replays what another Draw drew, one element of its batch at a time."""

    def __init__(self, whole: Draw, index: tuple[int, ...]):
        super().__init__(whole.batch, whole.dtype)
        self.replay, self.index = iter(whole.drawn), index

    def __call__(self, *shape: int) -> np.ndarray:
        super().__call__(*shape)  # keeps the generator in step for the weights
        return next(self.replay)[self.index]


def arrays(returned: np.ndarray | tuple[np.ndarray, ...]) -> tuple[np.ndarray, ...]:
    return returned if isinstance(returned, tuple) else (returned,)


def test_every_kernel_is_held_to_the_contract():
    here = {name.partition(",")[0] for name in KERNELS}
    assert here | WITHOUT_BATCH | MIXES_THE_BATCH == set(ops.__all__)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", KERNELS)
def test_a_kernel_keeps_the_width_of_its_floats_and_leaves_its_inputs_alone(name, dtype):
    for array in arrays(KERNELS[name](Draw((2,), dtype), 3, 5)):  # the inputs are read-only
        assert array.dtype == dtype


@pytest.mark.parametrize("name", KERNELS)
def test_a_batch_gives_what_its_elements_give_one_by_one(name):
    whole = Draw((2, 3))
    together = arrays(KERNELS[name](whole, 4, 5))
    for index in np.ndindex(2, 3):
        alone = arrays(KERNELS[name](OneOfTheBatch(whole, index), 4, 5))
        for batched, single in zip(together, alone, strict=True):
            assert batched.shape == (2, 3, *single.shape)
            np.testing.assert_allclose(batched[index], single, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("n", "m"), [(0, 0), (0, 3), (3, 0), (1, 0), (1, 1), (1, 4)])
@pytest.mark.parametrize("name", KERNELS)
def test_sequences_of_length_0_and_1_are_sequences(name, n, m):
    longer = arrays(KERNELS[name](Draw((2,)), 2, 2))
    for array, like in zip(arrays(KERNELS[name](Draw((2,)), n, m)), longer, strict=True):
        assert array.ndim == like.ndim
        assert not np.isnan(array).any()


def test_an_empty_batch_has_no_tokens_to_normalise():
    assert ops.batch_norm(np.zeros((0, 4))).shape == (0, 4)
    assert ops.batch_norm(np.zeros((2, 0, 4), np.float32)).dtype == np.float32


def test_lists_and_integers_count_as_float64():
    np.testing.assert_array_equal(ops.softmax([3, 3]), [0.5, 0.5])
    assert ops.softmax(np.arange(3)).dtype == np.float64
    assert ops.rope(np.ones((2, 4), int), np.arange(2)).dtype == np.float64
    assert ops.dropout(np.ones(4, int), 0.5, np.random.default_rng(0)).dtype == np.float64


# Each wrong call and the two shapes that its message must name.
WRONG = {
    "attention: d_k": (
        lambda z: ops.attention(z(2, 3, 4), z(2, 5, 6), z(2, 5, 4)),
        "[2, 3, 4]",
        "[2, 5, 6]",
    ),
    "attention: m": (
        lambda z: ops.attention(z(3, 4), z(5, 4), z(6, 4)),
        "[5, 4]",
        "[6, 4]",
    ),
    "attention: batch": (
        lambda z: ops.attention(z(2, 3, 4), z(7, 5, 4), z(7, 5, 4)),
        "(2,3,4)",
        "(7,4,5)",
    ),
    "attention: a vector": (
        lambda z: ops.attention(z(4), z(5, 4), z(5, 4)),
        "[4]",
        "[..., n, d_k]",
    ),
    "attention: mask": (
        lambda z: ops.attention(z(3, 4), z(5, 4), z(5, 4), mask=z(3, 4) == 0),
        "(3, 4)",
        "(3, 5)",
    ),
    "attention: a mask that would make rows": (
        lambda z: ops.attention(z(1, 4), z(5, 4), z(5, 4), mask=ops.causal_mask(5)),
        "[5, 5]",
        "[1, 5]",
    ),
    "additive_attention": (
        lambda z: ops.additive_attention(z(3, 4), z(5, 4), z(5, 4), z(4, 6), z(4, 7), z(6)),
        "[4, 6]",
        "[4, 7]",
    ),
    "multi_head_attention: w_k": (
        lambda z: ops.multi_head_attention(
            z(3, 4), z(5, 6), z(4, 4), z(4, 4), z(6, 4), z(4, 4), heads=2
        ),
        "[5, 6]",
        "[4, 4]",
    ),
    "multi_head_attention: w_o": (
        lambda z: ops.multi_head_attention(
            z(3, 4), z(5, 4), z(4, 4), z(4, 4), z(4, 4), z(6, 4), heads=2
        ),
        "[3, 4]",
        "[6, 4]",
    ),
    "layer_norm": (lambda z: ops.layer_norm(z(3, 4), z(3)), "[3, 4]", "[3]"),
    "layer_norm: bias": (lambda z: ops.layer_norm(z(3, 4), None, z(1)), "[3, 4]", "[1]"),
    "rms_norm": (lambda z: ops.rms_norm(z(3, 4), z(3)), "[3, 4]", "[3]"),
    "feed_forward": (
        lambda z: ops.feed_forward(z(3, 4), z(4, 8), z(8), z(9, 4), z(4)),
        "[4, 8]",
        "[9, 4]",
    ),
    "swiglu": (
        lambda z: ops.swiglu(z(3, 4), z(4, 8), z(4, 7), z(8, 4)),
        "[4, 8]",
        "[4, 7]",
    ),
    "linear_attention": (
        lambda z: ops.linear_attention(z(3, 4), z(5, 6), z(5, 4)),
        "[3, 4]",
        "[5, 6]",
    ),
    "linear_attention: causal, n is not m": (
        lambda z: ops.linear_attention(z(3, 4), z(5, 4), z(5, 4), causal=True),
        "[3, 4]",
        "[5, 4]",
    ),
    "rope": (lambda z: ops.rope(z(3, 4), np.arange(5)), "[3, 4]", "[5]"),
    "relative_attention": (
        lambda z: ops.relative_attention(z(3, 4), z(5, 4), z(5, 6), z(7, 4), z(9, 6)),
        "[7, 4]",
        "[9, 6]",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_shape_is_refused_with_both_shapes_named(name):
    call, first, second = WRONG[name]
    with pytest.raises(ValueError) as refused:
        call(lambda *shape: np.zeros(shape))
    assert first in str(refused.value)
    assert second in str(refused.value)
