"""Confidence asked before the reveal, and beliefs that show a second time."""

import os
import subprocess
import time

import pytest

from quiz.bank.index import open_bank
from quiz.bank.packs import builtin
from quiz.study.history import History
from quiz.words import Catalogue
from tests.player import Expert, squeezed
from tests.terminal import Terminal

WORDS = Catalogue("en")


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    with open_bank(tmp_path_factory.mktemp("bank"), [builtin()]) as bank:
        yield bank


@pytest.fixture
def quiz(home, command):
    """quiz(*words) runs the command in a terminal."""
    running = []

    def start(*words: str) -> Terminal:
        env = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")}
        running.append(Terminal([*command, *words], env=env | {"QUIZ_LANG": "en"}))
        return running[-1]

    home.mkdir()
    yield start
    for terminal in running:
        terminal.__exit__()


def history(home) -> History:
    return History.open(home / "history.db", clock=lambda: time.time_ns() // 1_000_000)


def catcher(bank):
    """A single-choice question and an option of it whose belief has a demo that refutes it."""
    refuted = {m.id for row in bank.topics() for m in bank.topic(row.id).misconceptions if m.demo}
    for key in [row.key for row in bank.rows() if bank.caught_by(row.key)]:
        question = bank.question(key)
        for option in question.options:
            if question.kind == "single" and option.misconception in refuted:
                return question, option
    raise AssertionError("no question catches a belief that a demo refutes")


def held(home, bank, times=1):
    """A history in which one belief has been shown."""
    question, option = catcher(bank)
    with history(home) as opened:
        for _ in range(times):
            opened.add_answer(question.id, verdict="wrong", rating=1,
                              beliefs=[option.misconception])  # fmt: skip
    return option.misconception


def test_confidence_is_asked_with_one_key_and_kept(quiz, home):
    (home / "config.toml").write_text("confidence = true\n")
    terminal = quiz("practice", "--kind", "single", "--count", "1", "--seed", "1")
    terminal.until("? keys")
    terminal.press("1")
    screen = terminal.until(WORDS("sure.ask"))
    assert WORDS("sure.4") in screen
    assert WORDS("right") not in screen and WORDS("wrong") not in screen
    terminal.press("5")  # no such key: still asked
    assert WORDS("sure.ask") in terminal.settle()
    terminal.press("3")
    terminal.until("Enter next")
    with history(home) as opened:
        assert [event.confidence for event in opened.events()] == [75]


def test_confidence_is_asked_in_line_mode_too(home, command):
    home.mkdir()
    (home / "config.toml").write_text("confidence = true\n")
    done = subprocess.run(
        [*command, "practice", "--kind", "single", "--count", "2", "--seed", "1"],
        input="1\nperhaps\n4\n1\n", capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert WORDS("sure.ask") in done.stdout
    with history(home) as opened:  # the second answer was never judged, so never shown
        assert [event.confidence for event in opened.events()] == [95]


def test_a_belief_shown_again_offers_the_demo_that_refutes_it(quiz, home, bank):
    belief = held(home, bank)
    terminal = quiz("practice", "--beliefs", "--kind", "single", "--count", "1")
    terminal.until("? keys")
    expert = Expert(bank, None, "en")
    question = expert.recognise(terminal.settle())
    option = next(o for o in question.options if o.misconception == belief)
    place = expert.place(option.text.en, terminal.text, len(question.options))
    terminal.press(str(place))
    demo = next(
        m.demo for row in bank.topics() for m in bank.topic(row.id).misconceptions if m.id == belief
    )
    terminal.until("Enter next")
    assert squeezed(WORDS("belief.again", demo=demo.name)) in squeezed(terminal.settle())
    terminal.press("d")
    assert demo.name in terminal.until(WORDS("key.reseed"))
    terminal.press("q")
    terminal.until("Enter next")


def test_the_first_time_no_demo_is_pressed_on_anybody(quiz, home, bank):
    question, _ = catcher(bank)
    terminal = quiz("practice", question.topic, "--kind", "single", "--cram", "--count", "99")
    expert = Expert(bank, None, "en")
    terminal.until("? keys")
    while True:
        seen = expert.recognise(terminal.settle())
        wrong = next((o for o in seen.options if o.misconception), None)
        if wrong:
            break
        terminal.press("s")
    place = expert.place(wrong.text.en, terminal.text, len(seen.options))
    terminal.press(str(place))
    terminal.until("Enter next")
    assert "Press d" not in terminal.settle()


def test_practice_beliefs_asks_what_can_catch_them_and_says_when_there_are_none(
    home, command, bank
):
    words = [*command, "practice", "--beliefs", "--lang", "en"]
    done = subprocess.run(words, input="", capture_output=True, text=True, check=True)
    assert WORDS("no-beliefs") in done.stdout
    belief = held(home, bank)
    caught = bank.catching(belief)
    done = subprocess.run(words, input="", capture_output=True, text=True, check=True)
    assert f"1/{min(12, len(caught))}" in done.stdout
    shown = squeezed(done.stdout)
    assert any(squeezed(bank.question(key).prompt.en) in shown for key in caught)


def test_line_mode_names_the_command_of_the_refuting_demo(home, command, bank):
    belief = held(home, bank)
    lines = "".join(f"{i}\n" for i in (1, 2, 3, 4)) * 3
    done = subprocess.run(
        [*command, "practice", "--beliefs", "--kind", "single", "--seed", "1", "--lang", "en"],
        input=lines, capture_output=True, text=True, check=True,
    )  # fmt: skip
    with history(home) as opened:
        again = [e for e in opened.events() if belief in (e.beliefs or "")][1:]
    assert ("See it refuted: quiz demo" in " ".join(done.stdout.split())) == bool(again)
