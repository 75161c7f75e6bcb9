"""Work spread over processes: the same answers in the same order, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from quiz.bank import spread as spreading
from quiz.bank.check import check
from quiz.bank.spread import chunks, spread, workers_for
from quiz.evidence import Run
from quiz.model import Text

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def many(monkeypatch):
    """Three files are many, and two of them a job."""
    monkeypatch.setattr(spreading, "MANY", 3)
    monkeypatch.setattr(chunks, "__defaults__", (2,))
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 1}, raising=False)


def test_answers_come_in_the_order_of_the_jobs():
    jobs = list(range(-50, 50))
    assert list(spread(abs, iter(jobs), 2)) == list(map(abs, jobs))


def test_jobs_are_asked_for_as_answers_are_taken():
    """A bank may be larger than memory."""
    asked = []
    with closing(spread(abs, (asked.append(n) or n for n in range(1000)), 2)) as answers:
        for _ in range(10):
            next(answers)
        assert len(asked) <= 10 + 2 * spreading.AHEAD + 1


def test_a_few_files_are_not_worth_a_worker():
    assert workers_for(spreading.MANY - 1) == 0


def test_one_processor_is_left_to_the_program(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0}, raising=False)
    assert workers_for(10**6) == 0


def test_what_a_killed_worker_had_to_do_is_done_here():
    with closing(spread(abs, range(400), 2)) as answers:
        first = next(answers)
        for child in children():
            os.kill(child, signal.SIGKILL)
        assert [first, *answers] == list(range(400))


def test_work_that_raises_raises_here():
    with pytest.raises(TypeError, match="bad operand"):
        list(spread(abs, ["no number"], 2))


def test_closing_ends_the_workers():
    answers = spread(abs, range(400), 2)
    next(answers)
    assert len(children()) == 2
    answers.close()
    assert children() == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_workers_end_with_the_program(how, tmp_path):
    """Also where it had no time to end them."""
    script = tmp_path / "busy.py"
    script.write_text(
        "import sys, time\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from quiz.bank.spread import spread\n"
        "answers = spread(time.sleep, [0.01] * 10_000, 2)\n"
        "next(answers)\n"
        "try:\n"
        "    print('started', flush=True)\n"  # the signal may come at once
        "    list(answers)\n"
        "except KeyboardInterrupt:\n"
        "    sys.exit(130)\n"
    )
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout.readline() == "started\n"
        workers = children(program.pid)
        assert len(workers) == 2
        program.send_signal(how)
        assert program.wait(10) == (130 if how == signal.SIGINT else -signal.SIGKILL)
        assert program.stderr.read() == ""
    deadline = time.monotonic() + 10
    while any(map(alive, workers)):
        assert time.monotonic() < deadline, "a worker has outlived the program"
        time.sleep(0.01)


def test_many_processes_find_what_one_finds(maker, many, monkeypatch):
    """Faults of every sort: of the YAML, of one item, of a name, between files, of a run."""
    maker.question("id: sound\ncovers: [T4.1]\ndemo: {name: logit-variance, claims: [gone]}")
    maker.question("id: one\nhint: [x]")
    maker.question("id: two\nsources: [nowhere]\nprompt: TODO")
    maker.question("id: one\nlevel: middling", name="again")
    maker.question("id: sound", name="sound-too")
    maker.write("scaling/broken.yaml", "id: 'x\n")
    maker.topic("masking", "sources: {vaswani2017: Attention is all you need}")
    maker.question("id: three\ncovers: [T9.9]", topic="masking")
    started = []
    monkeypatch.setattr(spreading, "_Worker", watched(spreading._Worker, started))
    by_many = check([maker.root], run=shows_nothing)
    assert len(started) == 2
    monkeypatch.setattr(spreading, "MANY", 1000)
    by_one = check([maker.root], run=shows_nothing)
    assert len(started) == 2
    assert by_many == by_one
    assert {problem.code for problem in by_one} == {
        "unknown-claim", "unknown-key", "unknown-source", "todo", "choice", "file-name",
        "duplicate-id", "syntax", "citations-agree", "unknown-statement",
    }  # fmt: skip


def shows_nothing(name, params, pack):
    return Run(name, "scaling", Text(), Text(), (), {}, 0, 0.0, {}, (), ())


def watched(worker, started):
    return lambda: started.append(1) or worker()


def children(parent: int | None = None) -> list[int]:
    """The workers of this process (or another) that are no zombies."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, above = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            command = (folder / "cmdline").read_bytes()
        except OSError:  # it has just ended
            continue
        if int(above) == (parent or os.getpid()) and state != "Z" and b"spread.py" in command:
            found.append(int(folder.name))
    return found


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


if not Path("/proc/self/stat").exists():
    pytestmark = pytest.mark.skip("needs /proc to see who is running")
