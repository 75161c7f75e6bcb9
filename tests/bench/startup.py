"""Time to the first question in a real terminal, against importing what any such app imports.

    python tests/bench/startup.py [RUNS]

Alternates in one run, because machines drift: the yardstick, `quiz` until the
first question is on the screen (with a history present), `quiz --version`, and
other study tools until theirs is (those that are installed: see rivals.py).
Prints medians and ratios.
"""

from __future__ import annotations

import compileall
import contextlib
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from rivals import RIVALS, environment, found  # noqa: E402

from quiz.bank.index import open_bank  # noqa: E402
from quiz.bank.packs import builtin  # noqa: E402

YARDSTICK = [sys.executable, "-c", "import typer, rich.console, rich.panel, sqlite3"]
INSTALLED = shutil.which("quiz", path=str(Path(sys.executable).parent))
QUIZ = [INSTALLED] if INSTALLED else [sys.executable, "-m", "quiz"]
ESCAPE = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])")  # what colours and moves, in a terminal
SHOWN = b"\x1b[K\x1b[J"  # the end of the first frame


def seconds(command: list[str], env: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, env=env, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


class Shown(NamedTuple):
    """A program in a terminal, from its start until what was waited for is on the screen."""

    pid: int
    terminal: int
    took: float  # seconds


def until(
    command: list[str], env: dict[str, str], there: Callable[[bytes], bool], cwd: str | None = None
) -> Shown:
    start = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(cwd or ".")
        os.execvpe(command[0], command, env)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    seen = b""
    while not there(seen):
        ready, _, _ = select.select([terminal], [], [], 20)
        assert ready, f"no question in 20 s: {seen!r}"
        seen += os.read(terminal, 65536)
    return Shown(pid, terminal, time.perf_counter() - start)


def until_first_question(env: dict[str, str]) -> tuple[float, float]:
    """Seconds, and the memory in MB that it has needed at most (NaN where /proc is not there)."""
    shown = until(QUIZ, env, lambda seen: SHOWN in seen)
    memory = peak_mb(shown.pid)
    os.write(shown.terminal, b"q\x04")  # `q` leaves; where it is typed as an answer, Ctrl-D does
    while select.select([shown.terminal], [], [], 5)[0]:
        try:
            if not os.read(shown.terminal, 65536):
                break
        except OSError:  # the other side has closed
            break
    os.waitpid(shown.pid, 0)
    os.close(shown.terminal)
    return shown.took, memory


def until_another_shows(command: list[str], folder: Path, pattern: str) -> float:
    """Seconds until the text that another program has shown has the pattern in it."""
    wanted = re.compile(pattern)

    def there(seen: bytes) -> bool:
        return wanted.search(ESCAPE.sub("", seen.decode("utf-8", "replace"))) is not None

    shown = until(command, environment(folder), there, str(folder))
    os.kill(shown.pid, signal.SIGKILL)
    os.waitpid(shown.pid, 0)
    os.close(shown.terminal)
    return shown.took


def peak_mb(pid: int) -> float:
    # Not by wait4: what it counts includes this process as it was when it forked.
    with contextlib.suppress(OSError), open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) / 1e3 for line in status if line.startswith("VmHWM"))
    return float("nan")


def prepared(folder: Path) -> dict[str, Callable[[], float] | None]:
    """How to time each rival; None for one that is not installed."""
    with open_bank(folder / "cache", [builtin()]) as bank:
        questions = [bank.question(row.key) for row in bank.rows() if row.kind != "verdict"]
    ways: dict[str, Callable[[], float] | None] = {}
    for rival in RIVALS:
        ways[rival.name] = None
        if program := found(rival.program):
            home = folder / rival.name
            home.mkdir()
            command = rival.prepare(program, home, questions)
            ways[rival.name] = partial(until_another_shows, command, home, rival.shows)
    return ways


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    compileall.compile_dir(ROOT / "quiz", quiet=1)  # as `make quiz` and pip do
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as folder:
        env = os.environ | {
            "QUIZ_HOME": home,
            "QUIZ_LANG": "en",
            "TERM": "xterm-256color",
            "PYTHONPATH": str(ROOT),
        }
        # Compiles the bank and leaves a history of a few answers.
        subprocess.run([*QUIZ, "practice"], env=env, input=b"1\n1\n1\n", stdout=subprocess.DEVNULL)
        ways = {
            "yardstick": partial(seconds, YARDSTICK, env),
            "first question": lambda: until_first_question(env)[0],
            "--version": partial(seconds, [*QUIZ, "--version"], env),
            **prepared(Path(folder)),
        }
        rows: dict[str, list[float]] = {name: [] for name in ways}
        for i in range(runs + 1):
            for name, way in ways.items():
                if way and (took := way()) and i:  # the first round warms the file cache
                    rows[name].append(took)
    base = rows["yardstick"]
    limits = {"first question": "<= 1.25", "--version": "<= 0.9"}
    print(f"{'':16}{'median ms':>10}{'min':>8}{'ratio':>8}  wanted")
    for name, values in rows.items():
        if not values:
            print(f"{name:16}  not installed")
            continue
        ratio = statistics.median(v / b for v, b in zip(values, base, strict=True))
        ms, low = statistics.median(values) * 1000, min(values) * 1000
        wanted = limits.get(name, "" if name == "yardstick" else "above the first question's")
        print(f"{name:16}{ms:10.1f}{low:8.1f}{ratio:8.2f}  {wanted}".rstrip())


if __name__ == "__main__":
    main()
