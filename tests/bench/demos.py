"""Time and memory of every demo at its defaults.

    python tests/bench/demos.py [RUNS]

Each demo runs in a process of its own: once from cold, as the app runs it, then RUNS times
more. NumPy and the kernels are imported before the clock starts and before the memory is
read. Limits (exit status 1 beyond them): 250 ms for the median warm run, 200 MB of growth of
the peak memory, and 8 s for all demos one after the other in one process.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

# One thread, as the app runs a demo: the arrays are small, and threads only get in the way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

FILES = sorted(p for p in ROOT.glob("demos/*/[a-z]*.py") if p.parent.name != "ops")
DEMO_MS, DEMO_MB, ALL_SECONDS = 250, 200, 8


def seconds(demo) -> float:
    start = time.perf_counter()
    demo.run(seed=0)
    return time.perf_counter() - start


def peak_mb() -> float:
    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux KiB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def measure(modules: list[str], runs: int) -> dict[str, float]:
    """In a fresh process: the first run of all modules, the median of later ones, the growth."""
    import importlib

    demos = [importlib.import_module(module).run for module in modules]
    before = peak_mb()
    first, *warm = (sum(seconds(demo) for demo in demos) for _ in range(1 + runs))
    return {"first": first, "warm": statistics.median(warm or [first]), "mb": peak_mb() - before}


def in_process(modules: list[str], runs: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--measure", str(runs), *modules]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main(runs: int = 5) -> int:
    modules = [f"demos.{p.parent.name}.{p.stem}" for p in FILES]
    print(f"{'demo':44}{'first':>10}{'warm':>10}{'memory':>10}")
    over = []
    for module in modules:
        row = in_process([module], runs)
        name = module.removeprefix("demos.").replace(".", "/").replace("_", "-")
        print(f"{name:44}{row['first'] * 1e3:7.1f} ms{row['warm'] * 1e3:7.1f} ms"
              f"{row['mb']:7.1f} MB")  # fmt: skip
        if row["warm"] * 1e3 > DEMO_MS or row["mb"] > DEMO_MB:
            over.append(name)
    total = in_process(modules, 0)
    print(f"{f'all {len(modules)}, in one process':44}{total['first'] * 1e3:7.1f} ms"
          f"{'':10}{total['mb']:7.1f} MB")  # fmt: skip
    if total["first"] > ALL_SECONDS:
        over.append("all demos together")
    for name in over:
        print(f"{name} is over its limit", file=sys.stderr)
    return 1 if over else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(sys.argv[3:], int(sys.argv[2]))))
    else:
        raise SystemExit(main(*map(int, sys.argv[1:2])))
