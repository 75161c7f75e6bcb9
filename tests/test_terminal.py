"""The tests' own terminal has to show whatever a program may draw, at any moment of drawing."""

import sys

from tests.terminal import Terminal


def shown(written: str) -> str:
    program = f"import sys, time; sys.stdout.write({written!r} + '|'); sys.stdout.flush()"
    with Terminal([sys.executable, "-c", program], columns=12, rows=2, env={}) as terminal:
        return terminal.until("|").splitlines()[0]


def test_half_of_a_wide_character_overwritten_leaves_a_blank():
    assert shown("种子\x1b[Ha\x1b[1;5H") == "a 子|"


def test_wide_characters_stand_without_gaps():
    assert shown("种子 0") == "种子 0|"
