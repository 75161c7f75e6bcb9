"""Whatever the data and the width: lines fit, boxes align, and no word is lost."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.columns import Columns
from rich.measure import Measurement
from rich.panel import Panel

from quiz.evidence import Bars, Curve, Heatmap, Histogram, Line, Mark, Table
from quiz.model import Text
from quiz.screen.picture import NOTHING
from quiz.screen.plots import draw
from tests.screen import gallery
from tests.screen.gallery import SAMPLES, terminal

NUMBERS = st.floats() | st.floats(-10, 10) | st.sampled_from([0.0, 1.0, 1e-300, 1.7e308, -1.7e308])
WORDS = st.text(alphabet="ab d_k√·[]/中文，。（）掩码 ", min_size=1, max_size=24)
TEXTS = st.builds(Text, WORDS, WORDS)
FEW = {"min_size": 0, "max_size": 12}


@st.composite
def curves(draw_):
    lines = []
    for _ in range(draw_(st.integers(0, 4))):
        size = draw_(st.integers(0, 20))
        x, y = (draw_(st.lists(NUMBERS, min_size=size, max_size=size)) for _ in range(2))
        lines.append(Line(draw_(TEXTS), tuple(x), tuple(y), draw_(st.booleans())))
    marks = draw_(st.lists(st.builds(Mark, st.sampled_from("xy"), NUMBERS, TEXTS), max_size=2))
    logs = draw_(st.booleans()), draw_(st.booleans())
    return Curve(draw_(TEXTS), tuple(lines), draw_(TEXTS), draw_(TEXTS), *logs, tuple(marks))


@st.composite
def heatmaps(draw_):
    rows, columns = draw_(st.integers(0, 40)), draw_(st.integers(0, 40))
    # A few drawn values repeated: a matrix of independent ones would be slow to draw.
    few = draw_(st.lists(NUMBERS, min_size=1, max_size=9))
    values = tuple(
        tuple(few[(i * 7 + j * j) % len(few)] for j in range(columns)) for i in range(rows)
    )
    ends = st.none() | st.floats(-5, 5)
    scale = draw_(ends), draw_(ends), draw_(st.booleans())
    return Heatmap(draw_(TEXTS), values, draw_(TEXTS), draw_(TEXTS), *scale)


@st.composite
def bars(draw_):
    each = draw_(st.lists(st.tuples(TEXTS, NUMBERS), **FEW))
    return Bars(draw_(TEXTS), tuple(each), draw_(TEXTS), draw_(st.booleans()))


@st.composite
def histograms(draw_):
    edges = draw_(st.lists(NUMBERS, min_size=0, max_size=30))
    if draw_(st.booleans()):
        edges.sort()
    row = st.lists(st.integers(0, 9000) | NUMBERS, max_size=30).map(tuple)
    counts = draw_(st.lists(st.tuples(TEXTS, row), max_size=3))
    return Histogram(draw_(TEXTS), tuple(edges), tuple(counts), draw_(TEXTS))


@st.composite
def tables(draw_):
    cells = TEXTS | NUMBERS | st.integers(-(10**12), 10**12) | st.booleans()
    rows = draw_(st.lists(st.lists(cells, max_size=6).map(tuple), max_size=8))
    header = draw_(st.lists(TEXTS, max_size=6))
    return Table(draw_(TEXTS), tuple(header), tuple(rows))


VIEWS = {
    "curve": curves,
    "heatmap": heatmaps,
    "bars": bars,
    "histogram": histograms,
    "table": tables,
}
TERMINALS = {
    "colour": {"colours": "truecolor"},
    "sixteen": {"colours": "standard"},
    "no colour": {},
    "no braille": {"plain": True},
    "coloured, no braille": {"colours": "256", "plain": True},
}
every_kind = pytest.mark.parametrize("kind", VIEWS)
widths = st.integers(30, 140)
terminals = st.sampled_from(sorted(TERMINALS))
quick = settings(max_examples=30)
langs = st.sampled_from(["en", "zh"])


def lines(view, lang, width, where="no colour", height=14) -> list[str]:
    console = terminal(width, **TERMINALS[where])
    # Not `render_lines`, nor `print`: they would cut what is too wide.
    segments = console.render(draw(view, lang, height=height))
    return "".join(segment.text for segment in segments).split("\n")[:-1]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@every_kind
@quick
@given(st.data(), langs, widths, terminals)
def test_every_line_fits_below_a_whole_title(kind, data, lang, width, where):
    view = data.draw(VIEWS[kind]())
    shown = lines(view, lang, width, where)
    assert shown and all(cell_len(line) <= width for line in shown)
    # The title above it is whole, brackets and all.
    assert squeezed("".join(shown)).startswith(squeezed(view.title.pick(lang)))


@every_kind
@quick
@given(st.data(), langs, st.integers(1, 29), terminals)
def test_a_sliver_of_a_terminal_is_no_error(kind, data, lang, width, where):
    shown = lines(data.draw(VIEWS[kind]()), lang, width, where)
    assert all(cell_len(line) <= max(2, width) for line in shown)  # one wide character is two


@quick
@given(curves(), langs, widths, terminals)
def test_curves_name_every_line_and_both_axes(view, lang, width, where):
    shown = "".join(lines(view, lang, width, where))
    if NOTHING.pick(lang) in shown:
        return
    texts = [view.x_label, view.y_label, *(line.label for line in view.lines)]
    missing = [t for t in texts if squeezed(t.pick(lang)) not in squeezed(shown)]
    assert not missing


@quick
@given(curves() | histograms(), langs, widths, terminals)
def test_the_axes_are_straight(view, lang, width, where):
    shown = lines(view, lang, width, where)
    at = [i for i, line in enumerate(shown) if re.match(r" *(└|\+[+-]+$)", line)]
    if NOTHING.pick(lang) in "".join(shown):
        return
    floor = at[-1]
    column = len(shown[floor]) - len(shown[floor].lstrip())
    above = shown[floor - 4 : floor]
    assert all(cell_len(line[:column]) == column and line[column] in "│┤|+" for line in above)
    assert cell_len(shown[floor]) == min(width, 100)


@pytest.mark.parametrize("height", [12, 14, 20, 33])
@pytest.mark.parametrize("where", TERMINALS)
def test_pictures_that_scale_keep_to_their_height(where, height):
    for view in (*SAMPLES["curve"], *SAMPLES["histogram"]):
        assert len(lines(view, "zh", 80, where, height)) == height
    distances = SAMPLES["heatmap"][-1]
    assert height - 1 <= len(lines(distances, "zh", 80, where, height)) <= height


def test_a_region_of_few_lines_is_kept_to_as_well():
    console = terminal(80)
    options = console.options.update(height=9)
    shown = "".join(s.text for s in console.render(draw(SAMPLES["curve"][1], "en"), options))
    assert shown.count("\n") == 9


@quick
@given(tables(), langs, widths, terminals)
def test_tables_lose_no_cell(view, lang, width, where):
    shown = squeezed("".join(lines(view, lang, width, where)))
    for row in view.rows:
        for cell in row:
            if isinstance(cell, Text):
                # Wrapped cells stand in pieces beside each other; every character is there.
                wanted = cell.pick(lang).split()
                assert all(char in shown for word in wanted for char in word)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("kind", VIEWS)
@pytest.mark.parametrize("width", [40, 80, 140])
def test_pictures_stand_beside_each_other_in_boxes(kind, lang, width):
    for view in SAMPLES[kind]:
        console = terminal(width)
        with console.capture() as capture:
            console.print(Columns([Panel(draw(view, lang)), Panel(draw(view, lang))]))
        shown = capture.get().splitlines()
        assert {cell_len(line) for line in shown if line.strip()} <= {cell_len(shown[0])}


def test_drawing_loads_nothing_heavy():
    script = (
        "import sys\n"
        "from tests.screen.gallery import SAMPLES, printed, terminal\n"
        "from quiz.screen.plots import draw\n"
        "for views in SAMPLES.values():\n"
        "    printed(views[0], 'zh', terminal(80, 'truecolor'))\n"
        "print({'numpy', 'pydantic', 'yaml', 'rich.table', 'rich.panel'} & set(sys.modules))\n"
    )
    root = Path(gallery.__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "set()"


@every_kind
@quick
@given(st.data(), langs, widths)
def test_what_is_measured_is_what_is_taken(kind, data, lang, width):
    view = data.draw(VIEWS[kind]())
    console = terminal(width)
    measured = Measurement.get(console, console.options, draw(view, lang))
    assert 0 <= measured.minimum <= measured.maximum <= width
    assert max(map(cell_len, lines(view, lang, width))) <= measured.maximum
