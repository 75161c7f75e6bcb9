import numpy as np
import pytest

from demos.ops import apply_mask, causal_mask, padding_mask


def test_a_causal_mask_lets_position_i_see_0_to_i():
    np.testing.assert_array_equal(
        causal_mask(3), np.array([[1, 0, 0], [1, 1, 0], [1, 1, 1]], bool), strict=True
    )


def test_with_a_cache_the_queries_are_the_last_positions():
    np.testing.assert_array_equal(causal_mask(2, 5), causal_mask(5)[-2:])
    assert causal_mask(1, 7).all()


def test_queries_before_the_first_key_see_nothing():
    np.testing.assert_array_equal(causal_mask(3, 1), [[False], [False], [True]])


@pytest.mark.parametrize("n", [0, 1, 12])
def test_a_causal_mask_keeps_half_of_the_square_and_half_the_diagonal(n):
    assert causal_mask(n).sum() == n * (n + 1) // 2


def test_a_padding_mask_shows_the_real_tokens_of_each_sequence():
    mask = padding_mask([2, 0, 3], 3)
    expected = np.array([[[1, 1, 0]], [[0, 0, 0]], [[1, 1, 1]]], bool)
    np.testing.assert_array_equal(mask, expected, strict=True)


def test_masks_combine_with_and():
    both = causal_mask(3) & padding_mask([2], 3)
    np.testing.assert_array_equal(both[0].astype(int), [[1, 0, 0], [1, 1, 0], [1, 1, 0]])


def test_masked_scores_are_minus_infinity_and_the_others_as_they_were():
    scores = np.arange(4.0).reshape(2, 2)
    np.testing.assert_array_equal(apply_mask(scores, causal_mask(2)), [[0, -np.inf], [2, 3]])
    assert apply_mask(scores.astype(np.float32), causal_mask(2)).dtype == np.float32


def test_an_additive_mask_is_refused_because_it_would_read_inverted():
    with pytest.raises(TypeError, match="float64"):
        apply_mask(np.zeros((2, 2)), np.array([[0, -np.inf], [0, 0]]))
