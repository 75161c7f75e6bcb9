"""Other study tools for the terminal, each up to its first question: the same race for all.

They are looked for in PATH, and in the virtual environments (one, or a folder of them) that
QUIZ_RIVALS names:

    python -m venv rivals/all
    rivals/all/bin/pip install anvil-whet quizr-cli dooma pythonlings
    QUIZ_RIVALS=rivals python tests/bench/startup.py

Two bring questions of their own. The others are given the built-in ones, in their format.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

from quiz.model import Question


class Rival(NamedTuple):
    name: str  # of the package
    program: str
    shows: str  # pattern of what is on the screen with its first question, and not before
    # Makes what it needs in a folder; gives the command, to be run there.
    prepare: Callable[[str, Path, Sequence[Question]], list[str]]


def found(program: str) -> str | None:
    """The path of an installed program."""
    folders = [os.environ.get("PATH", "")]
    if rivals := os.environ.get("QUIZ_RIVALS"):
        root = Path(rivals).resolve()
        folders += [str(folder) for folder in (root / "bin", *sorted(root.glob("*/bin")))]
    return shutil.which(program, path=os.pathsep.join(folders))


def environment(folder: Path) -> dict[str, str]:
    """A home of its own, so that nothing of the person who measures is read or written."""
    return os.environ | {
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_DATA_HOME": str(folder / "data"),
        "TERM": "xterm-256color",
    }


def _dooma(program: str, folder: Path, questions: Sequence[Question]) -> list[str]:
    return [program, "random"]


def _pythonlings(program: str, folder: Path, questions: Sequence[Question]) -> list[str]:
    _quietly([program, "init", "--path", str(folder / "exercises")], folder)
    return [program, "--root", str(folder / "exercises")]


def _quizr(program: str, folder: Path, questions: Sequence[Question]) -> list[str]:
    """It reads the questions beside its own package, so the package is seen from the folder."""
    python = str(Path(program).with_name("python"))
    where = "import quizr; print(quizr.__path__[0])"
    package = subprocess.run([python, "-c", where], capture_output=True, text=True, check=True)
    (folder / "quizr").symlink_to(package.stdout.strip())
    (folder / "images").mkdir()
    for question in questions:
        file = folder / "Exercises" / "transformer" / f"{question.id}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        tree = {question.id: {"prompt": question.prompt.en, "answer": question.answer.en}}
        file.write_text(yaml.safe_dump(tree), encoding="utf-8")
    return [python, "-m", "quizr", "start", "transformer"]


def _whet(program: str, folder: Path, questions: Sequence[Question]) -> list[str]:
    _quietly(["git", "init", "--quiet"], folder)
    _quietly([program, "repo", "init"], folder)
    for question in questions:
        about = {
            "qid": question.id,
            "type": "fill",
            "kp": [question.topic],
            "primary_kp": question.topic,
            "difficulty": "medium",
            "status": "fresh",
            "answer_key": "softmax",
        }
        text = f"---\n{yaml.safe_dump(about)}---\n{question.prompt.en}\n"
        (folder / "bank" / f"{question.id}.md").write_text(text, encoding="utf-8")
    # Its options to choose questions by are passed over by some releases; a profile is not.
    profile = folder / ".whet" / "profiles" / "all.json"
    profile.parent.mkdir(parents=True)
    profile.write_text(json.dumps({"include_fresh": True}), encoding="utf-8")
    _quietly([program, "exam", "first", "--profile", "all"], folder)
    return [program, "answer", "first"]


def _quietly(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, env=environment(folder), check=True,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # fmt: skip


RIVALS = (
    Rival("anvil-whet", "whet", r"Your answer:", _whet),
    Rival("quizr-cli", "quizr", r"Your answer:", _quizr),
    Rival("dooma", "dooma", r"Action \(q\)", _dooma),
    Rival("pythonlings", "pythonlings", r"I AM NOT DONE", _pythonlings),
)
