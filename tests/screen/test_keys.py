import pytest

from quiz.screen.keys import split


@pytest.mark.parametrize(
    ("read", "keys"),
    [
        ("1", ["1"]),
        ("abc", ["a", "b", "c"]),
        ("方差", ["方", "差"]),
        ("\r", ["enter"]),
        ("\x1b[A\x1b[B", ["up", "down"]),
        ("\x1bOC", ["right"]),
        ("\x1b[5~", ["pageup"]),
        ("\x1b[1;5C", []),  # ctrl-right: a sequence we do not know is no key, not litter
        ("\x7f", ["backspace"]),
        ("\x04", ["ctrl-d"]),
        ("\x1b[200~two\r\nlines\x1b[201~x", ["paste:two\nlines", "x"]),
    ],
)
def test_keys_in_what_was_read(read, keys):
    assert split(read) == (keys, "")


@pytest.mark.parametrize("beginning", ["\x1b[", "\x1b[1;", "\x1b[200~half of a pa"])
def test_a_beginning_waits_for_its_end(beginning):
    assert split("a" + beginning) == (["a"], beginning)
