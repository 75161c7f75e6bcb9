"""`quiz plan` from the command line, and sessions that follow it."""

import json
import subprocess
import time
from contextlib import closing
from datetime import date, datetime, timedelta
from functools import partial

import pytest

from quiz.bank.index import open_bank
from quiz.bank.packs import builtin
from quiz.play import plan as plan_command
from quiz.play.progress import Progress
from quiz.study.history import History
from quiz.study.plan import Plan
from quiz.words import Catalogue

WORDS = Catalogue("en")
SOON = (date.today() + timedelta(days=10)).isoformat()


def run(command, *words, status=0, input=None):
    done = subprocess.run([*command, *words], capture_output=True, text=True, input=input)
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_a_plan_is_made_kept_and_dropped(home, command):
    found = json.loads(run(command, "plan", "--by", SOON, "--recall", "0.8", "--json").stdout)
    assert (found["by"], found["days"], found["recall"]) == (SOON, 10, 0.8)
    assert found["at_present"] is None  # nothing answered yet
    topics = found["with_plan"]["topics"]
    assert len(topics) == 11 and all(0.75 < topic["recall"] < 1 for topic in topics.values())
    assert len(found["with_plan"]["curve"]) == len(found["curve_days"]) == 11
    assert found["with_plan"]["low"] < found["with_plan"]["recall"] < found["with_plan"]["high"]
    assert json.loads((home / "plan.json").read_text()) == found["plan"]
    again = json.loads(run(command, "plan", "--json").stdout)  # the one that is kept
    assert again["plan"] == found["plan"]
    run(command, "plan", "--drop")
    assert not (home / "plan.json").exists()


def test_a_session_follows_the_plan_and_says_what_is_left(home, command):
    plan = {"by": SOON, "recall": 0.9, "minutes": 9, "new_per_day": 3, "threshold": 0.8,
            "answers": 12}  # fmt: skip
    home.mkdir()
    (home / "plan.json").write_text(json.dumps(plan))
    shown = run(command, "--plain", "--lang", "en", input="1\n" * 40).stdout
    assert "1/3" in shown  # three new ones, not ten
    assert f"Plan until {SOON}:" in shown
    with History.open(home / "history.db", clock=lambda: time.time_ns() // 10**6) as history:
        answered = len(history.answers())
    assert 1 <= answered <= 3
    # A session of one's own choosing does not.
    assert "Plan until" not in run(command, "practice", "scaling", input="").stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "quiz plan --by"),
        (("--by", "soon"), "is no date"),
        (("--by", "2026-13-45"), "is no date"),
        (("--by", date.today().isoformat()), "from tomorrow"),
        (("--by", (date.today() + timedelta(days=400)).isoformat()), "366 days"),
        (("--by", SOON, "--recall", "0.99"), "0.97"),
    ],
)
def test_what_is_no_plan_is_one_line(home, command, words, said):
    refused = run(command, "plan", *words, "--lang", "en", status=2).stderr
    assert said in refused and refused.count("\n") == 1


def test_what_cannot_be_reached_is_not_kept(home, command):
    tomorrow = (date.today() + timedelta(days=1)).isoformat()
    shown = run(command, "plan", "--by", tomorrow, "--recall", "0.97", "--lang", "en").stdout
    assert "Not every topic can reach 97%" in shown
    assert not (home / "plan.json").exists()


def test_how_far_the_simulation_has_come_is_shown_while_it_takes_long(monkeypatch, capsys):
    clock = iter(range(10_000))  # a second passes between any two looks at it
    monkeypatch.setattr(plan_command, "Progress", partial(Progress, clock=lambda: next(clock)))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with closing(plan_command._Steps(30)) as steps:
        steps(10)
        steps(20)
    shown = capsys.readouterr().err
    assert "10/30" in shown and "30/30" in shown
    assert shown.endswith("\x1b[K")  # it leaves no trace


@pytest.mark.parametrize("answers", [12, 1], ids=["in time", "beyond the minutes"])
def test_what_was_missed_is_wanted_again_the_same_day(home, tmp_path, answers):
    """So the simulation has it."""
    home.mkdir()
    now = round(datetime.now().replace(hour=12).timestamp() * 1000)
    by = date.today() + timedelta(days=20)
    plan = Plan(by, 0.9, minutes=9, new_per_day=1, threshold=0.8, answers=answers)
    with (
        open_bank(tmp_path / "bank", [builtin()]) as bank,
        History.open(home / "history.db", clock=lambda: now) as history,
    ):
        (key,) = plan_command.questions(plan, bank, history, now, 12)
        history.add_answer(key, verdict="wrong", rating=1)

        def left() -> str:
            return plan_command.left_today(plan, bank, history, now, WORDS)

        assert left() == WORDS("plan.left.one", by=by)
        now += 11 * 60_000
        assert plan_command.questions(plan, bank, history, now, 12) == [key]
        assert left() == WORDS("plan.left.one", by=by)
        history.add_answer(key, verdict="right", rating=3)
        assert left() == WORDS("plan.enough", by=by)
