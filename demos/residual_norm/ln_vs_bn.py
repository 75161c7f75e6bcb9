"""LayerNorm erases each sample's own mean and scale; BatchNorm keeps what tells samples apart.

BatchNorm is one affine map per feature, the same for every sample, so orders and relative
distances between samples survive it; but its statistics mix the samples. LayerNorm works
on one token alone. Sources: Ba et al. 2016, section 3; Ioffe & Szegedy 2015, Algorithm 1;
Zhang & Sennrich 2019 for RMSNorm.
"""

from functools import partial
from typing import Annotated, Literal

import numpy as np

from demos.kit import Above, Below, Claim, Equals, Heatmap, Near, Range, Result, Table, demo
from demos.ops import batch_norm, layer_norm, rms_norm


def relative(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.linalg.norm(a - b) / np.linalg.norm(b))


def rank_changes(x: np.ndarray, y: np.ndarray) -> float:
    """Share of entries whose rank among the samples, feature by feature, differs."""
    rank_x, rank_y = (np.argsort(np.argsort(z, axis=0), axis=0) for z in (x, y))
    return float(np.mean(rank_x != rank_y))


def responses(function, x, scale, shift) -> tuple[float, float]:
    """Rescale and shift each sample in turn: relative change of its output, and of the others'."""
    each = np.arange(len(x))
    moved = np.repeat(x[None], len(x), axis=0)  # [batch, batch, d], sample i moved in copy i
    moved[each, each] = scale * x + shift
    y = np.repeat(function(x)[None], len(x), axis=0)
    y_moved = np.stack([function(z) for z in moved])
    own = np.eye(len(x), dtype=bool)
    return relative(y_moved[own], y[own]), relative(y_moved[~own], y[~own])


@demo(
    topic="residual-norm",
    title={"en": "What LN and BN make equal", "zh": "LN 与 BN 各抹平了什么"},
    look={
        "en": "Rows are samples, low mean to high: BatchNorm keeps that, LayerNorm erases it.",
        "zh": "一行一个样本，均值从低到高：经过 BN 仍是这样，经过 LN 就没了。",
    },
)
def run(
    rng,
    *,
    norm: Literal["layer", "rms", "batch"] = "layer",
    scale: Annotated[float, Range(0.1, 10.0, log=True)] = 3.0,
    shift: Annotated[float, Range(-10.0, 10.0)] = 5.0,
    spread: Annotated[float, Range(0.0, 2.0)] = 1.0,
    running_stats: bool = False,
    pads: bool = True,
    batch: Annotated[int, Range(4, 64)] = 16,
    d: Annotated[int, Range(4, 256, log=True)] = 32,
) -> Result:
    # Samples that differ by `spread` in their own mean and (log) scale, from low to high mean.
    level, size = spread * rng.standard_normal((2, batch, 1))
    x = np.sort(level, axis=0) + np.exp(size) * layer_norm(
        rng.standard_normal((batch, d)), eps=0
    )  # [batch, d]
    mean, std = x.mean(axis=0), x.std(axis=0)

    def bn(z: np.ndarray, eps: float = 0.0) -> np.ndarray:
        """With `running_stats` as at inference: fixed numbers, whatever else is in the batch."""
        return (z - mean) / std if running_stats else batch_norm(z, eps=eps)

    norms = {"batch": bn, "layer": partial(layer_norm, eps=0), "rms": partial(rms_norm, eps=0)}
    y = {name: function(x) for name, function in norms.items()}
    own, others = {}, {}
    for name, function in norms.items():
        own[name], others[name] = responses(function, x, scale, shift)
    ranks = {name: rank_changes(x, values) for name, values in y.items()}

    def gaps(z: np.ndarray) -> np.ndarray:
        return z[:, None] - z  # every sample minus every other: [batch, batch, d]

    # Real tokens of mean 1, and as many zero pads that BatchNorm averages in.
    real = 1 + rng.standard_normal((256, d))
    padded = np.concatenate([real, np.zeros_like(real)]) if pads else real
    offset = batch_norm(padded)[:256].mean()

    # Gain and bias, against the same norm without them before a linear layer adapted to it.
    (gain, bias), w = rng.standard_normal((2, d)), rng.standard_normal((d, d))
    folded = max(
        relative(layer_norm(x, gain, bias) @ w, layer_norm(x) @ (gain[:, None] * w) + bias @ w),
        relative(rms_norm(x, gain) @ w, rms_norm(x) @ (gain[:, None] * w)),
    )

    rows, columns = slice(0, 24), slice(0, 20)
    gap = np.zeros((len(x[rows]), 1))
    pictures = [z[rows, columns] for z in ((x - x.mean()) / x.std(), y["batch"], y["layer"])]
    return Result(
        figures={
            "bn_own_change": own["batch"],
            "ln_own_change": own["layer"],
            "rms_own_change": own["rms"],
            "bn_others_change": others["batch"],
            "ln_others_change": others["layer"],
            "bn_rank_changes": ranks["batch"],
            "ln_rank_changes": ranks["layer"],
            "bn_pad_offset": offset,
        },
        views=[
            Heatmap(
                {"en": "x │ BN(x) │ LN(x), one row a sample",
                 "zh": "x │ BN(x) │ LN(x)，一行一个样本"},
                np.concatenate([pictures[0], gap, pictures[1], gap, pictures[2]], axis=1),
                x_label={"en": "feature", "zh": "特征"},
                y_label={"en": "sample", "zh": "样本"},
                low=-2.5,
                high=2.5,
                diverging=True,
            ),
            Table(
                {"en": "Relative change of the output", "zh": "输出的相对变化"},
                ["", "BN", "LN", "RMSNorm"],
                [
                    [{"en": "sample → a·x + b", "zh": "样本变为 a·x + b"}, *own.values()],
                    [{"en": "the other samples", "zh": "其他样本"}, *others.values()],
                    [{"en": "ranks that change", "zh": "名次变化占比"}, *ranks.values()],
                ],
            ),
        ],
        claims=[
            Claim(
                "ln-erases-a-samples-mean-and-scale",
                {"en": "LN(a·x + b) = LN(x): x and 3x + 5 become the same vector.",
                 "zh": "LN(a·x + b) = LN(x)：x 与 3x + 5 变成同一个向量。"},
                kind="theorem",
                measured=own[norm],
                expected=Below(1e-11),
                broken_by={"norm": "rms"},
                because={"en": "RMSNorm does not subtract the mean, so the shift stays.",
                         "zh": "RMSNorm 不减均值，平移留了下来。"},
            ),
            Claim(
                "ln-ignores-other-samples",
                {"en": "Changing one sample changes nothing in the others under LN.",
                 "zh": "LN 下，改动一个样本，其他样本毫无变化。"},
                kind="theorem",
                measured=others[norm],
                expected=Equals(0.0),
                broken_by={"norm": "batch"},
                because={"en": "BN's mean and variance are taken over all samples.",
                         "zh": "BN 的均值和方差是对所有样本求的。"},
            ),
            Claim(
                "bn-notices-scale-and-shift",
                {"en": "BN keeps a sample's own scale and shift: its output changes.",
                 "zh": "BN 保留样本自身的缩放和平移：输出随之改变。"},
                kind="stat",
                measured=own["batch"],
                expected=Above(0.2),
                broken_by={"scale": 1.0, "shift": 0.0},
                because={"en": "Nothing was rescaled or shifted.", "zh": "这时既没缩放也没平移。"},
            ),
            Claim(
                "bn-mixes-samples-in-training",
                {"en": "In training, one changed sample changes BN's output for all others.",
                 "zh": "训练时，改动一个样本，BN 下其他样本的输出都变。"},
                kind="stat",
                measured=others["batch"],
                expected=Above(0.5 / batch),
                broken_by={"running_stats": True},
                because={"en": "At inference the statistics are fixed numbers.",
                         "zh": "推理时统计量是固定的数。"},
            ),
            Claim(
                "bn-keeps-the-order-of-samples",
                {"en": "BN changes no rank: samples keep their order in every feature.",
                 "zh": "BN 不改变名次：每个特征上样本的大小顺序不变。"},
                kind="theorem",
                measured=ranks["batch"],
                expected=Equals(0.0),
                kernel="batch_norm",
            ),
            Claim(
                "bn-only-rescales-differences",
                {"en": "BN divides every difference between samples by that feature's std.",
                 "zh": "样本之间的差，BN 只是除以该特征的标准差。"},
                kind="theorem",
                measured=relative(gaps(y["batch"]), gaps(x) / std),
                expected=Below(1e-12),
                kernel="batch_norm",
            ),
            Claim(
                "ln-reorders-samples",
                {"en": "LN changes over a fifth of the ranks of samples within a feature.",
                 "zh": "LN 改变了五分之一以上的名次。"},
                kind="stat",
                measured=ranks["layer"],
                expected=Above(0.2),
                broken_by={"spread": 0.0},
                because={"en": "If samples share mean and scale, LN has nothing to erase.",
                         "zh": "样本的均值和尺度本来就一样，LN 没有可抹的。"},
            ),
            Claim(
                "pads-bias-batch-statistics",
                {"en": "Half zero pads: BN leaves the real tokens' mean at 1/√3, not 0.",
                 "zh": "一半是零填充：BN 之后真实 token 的均值是 1/√3 而不是 0。"},
                kind="stat",
                measured=offset,
                expected=Near(1 / np.sqrt(3), abs=0.1),
                broken_by={"pads": False},
                because={"en": "Without pads the statistics are those of the real tokens.",
                         "zh": "没有填充，统计量就是真实 token 的。"},
            ),
            Claim(
                "bn-of-one-sample-is-zero",
                {"en": "In training mode, a batch of one comes out of BN as all zeros.",
                 "zh": "训练模式下，batch 只有一个样本，BN 输出全为 0。"},
                kind="exact",
                measured=np.abs(bn(x[:1], eps=1e-5)).max(),
                expected=Equals(0.0),
                broken_by={"running_stats": True},
                because={"en": "Running statistics do not come from this one sample.",
                         "zh": "滑动统计量并非来自这一个样本。"},
            ),
            Claim(
                "gain-and-bias-fold-into-the-next-layer",
                {"en": "Before a linear layer γ and β add nothing: (γ·x̂ + β)W = x̂(diag(γ)W) + βW.",
                 "zh": "后接线性层时，γ、β 可以并入其中：(γ·x̂ + β)W = x̂(diag(γ)W) + βW。"},
                kind="theorem",
                measured=folded,
                expected=Below(1e-12),
                kernel="layer_norm",
            ),
            Claim(
                "rms-ignores-scale",
                {"en": "RMSNorm(a·x) = RMSNorm(x).", "zh": "RMSNorm(a·x) = RMSNorm(x)。"},
                kind="theorem",
                measured=relative(rms_norm(scale * x, eps=0), y["rms"]),
                expected=Below(1e-12),
                kernel="rms_norm",
            ),
            Claim(
                "rms-norm-sets-the-rms-to-1",
                {"en": "Each token leaves RMSNorm with a root mean square of 1.",
                 "zh": "经过 RMSNorm，每个 token 的均方根都是 1。"},
                kind="theorem",
                measured=np.abs(np.sqrt((y["rms"] ** 2).mean(axis=-1)) - 1).max(),
                expected=Below(1e-12),
                kernel="rms_norm",
            ),
            Claim(
                "eps-keeps-a-zero-token-zero",
                {"en": "A token of zeros stays zeros: without eps it would be 0/0.",
                 "zh": "全零的 token 仍是零：没有 eps 就成了 0/0。"},
                kind="exact",
                measured=np.abs([layer_norm(np.zeros(d)), rms_norm(np.zeros(d))]).max(),
                expected=Equals(0.0),
                kernel="rms_norm",
            ),
            Claim(
                "rms-notices-shift",
                {"en": "RMSNorm(x + b) is not RMSNorm(x).",
                 "zh": "RMSNorm(x + b) 不等于 RMSNorm(x)。"},
                kind="stat",
                measured=relative(rms_norm(x + shift, eps=0), y["rms"]),
                expected=Above(0.2),
                broken_by={"shift": 0.0},
                because={"en": "There is no shift to notice.", "zh": "没有平移，自然看不出。"},
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    run.main()
