"""Nucleus sampling keeps the fewest tokens whose probabilities add up to p.

Holtzman et al. 2020, section 3.1. The token that crosses p belongs to the nucleus;
an implementation that compares the running sum with p too early leaves it out.
"""

from typing import Annotated

import numpy as np

from demos.kit import Above, AtLeast, Claim, Curve, Line, Mark, Range, Result, demo
from demos.ops import softmax


def nucleus(probabilities: np.ndarray, p: float, keep_crossing: bool) -> int:
    """How many of the probabilities `[n]`, in falling order, are kept."""
    below = int(np.sum(np.cumsum(probabilities) < p))  # tokens before the one that crosses p
    return min(below + 1, len(probabilities)) if keep_crossing else below


@demo(
    topic="sampling",
    title="How many tokens top-p keeps",
    look="The sum climbs fast at first; the nucleus ends where it crosses p.",
)
def run(
    rng,
    *,
    n: Annotated[int, Range(10, 10_000, log=True)] = 1000,
    p: Annotated[float, Range(0.05, 1.0)] = 0.9,
    temperature: Annotated[float, Range(0.25, 4.0, log=True)] = 1.0,
    keep_crossing: bool = True,
) -> Result:
    logits = -1.5 * np.log(np.arange(1, n + 1))  # [n]: a long tail, as word frequencies have
    cool, hot = softmax(logits / temperature), softmax(logits / (2 * temperature))
    kept, kept_hot = (nucleus(q, p, keep_crossing) for q in (cool, hot))
    ranks = np.unique(np.geomspace(1, n, 60).astype(int))
    return Result(
        figures={
            "kept": kept,
            "kept_share": kept / n,
            "kept_mass": cool[:kept].sum(),
            "kept_hot": kept_hot,
            "top_probability": cool[0],
        },
        views=[
            Curve(
                "Probability of the likeliest tokens together",
                [
                    Line("at this temperature", ranks, np.cumsum(cool)[ranks - 1]),
                    Line("at twice the temperature", ranks, np.cumsum(hot)[ranks - 1]),
                ],
                x_label="tokens",
                log_x=True,
                marks=[Mark("y", p, "p")],
            )
        ],
        claims=[
            Claim(
                "nucleus-reaches-p",
                "The tokens kept have at least the probability p together.",
                kind="theorem",
                measured=cool[:kept].sum() + 1e-12,  # what rounding may take from a sum of 1
                expected=AtLeast(p),
                broken_by={"keep_crossing": False},
                because="Without the token that crosses p the sum stops short of it.",
            ),
            Claim(
                "heat-widens-the-nucleus",
                "Twice the temperature keeps more tokens.",
                kind="exact",
                measured=kept_hot / max(kept, 1),
                expected=Above(1.0),
                broken_by={"p": 1.0},
                because="p = 1 keeps every token at any temperature.",
            ),
        ],
    )
