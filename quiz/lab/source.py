"""A demo's code with what it calls, read as text: nothing is imported or run."""

from __future__ import annotations

import ast
from pathlib import Path


def listing(demo: Path, ops: Path) -> str:
    """The demo's file, the helpers beside it, then the kernels of `demos.ops` they use, in order.

    `ops` is the folder of `demos.ops`. A kernel is shown as its function alone; so are the
    kernels that it calls in turn.
    """
    text = demo.read_text(encoding="utf-8").rstrip("\n")
    parts, wanted = [text], _kernels(text)
    for helper in _helpers(demo, text):
        text = helper.read_text(encoding="utf-8").rstrip("\n")
        parts.append(f"# --- demos/{helper.parent.name}/{helper.name} ---\n\n{text}")
        wanted += _kernels(text)
    known, shown = _definitions(ops), set()
    while wanted:
        name = wanted.pop(0)
        if name in shown or name not in known:
            continue
        shown.add(name)
        file, node, lines = known[name]
        body = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        parts.append(f"# --- demos/ops/{file.name} ---\n\n{body}")
        wanted += [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]
    return "\n\n\n".join(parts) + "\n"


def _kernels(text: str) -> list[str]:
    """The names that a file takes from `demos.ops`, in the order of its imports."""
    return [
        alias.name
        for node in ast.parse(text).body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("demos.ops")
        for alias in node.names
    ]


def _helpers(demo: Path, text: str) -> list[Path]:
    """Files beside the demo that it imports from: `demos.masking._decoder`, or `._decoder`."""
    package = f"demos.{demo.parent.name}"
    named = [
        (f"{package}.{node.module or ''}".rstrip(".") if node.level == 1 else node.module, alias)
        for node in ast.parse(text).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    modules = [
        f"{module}.{alias.name}" if module == package else module
        for module, alias in named
        if (module or "").startswith(package)
    ]
    files = [demo.parent / f"{module.removeprefix(package + '.')}.py" for module in modules]
    return [file for file in dict.fromkeys(files) if file.is_file()]


def _definitions(folder: Path) -> dict[str, tuple[Path, ast.FunctionDef, list[str]]]:
    found = {}
    for file in sorted(folder.glob("*.py")):
        text = file.read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef):
                found[node.name] = (file, node, text.splitlines())
    return found
