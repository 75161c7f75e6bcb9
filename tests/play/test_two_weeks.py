"""Two weeks of studying in a terminal, a session a day, with a clock that the test turns."""

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import fsrs
import pytest

from quiz.bank.index import open_bank
from quiz.bank.packs import builtin
from quiz.lab.run import Lab
from quiz.study.history import History
from quiz.study.memory import DAY, EPOCH, Scheduling, scheduler
from quiz.words import Catalogue
from tests.player import ROOT, Expert
from tests.terminal import Terminal

WORDS = Catalogue("en")
START = 1_767_254_400_000  # 2026-01-01 08:00 UTC
MINUTE, HOUR = 60_000, 3_600_000
DAYS, JUMP = 14, 8  # after the session of day 8 the clock falls back
NEW = 2  # new questions a day
NEXT = "Enter " + WORDS("key.next", rating="").split("(")[0]

# The command with its clock in a file.
PROGRAM = """\
import os, pathlib
from quiz.play import access
access.clock = lambda: int(pathlib.Path(os.environ["CLOCK"]).read_text())
from quiz.cli import main
main()
"""


class Student:
    """Answers in a terminal, and keeps books of their own."""

    def __init__(self, folder, expert):
        self.expert = expert
        self.clock = folder / "clock"
        self.program = folder / "program.py"
        self.program.write_text(PROGRAM)
        self.env = os.environ | {"CLOCK": str(self.clock), "QUIZ_LANG": "en", "TZ": "UTC"}
        self.given: list[tuple[str, str, int]] = []  # question, verdict, UTC ms
        self.cards: dict[str, fsrs.Card] = {}
        self.fsrs = scheduler(Scheduling())
        self.turn(START)

    def turn(self, now: int) -> None:
        self.now = now
        self.clock.write_text(str(now))

    def quiz(self, *words: str) -> str:
        command = [sys.executable, str(self.program), *words]
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, check=True)
        return done.stdout

    def sit_down(self, *words: str) -> Terminal:
        command = [sys.executable, str(self.program), *words]
        return Terminal(command, columns=110, rows=70, env=self.env)

    def due(self) -> set[str]:
        """Reviews that fall due before the day ends, at four; of those missed, what is due now."""
        now = EPOCH + timedelta(milliseconds=self.now)
        tonight = (now - timedelta(hours=4)).replace(hour=4, minute=0) + timedelta(days=1)
        return {
            key
            for key, card in self.cards.items()
            if card.due < (tonight if card.state == fsrs.State.Review else now)
        }

    def answer(self, terminal: Terminal, right: bool | None = None) -> str:
        """One question, half a minute after the one before; if not said, one in four is wrong."""
        terminal.until(WORDS("key.skip"))
        screen = terminal.settle(0.05)
        question = self.expert.recognise(screen)
        right = len(self.given) % 4 != 3 if right is None else right
        self.turn(self.now + MINUTE // 2)
        terminal.press(self.keys(question, screen, right))
        if question.kind == "explain":
            terminal.until(WORDS("key.confirm"))
            terminal.press("\r")
        terminal.until(NEXT)
        rating = fsrs.Rating.Good if right else fsrs.Rating.Again
        card = self.cards.get(question.id, fsrs.Card(card_id=1))
        at = EPOCH + timedelta(milliseconds=self.now)
        if card.last_review:  # by days, whatever the hours
            card.last_review = at - timedelta(days=(at.date() - card.last_review.date()).days)
        self.cards[question.id], _ = self.fsrs.review_card(card, rating, at)
        self.given.append((question.id, "right" if right else "wrong", self.now))
        terminal.press("\r")
        terminal.until_gone(NEXT)
        return question.id

    def keys(self, question, screen: str, right: bool) -> str:
        if question.kind in ("numeric", "short", "explain") or (
            question.kind == "predict" and not question.options
        ):
            return (self.expert.typed(question) if right else "-0.12345") + "\r"
        numbers = self.expert.right(question, screen)
        if question.kind == "order":
            return "".join(map(str, numbers if right else reversed(numbers))) + "\r"
        if not right:
            numbers = [next(n for n in range(1, 9) if n not in numbers)]
        return "".join(map(str, numbers)) + ("\r" if question.kind == "multiple" else "")

    def session(self) -> list[str]:
        """All that is asked, in order."""
        asked = []
        with self.sit_down() as terminal:
            terminal.until(WORDS("key.skip"))
            while WORDS("done.title") not in terminal.settle(0.05):
                asked.append(self.answer(terminal))
            terminal.press("q")
            assert terminal.end() == 0
        return asked

    def jump_back(self) -> str:
        """A question missed, and asked again after the clock fell back a day; its key."""
        today = self.now
        self.turn(today - DAY)
        with self.sit_down("practice", "--new", "99", "--count", "1") as terminal:
            terminal.until(WORDS("notice.clock-back"))
            terminal.press(":q\r" if ":q" in terminal.settle(0.05) else "q")
            assert terminal.end() == 0
        self.turn(today)
        with self.sit_down("practice", "--new", "99", "--count", "1") as terminal:
            missed = self.answer(terminal, right=False)
            terminal.until(WORDS("key.retry"))
            self.turn(today - DAY)
            terminal.press("r")
            terminal.until_gone(WORDS("done.title"))
            assert self.answer(terminal, right=True) == missed
            terminal.until(WORDS("done.title"))
            terminal.press("q")
            assert terminal.end() == 0
        return missed


@pytest.fixture
def student(home, tmp_path, command):
    subprocess.run([*command, "config", "new_per_day", str(NEW)], check=True, capture_output=True)
    with open_bank(tmp_path / "bank", [builtin()]) as bank, Lab(ROOT) as lab:
        yield Student(tmp_path, Expert(bank, lab, "en"))


def test_two_weeks_ask_what_fsrs_says_on_its_day_and_lose_nothing(student, home):
    for day in range(DAYS):
        # Earlier on some days than on others: what is due in the afternoon is asked at eight.
        student.turn(START + day * DAY + (day * 5 % 4) * HOUR)
        due, known = student.due(), set(student.cards)
        asked = student.session()
        assert len(asked) == len(set(asked)) <= 12
        new = [key for key in asked if key not in known]
        assert set(asked) - set(new) == due  # no day early, no day late
        assert len(new) == NEW and asked[-NEW:] == new
        if day == JUMP:
            jumped = student.jump_back()
    assert len(student.given) > 2 * len(student.cards)  # enough came back to tell

    with History.open(home / "history.db", clock=lambda: student.now) as history:
        kept = [(a.question, a.verdict, a.at) for a in history.answers()]
        cards = history.cards.all()
    assert kept == student.given
    for key, card in student.cards.items():
        assert EPOCH + timedelta(milliseconds=cards[key].due) == card.due
        assert cards[key].first <= cards[key].last < cards[key].due or key == jumped

    stats = json.loads(student.quiz("stats", "--json"))
    right = sum(verdict == "right" for _, verdict, _ in student.given)
    overall = stats["overall"]
    assert (overall["answers"], overall["right"]) == (len(student.given), right)
    assert (overall["seen"], overall["new_today"]) == (len(student.cards), NEW)
    assert (overall["due"], stats["streak"]) == (len(student.due()), DAYS)
    by_day = Counter(str((EPOCH + timedelta(milliseconds=at)).date()) for *_, at in student.given)
    assert {day["date"]: day["answers"] for day in stats["days"]} == by_day
