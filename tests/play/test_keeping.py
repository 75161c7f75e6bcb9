"""What a session leaves in order: backups, former ids, notices; and what the doctor finds."""

import json
import os
import subprocess
import time

import pytest

from quiz.study.history import History
from quiz.words import Catalogue
from tests.player import squeezed

WORDS = Catalogue("en")
DAY = 86_400_000


def now() -> int:
    return time.time_ns() // 1_000_000


def run(command, *words, status=0, input=None, **env):
    done = subprocess.run(
        [*command, *words], capture_output=True, text=True, input=input, env=os.environ | env
    )
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def session(command, answers="1\n", **env):
    return run(command, "practice", "--kind", "single", "--seed", "1", input=answers, **env)


def doctor(command, *words, status=0, **env):
    done = run(command, "doctor", "--json", *words, status=status, **env)
    return json.loads(done.stdout)


def codes(found) -> list[str]:
    return [finding["code"] for finding in found["findings"]]


@pytest.fixture
def history(home):
    """history(clock) opens the learner's history."""
    home.mkdir(exist_ok=True)
    return lambda clock=now: History.open(home / "history.db", clock=clock)


def test_a_session_leaves_one_backup_a_day(home, command):
    session(command)
    assert len(list((home / "backups").glob("history-*.db"))) == 1
    session(command)
    assert len(list((home / "backups").glob("history-*.db"))) == 1


def test_a_session_without_an_answer_leaves_none(home, command):
    session(command, answers="")
    assert not (home / "backups").exists()


def pack(folder, id="mine", extra=""):
    file = folder / "content" / "scaling" / f"{id}.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(
        f"id: {id}\nkind: single\nlevel: core\nprompt: Which one?\n{extra}"
        "options:\n  - {text: This, why: It is so., correct: true}\n"
        "  - {text: That, why: It is not so.}\nanswer: This one.\n"
        "hints: [Look]\nsources: ['vaswani2017 §3.2']\n"
    )
    return str(folder)


def test_answers_under_a_former_id_count_for_the_new_one(history, home, command, tmp_path):
    with history() as opened:
        opened.add_answer("own:old", verdict="right", rating=3)
    folder = pack(tmp_path / "own", "new", "aliases: [old]\n")
    run(command, "stats", QUIZ_PACKS=folder)
    with history() as opened:
        assert set(opened.cards.all()) == {"own:new"}
    assert doctor(command, QUIZ_PACKS=folder)["ok"]


def test_a_notice_is_told_in_the_learners_language_and_apart_from_the_output(home, command):
    home.mkdir()
    (home / "history.db").write_bytes(b"garbage" * 100)
    done = session(command, QUIZ_LANG="zh")
    assert "历史记录已损坏" in done.stderr and "历史记录已损坏" not in done.stdout


def test_a_sound_history_has_nothing_to_put_right(home, command):
    session(command)
    found = doctor(command)
    assert found["ok"] and not found["findings"]
    assert "1 events" in found["facts"]["history"]
    shown = run(command, "doctor", "--lang", "en").stdout
    assert WORDS("doctor.well") in shown
    assert squeezed(str(home)) in squeezed(shown)  # a long path is wrapped


def test_a_damaged_history_is_set_aside_and_rescued(history, home, command):
    with history() as opened:
        for i in range(400):
            opened.add_answer(f"question-{i}", verdict="right", rating=3)
        opened.back_up()
        opened.add_answer("after-the-backup", verdict="right", rating=3)
    path = home / "history.db"
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 4096] = b"\xff" * 4096
    path.write_bytes(data)

    found = doctor(command, status=1)
    assert "set-aside" in codes(found) and "lost" in codes(found)
    (aside,) = home.glob("history.damaged-*.db")
    assert aside.read_bytes() == bytes(data)  # as it was

    doctor(command, "--rescue", status=1)  # what is no question of the bank is still named
    with history() as opened:
        assert len(list(opened.events())) >= 400
    assert "lost" not in codes(doctor(command, status=1))


def test_orphans_are_named_and_kept(history, command):
    with history() as opened:
        opened.add_answer("scaling-whyy", verdict="right", rating=3)
        opened.add_answer("elsewhere:thing", verdict="right", rating=3)
    found = doctor(command, status=1)
    assert sorted(codes(found)) == ["orphan", "pack-away"]
    assert any("scaling-whyy" in finding["text"] for finding in found["findings"])


def test_a_clock_behind_the_last_answer_is_found(history, command):
    with history(lambda: now() + 3 * DAY) as opened:
        opened.add_answer("scaling-why", verdict="right", rating=3)
    assert "clock-back" in codes(doctor(command, status=1))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda db: db.execute("PRAGMA user_version = 99"), "newer quiz"),
        (lambda db: db.execute("PRAGMA application_id = 7"), "another program"),
    ],
    ids=["newer", "foreign"],
)
def test_a_history_that_is_not_for_us_is_refused_and_untouched(
    history, home, command, damage, said
):
    import sqlite3

    history().close()
    db = sqlite3.connect(home / "history.db")
    damage(db)
    db.close()
    before = (home / "history.db").read_bytes()
    found = doctor(command, status=1)
    assert any(said in finding["text"] for finding in found["findings"])
    refused = run(command, "stats", status=2).stderr
    assert said in refused and refused.count("\n") == 1
    assert (home / "history.db").read_bytes() == before


def test_packs_settings_and_encoding_are_examined(home, command, tmp_path):
    home.mkdir()
    (home / "config.toml").write_text("retention = 7\n")
    found = doctor(command, status=1, QUIZ_PACKS=str(tmp_path), PYTHONIOENCODING="latin-1")
    assert sorted(codes(found)) == ["encoding", "packs", "settings"]


def test_a_damaged_list_of_packs_has_a_remedy_of_its_own(home, command):
    home.mkdir()
    (home / "packs.json").write_text("{")
    found = doctor(command, status=1)
    assert codes(found) == ["register"]
    (finding,) = found["findings"]
    assert "packs.json" in finding["text"] and "quiz pack add" in finding["remedy"]


def test_a_broken_file_of_a_pack_is_named(home, command, tmp_path):
    folder = pack(tmp_path / "own")
    (tmp_path / "own" / "content" / "scaling" / "mine.yaml").write_text("id: [\n")
    found = doctor(command, status=1, QUIZ_PACKS=folder)
    assert "content" in codes(found) and "mine.yaml" in found["findings"][0]["text"]


def test_whichever_command_meets_the_damage_says_so(history, home, command):
    with history() as opened:
        opened.add_answer("scaling-why", verdict="right", rating=3)
    file = home / "history.db"
    file.write_bytes(b"\0" * 4096 + file.read_bytes()[4096:])
    told = run(command, "stats").stderr
    assert "quiz doctor --rescue" in told and "history.damaged-" in told
    assert "history.damaged-" in doctor(command)["facts"]["aside"]


def test_an_added_pack_that_is_away_is_named(home, command, tmp_path):
    folder = tmp_path / "mine"
    run(command, "pack", "add", pack(folder))
    folder.rename(tmp_path / "elsewhere")
    assert "away" in codes(doctor(command, status=1))
