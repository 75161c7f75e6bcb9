"""The process that runs demos: requests as JSON lines on stdin, replies on stdout.

Started as a script (`python -I child.py ROOT [DEMOS]`), it needs nothing but
NumPy and the pack at ROOT: nothing of `quiz` is imported, so the app itself stays
free of NumPy and a demo that crashes, hangs or prints takes nothing else down.
With DEMOS, it runs the demos of that folder, which may use those of ROOT.
"""

import dataclasses
import importlib
import importlib.util
import json
import os
import sys
import time
import traceback
import types
from pathlib import Path


def mount(root: Path) -> None:
    """Make `import demos` mean ROOT/demos, whatever else is on the path."""
    folder = root / "demos"
    spec = importlib.util.spec_from_file_location(
        "demos", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules["demos"] = module
    spec.loader.exec_module(module)


def lend(folder: str) -> None:
    """Make `import pack` mean a folder of demos, whose files may import their neighbours."""
    module = types.ModuleType("pack")
    module.__path__ = [folder]
    sys.modules["pack"] = module


def load(path: str):
    """The Demo in `topic/name.py`, relative to the pack's demos."""
    topic, name = Path(path).with_suffix("").parts
    package = "pack" if "pack" in sys.modules else "demos"
    return importlib.import_module(f"{package}.{topic}.{name}").run


def plain(value):
    """Arrays, NumPy scalars and dataclasses as JSON's own types, at any depth."""
    if dataclasses.is_dataclass(value):
        fields = {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return {"type": type(value).__name__} | fields
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):
        return value.tolist()
    return value


def describe(demo) -> dict:
    return {
        "demo": demo.name,
        "topic": demo.topic,
        "title": plain(demo.title),
        "look": plain(demo.look),
        "knobs": [plain(knob) for knob in demo.knobs],
    }


def run(path: str, params: dict, seed: int) -> dict:
    demo = load(path)
    bound = demo.bind(params)
    started = time.perf_counter()
    result = demo.run(seed, **bound)
    seconds = time.perf_counter() - started
    return describe(demo) | {
        "params": bound,
        "seed": seed,
        "seconds": seconds,
        "figures": {name: float(value) for name, value in result.figures.items()},
        "views": [plain(view) for view in result.views],
        "claims": [
            plain(claim)
            | {
                "measured": float(claim.measured),
                "expected": str(claim.expected),
                "holds": claim.holds,
            }
            for claim in result.claims
        ],
    }


def answer(request: dict) -> dict:
    """The reply to one request; a failing demo is a reply too."""
    try:
        if request["op"] == "describe":
            return {"demos": [describe(load(path)) for path in request["paths"]]}
        return {"run": run(request["path"], request["params"], request["seed"])}
    except Exception as problem:
        if type(problem).__name__ == "KnobError":
            fields = ("knob", "value", "allowed", "known")
            return {"refused": {name: plain(getattr(problem, name)) for name in fields}}
        where = traceback.extract_tb(problem.__traceback__)[-1]
        place = f"{Path(where.filename).name}:{where.lineno}"
        return {"failed": f"{type(problem).__name__}: {problem} ({place})"}


def main() -> None:
    # Replies go out on a private copy of stdout; what a demo prints is dropped.
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    mount(Path(sys.argv[1]))
    if sys.argv[2:]:
        lend(sys.argv[2])
    for line in sys.stdin:
        request = json.loads(line)
        reply = {"id": request["id"]} | answer(request)
        try:
            line = json.dumps(reply)
        except TypeError as problem:  # something in a view is neither a number nor text
            line = json.dumps({"id": request["id"], "failed": str(problem)})
        replies.write(line + "\n")
        replies.flush()


if __name__ == "__main__":
    main()
