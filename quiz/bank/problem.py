"""What is wrong with a file, and where."""

from __future__ import annotations

from typing import NamedTuple


class Problem(NamedTuple):
    """Something to put right: where (counted from 1), which rule, what is wrong, what to do."""

    file: str
    line: int
    column: int
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.code} {self.message}"
