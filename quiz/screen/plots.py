"""A demo's views as pictures in the terminal."""

from __future__ import annotations

from importlib import import_module

from quiz.evidence import View
from quiz.screen.picture import Picture

# Each kind is imported when the first of it is drawn.
PICTURES = {
    "Curve": ("curve", "CurvePlot"),
    "Heatmap": ("heat", "HeatPlot"),
    "Bars": ("bars", "BarPlot"),
    "Histogram": ("histogram", "HistogramPlot"),
    "Table": ("table", "TablePlot"),
}


def draw(view: View, lang: str, *, height: int = 14) -> Picture:
    """The picture of a view, worded in `lang`, as a Rich renderable.

    It is never wider than it is given room for. Curves, histograms and heat maps
    keep to `height` lines, title, legend and axes included, as long as four lines
    are left for the picture itself; a matrix of up to 24 rows is drawn row by row
    even so. Bars and tables take a line or more for each of theirs.

    What it draws with depends on the console: its colours, or none, and whether
    its encoding has braille and block characters.
    """
    module, name = PICTURES[type(view).__name__]
    return getattr(import_module(f"quiz.screen.{module}"), name)(view, lang, height)
