"""The user's own editor, opened at a line."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from quiz.refusal import Refusal

# How editors are told the line.
_PLUS = frozenset(
    ("vi", "vim", "nvim", "gvim", "view", "ex", "nano", "pico", "emacs", "emacsclient", "kak",
     "micro", "joe", "jed", "mg", "ne")
)  # fmt: skip
_COLON = frozenset(("subl", "zed", "hx", "helix"))
_GOTO = frozenset(("code", "code-insiders", "codium", "vscodium", "cursor", "windsurf"))
_WAIT = {"subl": "--wait", "zed": "--wait"} | dict.fromkeys(_GOTO, "--wait")


def chosen(environ: Mapping[str, str] = os.environ) -> str:
    """$VISUAL, else $EDITOR; empty if neither is set."""
    return (environ.get("VISUAL") or environ.get("EDITOR") or "").strip()


def command(editor: str, file: Path, line: int) -> list[str]:
    """The words that open a file at a line, from 1, and return when it is closed.

    Raises Refusal for an editor that can't be read as words.
    """
    try:
        words = shlex.split(editor)
    except ValueError as problem:
        raise Refusal(f"$EDITOR {editor!r}: {problem}") from None
    name = Path(words[0]).name.lower().removesuffix(".exe")
    if name in _WAIT and not {"--wait", "-w"} & set(words):
        words.append(_WAIT[name])
    if name in _GOTO:
        return [*words, "-g", f"{file}:{line}"]
    if name in _COLON:
        return [*words, f"{file}:{line}"]
    return [*words, f"+{line}", str(file)] if name in _PLUS else [*words, str(file)]


def edit(file: Path, line: int, words) -> None:
    """Open the editor and wait for it. Raises Refusal when there is none, or it fails."""
    editor = chosen() or next(filter(shutil.which, ("nano", "vi")), "")
    if not editor:
        raise Refusal(words("error.editor"))
    full = command(editor, file, line)
    # Ctrl-C and Ctrl-Z are the editor's while it is open.
    handlers = {
        signal.SIGINT: signal.signal(signal.SIGINT, lambda *_: None),
        signal.SIGTSTP: signal.signal(signal.SIGTSTP, signal.SIG_DFL),
    }
    try:
        status = subprocess.run(full).returncode
    except OSError as problem:
        raise Refusal(
            words("error.editor-failed", editor=full[0], reason=problem.strerror)
        ) from None
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if status:
        raise Refusal(words("error.editor-failed", editor=full[0], reason=status))
