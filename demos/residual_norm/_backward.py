"""Layers that know their own backward pass: what the gradient demos are built from.

Not a demo itself. Each function returns its output and a closure that turns the
gradient of that output into the gradient of the input (and of a weight matrix).
"""

from collections.abc import Callable
from typing import Literal

import numpy as np

from demos.ops import layer_norm, relu, rms_norm

EPS = 1e-5
Norm = Literal["layer", "rms", "none"]


def normalize(x: np.ndarray, norm: Norm) -> tuple[np.ndarray, Callable]:
    """layer_norm or rms_norm of x `[..., d]` without gain and bias; "none" is x itself.

    Backward: the gradient loses its part along the output y (rescaling x can't change
    y), for layer_norm also its mean (nor can shifting x), and is divided by x's scale.
    """
    if norm == "none":
        return x, lambda g: g
    y = layer_norm(x, eps=EPS) if norm == "layer" else rms_norm(x, eps=EPS)
    centred = x - x.mean(axis=-1, keepdims=True) if norm == "layer" else x
    scale = np.sqrt(np.mean(centred * centred, axis=-1, keepdims=True) + EPS)

    def backward(g: np.ndarray) -> np.ndarray:
        g = g - y * np.mean(g * y, axis=-1, keepdims=True)
        return (g - g.mean(axis=-1, keepdims=True) if norm == "layer" else g) / scale

    return y, backward


def relu_branch(x: np.ndarray, w1: np.ndarray, w2: np.ndarray) -> tuple[np.ndarray, Callable]:
    """relu(x w1) w2: x `[..., n, d]`, w1 `[..., d, d_ff]`, w2 `[..., d_ff, d]`.

    Backward gives the gradients of x and of w2.
    """
    hidden = relu(x @ w1)  # [..., n, d_ff]

    def backward(g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        into_hidden = (g @ w2.swapaxes(-1, -2)) * (hidden > 0)
        return into_hidden @ w1.swapaxes(-1, -2), hidden.swapaxes(-1, -2) @ g

    return hidden @ w2, backward


def block(
    x: np.ndarray,
    branch: Callable[[np.ndarray], tuple[np.ndarray, Callable]],
    *,
    skip: float = 1.0,
    pre: Norm = "none",
    post: Norm = "none",
) -> tuple[np.ndarray, Callable]:
    """post(skip · x + branch(pre(x))): plain, residual, pre-norm or post-norm.

    Backward gives the gradient of x and whatever the branch's backward gives besides.
    """
    h, back_pre = normalize(x, pre)
    f, back_branch = branch(h)
    y, back_post = normalize(skip * x + f, post)

    def backward(g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        g = back_post(g)
        into_branch, weight_gradient = back_branch(g)
        return skip * g + back_pre(into_branch), weight_gradient

    return y, backward
