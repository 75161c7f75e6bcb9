"""The installed product: a wheel in an environment of its own, used from another folder."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LIBRARIES = sysconfig.get_paths()["purelib"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        # The build backend is among the test requirements, so nothing is fetched.
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check",
         "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)],
        check=True,
    )  # fmt: skip
    (file,) = folder.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """run(*arguments) of a `quiz` that knows nothing of this checkout."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder / "env", with_pip=False)
    python = folder / "env" / "bin" / "python"
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet",
         "--disable-pip-version-check", "--no-deps", "--no-index", str(wheel)],
        check=True,
    )  # fmt: skip
    # The libraries that quiz requires are lent by this environment; its own `quiz`
    # is an editable install, which a plain path does not bring along.
    (site,) = (folder / "env").glob("lib/python*/site-packages")
    (site / "lent.pth").write_text(LIBRARIES + "\n")
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "QUIZ", "LC_"))}
    env |= {"QUIZ_HOME": str(folder / "home"), "LANG": "en_US.UTF-8", "TERM": "dumb"}

    def run(*arguments: str, **options) -> str:
        done = subprocess.run(
            [str(folder / "env" / "bin" / "quiz"), *arguments],
            cwd=elsewhere, env=env, capture_output=True, encoding="utf-8", **options,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_everything_is_inside_the_package(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"quiz"}
    content = {name.split("/")[-1] for name in names if "/content/" in name}
    assert content >= {file.name for file in (ROOT / "content").glob("*/*.yaml")}


def test_it_knows_its_content(installed):
    topics = json.loads(installed("topics", "--json"))
    assert [topic["order"] for topic in topics] == list(range(1, 12))
    assert all(topic["questions"] >= 3 and topic["demos"] >= 1 for topic in topics)


def test_it_runs_its_demos(installed):
    run = json.loads(installed("demo", "logit-variance", "d_k=16", "--json"))
    assert run["params"]["d_k"] == 16
    assert all(claim["holds"] for claim in run["claims"])


def test_it_holds_a_session(installed):
    said = installed("practice", "--count", "1", "--seed", "1", input="1\n")
    assert "Rated" in said
    assert json.loads(installed("stats", "--json"))["overall"]["answers"] == 1
