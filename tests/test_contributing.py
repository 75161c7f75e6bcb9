"""CONTRIBUTING.md says nothing that is not so."""

import re
import shlex

import pytest
import typer.main

from quiz.cli import app
from tests.player import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ quiz (.*)", TEXT, re.MULTILINE)
COMMANDS += [" ".join(m.split()) for m in re.findall(r"`quiz ([^`]+)`", TEXT)]


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_and_option_it_names_is_there(line):
    group, words = typer.main.get_command(app), shlex.split(line)
    while hasattr(group, "commands") and words:
        group = group.commands[words.pop(0)]
    options = {name for parameter in group.params for name in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options


@pytest.mark.parametrize("path", re.findall(r"`((?:tests|schema|content|demos)/[^`*]*)`", TEXT))
def test_every_path_it_names_is_there(path):
    example = "scaling-in-fp16" in path or "scaling_in_fp16" in path
    found = ROOT / path
    assert found.exists() or (example and found.parent.is_dir()) or path in ("content/", "demos/")


def test_it_is_one_page():
    assert len(TEXT.splitlines()) <= 120
    assert max(map(len, TEXT.splitlines())) <= 100
