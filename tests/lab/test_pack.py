"""Demos of other people's packs: nothing before trust, and nothing left behind afterwards."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from quiz.bank.packs import builtin
from quiz.lab.labs import Labs
from quiz.lab.limits import LIMITS, Limits
from quiz.lab.pack import PackLab
from quiz.lab.run import DemoError, Lab
from quiz.lab.trust import survey

ROOT = builtin().root
EXAMPLE = ROOT / "tests" / "packs" / "example"

DEMO = """
import os, signal, sys, time
from typing import Annotated
from demos.kit import *
from demos.ops import softmax

@demo(topic="strange", title="strange", look="")
def run(rng, *, n: Annotated[int, Range(1, 9)] = 3) -> Result:
{body}
    return Result({{"x": {figure}}}, [{view}],
                  [Claim("c", "c", kind="exact", measured={figure}, expected=Below(2.0))])
"""


class Maker:
    """A pack with one demo of our own making."""

    def __init__(self, root: Path):
        self.root = root
        self.file = root / "demos" / "strange" / "strange.py"
        self.file.parent.mkdir(parents=True)
        (root / "content").mkdir()
        self.labs: list[PackLab] = []

    def write(self, body: str, figure: str = "1.0", view: str = 'Bars("b", [("x", 1.0)])') -> None:
        indented = "".join(f"    {line}\n" for line in body.splitlines())
        self.file.write_text(DEMO.format(body=indented, figure=figure, view=view))

    def lab(self, digest: str | None, limits: Limits = LIMITS) -> PackLab:
        self.labs.append(PackLab("mine", self.root, ROOT, lambda: digest, limits=limits))
        return self.labs[-1]

    def trusted(self, body: str = "pass", *, wall: float = LIMITS.wall, **rest: str) -> PackLab:
        self.write(body, **rest)
        return self.lab(survey(self.root).digest, LIMITS._replace(wall=wall))


@pytest.fixture
def maker(tmp_path):
    made = Maker(tmp_path / "mine")
    yield made
    for lab in made.labs:
        lab.stop()


@pytest.fixture
def leftovers(tmp_path, monkeypatch):
    """leftovers() lists what the runs of this test have left: processes and files."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))

    def found() -> list[str]:
        files = [str(path) for path in scratch.iterdir()]
        for process in Path("/proc").glob("[0-9]*"):
            try:
                at = os.readlink(process / "cwd")
            except OSError:
                continue
            if at.startswith(str(scratch)):
                files.append(process.name)
        return files

    return found


def failure(lab: PackLab, **params: str) -> DemoError:
    with pytest.raises(DemoError) as failed:
        lab.run("strange", params)
    return failed.value


# --- trust ---


def test_nothing_runs_before_the_pack_is_trusted(maker, tmp_path):
    canary = tmp_path / "canary"
    maker.write("pass")
    maker.file.write_text(f"open({str(canary)!r}, 'w')\n" + maker.file.read_text())
    problem = failure(maker.lab(None))
    assert (problem.kind, problem.detail["folder"]) == ("untrusted", str(maker.root))
    with pytest.raises(DemoError, match="untrusted"):
        maker.lab(None).describe()
    assert not canary.exists()
    maker.lab(survey(maker.root).digest).run("strange")
    assert canary.exists()  # so it would have been written


def test_one_byte_more_blocks_it_until_it_is_trusted_again(maker):
    lab = maker.trusted()
    assert lab.run("strange").figures == {"x": 1.0}
    with maker.file.open("a") as file:
        file.write("\n")
    assert failure(lab).kind == "untrusted"
    assert not lab.is_trusted()
    assert maker.lab(survey(maker.root).digest).run("strange").figures == {"x": 1.0}


def test_code_that_was_compiled_beside_the_source_does_not_run(maker):
    """Python would take __pycache__ for the source, which the digest covers."""
    lab = maker.trusted()
    maker.file.write_text(maker.file.read_text().replace('"x": 1.0', '"x": 6.6'))
    subprocess.run(
        [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash",
         str(maker.file)], check=True,
    )  # fmt: skip
    maker.write("pass")
    assert list(maker.file.parent.glob("__pycache__/*.pyc"))
    assert lab.run("strange").figures == {"x": 1.0}


# --- what a run may use ---

FORK_AWAY = """
if os.fork() == 0:
    os.setsid()  # out of the session and the group
    if os.fork() == 0:
        os.execv("/bin/sleep", ["sleep", "600"])
    os._exit(0)
time.sleep(0.3)"""
FORK_MANY = """
for _ in range(40):
    if os.fork() == 0:
        time.sleep(600)
time.sleep(600)"""
SPAWN_AND_STOP = """
if os.fork() == 0:
    os.kill(os.getpid(), signal.SIGSTOP)
os._exit(0)"""
FLOOD_THE_REPLY = """
for fd in range(3, 64):
    try:
        while True:
            os.write(fd, b"x" * 100_000)
    except OSError:
        pass"""
HOGS = {
    "endless loop": ("while True: pass", "timeout"),
    "ignores signals": (
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: pass",
        "timeout",
    ),
    "sleeps": ("time.sleep(600)", "timeout"),
    "output flood": ("while True: print('x' * 10_000)", "timeout"),
    "many processes": (FORK_MANY, None),
    "memory hog": ("bytearray(1 << 40)", "failed"),
    "memory hog in steps": ("a = []\nwhile True: a.append(bytearray(1 << 26))", None),
    "large file": ("open('big', 'wb').write(bytes(1 << 25))", "failed"),
    "flood of the reply": (FLOOD_THE_REPLY, "failed"),
    "os._exit(0)": ("os._exit(0)", "failed"),
    "a child that is stopped": (SPAWN_AND_STOP, "failed"),
    "sys.exit": ("sys.exit(0)", "failed"),
    "abort": ("os.abort()", "failed"),
    "recursion": ("f = lambda: f()\nf()", "failed"),
    "kills its guard": ("os.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(600)", "failed"),
    "raises": ("raise ZeroDivisionError('oops')", "failed"),
}


@pytest.mark.parametrize("name", HOGS)
def test_what_goes_too_far_is_ended_and_reported(maker, leftovers, name):
    body, kind = HOGS[name]
    started = time.monotonic()
    problem = failure(maker.trusted(body, wall=1.5))
    # Where processes can't be started at all, that is reported instead.
    assert problem.kind == kind if kind else problem.kind in ("timeout", "failed")
    assert time.monotonic() - started < 15
    until(lambda: leftovers() == [])  # of a run without its guard the system takes care
    assert maker.trusted().run("strange").figures == {"x": 1.0}


def test_the_time_of_the_processor_is_limited_too(maker):
    maker.write("while True: pass")
    limits = LIMITS._replace(cpu=1, wall=10.0)
    problem = failure(maker.lab(survey(maker.root).digest, limits))
    assert (problem.kind, problem.detail["seconds"]) == ("timeout", 1.0)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux")
def test_a_child_that_leaves_its_group_and_session_is_killed_with_it(maker, leftovers):
    lab = maker.trusted(f"try:\n{re.sub('^', '    ', FORK_AWAY, flags=re.M)}\nexcept OSError: pass")
    assert lab.run("strange").figures == {"x": 1.0}
    assert leftovers() == []


def test_a_run_that_is_no_longer_wanted_is_ended(maker, leftovers):
    lab = maker.trusted("time.sleep(600)")
    ticket = lab.start("strange")
    assert not ticket.within(0.5)
    started = time.monotonic()
    lab.stop()
    assert time.monotonic() - started < 5
    assert ticket.done and leftovers() == []


def test_when_the_app_is_killed_its_runs_end_too(maker, leftovers, tmp_path):
    maker.write("open('here', 'w')\ntime.sleep(600)")
    script = (
        "import sys, tempfile\nfrom pathlib import Path\n"
        f"tempfile.tempdir = {tempfile.tempdir!r}\n"
        "from quiz.lab.pack import PackLab\nfrom quiz.lab.trust import survey\n"
        f"root = Path({str(maker.root)!r})\n"
        f"lab = PackLab('mine', root, Path({str(ROOT)!r}), lambda: survey(root).digest)\n"
        "lab.start('strange').wait()\n"
    )
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", script], env=env) as app:
        until(lambda: list(Path(tempfile.tempdir).glob("*/work/here")))
        app.kill()
    until(lambda: not [name for name in leftovers() if name.isdecimal()])


def until(happened) -> None:
    end = time.monotonic() + 15
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_run_sees_an_empty_folder_and_nothing_of_the_users_environment(maker, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "x")
    lab = maker.trusted(
        "assert os.listdir() == [], os.listdir()\n"
        "assert 'SECRET_TOKEN' not in os.environ\n"
        "assert os.environ['HOME'] == os.getcwd()\n"
        "assert os.getsid(0) == os.getpid()\n"
        "assert sys.flags.isolated and '' not in sys.path"
    )
    assert lab.run("strange").figures == {"x": 1.0}


def test_runs_share_nothing(maker):
    lab = maker.trusted(
        "import demos.ops\nassert not hasattr(demos.ops, 'seen')\ndemos.ops.seen = 1"
    )
    assert lab.run("strange") and lab.run("strange")


# --- what comes back ---


def test_the_result_counts_and_not_the_exit_status(maker):
    body = "import atexit\natexit.register(lambda: os._exit(3))"
    assert maker.trusted(body).run("strange").figures == {"x": 1.0}


@pytest.mark.parametrize("figure", ["float('nan')", "float('inf')"])
def test_a_claim_on_nan_or_infinity_fails(maker, figure):
    assert not maker.trusted(figure=figure).run("strange").claims[0].holds


def test_a_knob_out_of_range_is_refused_with_its_range(maker):
    problem = failure(maker.trusted(), n="12")
    assert (problem.kind, problem.detail["allowed"]) == ("knob", "1..9")


@pytest.mark.parametrize(
    "view",
    ['Curve("c", [Line("a", [1, 2], [1])])', 'Heatmap("h", [[1, 2], [3]])', 'Bars("b", [])',
     'Histogram("h", [0, 1, 2], [("a", [1])])', 'Table("t", ["a", "b"], [[1]])', 'Curve("c", [])'],
)  # fmt: skip
def test_a_picture_whose_parts_do_not_fit_is_refused_before_it_is_drawn(maker, view):
    problem = failure(maker.trusted(view=view))
    assert "do not fit each other" in problem.detail["reason"]


FORGED = {
    "not JSON": b"hello\n",
    "nothing": b"\n",
    "a list": b"[]\n",
    "deep": b"[" * 100_000 + b"\n",
    "no figures": b'{"run": {"demo": "x"}}\n',
    "a figure that is text": None,
}


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_reply_is_a_failure_and_no_traceback(maker, forged):
    reply = FORGED[forged]
    if reply is None:
        good = maker.trusted().start("strange").reply()["run"]
        reply = json.dumps({"run": good | {"figures": {"x": "much"}}}).encode()
    write = f"os.write(fd, {reply!r})"
    lab = maker.trusted(
        f"for fd in range(3, 64):\n    try: {write}\n    except OSError: pass\nos._exit(0)"
    )
    assert failure(lab).kind == "failed"


def test_no_control_character_of_a_pack_reaches_the_terminal(maker):
    lab = maker.trusted("raise ValueError('\\x1b]52;c;aGk=\\x07 and \\u202e')")
    assert failure(lab).detail["reason"].isprintable()
    maker.write("pass", figure="float('nan')", view='Bars("b\\x9b", [("\\x1b[2J", 1.0)])')
    run = maker.lab(survey(maker.root).digest).run("strange")
    assert run.views[0].title.en.isprintable() and run.views[0].bars[0][0].en.isprintable()


# --- finding demos ---


@pytest.fixture
def labs(maker):
    lab = maker.trusted()
    example = PackLab("example", EXAMPLE, ROOT, lambda: survey(EXAMPLE).digest)
    with Labs(Lab(ROOT), [example, lab]) as labs:
        yield labs


def test_a_packs_demo_goes_by_its_packs_name(labs):
    assert labs.run("example:nucleus").demo == "example:nucleus"
    assert labs.run("logit-variance").demo == "logit-variance"
    assert labs.path("mine:strange").name == "strange.py"


def test_a_text_means_its_own_packs_demo_then_the_built_in_one(labs, maker):
    twin = maker.file.with_name("logit_variance.py")
    twin.write_text(maker.file.read_text())
    assert labs.resolve("logit-variance", "mine") == "mine:logit-variance"
    assert labs.resolve("logit-variance", "example") == "logit-variance"
    assert labs.resolve("logit-variance") == "logit-variance"
    assert labs.resolve("nucleus", "mine") == "example:nucleus"  # nobody else has it


@pytest.mark.parametrize("name", ["nuclear", "mine:nucleus", "gone:nucleus", ":", ""])
def test_an_unknown_demo_names_those_there_are(labs, name):
    with pytest.raises(DemoError) as refused:
        labs.start(name)
    assert refused.value.kind == "unknown"
    assert {"example:nucleus", "logit-variance"} <= set(refused.value.detail["known"])


def test_demos_of_a_pack_that_is_not_trusted_are_not_even_described(labs, maker):
    maker.file.write_text("raise SystemExit")
    described = {run.demo for run in labs.describe()}
    assert "example:nucleus" in described and "mine:strange" not in described
    assert [lab.name for lab in labs.untrusted()] == ["mine"]


def test_a_demo_may_import_its_neighbour(maker):
    maker.file.with_name("_helper.py").write_text("two = 2.0\n")
    maker.write("from ._helper import two", figure="two / 2")
    assert maker.lab(survey(maker.root).digest).run("strange").figures == {"x": 1.0}


def test_many_runs_at_once_all_come_back(labs):
    tickets = [labs.start("example:nucleus", {"n": str(10 * i)}) for i in range(1, 7)]
    assert [t.wait().params["n"] for t in tickets] == [10, 20, 30, 40, 50, 60]
