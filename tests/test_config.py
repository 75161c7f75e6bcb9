"""The settings file: read, written, and refused in one line."""

import json
import subprocess

import pytest

from quiz import config
from quiz.refusal import Refusal
from quiz.study.schedule import NEW_A_DAY
from quiz.words import Catalogue


def run(command, *words, status=0, **options):
    done = subprocess.run([*command, *words], capture_output=True, text=True, **options)
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_without_a_file_the_defaults_hold(tmp_path):
    assert config.read(tmp_path / "config.toml") == config.Settings()
    assert config.Settings().new_per_day == NEW_A_DAY
    assert set(config.ALLOWED) == set(config.Settings._fields)


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("lang", "zh", "zh"),
        ("new_per_day", "0", 0),
        ("retention", "0.85", 0.85),
        ("confidence", "on", True),
        ("ascii", "no", False),
    ],
)
def test_what_is_written_is_read_again(tmp_path, key, typed, value):
    path = tmp_path / "deep" / "config.toml"
    config.write(path, key, config.parsed(key, typed))
    assert config.read(path) == config.Settings()._replace(**{key: value})


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("lang", "fr"),
        ("new_per_day", "-1"),
        ("new_per_day", "1000"),
        ("new_per_day", "1.5"),
        ("retention", "0.69"),
        ("retention", "nan"),
        ("confidence", "perhaps"),
        ("ascii", "2"),
    ],
)
def test_a_value_that_is_not_possible(key, typed):
    with pytest.raises(ValueError):
        config.parsed(key, typed)


def test_comments_and_order_survive_a_change(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text("# mine\nretention = 0.8  # less\nlang = 'zh'\n")
    config.write(path, "retention", 0.95)
    config.write(path, "ascii", True)
    assert path.read_text() == "# mine\nretention = 0.95\nlang = 'zh'\nascii = true\n"


def test_a_new_setting_goes_before_any_table_and_not_into_it(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text("lang = 'zh'\n[mine]\nx = 1\n")
    config.write(path, "new_per_day", 3)
    assert path.read_text() == "lang = 'zh'\nnew_per_day = 3\n[mine]\nx = 1\n"
    assert config.read(path, strict=False).new_per_day == 3


def test_a_file_that_is_no_text_is_not_written_to(tmp_path):
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(Refusal, match="utf-8"):
        config.write(path, "lang", "en")
    assert path.read_bytes() == b"\xff\xfe"
    path.unlink()
    path.mkdir()
    with pytest.raises(Refusal, match="a file that you may read"):
        config.read(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lang = \nascii = true", "line 1"),
        ("colour = 1", "there is no setting colour"),
        ("retention = 2", "retention takes 0.7..0.99"),
        ("confidence = 1", "confidence takes true, false"),
        ("[lang]\nx = 1", "lang takes"),
    ],
)
def test_a_file_with_a_fault_is_one_line_and_else_passed_over(tmp_path, text, said):
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(Refusal, match=said) as refused:
        config.read(path)
    assert str(path) in str(refused.value) and "\n" not in str(refused.value)
    assert config.read(path, strict=False) == config.Settings()


def test_the_command_shows_sets_and_refuses(home, command):
    assert json.loads(run(command, "config", "--json").stdout)["new_per_day"] == 10
    run(command, "config", "new_per_day", "4")
    assert run(command, "config", "new_per_day").stdout == "4\n"
    assert json.loads(run(command, "config", "new_per_day", "--json").stdout) == {"new_per_day": 4}
    assert "new_per_day?" in run(command, "config", "new_perday", status=2).stderr
    refused = run(command, "config", "retention", "7", status=2).stderr
    assert refused.count("\n") == 1 and "0.7..0.99" in refused


def test_settings_take_effect(home, command):
    words = Catalogue("zh")
    run(command, "config", "lang", "zh")
    run(command, "config", "new_per_day", "2")
    run(command, "config", "ascii", "on")
    run(command, "config", "retention", "0.8")
    shown = run(command, "practice", "--plain", "--seed", "1", input="").stdout
    assert "1/2" in shown  # two new questions, not ten
    assert words("done.none") in shown
    assert words("stats.empty") in run(command, "stats").stdout
    assert "━" not in run(command, "demo", "logit-variance", "--once").stdout


def test_a_broken_file_stops_all_but_what_mends_it(home, command):
    home.mkdir()
    (home / "config.toml").write_text("retention = 2\n")
    refused = run(command, "stats", status=2).stderr
    assert "retention takes" in refused and refused.count("\n") == 1
    run(command, "config", "retention", "0.9")
    run(command, "stats")
