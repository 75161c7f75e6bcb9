"""The rules of the house: which way imports point, and what may touch the terminal."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LEAVES = {"model", "evidence", "figures", "refusal", "__init__"}
MAY_IMPORT = {
    "model": set(),
    "evidence": {"model"},
    "figures": set(),
    "refusal": set(),
    "config": {"refusal"},
    "words": {"model"},
    "bank": {"model", "evidence", "figures", "refusal"},
    "lab": {"model", "evidence", "figures", "refusal"},
    "study": {"model", "evidence", "refusal"},
    "screen": {"model", "evidence", "figures", "words"},
}
FILES = sorted((ROOT / "quiz").rglob("*.py"))


def part(path: Path) -> str:
    """`bank` for quiz/bank/read.py, `model` for quiz/model.py."""
    inside = path.relative_to(ROOT / "quiz").with_suffix("")
    return inside.parts[0]


def imported(path: Path) -> set[str]:
    """Every module that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            # `from quiz.screen import theme` imports quiz.screen.theme
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_one_way(path):
    here = part(path)
    if here not in MAY_IMPORT:  # cli, play: they may use everything
        return
    others = {name.split(".")[1] for name in imported(path) if name.startswith("quiz.")}
    others -= {here, "__version__"}
    assert others <= MAY_IMPORT[here], f"{here} may not import {others - MAY_IMPORT[here]}"


@pytest.mark.parametrize("path", sorted((ROOT / "demos").rglob("*.py")), ids=lambda p: p.stem)
def test_demos_know_numpy_and_nothing_of_the_app(path):
    foreign = {name.split(".")[0] for name in imported(path)} - {"demos", "numpy"}
    standard = {"__future__", "typing", "collections", "dataclasses", "functools", "inspect",
                "itertools", "math", "pathlib", "sys", "time"}  # fmt: skip
    assert foreign <= standard


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_only_the_front_touches_the_terminal(path):
    """print, input and sys.std* belong to the commands, the loops and screen/keys.py."""
    inside = str(path.relative_to(ROOT / "quiz"))
    if part(path) in ("cli", "play") or inside in ("screen/keys.py", "lab/child.py"):
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("print", "input"), f"{inside}:{node.lineno}"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            is_stream = node.value.id == "sys" and node.attr in ("stdin", "stdout", "stderr")
            assert not is_stream, f"{inside}:{node.lineno}"


def test_code_never_special_cases_a_piece_of_content():
    """Content is data: no id of a topic, question or demo stands in the app's code."""
    ids = {folder.name for folder in (ROOT / "content").iterdir() if folder.is_dir()}
    ids |= {file.stem for file in (ROOT / "content").glob("*/*.yaml")} - {"topic"}
    ids |= {f.stem.replace("_", "-") for f in (ROOT / "demos").glob("*/[a-z]*.py")}
    ids -= {"masking", "training", "positions", "complexity", "attention", "dropout"}  # plain words
    for path in FILES:
        if path.parent.name == "rules":  # their docstrings give examples
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert node.value not in ids, f"{path.relative_to(ROOT)}:{node.lineno}"


def test_no_module_imports_itself_by_way_of_others():
    def name(path: Path) -> str:
        return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")

    known = {name(path) for path in FILES}
    needs = {name(path): (imported(path) & known) - {name(path)} for path in FILES}
    while ready := [module for module, others in needs.items() if not others]:
        needs = {m: others - set(ready) for m, others in needs.items() if m not in ready}
    assert not needs, "each of these needs another of them: " + ", ".join(sorted(needs))
