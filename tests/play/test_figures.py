"""`quiz stats --json` and `quiz sync` from the command line, on histories made by hand."""

import json
import subprocess
import time
from datetime import date, datetime, timedelta

import pytest

from quiz.study.history import History

DAY = 86_400_000


class Clock:
    def __init__(self):
        noon = datetime.combine(date.today(), datetime.min.time()) + timedelta(hours=12)
        self.now = min(round(noon.timestamp() * 1000), time.time_ns() // 10**6) - 2 * DAY

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def history(home, clock):
    with History.open(home / "history.db", clock=clock) as opened:
        yield opened


def run(command, *words, status=0, **options):
    done = subprocess.run([*command, *words], capture_output=True, text=True, **options)
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_every_figure_is_in_the_json(history, clock, command):
    ids = [q["id"] for q in json.loads(run(command, "list", "scaling", "--json").stdout)]
    for verdict in ("wrong", "wrong", "right"):  # two days ago
        history.add_answer(ids[0], verdict=verdict, rating=1 if verdict == "wrong" else 3,
                           duration=30_000, confidence=75)  # fmt: skip
    clock.now += DAY
    history.add_answer(ids[1], verdict="wrong", rating=1, duration=10_000,
                       beliefs=["scale-by-d-model"])  # fmt: skip
    found = json.loads(run(command, "stats", "--json").stdout)
    today = date.today()
    assert found["overall"]["answers"] == 4 and found["overall"]["correct"] == 0.25
    assert found["days"] == [
        {"date": str(today - timedelta(days=2)), "answers": 3, "right": 1, "seconds": 90},
        {"date": str(today - timedelta(days=1)), "answers": 1, "right": 0, "seconds": 10},
    ]
    assert found["time"] == {"today": 0, "week": 100, "total": 100, "each": 30.0}
    assert len(found["forecast"]) == 14
    assert found["forecast"][0]["date"] == str(today)
    assert sum(day["due"] for day in found["forecast"]) == 2
    assert found["forecast"][0]["due"] >= 1  # the one missed yesterday
    (hard,) = found["hardest"]
    assert (hard["question"], hard["right"], hard["wrong"], hard["leech"]) == (ids[0], 1, 2, False)
    (held,) = found["beliefs"]["held"]
    assert (held["id"], held["times"], held["question"]) == ("scale-by-d-model", 1, ids[1])
    assert found["calibration"]["right"] == pytest.approx(1 / 3)
    # 2 x 0.75^2 and 0.25^2
    assert found["calibration"]["brier"] == pytest.approx((2 * 0.5625 + 0.0625) / 3)
    assert found["streak"] == 2
    shown = run(command, "stats", "--lang", "en").stdout
    assert "4 answers · 25% right · 2 days in a row" in shown and "scale-by-d-model" in shown


def test_an_empty_history_has_figures_too(home, command):
    found = json.loads(run(command, "stats", "--json").stdout)
    assert found["days"] == [] and found["calibration"] is None
    assert found["time"] == {"today": 0, "week": 0, "total": 0, "each": None}
    assert "quiz" in run(command, "stats", "--lang", "en").stdout


def test_two_machines_exchange_their_answers(history, home, command, tmp_path, monkeypatch):
    history.add_answer("scaling-why", verdict="right", rating=3)
    shared = tmp_path / "shared"
    assert json.loads(run(command, "sync", str(shared), "--json").stdout) == {
        "received": 0, "sent": 1, "files": 0, "renewed": False,
    }  # fmt: skip
    monkeypatch.setenv("QUIZ_HOME", str(tmp_path / "other"))
    assert "Received 1 events, sent 0" in run(command, "sync", str(shared), "--lang", "en").stdout
    assert json.loads(run(command, "stats", "--json").stdout)["overall"]["answers"] == 1


def test_a_folder_that_cannot_be_shared_is_one_line(home, command, tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "notes.jsonl").write_text('{"note": 1}\n')
    refused = run(command, "sync", str(tmp_path / "shared"), status=2).stderr
    assert "notes.jsonl: not written by quiz sync" in refused and refused.count("\n") == 1
    assert run(command, "sync", str(tmp_path / "shared" / "notes.jsonl"), status=2)
