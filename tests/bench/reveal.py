"""From the answer key to the complete answer with the demo's figures, in a real terminal.

    python tests/bench/reveal.py [QUESTIONS]

Each question is on the screen for a second before it is answered with a key.
Prints the time until the reveal, with the run's picture, has been drawn.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.terminal import Terminal  # noqa: E402


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    with tempfile.TemporaryDirectory() as home:
        env = os.environ | {"QUIZ_HOME": home, "QUIZ_LANG": "en", "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "quiz", "practice", "--kind", "single", "--cram"]
        taken = []
        with Terminal([*command, "--count", str(count)], columns=140, rows=50, env=env) as terminal:
            for number in range(1, count + 1):
                terminal.until(f"{number}/{count}")
                terminal.until("skip")
                terminal.settle(1.0)
                start = time.perf_counter()
                terminal.press("1")
                # The bytes, not the screen: emulating a terminal takes longer than drawing one.
                drawn = b""
                while b"overrule" not in drawn:
                    drawn += os.read(terminal.child.child_fd, 1 << 20)
                seconds = time.perf_counter() - start
                terminal.stream.feed(drawn)
                if "measured just now" in terminal.text:
                    taken.append(seconds)
                terminal.press("\r")
    ms = sorted(t * 1000 for t in taken)
    print(f"reveals with a run: {len(ms)} of {count}")
    print(f"median {statistics.median(ms):.0f} ms, max {ms[-1]:.0f} ms  (wanted: at most 100)")


if __name__ == "__main__":
    main()
