import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demos.ops import frequencies, rope, sinusoidal_positions

checked = settings(derandomize=True, deadline=None, max_examples=40)
seeds = st.integers(0, 2**32 - 1)
halves = st.integers(1, 8)
layouts = pytest.mark.parametrize("layout", ["interleaved", "half"])


@pytest.mark.parametrize(("d", "base"), [(6, 10000.0), (7, 10000.0), (1, 10.0), (4, 1.0)])
def test_sinusoidal_positions_by_the_published_formula(d, base):
    table = sinusoidal_positions(9, d, base)
    assert table.shape == (9, d)
    for position in range(9):
        for column in range(d):
            angle = position / base ** (2 * (column // 2) / d)
            expected = math.cos(angle) if column % 2 else math.sin(angle)
            assert table[position, column] == pytest.approx(expected, abs=1e-14)


def test_frequencies_fall_geometrically_from_1_towards_1_over_base():
    theta = frequencies(8, 10000.0)
    np.testing.assert_allclose(theta, [1, 0.1, 0.01, 0.001], rtol=1e-14)


def with_complex_numbers(x, positions, base=10000.0):
    """Su 2021, eq. (12)-(13): column pairs are complex numbers, times e^(i p theta)."""
    d = x.shape[-1]
    turned = np.empty_like(x)
    for row, position in enumerate(positions):
        for i in range(d // 2):
            z = complex(x[row, 2 * i], x[row, 2 * i + 1])
            z *= np.exp(1j * position * base ** (-2 * i / d))
            turned[row, 2 * i], turned[row, 2 * i + 1] = z.real, z.imag
    return turned


@checked
@given(seeds, halves, st.floats(2, 1e6))
def test_rope_multiplies_pairs_by_unit_complex_numbers(seed, half, base):
    rng = np.random.default_rng(seed)
    x, positions = rng.normal(size=(5, 2 * half)), rng.integers(0, 5000, 5)
    expected = with_complex_numbers(x, positions, base)
    np.testing.assert_allclose(rope(x, positions, base=base), expected, atol=1e-11)


@checked
@given(seeds, halves)
def test_the_half_layout_is_the_interleaved_one_on_permuted_columns(seed, half):
    x = np.random.default_rng(seed).normal(size=(5, 2 * half))
    to_half = np.r_[0 : 2 * half : 2, 1 : 2 * half : 2]
    expected = rope(x, np.arange(5))[:, to_half]
    got = rope(x[:, to_half], np.arange(5), layout="half")
    np.testing.assert_array_equal(got, expected)


def test_the_half_layout_pairs_column_i_with_i_plus_half_of_d():
    x = np.array([[1.0, 0, 0, 0], [0, 1.0, 0, 0]])
    got = rope(x, np.array([2, 3]), base=100.0, layout="half")
    expected = [
        [math.cos(2), 0, math.sin(2), 0],
        [0, math.cos(0.3), 0, math.sin(0.3)],
    ]
    np.testing.assert_allclose(got, expected, atol=1e-15)


@layouts
@checked
@given(seed=seeds, half=halves, shift=st.integers(-1000, 1000))
def test_scores_depend_on_the_offset_of_positions_only(layout, seed, half, shift):
    q, k = np.random.default_rng(seed).normal(size=(2, 6, 2 * half))
    positions = np.arange(6)

    def scores(at):
        return rope(q, at, layout=layout) @ rope(k, at, layout=layout).T

    np.testing.assert_allclose(scores(positions + shift), scores(positions), atol=1e-10)


@layouts
@checked
@given(seed=seeds, half=halves)
def test_turning_keeps_norms_leaves_position_0_and_adds_up(layout, seed, half):
    x = np.random.default_rng(seed).normal(size=(6, 2 * half))
    positions = np.array([0, 1, 7, 100, 3000, -4])
    turned = rope(x, positions, layout=layout)
    norms = np.linalg.norm(x, axis=-1)
    np.testing.assert_allclose(np.linalg.norm(turned, axis=-1), norms, rtol=1e-13)
    np.testing.assert_array_equal(turned[0], x[0])
    np.testing.assert_allclose(rope(turned, -positions, layout=layout), x, atol=1e-11)


def test_each_sequence_of_a_batch_may_have_its_own_positions():
    x = np.random.default_rng(0).normal(size=(2, 3, 4, 6))  # batch, heads, n, d
    positions = np.array([[0, 1, 2, 3], [0, 0, 0, 1]])
    got = rope(x, positions[:, None])
    np.testing.assert_array_equal(got[1, 2], rope(x[1, 2], positions[1]))


def test_float32_keeps_its_precision_at_far_positions():
    x = np.random.default_rng(0).normal(size=(4, 64)).astype(np.float32)
    far = np.arange(1_000_000, 1_000_004)
    exact = rope(x.astype(np.float64), far)
    np.testing.assert_allclose(rope(x, far), exact, atol=1e-6)


def test_an_odd_width_and_an_unknown_layout_are_refused():
    with pytest.raises(ValueError, match=r"\[3, 5\].*odd"):
        rope(np.zeros((3, 5)), np.arange(3))
    with pytest.raises(ValueError, match="neox"):
        rope(np.zeros((3, 4)), np.arange(3), layout="neox")
