from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from quiz.screen.frame import Frame, compose
from quiz.words import Catalogue


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("size", [(80, 24), (140, 40), (40, 12), (30, 8), (20, 5)])
def test_a_frame_fills_its_window_and_never_overflows(lang, size):
    console = Console(file=StringIO(), width=size[0], height=size[1])
    text = Text("\n".join(["方差 variance"] * 60))
    frame = Frame(Text("header"), text, [Text("> " + "字" * 90), Text("keys " * 40)], Text("side"))
    more = Catalogue(lang)("more-below")
    for scroll in (0, 7, 10**6):
        shown = compose(console, frame, scroll, more)
        assert len(shown.rows) == size[1]
        assert all(cell_len(row) <= size[0] for row in shown.rows)
        assert "header" in shown.rows[0]
        assert shown.scroll <= shown.scrollable


def test_a_side_stands_beside_the_text_only_where_there_is_room():
    for width, beside in ((99, False), (100, True)):
        console = Console(file=StringIO(), width=width, height=20)
        shown = compose(console, Frame(Text("h"), Text("left"), [], Text("right")), 0)
        assert any("left" in row and "right" in row for row in shown.rows) is beside


def test_more_pictures_stand_below_the_side_as_far_as_nothing_gets_longer():
    short, long = Text("left"), Text("\n".join(["left"] * 30))
    more = [Text("one\n1"), Text("two\n2"), Text("three")]
    for width, height, left, seen in (
        (120, 12, short, ["one", "two"]),  # 8 rows: side, blank, one, 1, blank, two, 2
        (120, 10, short, ["one"]),
        (120, 12, long, ["one", "two", "three"]),  # the text is longer than all of them
        (80, 40, long, []),  # one below the other: there is no free room
    ):
        console = Console(file=StringIO(), width=width, height=height)
        frame = Frame(Text("h"), left, [Text("keys")], Text("side"), more=more)
        rows = [row for scroll in (0, 8) for row in compose(console, frame, scroll).rows]
        assert [name for name in ("one", "two", "three") if name in "\n".join(rows)] == seen
        assert (compose(console, frame, 0).scrollable > 0) is (left is long and height < 30)


def test_no_control_of_the_content_is_drawn():
    console = Console(file=StringIO(), width=40, height=8)
    evil = Text.assemble("a\x1b]52;c;eA==\x07b", "\x9b2Jc\u202ed")
    shown = compose(console, Frame(Text("h"), evil, []), 0)
    assert "a]52;c;eA==b2Jcd" in "".join(shown.rows)
    assert not set("\x1b\x07\x9b\u202e") & set("".join(shown.rows))
