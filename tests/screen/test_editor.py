from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from quiz.screen.editor import Editor


def typed(*keys: str) -> Editor:
    editor = Editor()
    for key in keys:
        editor.press(key)
    return editor


def test_wide_characters_are_erased_whole():
    assert typed(*"方差", "backspace").text == "方"


def test_an_accent_is_erased_with_its_letter():
    assert typed(*"cafe\u0301", "backspace").text == "caf"


def test_editing_in_the_middle():
    assert typed(*"ac", "left", "b").text == "abc"
    assert typed(*"abc", "home", "delete").text == "bc"
    assert typed(*"one two", "ctrl-w").text == "one "
    assert typed(*"one", "home", *"x", "ctrl-k").text == "x"


def test_pasted_lines_become_one_and_lose_their_controls():
    assert typed("paste:a\n b\x1b[2J\tc").text == "a b[2J c"


def test_the_cursor_stands_after_wide_cells():
    assert typed(*"方差a").rows(20) == (["方差a"], (5, 0))


def test_a_wide_character_is_not_split_over_rows():
    assert typed(*"a方差").rows(4) == (["a方", "差"], (2, 1))


@given(
    st.lists(st.sampled_from([*"ab中文", "left", "right", "backspace", "delete", "home", "end"]))
)
def test_cursor_and_rows_stay_consistent(keys):
    editor = typed(*keys)
    rows, (column, row) = editor.rows(8)
    assert 0 <= editor.cursor <= len(editor.text)
    assert "".join(rows) == editor.text
    assert all(cell_len(r) <= 8 for r in rows)
    assert row < len(rows) and column <= 8
