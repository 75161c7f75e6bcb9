"""A session on what is compiled so far, while another process compiles a large bank."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]
COMPILER = """
import os, sys
sys.path.insert(0, {root!r})
from quiz.bank import fill
from quiz.bank.index import open_bank
from quiz.config import places
from quiz.play.access import the_packs
fill.BATCH = 50
def progress(done, of):
    if done == 150:
        print("now", flush=True)
        sys.stdin.readline()
open_bank(places().cache, the_packs(), progress=progress).close()
"""


@pytest.fixture
def compiler(home):
    """A process that has put in 100 files and waits."""
    with subprocess.Popen(
        [sys.executable, "-c", COMPILER.format(root=str(ROOT))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=dict(os.environ),
    ) as process:  # fmt: skip
        assert process.stdout.readline() == "now\n"
        yield process
        process.communicate("go on\n", timeout=60)
        assert process.returncode == 0


def test_commands_work_and_say_how_far_it_is(compiler, command):
    done = subprocess.run([*command, "list"], capture_output=True, text=True)
    assert done.returncode == 0
    assert 50 < len(done.stdout.splitlines()) < 100
    (line,) = done.stderr.splitlines()
    assert line.startswith("The bank is still being compiled: 100 of ")
    done = subprocess.run(
        [*command, "practice", "--count", "1"], input="1\n", capture_output=True, text=True
    )
    assert done.returncode == 0
    assert done.stderr.count("still being compiled") == 1


def test_a_session_in_a_terminal_says_how_far_it_is(compiler, command):
    with Terminal(command, env=dict(os.environ)) as terminal:
        terminal.until("still being compiled: 100 of")
        terminal.press("q")
        assert terminal.end() == 0
