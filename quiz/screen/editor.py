"""A line of text being typed: a value and a cursor, nothing of the terminal."""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len


def _joins(char: str) -> bool:
    """Does the character belong to the one before it (accents, variation selectors, joiners)?"""
    return unicodedata.combining(char) > 0 or char in "\u200d\ufe0e\ufe0f"


class Editor:
    """What was typed so far. `press` takes the keys of `quiz.screen.keys`."""

    def __init__(self, text: str = ""):
        self.text, self.cursor = text, len(text)

    def press(self, key: str) -> bool:
        """Apply an editing key; False when the key is not one."""
        before, after = self.text[: self.cursor], self.text[self.cursor :]
        if key.startswith("paste:"):
            self._insert(" ".join(key[6:].split()))
        elif key == "backspace":
            start = self._left()
            self.text, self.cursor = before[:start] + after, start
        elif key == "delete":
            self.text = before + self.text[self._right() :]
        elif key == "left":
            self.cursor = self._left()
        elif key == "right":
            self.cursor = self._right()
        elif key == "home":
            self.cursor = 0
        elif key == "end":
            self.cursor = len(self.text)
        elif key == "ctrl-u":
            self.text, self.cursor = after, 0
        elif key == "ctrl-k":
            self.text = before
        elif key == "ctrl-w":
            kept = before.rstrip().rpartition(" ")
            kept = kept[0] + kept[1]
            self.text, self.cursor = kept + after, len(kept)
        elif len(key) == 1:
            self._insert(key)
        else:
            return False
        return True

    def _insert(self, new: str) -> None:
        new = "".join(c for c in new if c.isprintable())
        self.text = self.text[: self.cursor] + new + self.text[self.cursor :]
        self.cursor += len(new)

    def _left(self) -> int:
        at = max(0, self.cursor - 1)
        while at and _joins(self.text[at]):
            at -= 1
        return at

    def _right(self) -> int:
        at = min(len(self.text), self.cursor + 1)
        while at < len(self.text) and _joins(self.text[at]):
            at += 1
        return at

    def rows(self, width: int) -> tuple[list[str], tuple[int, int]]:
        """The text folded to rows of at most `width` cells, and the cursor's (column, row)."""
        rows, cells, place = [""], 0, (0, 0)
        for index, char in enumerate(self.text):
            size = cell_len(char)
            if cells + size > width:
                rows.append("")
                cells = 0
            if index == self.cursor:
                place = (cells, len(rows) - 1)
            rows[-1] += char
            cells += size
        if self.cursor == len(self.text):
            if cells >= width:
                rows.append("")
                cells = 0
            place = (cells, len(rows) - 1)
        return rows, place
