"""FLOPs counted while the kernels run, instead of taken from a formula."""

from collections.abc import Callable

import numpy as np


class _Counting(np.ndarray):
    """An array whose matrix products add their FLOPs (a multiply-add is 2) to `flops`."""

    flops = 0

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        plain = [np.asarray(x) for x in inputs]
        if "out" in options:
            options["out"] = tuple(np.asarray(x) for x in options["out"])
        if "where" in options:
            options["where"] = np.asarray(options["where"])
        result = np.asarray(getattr(ufunc, method)(*plain, **options))
        if ufunc is np.matmul:  # each element of the result is a sum of so many products
            _Counting.flops += 2 * result.size * plain[0].shape[-1]
        return result.view(_Counting)


def matmul_flops(function: Callable, *arrays: np.ndarray, **options: object) -> int:
    """FLOPs of the matrix products in function(*arrays, **options)."""
    _Counting.flops = 0
    function(*(array.view(_Counting) for array in arrays), **options)
    return _Counting.flops
