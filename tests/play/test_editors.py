"""The user's editor is told the line in its own way."""

from pathlib import Path

import pytest

from quiz.play.editors import chosen, command
from quiz.refusal import Refusal

FILE = Path("/bank/why.yaml")


@pytest.mark.parametrize(
    ("editor", "words"),
    [
        ("vim", "vim +7 /bank/why.yaml"),
        ("/usr/bin/nano -w", "/usr/bin/nano -w +7 /bank/why.yaml"),
        ("emacsclient -t", "emacsclient -t +7 /bank/why.yaml"),
        ("code", "code --wait -g /bank/why.yaml:7"),
        ("code -w", "code -w -g /bank/why.yaml:7"),
        ("subl", "subl --wait /bank/why.yaml:7"),
        ("hx", "hx /bank/why.yaml:7"),
        ("ed", "ed /bank/why.yaml"),
        ("'/opt/My Editor/edit' --new", "/opt/My Editor/edit|--new|/bank/why.yaml"),
    ],
)
def test_editors_are_told_the_line(editor, words):
    assert command(editor, FILE, 7) == words.split("|" if "|" in words else " ")


def test_visual_comes_before_editor():
    assert chosen({"VISUAL": "vim", "EDITOR": "ed"}) == "vim"
    assert chosen({"VISUAL": "", "EDITOR": "ed"}) == "ed"
    assert chosen({"EDITOR": " "}) == ""


def test_an_unclosed_quote_is_refused():
    with pytest.raises(Refusal, match="EDITOR"):
        command("vim 'x", FILE, 1)
