"""YAML is read as text, and what should not be read is refused with its place."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from quiz.bank.read import MAX_BYTES, Unreadable, parse, read_bytes


def tree(text: str | bytes):
    (document,) = parse(text if isinstance(text, bytes) else text.encode(), "x.yaml")
    return document.tree


@pytest.mark.parametrize(
    "written",
    ["no", "on", "yes", "012", "0x1F", "1:30", "1e3", "1_000", "2024-13-45", "null", "~", ".inf",
     "9" * 5000, "list[int]", "a[i][j]", "x[/]", "x {{ y }}", "100 %s"],
)  # fmt: skip
def test_scalars_arrive_as_they_are_written(written):
    assert tree(f"a: {written}\n") == {"a": written}


@pytest.mark.parametrize(
    "written", [":smile:", "{{ x | .2f }}", "[link=x]y[/]", "a: b # c", "\\theta"]
)
def test_quoted_scalars_arrive_as_they_are_written(written):
    assert tree(f"a: '{written}'\n") == {"a": written}


def test_a_value_that_is_left_out_is_empty_text():
    assert tree("a:\nb: ''\n") == {"a": "", "b": ""}


def test_blocks_lists_and_mappings_nest():
    assert tree("a: |\n  x\n   y\nb: [1, {c: d}]\ne:\n- - f\n") == {
        "a": "x\n y\n",
        "b": ["1", {"c": "d"}],
        "e": [["f"]],
    }


def test_documents_are_separate_and_know_their_lines():
    documents = parse(b"a: 1\n---\nb: 2\n---\n# note\nc: 3\n", "x.yaml")
    assert [d.tree for d in documents] == [{"a": "1"}, {"b": "2"}, {"c": "3"}]
    assert [d.line for d in documents] == [1, 2, 4]


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["plain", "BOM"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_bom_and_crlf_are_accepted(start, end):
    data = start + "a: 方差".encode() + end + b"b: |" + end + b"  x" + end + b"  y" + end
    assert tree(data) == {"a": "方差", "b": "x\ny\n"}


def test_chinese_lines_are_joined_without_a_space():
    assert tree("a: >-\n  缩放之后，\n  方差\n  为 1，softmax\n  不饱和\n") == {
        "a": "缩放之后，方差为 1，softmax 不饱和"
    }
    assert tree("a: 方差\n  等于 d_k\n")["a"] == "方差等于 d_k"


def test_english_lines_are_joined_with_a_space():
    assert tree("a: >-\n  he said\n  “yes”\n  and 方差 left\n") == {
        "a": "he said “yes” and 方差 left"
    }


def test_spaces_on_one_line_and_in_blocks_stay():
    assert tree("a: 方差  矩阵\nb: |\n  方差 \n   矩阵\n") == {
        "a": "方差  矩阵",
        "b": "方差 \n 矩阵\n",
    }


def test_positions_point_at_keys_values_and_the_nearest_part_there_is():
    (document,) = parse("a: 1\nb:\n  - x: 方, y\n    z: [p, q]\n".encode(), "f.yaml")

    def place(*steps, key=False):
        return document.problem(steps, "c", "m", key=key)[:3]

    assert place("a") == ("f.yaml", 1, 4)
    assert place("b", 0, "x") == ("f.yaml", 3, 8)
    assert place("b", 0, "z", key=True) == ("f.yaml", 4, 5)
    assert place("b", 0, "z", 1) == ("f.yaml", 4, 12)
    assert place("b", 0, "nowhere", "at", "all") == ("f.yaml", 3, 5)
    assert place() == ("f.yaml", 1, 1)


def test_a_duplicate_key_is_reported_with_both_lines():
    with pytest.raises(Unreadable) as refused:
        parse(b"a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\na: 2\n", "x.yaml")
    (inner, outer) = refused.value.problems
    assert inner[1:4] == (5, 3, "duplicate-key") and "line 3" in inner.message
    assert outer[1:4] == (6, 1, "duplicate-key") and "line 1" in outer.message


def test_all_that_is_refused_is_reported_at_once(problems_of):
    text = "a: &x 1\nb: *x\nc: !!int 3\nd:\n  <<: {e: f}\n"
    assert problems_of(text) == [
        (1, 4, "anchor"),
        (2, 4, "anchor"),
        (3, 4, "tag"),
        (5, 3, "merge-key"),
    ]


@pytest.mark.parametrize(
    "tag", ["!!bool x", "!!int ''", "!!timestamp x", "!!python/object:os.system x", "! x", "!a b"]
)
def test_tags_build_nothing(problems_of, tag):
    assert problems_of(f"a: {tag}\n") == [(1, 4, "tag")]


def test_an_alias_bomb_is_refused_by_its_first_alias(problems_of):
    bomb = "a: &a [x]\n" + "".join(
        f"{c}: &{c} [*{p}, *{p}]\n" for p, c in zip("abcd", "bcde", strict=True)
    )
    assert problems_of(bomb)[:2] == [(1, 4, "anchor"), (2, 4, "anchor")]


def test_an_alias_as_a_key_is_refused(problems_of):
    assert (2, 1, "anchor") in problems_of("a: &a x\n*a : y\n")


def test_an_alias_of_itself_is_refused(problems_of):
    assert (1, 8, "anchor") in problems_of("a: &a [*a]\n")


@pytest.mark.parametrize("key", ["[a, b]", "{a: b}", "[]"])
def test_keys_are_plain_text(problems_of, key):
    assert problems_of(f"x: 1\n? {key}\n: y\n") == [(2, 3, "key")]


DEEP = {
    "flow lists": "[" * 25_000,
    "closed flow lists": "[" * 25_000 + "]" * 25_000,
    "flow mappings": "{" * 25_000,
    "keys": "? " * 25_000,
    "block lists": "- " * 25_000,
    "block mappings": "\n".join(" " * i + "a:" for i in range(1200)),
    "the largest file": "[" * MAX_BYTES,
}


@pytest.mark.parametrize("shape", DEEP)
def test_deep_nesting_is_refused_and_never_crashes_the_parser(tmp_path, shape):
    # In a process of its own: a parser that overflows the C stack would take pytest along.
    (tmp_path / "deep.yaml").write_text(DEEP[shape])
    program = (
        "import sys; from pathlib import Path; from quiz.bank.read import *\n"
        "try: parse(read_bytes(Path(sys.argv[1]), 'deep.yaml'), 'deep.yaml')\n"
        "except Unreadable as refused: print(*refused.problems, sep='\\n')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "deep.yaml"],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    assert re.search(" (deep|key) ", line)


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ("a: 1\nb: 方差\n".encode("gbk"), (2, 4)),
        ("a: 1\n".encode("utf-16"), (1, 1)),
        (b"a: x\xed\xa0\x80\n", (1, 5)),  # a surrogate
        (b"a: \xff\n", (1, 4)),
        ("a: 方差".encode() + b" \xff\n", (1, 7)),
    ],
    ids=["GBK", "UTF-16", "surrogate", "a lone byte", "after other text"],
)
def test_what_is_not_utf8_is_refused_with_the_place(problems_of, data, place):
    assert problems_of(data) == [(*place, "not-utf8")]


def test_a_nul_byte_is_not_text(problems_of):
    assert problems_of(b"a: 1\nb: x\0y\n") == [(2, 5, "not-utf8")]


def test_every_line_that_a_tab_indents_is_reported(problems_of):
    assert problems_of("a:\n\tb: 1\nc:\n  \td: 2\n") == [(2, 1, "tab"), (4, 3, "tab")]


@pytest.mark.parametrize(
    "scalar",
    [
        r'"\theta"',  # a tab and "heta"
        r'"\beta"',
        r'"\e]52;c;aGk=\a"',
        r'"\x9b31m"',
        r'"\u202e"',
        r'"\u2066x\u2069"',
        '"a\tb"',
        "a\tb",
    ],
)
def test_control_characters_in_text_are_refused_with_advice(scalar):
    with pytest.raises(Unreadable) as refused:
        parse(f"a: 1\nb: {scalar}\n".encode(), "x.yaml")
    (problem,) = refused.value.problems
    assert problem[1:4] == (2, 4, "control-character")
    assert "single quotes" in problem.message


@pytest.mark.parametrize("character", ["\x1b", "\x07", "\x7f", "\x9b", "\u202e", "\u2066", "\x85"])
def test_control_characters_are_refused_wherever_they_stand(problems_of, character):
    assert problems_of(f"a: 1\nb: x{character}y\n") == [(2, 5, "control-character")]
    assert problems_of(f"a: 1 # {character}\n") == [(1, 8, "control-character")]


def test_tabs_between_tokens_are_no_fault():
    assert tree("a:\t1\t# note\n") == {"a": "1"}


@pytest.mark.parametrize(
    ("text", "place", "advice"),
    [
        ("a: 1\nb: c: d\n", (2, 5), "quotes"),
        ("a: @x\n", (1, 4), "quotes"),
        ('a: "\\q"\n', (1, 5), "single quotes"),
        ("a: [1, 2\nb: 3\n", (2, 2), "bracket"),
        ("a: 'x\n", (2, 1), "closed"),
        ("- a\nb: c\n", (2, 1), "line up"),
    ],
)
def test_what_is_not_yaml_is_explained_at_its_place(text, place, advice):
    with pytest.raises(Unreadable) as refused:
        parse(text.encode(), "x.yaml")
    (problem,) = refused.value.problems
    assert problem[1:4] == (*place, "syntax")
    assert advice in problem.message


@pytest.mark.parametrize("text", ["", "\n", "# only a note\n"])
def test_a_file_without_content_is_reported(problems_of, text):
    assert problems_of(text) == [(1, 1, "empty")]


def test_a_fifo_is_refused_without_waiting_for_a_writer(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(Unreadable, match="not-a-file"):
        read_bytes(tmp_path / "pipe.yaml", "pipe.yaml")


def test_a_folder_called_like_a_file_is_refused(tmp_path):
    (tmp_path / "x.yaml").mkdir()
    with pytest.raises(Unreadable, match="not-a-file"):
        read_bytes(tmp_path / "x.yaml", "x.yaml")


def test_an_endless_file_is_refused():
    with pytest.raises(Unreadable, match="not-a-file"):
        read_bytes("/dev/zero", "zero.yaml")


def test_a_huge_file_is_refused_unread(tmp_path):
    with open(tmp_path / "huge.yaml", "wb") as file:
        file.truncate(2**30)
    with pytest.raises(Unreadable, match="too-big"):
        read_bytes(tmp_path / "huge.yaml", "huge.yaml")


def test_a_missing_file_is_one_problem_with_its_name(tmp_path):
    with pytest.raises(Unreadable, match=r"gone\.yaml:1:1: unreadable"):
        read_bytes(tmp_path / "gone.yaml", "gone.yaml")
