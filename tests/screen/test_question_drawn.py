"""A question as it is asked, and as it looks once answered."""

from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console

from quiz.model import DemoCall, Question, Text
from quiz.screen.answer import reveal
from quiz.screen.question import ask, keys_line
from quiz.screen.theme import UNICODE
from quiz.study.grade import grade
from quiz.words import Catalogue


def plain(text: str) -> Text:
    return Text(text, text)


def drawn(what, width: int = 60) -> list[str]:
    out = StringIO()
    Console(file=out, width=width, markup=False, emoji=False, highlight=False).print(what)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def asked(question: Question, lang: str = "en", **shown) -> list[str]:
    full = dict(options=(), order=(), chosen=(), pointer=-1, shown_hints=0) | shown
    return drawn(ask(question, **full, signs=UNICODE, words=Catalogue(lang)))


def question(kind: str, **more) -> Question:
    return Question("q", kind, "core", plain("Why?"), plain("Because."), **more)


def test_what_is_said_below_a_typed_question_stands_one_line_apart():
    short = question("short", hints=(plain("Think."),))
    assert asked(short, shown_hints=1) == ["Why?", "", "Hint 1 of 1  Think."]
    assert asked(short, notice="Write.") == ["Why?", "", "Write."]


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "once you have answered. Demo d with n=3."),
        ("zh", "实验在本机现场运行。实验 d，参数 n=3。"),
    ],
)
def test_a_prediction_names_its_run_in_whole_sentences(lang, said):
    predict = question("predict", demo=DemoCall("d", {"n": "3"}))
    assert said in " ".join(asked(predict, lang))


@pytest.mark.parametrize(
    ("lang", "asides"),
    [
        ("en", ["  (you: 3)", "  (you: 1)", "  (you: 2)"]),
        ("zh", ["（你排在第 3）", "（你排在第 1）", "（你排在第 2）"]),
    ],
)
def test_an_order_shows_beside_each_misplaced_item_where_it_was_put(lang, asides):
    order = question("order", items=tuple(map(plain, ("one", "two", "three"))))
    rows = drawn(
        reveal(
            order, options=(), chosen=(), right=(), answer="2,3,1", grade=grade(order, "2,3,1"),
            beliefs=(), citations=(), figures={}, signs=UNICODE, words=Catalogue(lang),
        )
    )  # fmt: skip
    for number, (item, aside) in enumerate(zip(("one", "two", "three"), asides, strict=True), 1):
        assert f"✘ {number}  {item}{aside}" in rows


KEYS = [("Enter", "next (good)"), ("1-4", "rate"), ("!!", "overrule"), ("?", "keys"), ("q", "quit")]


@pytest.mark.parametrize("width", [8, 17, 25, 40, 59])
def test_keys_that_do_not_fit_are_left_out_whole_and_the_help_key_last(width):
    (row,) = drawn(keys_line(KEYS), width)
    assert cell_len(row) <= width
    assert row.startswith("Enter"[:width])
    if width >= len("Enter next (good)  ? keys"):
        assert "? keys" in row
        pairs = [f"{key} {meaning}" for key, meaning in KEYS]
        assert all(part in pairs for part in row.split("  "))
    if width >= len("Enter next (good)  ? keys  q quit"):
        assert row.endswith("q quit")
