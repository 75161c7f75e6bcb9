"""A command line that can't be read gets one line in the reader's language, and the nearest word.

The table of sentences in quiz/play/usage.py follows the parser's wording: when a new version of
typer says something else, the Chinese line here turns English and this test tells.
"""

import subprocess

import pytest

SAID = {
    "prctice": ("没有叫“prctice”的命令；是不是 practice？", "did you mean practice?"),
    "xyzzy": ("没有叫“xyzzy”的命令；用 quiz --help 看全部命令", "quiz --help lists them"),
    "practice --cont 3": ("没有 --cont 这个选项；是不是 --count？", "did you mean --count?"),
    "practice --count abc": ("--count 要填 1 到 999 之间的整数", "a whole number from 1 to 999"),
    "practice --count 0": ("--count 要填 1 到 999 之间的整数", "a whole number from 1 to 999"),
    "demo --seed": ("--seed 后面要跟一个值", "--seed needs a value after it"),
    "explain": ("缺少 TOPIC|ID", "TOPIC|ID is missing"),
    "undo 3": ("多了：3", "one word too many: 3"),
}


@pytest.mark.parametrize("line", SAID)
def test_a_line_that_cannot_be_read_is_answered_in_both_languages(line, home, command):
    chinese, english = SAID[line]
    for before, wanted in ((["--lang", "zh"], chinese), ([], english)):
        done = subprocess.run(
            [*command, *before, *line.split()], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 2
        assert done.stderr.rstrip("\n").endswith(wanted)
        assert done.stderr.startswith("quiz: ") and done.stderr.count("\n") == 1
    assert not (home / "history.db").exists()


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("plan --by 2030-01-01 --recall x", "--recall takes a number from 0.5 to 0.97"),
        ("practice --new -1", "--new takes a whole number from 0 to 999"),
        ("practice --seed x", "--seed takes a whole number from 0 to 4294967295"),
        ("stats --json=1", "--json takes no value"),
        ("pack", "which one? There is add, list, remove, trust, untrust"),
    ],
)
def test_what_an_option_takes_is_said(line, wanted, home, command):
    done = subprocess.run([*command, *line.split()], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (2, f"quiz: {wanted}\n")
