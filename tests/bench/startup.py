"""Time to the first question in a real terminal, against importing what any such app imports.

    python tests/bench/startup.py [RUNS]

Alternates in one run, because machines drift: the yardstick, `quiz` until the
first question is on the screen (with a history present), `quiz --version`.
Prints medians and ratios.
"""

from __future__ import annotations

import compileall
import contextlib
import os
import pty
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
YARDSTICK = [sys.executable, "-c", "import typer, rich.console, rich.panel, sqlite3"]
INSTALLED = shutil.which("quiz", path=str(Path(sys.executable).parent))
QUIZ = [INSTALLED] if INSTALLED else [sys.executable, "-m", "quiz"]
SHOWN = b"\x1b[K\x1b[J"  # the end of the first frame


def seconds(command: list[str], env: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, env=env, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def until_first_question(env: dict[str, str]) -> tuple[float, float]:
    """Seconds, and the memory in MB that it has needed at most (NaN where /proc is not there)."""
    start = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(QUIZ[0], QUIZ, env)
    seen = b""
    while SHOWN not in seen:
        ready, _, _ = select.select([terminal], [], [], 20)
        assert ready, f"no question in 20 s: {seen!r}"
        seen += os.read(terminal, 65536)
    took = time.perf_counter() - start
    memory = peak_mb(pid)
    os.write(terminal, b"\x04")  # leaves from any kind of question
    while select.select([terminal], [], [], 5)[0]:
        try:
            if not os.read(terminal, 65536):
                break
        except OSError:  # the other side has closed
            break
    os.waitpid(pid, 0)
    os.close(terminal)
    return took, memory


def peak_mb(pid: int) -> float:
    # Not by wait4: what it counts includes this process as it was when it forked.
    with contextlib.suppress(OSError), open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) / 1e3 for line in status if line.startswith("VmHWM"))
    return float("nan")


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    compileall.compile_dir(ROOT / "quiz", quiet=1)  # as `make quiz` and pip do
    with tempfile.TemporaryDirectory() as home:
        env = os.environ | {
            "QUIZ_HOME": home,
            "QUIZ_LANG": "en",
            "TERM": "xterm-256color",
            "PYTHONPATH": str(ROOT),
        }
        # Compiles the bank and leaves a history of a few answers.
        subprocess.run([*QUIZ, "practice"], env=env, input=b"1\n1\n1\n", stdout=subprocess.DEVNULL)
        rows: dict[str, list[float]] = {"yardstick": [], "first question": [], "--version": []}
        for i in range(runs + 1):
            taken = (
                seconds(YARDSTICK, env),
                until_first_question(env)[0],
                seconds([*QUIZ, "--version"], env),
            )
            if i:  # the first round warms the file cache
                for row, value in zip(rows.values(), taken, strict=True):
                    row.append(value)
    base = rows["yardstick"]
    limits = {"yardstick": "", "first question": "<= 1.25", "--version": "<= 0.9"}
    print(f"{'':16}{'median ms':>10}{'min':>8}{'ratio':>8}  wanted")
    for name, values in rows.items():
        ratio = statistics.median(v / b for v, b in zip(values, base, strict=True))
        ms, low = statistics.median(values) * 1000, min(values) * 1000
        print(f"{name:16}{ms:10.1f}{low:8.1f}{ratio:8.2f}  {limits[name]}")


if __name__ == "__main__":
    main()
