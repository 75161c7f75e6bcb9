"""However a session is left, on whatever screen: it ends, nothing answered is lost, it goes on."""

import json
import os
import time

import pytest

from quiz.study.health import check
from quiz.study.history import History
from quiz.words import Catalogue
from tests.terminal import Terminal

WORDS = Catalogue("en")
NEXT = "Enter " + WORDS("key.next", rating="").split("(")[0]
ONE = ("practice", "--count", "1", "--cram", "--seed", "1", "--kind")
HELD = {  # screen: what is practised, the keys that lead there and what each waits for
    "question": ((*ONE, "single"), [("", WORDS("key.skip"))]),
    "half typed": ((*ONE, "explain"), [("", ":s"), ("half a thou", "> half a thou")]),
    "how sure": ((*ONE, "single"), [("", WORDS("key.skip")), ("1", WORDS("sure.ask"))]),
    "points": (
        (*ONE, "explain"),
        [("", ":s"), ("this\r", WORDS("sure.ask")), ("2", WORDS("key.confirm"))],
    ),
    "answered": ((*ONE, "single"), [("", "skip"), ("1", WORDS("sure.ask")), ("3", NEXT)]),
    "keys": ((*ONE, "single"), [("", "skip"), ("?", WORDS("help.title"))]),
    "demo": (
        (*ONE, "predict"),
        [("", "skip"), ("1\r", WORDS("sure.ask")), ("4", "d demo"), ("d", WORDS("key.reset"))],
    ),
    "end": (
        (*ONE, "single"),
        [("", "skip"), ("1", WORDS("sure.ask")), ("3", NEXT), ("\r", WORDS("done.title"))],
    ),
}
ANSWERED = {"answered", "demo", "end"}


@pytest.fixture
def sit_down(home, command):
    """sit_down(screen) opens a session on that screen."""
    home.mkdir()
    (home / "config.toml").write_text("confidence = true\n")
    running = []

    def start(screen: str, size=(100, 40), **env: str) -> Terminal:
        words, steps = HELD[screen]
        env = os.environ | {"QUIZ_LANG": "en"} | env
        terminal = Terminal([*command, *words], columns=size[0], rows=size[1], env=env)
        running.append(terminal)
        for keys, shown in steps:
            terminal.settle(0.05)
            terminal.press(keys)
            terminal.until(shown)
        return terminal

    yield start
    for terminal in running:
        terminal.__exit__()


def sound(home, answers: int) -> None:
    assert check(home / "history.db") == ""
    with History.open(home / "history.db", clock=lambda: 2_000_000_000_000) as history:
        assert len(history.answers()) == answers
        assert all(event.kind == "answer" for event in history.events())


@pytest.mark.parametrize("screen", HELD)
@pytest.mark.parametrize("way", ["ctrl-c", "closed"])
def test_it_ends_and_what_was_answered_is_kept(sit_down, home, screen, way):
    terminal = sit_down(screen)
    if way == "closed":  # the window, and the terminal with it
        terminal.child.ptyproc.fileobj.close()
        deadline = time.monotonic() + 20
        while terminal.child.isalive():
            assert time.monotonic() < deadline, "it lives on without its terminal"
            time.sleep(0.02)
    else:
        terminal.press("\x03")
        assert terminal.end() == 130
        assert terminal.raw.rindex(b"\x1b[?1049l") > terminal.raw.rindex(b"\x1b[?1049h")
    assert b"Traceback" not in terminal.raw
    sound(home, int(screen in ANSWERED))
    if screen == "half typed":
        kept = json.loads((home / "drafts.json").read_text())
        assert list(kept.values()) == ["half a thou"]


@pytest.mark.parametrize("screen", HELD)
def test_every_screen_survives_a_tiny_window_and_comes_back(sit_down, home, screen):
    terminal = sit_down(screen, NO_COLOR="1", LC_ALL="C", PYTHONUTF8="0")
    before = terminal.settle()
    for size in ((20, 5), (1, 1), (200, 60), (40, 8), (100, 40)):
        terminal.resize(*size)
        terminal.settle(0.1)
    assert terminal.until(before.splitlines()[0].split(" · ")[0].strip()[:20])
    assert terminal.child.isalive() and b"Traceback" not in terminal.raw
    terminal.press("\x04")
    assert terminal.end() == 0
    sound(home, int(screen in ANSWERED))


def test_a_half_typed_answer_is_there_again_until_it_is_given(sit_down, home):
    terminal = sit_down("half typed")
    terminal.press("\x03")
    assert terminal.end() == 130
    again = sit_down("half typed")  # types on where it stopped
    again.until("> half a thouhalf a thou")
    again.press("\r")
    again.until(WORDS("sure.ask"))
    again.press("3")
    again.until(WORDS("key.confirm"))
    again.press("\r")
    again.until(NEXT)
    again.press("q")
    assert again.end() == 0
    assert json.loads((home / "drafts.json").read_text()) == {}
