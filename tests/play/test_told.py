"""What a running session tells: notices as they arise, what could not be saved, what comes next."""

import json
import os
import sys

import pytest

from quiz.bank.index import open_bank
from quiz.bank.packs import builtin
from quiz.study.history import History
from quiz.words import Catalogue
from tests.player import Expert
from tests.terminal import Terminal

WORDS = Catalogue("en")
HOUR = 3_600_000
START = 1_767_254_400_000  # 2026-01-01 08:00 UTC
NEXT = "Enter " + WORDS("key.next", rating="").split("(")[0]

# The command with its clock in a file; while there is a file `fault`, writing fails as it says.
PROGRAM = """\
import os, pathlib
from quiz.play import access
clock = pathlib.Path(os.environ["CLOCK"])
access.clock = lambda: int(clock.read_text())
from quiz.study.history import History, HistoryError
add, fault = History.add_answer, clock.with_name("fault")
def faulty(*about, **more):
    if fault.exists():
        raise HistoryError(fault.read_text(), "injected")
    return add(*about, **more)
History.add_answer = faulty
from quiz.cli import main
main()
"""


class Desk:
    """A program to sit down at, its clock and its disk."""

    def __init__(self, folder, home):
        self.home, self.clock, self.fault = home, folder / "clock", folder / "fault"
        self.program = folder / "program.py"
        self.program.write_text(PROGRAM)
        self.turn(START)
        self.running = []

    def turn(self, now: int) -> None:
        self.clock.write_text(str(now))

    def quiz(self, *words: str, size=(100, 40), **env: str) -> Terminal:
        env = os.environ | {"CLOCK": str(self.clock), "QUIZ_LANG": "en", "TZ": "UTC"} | env
        command = [sys.executable, str(self.program), *words]
        terminal = Terminal(command, columns=size[0], rows=size[1], env=env)
        self.running.append(terminal)
        return terminal

    def history(self) -> History:
        return History.open(self.home / "history.db", clock=lambda: int(self.clock.read_text()))


@pytest.fixture
def desk(home, tmp_path, command):  # `command` makes this repository importable
    desk = Desk(tmp_path, home)
    yield desk
    for terminal in desk.running:
        terminal.__exit__()


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    with open_bank(tmp_path_factory.mktemp("bank"), [builtin()]) as bank:
        yield bank


SINGLE = ("practice", "--kind", "single", "--seed", "1", "--count")


def missed(terminal: Terminal, bank) -> str:
    """Answer the question on the screen wrong; its key."""
    terminal.until(WORDS("key.skip"))
    expert = Expert(bank, None, "en")
    screen = terminal.settle()
    question = expert.recognise(screen)
    (right,) = expert.right(question, screen)
    terminal.press("1" if right != 1 else "2")
    terminal.until(NEXT)
    return question.id


def test_a_clock_that_falls_back_during_a_session_is_told_once(desk):
    terminal = desk.quiz(*SINGLE, "3")
    terminal.until(WORDS("key.skip"))
    terminal.press("1")
    terminal.until(NEXT)
    assert WORDS("notice.clock-back") not in terminal.text
    terminal.press("\r")
    terminal.until("2/3")
    desk.turn(START - 24 * HOUR)
    terminal.press("1")
    terminal.until(WORDS("notice.clock-back"))
    terminal.press("\r")
    terminal.until("3/3")
    terminal.press("1")
    terminal.until(NEXT)
    assert WORDS("notice.clock-back") not in terminal.settle()
    terminal.press("q")
    assert terminal.end() == 0


def test_the_next_sitting_compares_with_the_latest_answer_not_with_the_last(desk):
    with desk.history() as history:
        history.add_answer("a", verdict="right", rating=3)
        desk.turn(START - 48 * HOUR)
        history.add_answer("a", verdict="right", rating=3)
    terminal = desk.quiz(*SINGLE, "1")
    terminal.until(WORDS("notice.clock-back"))


def test_in_line_mode_a_notice_goes_to_stderr_once(desk, tmp_path):
    import subprocess

    with desk.history() as history:
        history.add_answer("a", verdict="right", rating=3)
    env = os.environ | {"CLOCK": str(desk.clock), "QUIZ_LANG": "en"}
    command = [sys.executable, str(desk.program), *SINGLE, "3"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env=env,
    ) as child:  # fmt: skip
        assert any("1/3" in line for line in child.stdout)
        desk.turn(START - 24 * HOUR)
        out, err = child.communicate("1\n1\n1\n")
    assert err == WORDS("notice.clock-back") + "\n"
    assert WORDS("notice.clock-back") not in out


def test_a_full_disk_keeps_the_question_open_until_there_is_room(desk):
    terminal = desk.quiz(*SINGLE, "1")
    terminal.until(WORDS("key.skip"))
    desk.fault.write_text("full")
    terminal.press("1")
    terminal.until(WORDS("unsaved.full"))
    assert NEXT not in terminal.settle()  # not saved, so not shown
    desk.fault.unlink()
    terminal.press("1")
    terminal.until(NEXT)
    assert WORDS("unsaved.full") not in terminal.text
    terminal.press("q")
    assert terminal.end() == 0
    with desk.history() as history:
        assert len(history.answers()) == 1


def test_an_explanation_that_could_not_be_saved_need_not_be_typed_again(desk):
    terminal = desk.quiz("practice", "--kind", "explain", "--count", "1")
    terminal.until(WORDS("key.skip").replace("skip", ":s skip"))
    terminal.press("because it is so\r")
    terminal.until(WORDS("key.confirm"))
    desk.fault.write_text("full")
    terminal.press("\r")
    terminal.until(WORDS("unsaved.full"))
    assert "> because it is so" in terminal.text
    desk.fault.unlink()
    terminal.press("\r")
    terminal.until(WORDS("key.confirm"))
    terminal.press("\r")
    terminal.until(NEXT)


def test_a_person_at_a_dumb_terminal_may_answer_again_too(desk):
    terminal = desk.quiz(*SINGLE, "1", TERM="dumb")
    terminal.until(">")
    desk.fault.write_text("full")
    terminal.press("1\r")
    terminal.until(WORDS("unsaved.full"))
    desk.fault.unlink()
    terminal.press("1\r")
    terminal.until("Rated")
    assert terminal.end() == 0


def test_a_database_damaged_meanwhile_is_told(desk):
    terminal = desk.quiz(*SINGLE, "1")
    terminal.until(WORDS("key.skip"))
    desk.fault.write_text("damaged")
    terminal.press("1")
    terminal.until(WORDS("unsaved.damaged")[:40])
    terminal.press("q")
    assert terminal.end() == 0


def test_the_end_says_what_is_due_which_belief_to_go_after_and_opens_the_topic(desk, bank):
    terminal = desk.quiz(*SINGLE, "99", "--new", "99", "--level", "core")
    while True:  # until a wrong option shows a belief
        terminal.until(WORDS("key.skip"))
        expert = Expert(bank, None, "en")
        screen = terminal.settle()
        question = expert.recognise(screen)
        caught = [o for o in question.options if o.misconception]
        if caught:
            break
        terminal.press("s")
    place = expert.place(caught[0].text.en, screen, len(question.options))
    desk.turn(START + 95_000)
    terminal.press(str(place))
    terminal.until(NEXT)
    assert "1:35" in terminal.lines[0]  # the time it took
    while WORDS("done.title") not in terminal.text:
        terminal.press("\r" if NEXT in terminal.text else "s")
        terminal.settle(0.02)
    told = {m.id: m for t in bank.topics() for m in bank.topic(t.id).misconceptions}
    screen = " ".join(terminal.settle().split())
    assert WORDS("due.line", parts=WORDS("due.again.one", time="08:11")) in screen
    assert told[caught[0].misconception].belief.en in screen
    assert "quiz practice --beliefs" in screen
    assert "· 1:35" in screen
    terminal.press("?")
    terminal.until(WORDS("help.retry"))
    terminal.press("\x1b[6~")
    terminal.press("-")
    terminal.until(WORDS("done.title"))
    terminal.press("x")
    terminal.until(WORDS("explain.short"))
    assert bank.topic(question.topic).title.en in terminal.lines[0]
    terminal.press("q")
    terminal.until(WORDS("done.title"))
    terminal.press("\r")
    assert terminal.end() == 0
    # Nothing else is due today: a look in says when something will be.
    look = desk.quiz("practice", "--new", "0")
    look.until(WORDS("due.again.one", time="08:11"))


def test_a_question_is_called_a_leech_when_it_becomes_one(desk, bank):
    terminal = desk.quiz(*SINGLE, "1", "--new", "1")
    leech = WORDS("leech", topic="").split("(")[0]
    for time_missed in range(1, 5):
        topic = bank.question(missed(terminal, bank)).topic
        assert (leech in " ".join(terminal.settle().split())) == (time_missed == 4)
        terminal.press("\r")
        terminal.until(WORDS("done.title"))
        if time_missed < 4:
            terminal.press("r")
    terminal.press("q")
    assert terminal.end() == 0
    with desk.history() as history:
        assert len(history.answers()) == 4
    import subprocess

    env = os.environ | {"CLOCK": str(desk.clock), "QUIZ_LANG": "en"}
    stats = subprocess.run(
        [sys.executable, str(desk.program), "stats", "--json"], env=env, capture_output=True
    )
    (hard,) = json.loads(stats.stdout)["hardest"]
    assert hard["leech"] and hard["topic"] == topic
