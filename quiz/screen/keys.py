"""The terminal: keys in, whole frames out, and everything put back at the end.

A key is one string: a character, or a name such as "enter", "up", "ctrl-d".
Text pasted in bracketed-paste mode arrives as "paste:" and the text.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import select
import signal
import sys
from collections.abc import Iterable, Iterator

from rich.console import Console

NAMES = {
    "\r": "enter", "\n": "enter", "\t": "tab", "\x7f": "backspace", "\x08": "backspace",
    "\x01": "home", "\x04": "ctrl-d", "\x05": "end", "\x0b": "ctrl-k", "\x0c": "ctrl-l",
    "\x15": "ctrl-u", "\x17": "ctrl-w",
    "\x1b[A": "up", "\x1b[B": "down", "\x1b[C": "right", "\x1b[D": "left",
    "\x1bOA": "up", "\x1bOB": "down", "\x1bOC": "right", "\x1bOD": "left",
    "\x1b[H": "home", "\x1b[F": "end", "\x1bOH": "home", "\x1bOF": "end",
    "\x1b[1~": "home", "\x1b[4~": "end", "\x1b[3~": "delete",
    "\x1b[5~": "pageup", "\x1b[6~": "pagedown", "\x1b[Z": "shift-tab",
}  # fmt: skip
PASTE, PASTE_END = "\x1b[200~", "\x1b[201~"


def split(text: str) -> tuple[list[str], str]:
    """The keys in what was read, and a beginning that may still become a key."""
    keys: list[str] = []
    while text:
        if text.startswith(PASTE):
            body, ended, rest = text[len(PASTE) :].partition(PASTE_END)
            if not ended:
                return keys, text
            keys.append("paste:" + body.replace("\r\n", "\n").replace("\r", "\n"))
            text = rest
        elif text[0] == "\x1b" and len(text) > 1 and text[1] in "[O":
            # A control sequence ends with a byte from @ to ~ after its introducer.
            end = next((i for i in range(2, len(text)) if "@" <= text[i] <= "~"), None)
            if end is None:
                return keys, text
            keys.append(NAMES.get(text[: end + 1], ""))
            text = text[end + 1 :]
        elif text[0] == "\x1b":
            keys.append("esc")
            # Alt and a character is no key of ours; Esc pressed twice is Esc.
            text = text[1:]
        else:
            keys.append(NAMES.get(text[0], text[0] if text[0].isprintable() else ""))
            text = text[1:]
    return [key for key in keys if key], ""


def narrow(key: str) -> str:
    """The key that is meant where a Chinese input method gives its full-width form: １ ｑ ？ ："""
    return chr(ord(key) - 0xFEE0) if len(key) == 1 and "！" <= key <= "～" else key


class Terminal:
    """A terminal taken over for full-screen frames, and given back on exit.

    Use as a context manager. `read` waits for a key; it also returns "resize"
    when the window has changed and "wake" after `wake()`, which other threads
    may call when there is something new to draw.
    """

    def __init__(self, console: Console, stdin: int = 0):
        self.console, self.stdin = console, stdin
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._pending, self._keys = "", []
        self._resized = False
        self._saved: list | None = None

    # --- taking the terminal over and giving it back ---

    def __enter__(self) -> Terminal:
        import termios

        self._saved = termios.tcgetattr(self.stdin)
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        self._old = {
            signal.SIGWINCH: signal.signal(signal.SIGWINCH, self._on_resize),
            signal.SIGTSTP: signal.signal(signal.SIGTSTP, self._on_suspend),
            signal.SIGTERM: signal.signal(signal.SIGTERM, self._on_end),
            signal.SIGHUP: signal.signal(signal.SIGHUP, self._on_end),
        }
        self._take()
        return self

    def __exit__(self, *_: object) -> None:
        self._give_back()
        for number, handler in self._old.items():
            signal.signal(number, handler)
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _take(self) -> None:
        import termios
        import tty

        tty.setcbreak(self.stdin, termios.TCSADRAIN)  # Ctrl-C and Ctrl-Z still signal
        # Alternate screen, no cursor, bracketed paste.
        self._write("\x1b[?1049h\x1b[?25l\x1b[?2004h")

    def _give_back(self) -> None:
        import termios

        try:
            self._write("\x1b[?2004l\x1b[?25h\x1b[?1049l")
            termios.tcsetattr(self.stdin, termios.TCSADRAIN, self._saved)
        except (OSError, termios.error):
            pass  # the terminal itself is gone (SIGHUP)

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """The terminal as it was, for another program; afterwards it is taken over again."""
        self._give_back()
        try:
            yield
        finally:
            self._take()
            self._on_resize()  # the window may have changed meanwhile

    def _on_resize(self, *_: object) -> None:
        self._resized = True
        self.wake()

    def _on_suspend(self, *_: object) -> None:
        self._give_back()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)  # stops here until `fg`
        signal.signal(signal.SIGTSTP, self._on_suspend)
        self._take()
        self._on_resize()

    def _on_end(self, number: int, _: object) -> None:
        raise SystemExit(128 + number)

    # --- input ---

    def wake(self) -> None:
        with contextlib.suppress(OSError):  # full: a wake-up is under way already
            os.write(self._wake_write, b"!")

    def read(self) -> str:
        """The next key, "resize" or "wake". Raises EOFError when the terminal is gone."""
        while not self._keys:
            # A lone Esc is a key once nothing has followed it for a moment.
            timeout = 0.05 if self._pending else None
            ready, _, _ = select.select([self.stdin, self._wake_read], [], [], timeout)
            if not ready:
                self._keys, self._pending = _given_up(self._pending), ""
            if self.stdin in ready:
                data = os.read(self.stdin, 4096)
                if not data:
                    raise EOFError
                self._feed(self._decode(data))
            if self._wake_read in ready:
                os.read(self._wake_read, 4096)
                kind = "resize" if self._resized else "wake"
                self._resized = False
                self._keys.append(kind)
        return self._keys.pop(0)

    def unread(self, key: str) -> None:
        """Give a key back: it is the next that is read, by whoever reads next."""
        self._keys.insert(0, key)

    def _feed(self, text: str) -> None:
        text = self._pending + text
        if text == "\x1b":
            self._pending = text
            return
        keys, self._pending = split(text)
        self._keys += keys

    # --- output ---

    def draw(self, rows: Iterable[str], cursor: tuple[int, int] | None = None) -> None:
        """Show a frame: rows already rendered to text with colours, from the top left.

        Each row replaces what was there; `cursor` (column, row) shows the cursor.
        """
        parts = ["\x1b[?25l\x1b[H"]
        parts.append("\r\n".join(row + "\x1b[0m\x1b[K" for row in rows))
        parts.append("\x1b[J")
        if cursor:
            parts.append(f"\x1b[{cursor[1] + 1};{cursor[0] + 1}H\x1b[?25h")
        self._write("".join(parts))

    def _write(self, text: str) -> None:
        out = self.console.file
        out.write(text)
        out.flush()


def _given_up(pending: str) -> list[str]:
    """What an unfinished sequence is once nothing more comes: Esc, or an unclosed paste."""
    if pending.startswith(PASTE):
        return ["paste:" + pending[len(PASTE) :]]
    return ["esc"]


def is_terminal() -> bool:
    """Can full-screen frames be shown and keys be read here?"""
    if os.environ.get("TERM", "dumb") in ("dumb", "unknown", ""):
        return False
    try:
        import termios  # noqa: F401
    except ImportError:
        return False
    return sys.stdin.isatty() and sys.stdout.isatty()
