"""A terminal for tests: real keys into a pseudo-terminal, assertions on what is on the screen."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Mapping, Sequence

import pexpect
import pyte
from wcwidth import wcwidth


class Terminal:
    """A command running in a terminal of so many columns and rows."""

    def __init__(
        self, command: Sequence[str], *, columns: int = 80, rows: int = 24, env: Mapping[str, str]
    ):
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.child = pexpect.spawn(
            command[0],
            list(command[1:]),
            dimensions=(rows, columns),
            # The window's own size counts, not what the tests' own terminal has exported.
            env={"TERM": "xterm-256color"}
            | {k: v for k, v in env.items() if k not in ("COLUMNS", "LINES")},
            timeout=20,
        )
        self.child.delaybeforesend = None  # no person is waited for, and nothing timed is padded

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.child.close(force=True)

    @property
    def lines(self) -> list[str]:
        return [_line(self.screen.buffer[y], self.screen.columns) for y in range(self.screen.lines)]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def _read(self, seconds: float) -> bool:
        """Take in output for at most so long; False once the command has ended."""
        try:
            data = self.child.read_nonblocking(65536, timeout=seconds)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += data
        # pyte would print the letters of sequences that it does not know.
        self.stream.feed(re.sub(rb"\x1b\[\?(?:2004|1049)[hl]", b"", data))
        return True

    def until(self, wanted: str, seconds: float = 20) -> str:
        """Wait for the text to be on the screen; fails with the screen when it does not come."""
        end = time.monotonic() + seconds
        while wanted not in self.text:
            alive = self._read(0.05)
            if wanted in self.text:
                break
            assert alive, f"ended before {wanted!r} was shown:\n{self.text}"
            assert time.monotonic() < end, f"no {wanted!r} on the screen:\n{self.text}"
        return self.text

    def until_gone(self, unwanted: str, seconds: float = 20) -> str:
        end = time.monotonic() + seconds
        while unwanted in self.text:
            assert self._read(0.05) and time.monotonic() < end, f"still there:\n{self.text}"
        return self.text

    def press(self, keys: str) -> None:
        self.child.send(keys)

    def settle(self, seconds: float = 0.3) -> str:
        """The screen once nothing has been drawn for a while."""
        seen = None
        while seen != self.raw:
            seen = self.raw
            self._read(seconds)
        return self.text

    def resize(self, columns: int, rows: int) -> None:
        self.screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.child.pid, number)

    def end(self, seconds: float = 20) -> int:
        """Wait for the command to end; its exit status (128 + n for a signal)."""
        end = time.monotonic() + seconds
        while self._read(0.05):
            assert time.monotonic() < end, f"has not ended:\n{self.text}"
        self.child.close()
        return (
            self.child.exitstatus
            if self.child.exitstatus is not None
            else 128 + self.child.signalstatus
        )


def _line(cells: Mapping[int, pyte.screens.Char], columns: int) -> str:
    """A row as it is seen. pyte's own `display` fails on a row that is being redrawn, where a
    wide character is already overwritten and the empty cell that it left behind is not."""
    seen = ""
    wide = False
    for x in range(columns):
        data = cells[x].data
        if not wide:
            seen += data or " "
        wide = not wide and bool(data) and wcwidth(data[0]) == 2
    return seen.rstrip()
