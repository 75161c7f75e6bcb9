"""`quiz search`, as typed."""

import json
import subprocess
import unicodedata

import pytest


def run(command, *words, status=0):
    done = subprocess.run([*command, "search", *words], capture_output=True, text=True)
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_hits_are_two_lines_that_fit_eighty_columns(home, command, monkeypatch, lang):
    monkeypatch.setenv("COLUMNS", "80")
    lines = run(command, "残差", "--lang", lang, "--count", "5").stdout.splitlines()
    assert len(lines) == 10
    assert all(width(line) <= 80 for line in lines)
    assert all("残差" in line for line in lines[1::2])


def test_json_has_the_text_and_where_the_words_are(home, command):
    found = json.loads(run(command, "SOFTMAX", "--json", "--count", "3").stdout)
    assert len(found) == 3
    for one in found:
        assert set(one) == {"id", "topic", "kind", "level", "field", "text", "marks"}
        assert one["marks"]
        assert {one["text"][a:b].lower() for a, b in one["marks"]} == {"softmax"}
        shown = subprocess.run([*command, "show", one["id"], "--json"], capture_output=True)
        assert shown.returncode == 0


def test_the_readers_language_is_preferred_where_both_have_the_word(home, command):
    for lang in ("en", "zh"):
        (found,) = json.loads(
            run(command, "softmax", "--json", "--lang", lang, "--count", "1").stdout
        )
        assert found["field"].endswith(f".{lang}")


def test_nothing_found_is_said_and_is_no_error(home, command):
    assert run(command, "qqqqq", "--lang", "zh").stdout == "没有符合条件的题目。\n"
    assert run(command, "qqqqq", "--json").stdout == "[]\n"


def test_nothing_to_look_for_is_refused_in_one_line(home, command):
    assert run(command, "  ", status=2).stderr.count("\n") == 1
    assert "WORDS" in run(command, status=2).stderr
