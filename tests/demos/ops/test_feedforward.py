import numpy as np

from demos.ops import feed_forward, gelu, silu, swiglu


def test_the_hidden_layer_is_relu_unless_another_activation_is_given():
    rng = np.random.default_rng(0)
    x, w1, b1 = rng.normal(size=4), rng.normal(size=(4, 6)), rng.normal(size=6)
    w2, b2 = rng.normal(size=(6, 3)), rng.normal(size=3)
    hidden = [max(0.0, float(w1[:, j] @ x + b1[j])) for j in range(6)]
    expected = [sum(hidden[j] * w2[j, i] for j in range(6)) + b2[i] for i in range(3)]
    np.testing.assert_allclose(feed_forward(x, w1, b1, w2, b2), expected, rtol=1e-12)
    np.testing.assert_allclose(
        feed_forward(x, w1, b1, w2, b2, gelu), gelu(w1.T @ x + b1) @ w2 + b2, rtol=1e-12
    )


def test_swiglu_opens_the_up_projection_by_the_gate():
    rng = np.random.default_rng(0)
    x, w_gate, w_up, w_down = (rng.normal(size=s) for s in ((5, 4), (4, 6), (4, 6), (6, 4)))
    gate, up = x @ w_gate, x @ w_up
    expected = np.einsum("nh,nh,hd->nd", silu(gate), up, w_down)
    np.testing.assert_allclose(swiglu(x, w_gate, w_up, w_down), expected, rtol=1e-12, atol=1e-13)


def test_each_token_is_worked_on_by_itself():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(5, 4))
    w = [rng.normal(size=s) for s in ((4, 6), (6,), (6, 4), (4,))]
    moved = x.copy()
    moved[1:] = rng.normal(size=(4, 4))
    np.testing.assert_allclose(feed_forward(moved, *w)[0], feed_forward(x, *w)[0], rtol=1e-13)
