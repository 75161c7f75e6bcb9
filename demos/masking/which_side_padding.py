"""Right padding hides behind the causal mask; left padding needs a mask and shifted positions.

Pads on the right come after every real token, so a causal mask already hides them. Pads
on the left come before: every real token would read them, and absolute positions count
them. RoPE (Su et al. 2021) only sees differences of positions, which do not shift.
"""

from typing import Annotated, Literal

import numpy as np

from demos.kit import Above, Bars, Below, Claim, Heatmap, Range, Result, demo
from demos.masking._decoder import D, decode, distance, random_layers
from demos.ops import causal_mask, padding_mask, rope, sinusoidal_positions


@demo(
    topic="masking",
    title={"en": "Padding left or right", "zh": "左填充还是右填充"},
    look={
        "en": "Two left-padded set-ups go wrong: pads unmasked, and pads counted as positions.",
        "zh": "出错的都是左填充：没掩掉填充位，或者位置编号把填充位也数了进去。",
    },
)
def run(
    rng,
    *,
    causal: bool = True,
    mask_left: bool = False,
    positions: Literal["shifted", "index"] = "shifted",
    n: Annotated[int, Range(2, 24)] = 7,
    pad: Annotated[int, Range(1, 24)] = 5,
    layers: Annotated[int, Range(1, 6)] = 2,
) -> Result:
    m, weights = n + pad, random_layers(rng, layers)
    tokens, pads = rng.standard_normal((n, D)), rng.standard_normal((pad, D))
    right, left = np.concatenate([tokens, pads]), np.concatenate([pads, tokens])  # [m, d]
    past = causal_mask(m) if causal else np.ones((m, m), dtype=bool)
    real_left = padding_mask([n], m)[0, :, ::-1]  # [1, m]: the last n keys are real

    at = sinusoidal_positions(m, D)  # [m, d], added to the input
    ids = np.arange(m) - pad  # left padding: the first real token has position 0
    alone = decode(tokens + at[:n], weights, past[:n, :n])  # [n, d]: the run without pads

    def left_padded(encoding: np.ndarray, visible: np.ndarray) -> float:
        return distance(decode(left + encoding, weights, visible)[pad:], alone)

    shifted = at[np.maximum(ids, 0)]  # [m, d]: where pads stand is all the same, they are masked
    errors = {
        "right": distance(decode(right + at, weights, past)[:n], alone),
        "left": left_padded(shifted, past),
        "left_masked": left_padded(shifted, past & real_left),
        "left_index": left_padded(at, past & real_left),
    }

    def turned(x: np.ndarray, start: int, mask: np.ndarray) -> np.ndarray:
        """The decoder with RoPE instead: q and k of row i turned to position start + i."""
        where = start + np.arange(len(x))
        return decode(x, weights, mask, turn=lambda qk: rope(qk, where))

    plain = turned(tokens, 0, past[:n, :n])
    errors["left_rope"] = distance(turned(left, 0, past & real_left)[pad:], plain)

    return Result(
        figures={f"{name}_error": error for name, error in errors.items()},
        views=[
            Bars(
                {"en": "Change of the real tokens' outputs", "zh": "真实 token 输出的变化"},
                [
                    ({"en": "right, causal only", "zh": "右填充，仅因果掩码"}, errors["right"]),
                    ({"en": "left, causal only", "zh": "左填充，仅因果掩码"}, errors["left"]),
                    ({"en": "left, pads masked", "zh": "左填充，掩掉填充"}, errors["left_masked"]),
                    ({"en": "… ids by index", "zh": "……按下标编号"}, errors["left_index"]),
                    ({"en": "… RoPE by index", "zh": "……RoPE 按下标编号"}, errors["left_rope"]),
                ],
                unit={"en": "relative", "zh": "相对值"},
            ),
            Heatmap(
                {"en": "Left padding: who may look at whom", "zh": "左填充：谁能看谁"},
                (past & real_left if mask_left else past).astype(float),
                x_label="key",
                y_label="query",
                low=0.0,
                high=1.0,
            ),
        ],
        claims=[
            Claim(
                "right-padding-needs-only-the-causal-mask",
                {"en": "Padded on the right, real tokens need only the causal mask.",
                 "zh": "右填充时，真实 token 只要因果掩码就够。"},
                kind="theorem",
                measured=errors["right"],
                expected=Below(1e-12),
                broken_by={"causal": False},
                because={"en": "Without the causal mask, real tokens look right, into the pads.",
                         "zh": "没有因果掩码，真实 token 会看到右边的填充。"},
            ),
            Claim(
                "left-padding-needs-a-padding-mask",
                {"en": "Padded on the left, the causal mask alone lets real tokens read pads.",
                 "zh": "左填充时只有因果掩码，真实 token 会读到填充。"},
                kind="stat",
                measured=errors["left_masked" if mask_left else "left"],
                expected=Above(0.05),
                broken_by={"mask_left": True},
                because={"en": "With the pads masked there is nothing left to read.",
                         "zh": "填充被掩掉之后，就没有可读的了。"},
            ),
            Claim(
                "left-padding-works-with-mask-and-shifted-ids",
                {"en": "With a padding mask and ids from the first real token, left is exact too.",
                 "zh": "加填充掩码，并从首个真实 token 起编号，左填充也完全一致。"},
                kind="theorem",
                measured=errors["left_index" if positions == "index" else "left_masked"],
                expected=Below(1e-12),
                broken_by={"positions": "index"},
                because={"en": "By index, the pads count: each real token sits pad places too far.",
                         "zh": "按下标编号会把填充也数进去，每个 token 都往后错了 pad 位。"},
            ),
            Claim(
                "rope-forgives-the-shift",
                {"en": "With RoPE, counting the pads does not matter: only differences enter.",
                 "zh": "用 RoPE 时，多数了填充也无妨：只有位置之差起作用。"},
                kind="theorem",
                measured=errors["left_rope"],
                expected=Below(1e-11),
                kernel="rope",
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
