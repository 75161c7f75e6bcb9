"""`?` lists every key that a session obeys, and the bottom line shows none that is not listed."""

import ast
import inspect
import re
import textwrap

import pytest

from quiz.play import explain, knobs, practice, view
from quiz.screen import help as listed
from quiz.words import Catalogue

SHOWN = {  # the names of keys, as people read them
    "enter": "Enter", " ": "Space", "backspace": "Backspace", "up": "↑", "down": "↓",
    "left": "←", "right": "→", "home": "Home", "end": "End",
    "pageup": "PgUp", "pagedown": "PgDn", "esc": "Esc", "ctrl-d": "Ctrl-D",
    "!": "!!",
}  # fmt: skip
TESTED = {"key", "(key := self.terminal.read())"}
UNSEEN = {"resize", "wake"}  # no keys
TYPED = {":h", ":s", ":u", ":q"}  # listed as the line of commands
KEYS = ast.parse(inspect.getsource(practice.Practice))
OTHERS = {  # screens that are read over a session: their code, and what lists their keys
    "a topic": (explain.Page.read, listed.READING, {"d", "q", "j", "home", "?"}),
    "a demo": (knobs.Knobs, listed.TURNING, {"w", "r", "n", "c", "f", "left", "?"}),
}
EDITING = {"1", "2", "3"}  # of the list of formats, which shows them itself


def tokens(pairs) -> set[str]:
    """Each key by itself: 1-4 is 1, 2, 3 and 4."""
    found = set()
    for keys, _ in pairs:
        for key in keys.split():
            span = re.fullmatch(r"(\d)-(\d)", key)
            numbers = range(int(span[1]), int(span[2]) + 1) if span else ()
            found |= {str(n) for n in numbers} or {key}
    return found


def listed_keys(*, confidence: bool) -> set[str]:
    parts = listed.ASKED, listed.ANSWERED, listed.ENDED, listed.ALWAYS
    return tokens([pair for part in parts for pair in part]) | (
        tokens(listed.CONFIDENCE) if confidence else set()
    )


def obeyed(code: ast.AST) -> set[str]:
    """The keys that the code compares with, or looks up."""
    found = set()
    for node in ast.walk(code):
        if isinstance(node, ast.Dict) and all(isinstance(k, ast.Constant) for k in node.keys):
            found |= {k.value for k in node.keys} & (SHOWN.keys() | {"j", "k"})
        if isinstance(node, ast.Compare) and ast.unparse(node.left) in TESTED:
            for other in node.comparators:
                found |= {c.value for c in ast.walk(other) if isinstance(c, ast.Constant)}
    return {key for key in found if isinstance(key, str)} - UNSEEN - {""}


def test_every_key_that_is_obeyed_is_listed():
    keys = obeyed(KEYS)
    assert {"h", "s", "u", "q", "r", "x", "e", "d", "!", "n", "?", "ctrl-d", "1"} <= keys
    assert {SHOWN.get(key, key) for key in keys} <= listed_keys(confidence=True)


@pytest.mark.parametrize("screen", OTHERS)
def test_every_key_of_the_other_screens_is_listed(screen):
    code, keys, some = OTHERS[screen]
    found = obeyed(ast.parse(textwrap.dedent(inspect.getsource(code)))) - EDITING
    assert some <= found
    given = tokens(keys)
    given |= {"-."} if {"-", "."} <= given else set()  # `key in "-."`
    assert {SHOWN.get(key, key) for key in found} <= given


def test_every_key_of_the_bottom_line_is_listed():
    (method,) = (
        node
        for node in ast.walk(ast.parse(inspect.getsource(view)))
        if getattr(node, "name", "") == "_keys"
    )  # fmt: skip
    pairs = {
        (node.elts[0].value, "")
        for node in ast.walk(method)
        if isinstance(node, ast.Tuple) and isinstance(node.elts[0], ast.Constant)
        and isinstance(node.elts[0].value, str) and len(node.elts) == 2
    }  # fmt: skip
    shown = tokens(pairs)
    assert {"Enter", "d", ":h", "r"} <= shown
    assert shown - TYPED <= listed_keys(confidence=True)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_keys_of_confidence_are_listed_where_it_is_asked(lang):
    words = Catalogue(lang)

    def text(confidence: bool) -> str:
        screen = listed.help_screen(words, confidence=confidence)
        title, keys = screen.renderables
        return "\n".join(str(getattr(row, "text", row)) for row in [title, *keys.renderables])

    assert words("help.sure") in text(True)
    assert words("help.sure") not in text(False)
    for command in TYPED:
        assert command in words("typing.commands")


def test_a_letter_means_the_same_on_every_screen():
    meanings: dict[str, set[str]] = {}
    screens = (listed.ASKED, listed.ANSWERED, listed.ENDED, listed.READING, listed.TURNING)
    for keys, does in [pair for screen in screens for pair in screen]:
        for key in keys.split():
            if key.isalpha() and len(key) == 1:
                meanings.setdefault(key, set()).add(does)
    # r begins again: with what was missed, or from a demo's defaults. n goes on to what is next:
    # the question, more of them, or a seed.
    again, onward = {"help.retry", "help.reset"}, {"help.next", "help.more", "help.reseed"}
    several = {key: does for key, does in meanings.items() if len(does) > 1}
    assert several == {"r": again, "n": onward}
