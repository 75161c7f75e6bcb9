"""Whole sessions with real keys in a terminal, asserted on what is on the screen."""

import json
import os
import re
import signal
import subprocess

import pytest
from rich.cells import cell_len

from quiz.bank.index import open_bank
from quiz.bank.packs import builtin
from quiz.lab.run import Lab
from quiz.model import KINDS
from quiz.words import Catalogue
from tests.player import ROOT, Expert, squeezed
from tests.terminal import Terminal

TYPED = ("numeric", "short", "explain")
SIZES = [(80, 24), (140, 40)]


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    with open_bank(tmp_path_factory.mktemp("bank"), [builtin()]) as bank:
        yield bank


@pytest.fixture(scope="module")
def lab():
    with Lab(ROOT) as lab:
        yield lab


@pytest.fixture
def quiz(home, command):
    """quiz(*words) runs the command in a terminal."""
    running = []

    def start(*words: str, lang: str = "en", size=(80, 24), **env: str) -> Terminal:
        full = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")}
        full |= {"QUIZ_LANG": lang} | env
        terminal = Terminal([*command, *words], columns=size[0], rows=size[1], env=full)
        running.append(terminal)
        return terminal

    yield start
    for terminal in running:
        terminal.__exit__()


def answers(home, command) -> int:
    done = subprocess.run([*command, "stats", "--json"], capture_output=True, check=True)
    return json.loads(done.stdout)["overall"]["answers"]


def whole_question(terminal: Terminal, words: Catalogue) -> str:
    """The screen once a question is open."""
    terminal.until(words("key.skip"))
    return terminal.settle()


def reply(terminal: Terminal, expert: Expert, *, right: bool = True) -> str:
    """Answer the question on screen; the kind of it."""
    screen = whole_question(terminal, expert.words)
    question = expert.recognise(screen)
    if question.kind in TYPED or (question.kind == "predict" and not question.options):
        terminal.press((expert.typed(question) if right else "0.12345") + "\r")
        if question.kind == "explain":
            terminal.until(expert.words("key.confirm"))
            terminal.press("\r")
    elif question.kind in ("multiple", "order"):
        for number in expert.right(question, screen):
            terminal.press(str(number))
        terminal.press("\r")
    else:
        terminal.press(str(expert.right(question, screen)[0]))
    return question


def scrolled_through(terminal: Terminal) -> str:
    """All that a screen shows when it is scrolled to its end."""
    seen = terminal.settle()
    for _ in range(20):
        before = terminal.text
        terminal.press("\x1b[6~")
        after = terminal.settle(0.15)
        if after == before:
            return seen
        seen += "\n" + after
    raise AssertionError("no end of scrolling")


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "140x40"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_whole_session(quiz, bank, lab, home, command, lang, size):
    expert = Expert(bank, lab, lang)
    words = expert.words
    terminal = quiz("practice", "--count", "6", "--seed", "3", lang=lang, size=size)
    for number in range(1, 7):
        screen = whole_question(terminal, words)
        assert f"{number}/6" in screen.splitlines()[0]
        question = reply(terminal, expert)
        terminal.until(words("right"))
        terminal.until(words("key.next", rating=words("rate.3")))
        shown = scrolled_through(terminal)
        # However far it is scrolled, the frame fits: its header stays on the first row.
        assert f"{number}/6" in terminal.lines[0]
        assert "{{" not in shown.replace("{{ %", "")
        if question.demo:
            assert words("measured-now", demo=question.demo.name) in shown
        for line in shown.splitlines():
            assert cell_len(line) <= size[0]
        if size[0] >= 100 and question.demo:
            # The picture stands beside the answer, not below it.
            title = words("measured-now", demo=question.demo.name)
            row = next(line for line in shown.splitlines() if title in line)
            assert row.index(title) > 30
        terminal.press("\r")
    terminal.until(words("done.title"))
    assert words("done.score", count=6, right=6, partly=0, wrong=0) in terminal.text
    terminal.press("q")
    assert terminal.end() == 0
    assert answers(home, command) == 6


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_answered_and_found_right(quiz, bank, lab, kind):
    expert = Expert(bank, lab, "en")
    terminal = quiz("practice", "--kind", kind, "--count", "1", "--cram", "--seed", "5")
    assert reply(terminal, expert).kind == kind
    terminal.until(expert.words("right"))


def test_the_first_question_is_a_warm_up_of_the_first_topic(quiz, bank):
    words = Catalogue("en")
    first = bank.topics()[0]
    screen = whole_question(quiz(), words)
    assert screen.splitlines()[0].split(" · ")[:2] == [f" {first.title_en}", words("level.warm-up")]


def test_a_wrong_choice_is_told_why(quiz, bank, lab):
    expert = Expert(bank, lab, "en")
    terminal = quiz("practice", "--kind", "single", "--count", "1", "--seed", "1")
    screen = whole_question(terminal, expert.words)
    question = expert.recognise(screen)
    (right,) = expert.right(question, screen)
    wrong = 1 if right != 1 else 2
    terminal.press(str(wrong))
    terminal.until(expert.words("wrong"))
    shown = squeezed(scrolled_through(terminal))
    chosen = next(
        o for o in question.options
        if not o.correct and expert.place(o.text.en, screen, len(question.options)) == wrong
    )  # fmt: skip
    assert squeezed(chosen.text.en) in shown
    assert squeezed(chosen.why.en.split("{{")[0]) in shown


def test_hint_skip_undo_overrule_and_rating(quiz, bank, lab, home, command):
    expert = Expert(bank, lab, "en")
    words = expert.words
    terminal = quiz("practice", "--kind", "single", "--count", "3", "--seed", "1")
    first = expert.recognise(whole_question(terminal, words))
    terminal.press("h")
    terminal.until(words("hint", number=1, total=len(first.hints)))
    terminal.press("s")
    terminal.until("1/2")  # skipped: one question fewer, nothing counted
    second = expert.recognise(whole_question(terminal, words))
    assert second.id != first.id
    (right,) = expert.right(second, terminal.text)
    terminal.press("1" if right != 1 else "2")
    terminal.until(words("wrong"))
    terminal.press("!!")
    terminal.until(words("overruled"))
    assert words("right") in terminal.text
    terminal.press("u")
    terminal.until(words("key.skip"))
    assert expert.recognise(terminal.settle()).id == second.id
    assert answers(home, command) == 0
    reply(terminal, expert)
    terminal.until(words("right"))
    terminal.press("4")
    terminal.until("2/2")
    terminal.press("q")
    assert terminal.end() == 0
    assert answers(home, command) == 1


def test_the_demo_opens_with_the_questions_knobs_and_comes_back(quiz, bank, lab):
    expert = Expert(bank, lab, "en")
    terminal = quiz("practice", "--kind", "predict", "--count", "1", "--seed", "2")
    question = reply(terminal, expert)
    terminal.until(expert.words("key.overrule"))
    terminal.until(expert.words("key.demo"))
    terminal.press("d")
    terminal.until(expert.words("key.reset"))
    assert question.demo.name in terminal.text
    terminal.press("q")
    terminal.until(expert.words("key.overrule"))


def test_the_keys_are_explained(quiz):
    terminal = quiz("practice")
    terminal.until("? keys")
    terminal.press("?")
    terminal.until(Catalogue("en")("help.undo"))
    terminal.press("x")
    terminal.until("? keys")


def test_the_list_of_keys_scrolls_and_gives_the_place_back(quiz):
    words = Catalogue("en")
    terminal = quiz("practice", "--kind", "single", "--count", "1", size=(40, 12))
    terminal.until("1-4")
    terminal.press("1")
    terminal.until("Enter next")
    terminal.press("\x1b[6~")
    before = terminal.settle()
    terminal.press("?")
    terminal.until(words("help.title"))
    terminal.press("\x1b[6~" * 4)
    terminal.until(words("help.rate")[:20])
    terminal.press("x")
    terminal.until_gone("closes this")
    assert terminal.settle() == before


def test_an_order_says_that_numbers_give_the_order(quiz):
    terminal = quiz("practice", "--kind", "order", "--count", "1")
    terminal.until(Catalogue("en")("key.place"))


def test_chinese_is_typed_erased_and_pasted(quiz):
    terminal = quiz("practice", "--kind", "short", "--count", "1", lang="zh")
    terminal.until(Catalogue("zh")("key.skip"))
    terminal.press("方差")
    terminal.until("> 方差")
    terminal.settle()
    terminal.press("\x7f")
    terminal.until_gone("差")
    terminal.press("\x1b[200~饱和\n了\x1b[201~")
    line = next(row for row in terminal.settle().splitlines() if ">" in row)
    assert squeezed(line) == ">方饱和了"


@pytest.mark.parametrize("size", [(40, 24), (80, 8), (40, 8), (20, 5)])
def test_small_windows_stay_usable(quiz, bank, lab, size):
    terminal = quiz("practice", "--kind", "single", "--count", "1", size=size)
    terminal.settle(1.0)
    terminal.press("1")
    terminal.until("Enter")
    terminal.press("\r")
    terminal.until("leave" if size[0] > 40 else "Session over"[:10])


def test_a_resize_redraws_and_loses_nothing(quiz, bank, lab):
    expert = Expert(bank, lab, "en")
    terminal = quiz("practice", "--kind", "multiple", "--count", "1", "--seed", "1")
    whole_question(terminal, expert.words)
    terminal.press("1")
    terminal.until("● 1")
    terminal.resize(120, 40)
    terminal.until("● 1")
    assert max(len(line) for line in terminal.settle().splitlines()) > 100


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "xterm"}, {"LC_ALL": "C"}])
def test_without_colour_or_locale(quiz, env):
    terminal = quiz("practice", "--kind", "single", "--count", "1", **env)
    terminal.until("? keys")
    terminal.press("1")
    terminal.until("Enter next")
    if "NO_COLOR" in env:
        assert not re.search(rb"\x1b\[[0-9;]*3[0-9][;m]", terminal.raw)


def test_a_dumb_terminal_gets_lines(quiz):
    terminal = quiz("practice", "--kind", "single", "--count", "1", TERM="dumb")
    terminal.until(">")
    terminal.press("1\r")
    terminal.until("Rated")
    assert terminal.end() == 0
    assert b"\x1b[?1049h" not in terminal.raw


@pytest.mark.parametrize("confidence", ["off", "on"])
def test_lines_name_their_commands_and_can_be_left_at_every_step(quiz, home, command, confidence):
    subprocess.run([*command, "config", "confidence", confidence], check=True, capture_output=True)
    words = Catalogue("en")
    terminal = quiz("practice", "--kind", "explain", "--count", "1", TERM="dumb")
    terminal.until(words("line.commands"))
    terminal.until(">")
    terminal.press("because\r")
    terminal.until(words("sure.ask") if confidence == "on" else "Points found")
    terminal.press(":q\r")
    terminal.until(words("done.none"))
    assert terminal.end() == 0
    assert answers(home, command) == 0


@pytest.mark.parametrize(
    ("keys", "status"), [("\x03", 130), ("\x04", 0), ("q", 0)], ids=["ctrl-c", "ctrl-d", "q"]
)
def test_leaving_saves_and_restores_the_terminal(quiz, home, command, keys, status):
    terminal = quiz("practice", "--kind", "single", "--count", "3")
    terminal.until("? keys")
    terminal.press("1")
    terminal.until("Enter next")
    terminal.press(keys)
    assert terminal.end() == status
    assert terminal.raw.rindex(b"\x1b[?1049l") > terminal.raw.rindex(b"\x1b[?1049h")
    assert terminal.raw.rindex(b"\x1b[?25h") > terminal.raw.rindex(b"\x1b[?25l")
    assert answers(home, command) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals_end_it_cleanly(quiz, home, command, number):
    terminal = quiz("practice", "--kind", "single", "--count", "3")
    terminal.until("? keys")
    terminal.press("1")
    terminal.until("Enter next")
    terminal.signal(number)
    assert terminal.end() == 128 + number
    assert answers(home, command) == 1


def test_suspending_gives_the_terminal_back_and_takes_it_again(home, command):
    env = dict(os.environ, PS1="shell> ")
    with Terminal(["bash", "--norc", "--noprofile", "-i"], env=env) as terminal:
        terminal.until("shell>")
        terminal.press(" ".join([*command, "practice --kind single --count 1"]) + "\r")
        terminal.until("? keys")
        terminal.press("\x1a")
        terminal.until("Stopped")
        assert terminal.raw.rindex(b"\x1b[?1049l") > terminal.raw.rindex(b"\x1b[?1049h")
        terminal.press("fg\r")
        terminal.until("? keys")
        terminal.press("1")
        terminal.until("Enter next")


def test_nothing_from_content_reaches_the_terminal_as_a_control(quiz):
    terminal = quiz("explain", "scaling")
    terminal.settle(1.5)
    known = rb"\x1b\[(?:[0-9;]*m|[HJK]|\?(?:25|1049|2004)[hl]|[0-9]+;[0-9]+H)"
    assert b"\x1b" not in re.sub(known, b"", terminal.raw)


@pytest.mark.parametrize("size", SIZES)
def test_a_measured_number_stands_on_the_first_screen_after_an_answer(quiz, bank, lab, size):
    words = Catalogue("en")
    terminal = quiz("practice", "--kind", "single", "--count", "1", size=size)
    question = reply(terminal, Expert(bank, lab, "en"))
    terminal.until(words("key.overrule"))
    screen = terminal.settle()
    assert question.demo.claims
    expected = words("expected", value="")
    assert re.search(rf"{words('measured', value='')}[\d−∞.].* · {expected}", screen)
    # Beside the answer stand the picture and every claim; below it, one claim goes ahead.
    assert (words("proof") in screen) == (size[0] < 100)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_only_somebody_new_is_told_how_it_works(quiz, lang):
    words = Catalogue(lang)
    terminal = quiz("practice", "--kind", "single", lang=lang)
    assert words("welcome") in whole_question(terminal, words)
    terminal.press("1")
    terminal.until(words("key.overrule"))
    terminal.press("\r")
    assert words("welcome") not in whole_question(terminal, words)
    terminal.press("q")
    terminal.end()
    again = quiz("practice", "--kind", "single", lang=lang)
    assert words("welcome") not in whole_question(again, words)


def test_an_enter_too_many_answers_nothing(quiz, home, command):
    """Whoever holds Enter down at a verdict has not read the next question."""
    words = Catalogue("en")
    terminal = quiz("practice", "--kind", "single")
    whole_question(terminal, words)
    terminal.press("1")
    terminal.until(words("key.overrule"))
    terminal.press("\r\r\r")
    assert "▸" not in squeezed(terminal.until(words("pick-first")))  # nothing is pointed at
    terminal.press("\x1b[B")
    terminal.until("▸ 1")
    terminal.press("q")
    terminal.end()
    assert answers(home, command) == 1


def test_full_width_keys_of_an_input_method_are_understood(quiz):
    words = Catalogue("zh")
    terminal = quiz("practice", "--kind", "single", lang="zh")
    whole_question(terminal, words)
    terminal.press("？")
    terminal.until(words("help.close"))
    terminal.press("ｘ")
    terminal.until_gone(words("help.close"))
    terminal.press("１")
    terminal.until(words("key.overrule"))
    terminal.press("ｑ")
    assert terminal.end() == 0


def test_full_width_commands_are_understood_while_typing(quiz):
    words = Catalogue("zh")
    terminal = quiz("practice", "--kind", "numeric", lang="zh")
    whole_question(terminal, words)
    terminal.press("：ｑ\r")
    assert terminal.end() == 0


def test_a_session_goes_on_with_what_is_next_while_there_is_something(quiz, bank, lab):
    words = Catalogue("en")
    expert = Expert(bank, lab, "en")
    terminal = quiz("practice", "--kind", "single", "--count", "1", "--new", "2")
    for more in (True, False):
        reply(terminal, expert)
        terminal.until(words("key.overrule"))
        terminal.press("\r")
        terminal.until(words("done.title"))
        assert (words("key.more", count=1) in terminal.settle()) is more
        terminal.press("n")
    terminal.press("\r")
    assert terminal.end() == 0
