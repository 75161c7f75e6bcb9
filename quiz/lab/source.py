"""A demo's code with the kernels it calls, read as text: nothing is imported or run."""

from __future__ import annotations

import ast
from pathlib import Path


def listing(demo: Path) -> str:
    """The demo's file, then each function of `demos.ops` that it uses, in order of use."""
    text = demo.read_text(encoding="utf-8")
    parts = [text.rstrip("\n")]
    known = _definitions(demo.parent.parent / "ops")
    waiting, shown = _imported(ast.parse(text)), set()
    while waiting:
        name = waiting.pop(0)
        if name in shown or name not in known:
            continue
        shown.add(name)
        file, node, lines = known[name]
        body = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        parts.append(f"# --- demos/ops/{file.name} ---\n\n{body}")
        waiting += [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]
    return "\n\n\n".join(parts) + "\n"


def _imported(tree: ast.Module) -> list[str]:
    return [
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("demos.ops")
        for alias in node.names
    ]


def _definitions(folder: Path) -> dict[str, tuple[Path, ast.FunctionDef, list[str]]]:
    found = {}
    for file in sorted(folder.glob("*.py")):
        text = file.read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef):
                found[node.name] = (file, node, text.splitlines())
    return found
