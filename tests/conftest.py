"""What all tests share: a home of their own, and one hypothesis profile."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# Before NumPy is imported: the demos' arrays are small, and threads only get in each other's way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parent.parent

# The same examples at every run, and no deadline: the machines that run tests are shared.
settings.register_profile("quiz", deadline=None, derandomize=True)
settings.load_profile("quiz")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty QUIZ_HOME; nothing of the person who runs the tests is read or written."""
    folder = tmp_path / "home"
    monkeypatch.setenv("QUIZ_HOME", str(folder))
    for name in ("QUIZ_LANG", "QUIZ_PACKS", "NO_COLOR", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    return folder


@pytest.fixture
def command():
    """The `quiz` command as a list of words, run with the Python that runs the tests."""
    os.environ.setdefault("PYTHONPATH", str(ROOT))
    return [sys.executable, "-m", "quiz"]
