"""How far a long job has come, on a line of stderr that leaves no trace."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

PATIENCE = 0.5  # seconds before anything is shown
WIDTH = 24


class Progress:
    """Called with `done` of `of`; silent where `out` is no terminal, or closed."""

    def __init__(self, out: TextIO | None, clock: Callable[[], float] = time.monotonic):
        self._out, self._clock = out, clock
        self._next = clock() + PATIENCE if out and out.isatty() else float("inf")
        self._shown = False

    def __call__(self, done: int, of: int) -> None:
        now = self._clock()
        if now < self._next:
            return
        self._next, self._shown = now + 0.1, True
        filled = WIDTH * done // max(1, of)
        self._out.write(f"\r[{'#' * filled:<{WIDTH}}] {done}/{of}")
        self._out.flush()

    def close(self) -> None:
        if self._shown:
            self._out.write("\r\x1b[K")
            self._out.flush()
