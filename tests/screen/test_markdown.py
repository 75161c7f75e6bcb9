from io import StringIO

import pytest
from rich.console import Console

from quiz.screen.markdown import Markdown, inline


def shown(source: str, width: int = 40) -> str:
    out = StringIO()
    Console(file=out, width=width, markup=False, emoji=False, highlight=False).print(
        Markdown(source)
    )
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


@pytest.mark.parametrize(
    ("source", "joined"),
    [
        ("方差\n变大", "方差变大"),
        ("方差是\n78", "方差是 78"),
        ("除以 d_k\n之后", "除以 d_k 之后"),
        ("变大，\n78 倍", "变大，78 倍"),
        ("two\nlines", "two lines"),
        ("at 64\n**Down**", "at 64 Down"),
        ("方差\n**变大**", "方差变大"),
        ("a “quoted”\nword", "a “quoted” word"),
        ("所谓“饱和”\n是指", "所谓“饱和”是指"),
    ],
)
def test_source_lines_join_as_the_language_wants(source, joined):
    assert shown(source) == joined


def test_lists_code_and_emphasis():
    source = "First **bold** and `code`.\n\n- one\n- two\n  1. nested\n\n```\nq -> k\n```"
    assert shown(source).split("\n") == [
        "First bold and code.", "", "• one", "• two", "", "  1. nested", "", "  q -> k",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["list[int]", "a[i][j]", "[/]", "[link=x]", ":smile:", "{{", "%s"])
def test_what_looks_like_markup_elsewhere_is_verbatim(text):
    assert shown(f"see {text} here") == f"see {text} here"
    assert inline(f"see {text} here").plain == f"see {text} here"


def test_html_is_text_and_entities_make_no_control_characters():
    assert shown("<b>x</b> &amp; y") == "<b>x</b> &amp; y"
    assert shown("a &#x202e;b &#27;[2J") == "a &#x202e;b &#27;[2J"


def test_no_space_follows_full_width_punctuation():
    # CommonMark wants one after **归一化。**, Chinese typography does not.
    assert shown("**归一化。** 残差累加。") == "归一化。残差累加。"
    assert shown("**Norm.** The sum") == "Norm. The sum"
