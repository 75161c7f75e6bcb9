"""Every kernel that PyTorch has too gives PyTorch's numbers (reference/make.py wrote them)."""

import json
from pathlib import Path

import numpy as np
import pytest

from demos import ops

CASES = json.loads((Path(__file__).parent / "reference" / "torch.json").read_text("utf-8"))


def run_kernel(case: dict, dtype: type) -> list[np.ndarray]:
    args = [np.array(arg, dtype) for arg in case["args"]]
    options = dict(case["options"])
    if "mask" in options:
        options["mask"] = np.array(options["mask"])
    if "activation" in options:
        options["activation"] = getattr(ops, options["activation"])
    returned = getattr(ops, case["kernel"])(*args, **options)
    return list(returned) if isinstance(returned, tuple) else [returned]


@pytest.mark.parametrize("name", CASES)
def test_float64_agrees_to_1e_10(name):
    case = CASES[name]
    returned = run_kernel(case, np.float64)
    assert len(returned) == len(case["expected"])
    for got, expected in zip(returned, case["expected"], strict=True):
        assert got.dtype == np.float64
        assert got.shape == np.shape(expected)
        np.testing.assert_allclose(got, expected, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("name", [name for name in CASES if name != "warmup_cosine_rate"])
def test_float32_agrees_to_1e_5_of_the_largest_value(name):
    case = CASES[name]
    for got, expected in zip(run_kernel(case, np.float32), case["expected"], strict=True):
        assert got.dtype == np.float32
        np.testing.assert_allclose(got, expected, rtol=0, atol=1e-5 * np.max(np.abs(expected)))
