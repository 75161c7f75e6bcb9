"""`quiz check` on a large pack, against PyYAML's C loader on the same bytes.

    python tests/bench/check.py [QUESTIONS]

Alternates in one run: loading every file with CSafeLoader, `quiz check` from cold, and
again with nothing changed. Prints medians and ratios.
"""

from __future__ import annotations

import compileall
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from made import ROOT, write_pack
from startup import QUIZ, seconds

ROUNDS = 3
YARDSTICK = """
import sys, yaml
from pathlib import Path
for path in Path(sys.argv[1]).rglob("*.yaml"):
    list(yaml.load_all(path.read_bytes(), yaml.CSafeLoader))
"""


def main() -> None:
    questions = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    compileall.compile_dir(ROOT / "quiz", quiet=1)
    rows: dict[str, list[float]] = {"CSafeLoader alone": [], "from cold": [], "unchanged": []}
    with tempfile.TemporaryDirectory() as folder:
        pack, home = write_pack(Path(folder) / "made", questions).root, Path(folder) / "home"
        env = os.environ | {"QUIZ_HOME": str(home), "QUIZ_LANG": "en", "PYTHONPATH": str(ROOT)}
        size = sum(path.stat().st_size for path in pack.rglob("*.yaml"))
        for _ in range(ROUNDS):
            shutil.rmtree(home, ignore_errors=True)
            taken = (
                seconds([sys.executable, "-c", YARDSTICK, str(pack)], env),
                seconds([*QUIZ, "check", str(pack)], env),
                seconds([*QUIZ, "check", str(pack)], env),
            )
            for row, value in zip(rows.values(), taken, strict=True):
                row.append(value)
    limits = {"CSafeLoader alone": "", "from cold": "ratio <= 2.5", "unchanged": "<= 1 s"}
    print(f"{questions:,} questions, {size / 1e6:.0f} MB; median of {ROUNDS} rounds")
    print(f"{'':20}{'seconds':>9}{'ratio':>8}  wanted")
    for name, values in rows.items():
        ratios = zip(values, rows["CSafeLoader alone"], strict=True)
        ratio = statistics.median(value / base for value, base in ratios)
        print(f"{name:20}{statistics.median(values):9.2f}{ratio:8.2f}  {limits[name]}")


if __name__ == "__main__":
    main()
