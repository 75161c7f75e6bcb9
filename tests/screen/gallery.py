"""Every kind of picture, in both languages, for the terminals that there are.

    python -m tests.screen.gallery DIR

writes one SVG page a kind and language: English on a dark background, Chinese
on a light one. The pages beside this file were made by it; look at them after a
change to `quiz/screen`. The samples are also those of the snapshot tests.
"""

from __future__ import annotations

import math
import random
import re
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import DEFAULT_TERMINAL_THEME, SVG_EXPORT_THEME
from rich.text import Text as Row

from quiz.evidence import Bars, Curve, Heatmap, Histogram, Line, Mark, Table, View
from quiz.model import Text
from quiz.screen.plots import draw

WIDTH, GAP = 124, 4

# What is placed by itself on a page, so that no viewer's font shifts what follows:
# spaces, each wide character, and the runs between.
PIECES = re.compile(r" +|[\u2e80-\uffef]|[^ \u2e80-\uffef]+(?: [^ \u2e80-\uffef]+)*")


# --- samples ---------------------------------------------------------------


def curve(f: Callable[[float], float], xs, label: Text, dotted: bool = False) -> Line:
    return Line(label, tuple(map(float, xs)), tuple(f(x) for x in xs), dotted)


def variance() -> Curve:
    """Few measured points and a theory line, both axes logarithmic."""
    sizes = [2**i for i in range(11)]
    noise = {4: 1.03, 16: 0.97, 64: 0.99, 256: 1.02}
    return Curve(
        Text("Variance over d_k", "方差随 d_k 的变化"),
        (
            curve(lambda d: d * noise[d], noise, Text("measured q·k", "实测 q·k")),
            curve(float, sizes, Text("theory d_k", "理论值 d_k"), dotted=True),
        ),
        Text("d_k", "d_k"),
        Text("variance", "方差"),
        log_x=True,
        log_y=True,
    )


def schedules() -> Curve:
    """Many lines of many points, and a mark."""

    def noam(d: int, warmup: int) -> Callable[[float], float]:
        return lambda step: d**-0.5 * min(step**-0.5, step * warmup**-1.5)

    lines = [
        curve(noam(d, w), range(1, 20001, 50), Text(f"d = {d}, {w} steps", f"d = {d}，预热 {w} 步"))
        for d, w in ((512, 4000), (512, 8000), (256, 4000), (1024, 4000))
    ]
    return Curve(
        Text("Learning rate with warm-up", "带预热的学习率"),
        tuple(lines),
        Text("step", "步数"),
        Text("rate", "学习率"),
        marks=(Mark("x", 4000.0, Text("warm-up ends", "预热结束")),),
    )


def decay() -> Curve:
    """Values that no logarithm shows leave gaps."""

    def error(base: float) -> Callable[[float], float]:
        return lambda x: math.inf if 40 < x < 48 else max(0.0, base**x - 1e-9)

    return Curve(
        Text("Residual over depth", "残差随深度的变化"),
        (
            curve(error(0.5), range(64), Text("no skip", "无残差连接")),
            curve(error(0.8), range(64), Text("skip", "有残差连接")),
        ),
        Text("layer", "层"),
        Text("distance from rank 1", "与秩 1 的距离"),
        log_y=True,
        marks=(Mark("y", 1e-6, Text()),),
    )


def softmax_rows(n: int, visible: Callable[[int, int], bool], seed: int, sharp: float = 1.4):
    draw_from = random.Random(seed)
    rows = []
    for i in range(n):
        raw = [math.exp(draw_from.gauss(0, sharp)) if visible(i, j) else 0.0 for j in range(n)]
        rows.append(tuple(value / sum(raw) for value in raw))
    return tuple(rows)


def attention() -> Heatmap:
    return Heatmap(
        Text("Causal attention weights", "因果注意力权重"),
        softmax_rows(12, lambda i, j: j <= i, seed=3),
        Text("key", "key（被看的位置）"),
        Text("query", "query（提问的位置）"),
        low=0.0,
        high=1.0,
    )


def sinusoids() -> Heatmap:
    values = tuple(
        tuple((math.cos if j % 2 else math.sin)(p / 1000 ** ((j - j % 2) / 48)) for j in range(48))
        for p in range(24)
    )
    return Heatmap(
        Text("Sinusoidal positions", "正弦位置编码"),
        values,
        Text("dimension", "维度"),
        Text("position", "位置"),
        diverging=True,
    )


def distances() -> Heatmap:
    """Too large for any terminal."""
    values = tuple(tuple(math.exp(-abs(i - j) / 24) for j in range(256)) for i in range(256))
    return Heatmap(
        Text("Weights that fall with distance", "随距离衰减的权重"),
        values,
        Text("key", "key"),
        Text("query", "query"),
    )


def masked() -> Heatmap:
    draw_from = random.Random(5)
    values = tuple(
        tuple(draw_from.gauss(0, 2) if j <= i else -math.inf for j in range(8)) for i in range(8)
    )
    return Heatmap(
        Text("Logits after the mask", "加掩码后的 logits"),
        values,
        Text("key", "key"),
        Text("query", "query"),
        diverging=True,
    )


def previous_token() -> Bars:
    return Bars(
        Text("Weight on the previous token, tied W_Q = W_K", "前一个 token 的权重（W_Q = W_K）"),
        (
            (Text("random", "随机"), 0.0412),
            (Text("after 400 steps of gradient ascent", "梯度上升 400 步之后"), 0.3307),
            (Text("bound: one third", "上界：三分之一"), 1 / 3),
            (Text("untied", "不共享"), 0.9996),
        ),
        Text("geometric mean", "几何平均"),
    )


def errors() -> Bars:
    return Bars(
        Text("Error of the kernel", "核函数的误差"),
        (
            (Text("float64", "float64"), 2.2e-16),
            (Text("float32", "float32"), 1.31e-7),
            (Text("bfloat16", "bfloat16"), 4.02e-3),
            (Text("exact", "精确"), 0.0),
            (Text("overflown", "溢出"), math.inf),
        ),
        log=True,
    )


def changes() -> Bars:
    return Bars(
        Text("Change of the loss", "损失的变化"),
        (
            (Text("Pre-LN", "Pre-LN"), -0.4315),
            (Text("Post-LN, warm-up", "Post-LN，有预热"), -0.387),
            (Text("Post-LN, none", "Post-LN，无预热"), 0.1204),
            (Text("no norm", "无归一化"), math.nan),
        ),
        Text("nats", "奈特"),
    )


def gaussian_counts(width: float, samples: int, edges: tuple[float, ...], seed: int):
    draw_from = random.Random(seed)
    counts = [0.0] * (len(edges) - 1)
    for _ in range(samples):
        at = (draw_from.gauss(0, width) - edges[0]) / (edges[1] - edges[0])
        if 0 <= at < len(counts):
            counts[int(at)] += 1
    return tuple(counts)


EDGES = tuple(-30 + 60 * i / 48 for i in range(49))


def logits() -> Histogram:
    return Histogram(
        Text("Logits of random pairs", "随机 q、k 的 logits"),
        EDGES,
        (
            (Text("q·k", "q·k"), gaussian_counts(8, 4000, EDGES, 1)),
            (Text("q·k / 4", "q·k / 4"), gaussian_counts(2, 4000, EDGES, 2)),
            (Text("q·k, half as many", "q·k，一半样本"), gaussian_counts(6, 2000, EDGES, 3)),
        ),
        Text("logit", "logit 取值"),
    )


def one_sample() -> Histogram:
    return Histogram(
        Text("Raw logits", "未缩放的 logits"),
        EDGES,
        ((Text("q·k", "q·k"), gaussian_counts(8, 4000, EDGES, 1)),),
        Text("logit", "logit 取值"),
    )


def masks() -> Table:
    return Table(
        Text("Largest change after changing token 7", "改动第 7 个 token 之后的最大变化"),
        (
            Text("mask", "掩码"),
            Text("before t", "t 之前"),
            Text("from t on", "t 及之后"),
            Text("parameters", "参数量"),
            Text("causal", "因果"),
        ),
        (
            (Text("before softmax", "softmax 之前"), 0.0, 0.2513, 262144, True),
            (
                Text("after softmax, not normalised again", "softmax 之后，不再归一化"),
                0.00125,
                0.5,
                262144,
                True,
            ),
            (Text("zero instead of -inf", "用 0 代替 -inf"), 0.0317, 0.2201, 12, False),
            (Text("none", "不加"), math.nan, 1e-16, 0, False),
        ),
    )


def bases() -> Table:
    return Table(
        Text("The base of sinusoidal positions", "正弦位置编码的底数"),
        (
            Text("base", "底数"),
            Text("closest pair", "最近一对"),
            Text("cosine of neighbours", "相邻位置余弦"),
            Text("R²", "R²"),
        ),
        (
            (1.0, 0.0, 0.5403, 0.0002),
            (2.0, 7.31, 0.7012, 0.0003),
            (100.0, 4.27, 0.9213, 0.4127),
            (10000.0, 3.18, 0.9664, 0.9998),
        ),
    )


SAMPLES: dict[str, tuple[View, ...]] = {
    "curve": (schedules(), variance(), decay()),
    "heatmap": (attention(), sinusoids(), masked(), distances()),
    "bars": (previous_token(), errors(), changes()),
    "histogram": (logits(), one_sample()),
    "table": (masks(), bases()),
}


# --- pages -----------------------------------------------------------------


class Latin1(StringIO):
    """A terminal without braille and block characters."""

    encoding = "iso-8859-1"


def terminal(width: int, colours: str | None = None, plain: bool = False) -> Console:
    """A terminal of a width, with "truecolor", "256", "standard" or no colours."""
    file = Latin1() if plain else StringIO()
    return Console(
        file=file, width=width, color_system=colours, force_terminal=True, legacy_windows=False,
        no_color=colours is None, _environ={},
    )  # fmt: skip


def printed(view: View, lang: str, console: Console, height: int = 14) -> list[list[Segment]]:
    """The lines of a picture as that terminal shows them."""
    return console.render_lines(draw(view, lang, height=height), pad=True)


def page(kind: str, lang: str) -> Iterator[list[Segment]]:
    """The lines of one page: the samples in full colour, then one of them everywhere else."""
    first, *others = SAMPLES[kind]
    blocks = [[("100 columns", first, terminal(100, "truecolor"))]]
    blocks += [[("80 columns", view, terminal(80, "truecolor"))] for view in others]
    blocks.append([("40 columns", view, terminal(40, "truecolor")) for view in (first, others[0])])
    for view in (first, others[0]):
        blocks += [
            [("256 colours", view, terminal(60, "256")), ("16", view, terminal(60, "standard"))],
            [("no colour", view, terminal(60)), ("no braille", view, terminal(60, plain=True))],
        ]
    for row in blocks:
        columns = []
        for name, view, console in row:
            head = [Segment(f"── {name} ".ljust(console.width, "─"), Style(dim=True))]
            columns.append((console.width, [head, *printed(view, lang, console)]))
        for i in range(max(len(lines) for _, lines in columns)):
            line: list[Segment] = []
            for width, lines in columns:
                cells = lines[i] if i < len(lines) else []
                line += [*Segment.adjust_line_length(cells, width), Segment(" " * GAP)]
            yield line
        yield []


def svg(kind: str, lang: str) -> str:
    console = Console(
        file=StringIO(), width=WIDTH, record=True, color_system="truecolor", force_terminal=True,
        legacy_windows=False, _environ={},
    )  # fmt: skip
    for line in page(kind, lang):
        text = Row(no_wrap=True, overflow="ignore")
        for segment in line:
            for piece in PIECES.findall(segment.text):
                # A style of its own keeps the piece from being joined to its neighbours.
                apart = Style(meta={"at": len(text)})
                text.append(piece, (segment.style or Style()) + apart)
        console.print(text, soft_wrap=True)
    theme = SVG_EXPORT_THEME if lang == "en" else DEFAULT_TERMINAL_THEME
    name = f"{kind}-{lang}"
    drawn = console.export_svg(title=name, theme=theme, unique_id=name)
    # Fonts come from the machine that shows the page, not from a network.
    drawn = re.sub(r"\s*@font-face \{.*?\}", "", drawn, flags=re.DOTALL)
    return drawn.replace(
        "Fira Code, monospace", "DejaVu Sans Mono, Noto Sans Mono CJK SC, monospace"
    )


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for kind in SAMPLES:
        for lang in ("en", "zh"):
            (folder / f"{kind}-{lang}.svg").write_text(svg(kind, lang), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.screen.gallery DIR")
    main(Path(sys.argv[1]))
