"""Killed at any moment, cut off from its terminal, or writing to nowhere: nothing shown is lost."""

import os
import pty
import random
import re
import select
import signal
import subprocess
import time
from pathlib import Path

import pytest

from quiz.bank.index import open_bank
from quiz.bank.packs import builtin
from quiz.study.health import check
from quiz.study.history import History
from quiz.words import Catalogue
from tests.player import squeezed

ROUNDS = 100
WORDS = Catalogue("en")
NEXT = WORDS("key.next", rating="").split("(")[0]  # stands on the screen once a verdict does


@pytest.fixture(scope="module")
def prompts(tmp_path_factory):
    """The key of each question by its prompt without spaces."""
    with open_bank(tmp_path_factory.mktemp("bank"), [builtin()]) as bank:
        return {squeezed(bank.question(r.key).prompt.en): r.key for r in bank.rows()}


class Run:
    """A session in a terminal that answers whatever is asked as fast as it can."""

    def __init__(self, command):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.environ |= {"TERM": "xterm", "COLUMNS": "100", "LINES": "60", "QUIZ_LANG": "en"}
            os.execvp(command[0], [*command, "practice", "--new", "999", "--count", "99"])
        self.output = b""

    def play(self, seconds: float, frames: int = 1) -> None:
        """Until so many frames have been seen and so many seconds more; then kill -9."""
        end, start, seen, asked = float("inf"), time.monotonic(), 0, False
        while (now := time.monotonic()) < end:
            assert now < start + 20, f"no question in 20 s: {self.output!r}"
            # Each key draws a frame of its own: answer the one that stays for a moment.
            if select.select([self.terminal], [], [], min(end - now, 0.02 if asked else 1))[0]:
                self.output += os.read(self.terminal, 65536)
                asked = b"\x1b[J" in self.output[-24:]  # a whole frame, perhaps with its cursor
            elif asked:
                asked, seen = False, seen + 1
                end = min(end, time.monotonic() + seconds) if seen >= frames else end
                os.write(self.terminal, self.reply().encode())
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)

    def reply(self) -> str:
        """The keys that take the screen one step on."""
        footer = self.frames()[-1].splitlines()[-1]
        marks = f"{WORDS('key.toggle')}|{WORDS('key.place')}"
        if several := re.search(rf"1-(\d) (?:{marks})", footer):
            return "".join(map(str, range(1, int(several[1])))) + "\r"
        if f" {WORDS('key.choose')}" in footer:
            return "1"
        return "1\r" if "Enter answer" in footer else "\r"

    def frames(self) -> list[str]:
        """The whole frames that were drawn."""
        drawn = [f for f in self.output.split(b"\x1b[?25l\x1b[H")[1:] if b"\x1b[J" in f]
        return [re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", f.decode("utf-8", "replace")) for f in drawn]

    def verdicts(self) -> int:
        """How many questions had their verdict on the screen."""
        shown = (f for f in self.frames() if f"Enter {NEXT}" in f)
        return len({re.search(r"(\d+)/\d+", frame)[1] for frame in shown})

    def first_question(self, prompts) -> str:
        screen = squeezed(self.frames()[0])
        return prompts[max((p for p in prompts if p in screen), key=len)]


def answered(home: Path) -> list[str]:
    """Questions answered so far, one for each answer."""
    with History.open(home / "history.db", clock=lambda: time.time_ns() // 10**6) as history:
        assert not history.notices
        return [event.question for event in history.events() if event.kind == "answer"]


def test_a_hundred_kills_lose_no_answer_whose_verdict_was_shown(home, command, prompts):
    subprocess.run([*command, "topics"], stdout=subprocess.DEVNULL, check=True)  # compiles
    rng, shown, before = random.Random(6), 0, []
    for i in range(ROUNDS):
        run = Run(command)
        # Half of them while the first answer is on its way, half among the later ones.
        if i % 2:
            run.play(rng.uniform(0, 0.2))
        else:
            run.play(rng.uniform(0, 0.02), frames=rng.randint(2, 9))
        now = answered(home)
        assert check(home / "history.db") == ""
        verdicts = run.verdicts()
        shown += verdicts
        assert now[: len(before)] == before
        assert verdicts <= len(now) - len(before) <= verdicts + 1  # one may be saved, not yet shown
        assert run.first_question(prompts) not in before  # it went on where it was
        before = now
    assert shown >= ROUNDS / 4  # the kills did come in the middle of things


def test_the_next_start_resumes_at_the_next_question(home, command, prompts):
    subprocess.run([*command, "topics"], stdout=subprocess.DEVNULL, check=True)
    plan = subprocess.run(
        [*command, "practice", "--new", "999", "--plain"], input=b"", capture_output=True
    )
    first = Run(command)
    first.play(0.5)
    done = answered(home)
    assert first.first_question(prompts) in done and done
    again = Run(command)
    again.play(0.0)
    assert again.first_question(prompts) not in done
    assert plan.returncode == 0


# --- output and input that are not there ---


def quiz(command, *words, **options):
    return subprocess.run([*command, *words], stderr=subprocess.PIPE, text=True, **options)


@pytest.mark.parametrize(
    "words", [["list"], ["stats"], ["topics", "--json"], ["explain", "scaling"]]
)
def test_a_reader_that_goes_away_is_no_error(home, command, words):
    quiz(command, "practice", "--count", "1", input="1\n1\n", stdout=subprocess.DEVNULL)
    read, write = os.pipe()
    os.close(read)
    try:
        done = quiz(command, *words, stdout=write)
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
@pytest.mark.parametrize(
    "words", [["list"], ["stats"], ["topics", "--json"], ["doctor"], ["config"]]
)
def test_a_full_device_is_one_line(home, command, words):
    with open("/dev/full", "w") as full:
        done = quiz(command, *words, stdout=full)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "space" in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
def test_an_answer_is_kept_though_its_verdict_cannot_be_printed(home, command):
    """The disk of the output is full, not that of the history."""
    with open("/dev/full", "w") as full:
        done = quiz(command, "practice", "--plain", input="1\n", stdout=full)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert answered(home) == []  # the question itself could not be shown


def closed(command, words: str, redirection: str):
    line = " ".join([*command, words, redirection])
    return subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=30)


def test_a_closed_standard_input_is_one_line(home, command):
    done = closed(command, "practice", "<&-")
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "standard input is closed" in done.stderr


def test_a_closed_standard_output_is_no_crash(home, command):
    done = closed(command, "list", ">&-")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_end_of_input_saves_sums_up_and_leaves_quietly(home, command):
    done = closed(command, "practice --kind single", "</dev/null")
    assert (done.returncode, done.stderr) == (0, "")
    assert WORDS("done.none") in done.stdout
    done = subprocess.run(
        [*command, "practice", "--kind", "single"], input="1\n", capture_output=True, text=True
    )
    assert done.returncode == 0 and len(answered(home)) == 1
