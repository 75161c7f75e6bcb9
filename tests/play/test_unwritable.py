"""Folders that can't be written: one line that names the place and the way out."""

import ctypes
import os
import subprocess
from datetime import date, timedelta
from pathlib import Path

import pytest

SOON = (date.today() + timedelta(days=10)).isoformat()
BOUND_DROP, OVERRIDE, SEARCH = 24, 1, 2  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, _READ_SEARCH


def held_to_permissions() -> None:
    """What a file's permissions forbid is then forbidden to root, too."""
    libc = ctypes.CDLL(None)
    for capability in (OVERRIDE, SEARCH):
        assert libc.prctl(BOUND_DROP, capability, 0, 0, 0) == 0


@pytest.fixture
def run(command):
    """run(*words, home=…) as somebody who may not write everywhere."""
    plain = {"preexec_fn": held_to_permissions} if os.getuid() == 0 else {}

    def quiz(*words: str, home: Path, status: int, input: str = ""):
        env = os.environ | {"QUIZ_HOME": str(home), "QUIZ_LANG": "en"}
        done = subprocess.run(
            [*command, *words], env=env, input=input, capture_output=True, text=True, **plain
        )
        assert done.returncode == status, done.stdout + done.stderr
        assert "Traceback" not in done.stderr and "Errno" not in done.stdout + done.stderr
        return done

    return quiz


@pytest.fixture
def folder(tmp_path):
    """One that may be read and not be written."""
    tmp_path.chmod(0o555)
    yield tmp_path
    tmp_path.chmod(0o755)


@pytest.mark.parametrize(
    "words",
    [
        ("config", "new_per_day", "4"),
        ("plan", "--by", SOON),
        ("pack", "add", "PACK"),
        ("sync", "HOME/shared"),
        ("undo",),
        ("practice", "--plain"),
    ],
    ids=lambda words: words[0],
)
@pytest.mark.parametrize("home", ["", "deep/home"], ids=["there", "to be made"])
def test_what_must_write_says_in_one_line_that_it_cannot(run, folder, words, home):
    pack = folder / "own"
    folder.chmod(0o755)
    (pack / "content" / "scaling").mkdir(parents=True)
    folder.chmod(0o555)
    places = {"HOME": str(folder), "PACK": str(pack)}
    words = [word.replace("HOME", places["HOME"]).replace("PACK", places["PACK"]) for word in words]
    refused = run(*words, home=folder / home, status=2)
    assert refused.stderr.count("\n") == 1
    assert str(folder) in refused.stderr
    assert "permission" in refused.stderr or "QUIZ_HOME" in refused.stderr


def test_what_only_reads_works_all_the_same(run, folder):
    for words in (["stats"], ["explain", "scaling", "--plain"], ["list", "--json"], ["plan"]):
        status = 2 if words == ["plan"] else 0  # there is none: it says how to make one
        run(*words, home=folder, status=status)


def test_the_doctor_names_the_folder_and_what_to_do(run, folder):
    found = " ".join(run("doctor", home=folder, status=1).stdout.split())
    assert "cannot be written" in found and "QUIZ_HOME" in found


def test_a_file_that_may_not_be_read_is_one_line(run, folder):
    folder.chmod(0o755)
    (folder / "config.toml").write_text("lang = 'en'\n")
    (folder / "config.toml").chmod(0)
    folder.chmod(0o555)
    refused = run("config", home=folder, status=2).stderr
    assert refused.count("\n") == 1 and str(folder / "config.toml") in refused
