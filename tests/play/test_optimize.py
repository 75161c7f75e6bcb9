"""`quiz optimize`: says what a fit is worth, and keeps nothing that was not agreed to."""

import builtins
import io
import json
import random
import subprocess
import sys
import tomllib

import pytest
from rich.console import Console

from quiz.play import access
from quiz.play.optimize import LEAST, PACKAGE, optimize
from quiz.refusal import Refusal
from quiz.study import weights
from quiz.study.forgetting import DEFAULTS, Forgetting
from quiz.study.history import History
from quiz.study.memory import DAY, Scheduling
from quiz.words import Catalogue
from tests.player import ROOT

WORDS = Catalogue("en")
START = 1_767_225_600_000  # 2026-01-01 00:00 UTC
QUICK = (0.02, 0.1, 0.3, 1.0, *DEFAULTS[4:8], 0.6, *DEFAULTS[9:])  # of one who soon forgets


def study(path, questions: int) -> None:
    """Four reviews of each question by a learner whose memory follows QUICK."""
    rng, mind, now = random.Random(1), Forgetting(Scheduling(weights=QUICK)), START
    plan = []
    for i in range(questions):
        days, rating = i // 5, rng.choice((1, 3, 3))
        state = mind.first(rating)
        plan.append((days, i, rating))
        for since in (1, 3, 8, 20):
            days += since
            rating = 3 if rng.random() < mind.recall(state.stability, since) else 1
            state = mind.next(state, rating, since)
            plan.append((days, i, rating))
    with History.open(path, clock=lambda: now) as history:
        history._db.execute("PRAGMA synchronous = OFF")
        for days, i, rating in sorted(plan):
            now = START + days * DAY
            verdict = "right" if rating == 3 else "wrong"
            history.add_answer(f"question-{i}", verdict=verdict, rating=rating)


@pytest.fixture
def studied(home):
    home.mkdir()
    study(home / "history.db", 150)
    return home


def run(home, fitter, **options) -> str:
    """What the command prints with this fitter; with json=True it is on standard output."""
    out = io.StringIO()
    options = {"yes": False, "reset": False, "json": False} | options
    with access.the_history() as history:
        console = Console(file=out, width=100)
        optimize(history, home / "weights.json", console, WORDS, fitter=fitter, **options)
    return out.getvalue()


def finds_them(earlier):
    return QUICK


def finds_nothing(earlier):
    return DEFAULTS


def answers(monkeypatch, reply: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(builtins, "input", lambda prompt: reply)


@pytest.mark.parametrize(("reply", "kept"), [("y", True), ("", False), ("n", False)])
def test_what_is_better_is_kept_once_one_agrees(studied, monkeypatch, reply, kept):
    answers(monkeypatch, reply)
    shown = run(studied, finds_them)
    assert "450 earlier" in shown and "150 later" in shown
    assert "log-loss" in shown and "RMSE (bins)" in shown and "They predict better" in shown
    assert WORDS("optimize.kept" if kept else "optimize.not-kept") in shown
    assert weights.load(studied / "weights.json") == (QUICK if kept else None)


def test_with_nobody_to_ask_it_takes_yes(studied, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert "--yes" in run(studied, finds_them)
    assert not (studied / "weights.json").exists()
    run(studied, finds_them, yes=True)
    assert weights.load(studied / "weights.json") == QUICK


def test_what_is_no_better_is_never_kept(studied):
    shown = run(studied, finds_nothing, yes=True)
    assert "the weights in use stay" in shown
    assert not (studied / "weights.json").exists()
    weights.save(QUICK, studied / "weights.json")
    run(studied, finds_nothing, yes=True)  # now judged against those in use
    assert weights.load(studied / "weights.json") == QUICK


def test_kept_weights_move_the_dates_and_reset_moves_them_back(studied, command):
    with access.the_history() as history:
        usual = history.cards.all()
    run(studied, finds_them, yes=True)
    with access.the_history() as history:
        moved = history.cards.all()
    assert sum(moved[key].due < usual[key].due for key in usual) > len(usual) / 2
    done = subprocess.run([*command, "optimize", "--reset"], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, WORDS("optimize.reset"))
    with access.the_history() as history:
        assert history.cards.all() == usual


def test_json_asks_nothing_and_keeps_only_with_yes(studied, capsys):
    run(studied, finds_them, json=True)
    found = json.loads(capsys.readouterr().out)
    assert found["better"] and not found["kept"] and not (studied / "weights.json").exists()
    assert (found["reviews"], found["held_out"]) == (600, 150)
    assert found["before"]["log_loss"] - found["after"]["log_loss"] > found["standard_error"]
    assert found["weights"] == list(QUICK)
    run(studied, finds_them, json=True, yes=True)
    assert json.loads(capsys.readouterr().out)["kept"]
    assert weights.load(studied / "weights.json") == QUICK


def test_too_few_reviews_are_one_line_and_no_error(home, command):
    home.mkdir()
    study(home / "history.db", 3)
    done = subprocess.run([*command, "optimize", "--json"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {"reviews": 12, "least": LEAST, "kept": False}
    assert "12 of the 400 reviews" in run(home, finds_them, yes=True)


def test_without_the_package_one_line_says_how_to_get_it(studied):
    def absent(earlier):
        raise ImportError

    with pytest.raises(Refusal) as refused:
        run(studied, absent)
    assert f"pip install '{PACKAGE}'" in str(refused.value) and "\n" not in str(refused.value)


def test_the_package_is_that_of_the_extra():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["optional-dependencies"]["optimize"] == [PACKAGE]
    assert not any("fsrs-rs" in needed for needed in project["dependencies"])


def test_a_fit_that_fails_is_one_line(studied):
    with pytest.raises(Refusal, match="no weights could be fitted"):
        run(studied, lambda earlier: DEFAULTS[:19])
    assert not (studied / "weights.json").exists()
