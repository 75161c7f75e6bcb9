"""Whatever a file holds or is called, `quiz check` prints it as plain lines and ends."""

from __future__ import annotations

import contextlib
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rich.console import Console

from quiz.play.authoring import report
from quiz.words import Catalogue
from tests.player import ROOT

REAL = [file.read_bytes() for file in sorted((ROOT / "content").glob("*/*.yaml"))[::9]]
REAL += [file.read_bytes() for file in sorted((ROOT / "tests" / "bad").glob("*.yaml"))[::3]]
COLOUR = re.compile(r"\x1b\[[0-9;]*m")  # ours
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
PIECES = st.sampled_from(
    [b"\x1b]52;c;aGk=\x07", b"\x1b[2J", b"\x9b2J", "\u202e".encode(), b"\x00", b"\xff\xfe",
     b"\r", b"\t", b'"\\e[31m"', b'"\\x9b"', b"[", b"]" * 30, b"{{ x | .99f }}", b"[link=x]",
     b"\n---\n", b": ", "，".encode(), b"&a *a", b"!!python/object:os.system x", b"1e999",
     b"\xed\xa0\x80", b"%s"]
)  # fmt: skip


@st.composite
def mutated(draw) -> bytes:
    """A real file with pieces put in, cut out or doubled at any byte."""
    data = draw(st.sampled_from(REAL))
    for _ in range(draw(st.integers(1, 3))):
        at, length = draw(st.integers(0, len(data))), draw(st.integers(0, 40))
        piece = draw(st.one_of(PIECES, st.binary(max_size=6), st.just(data[at : at + 60] * 2)))
        data = data[:at] + piece + data[at + length :]
    return data


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("fuzz") / "mine" / "content" / "scaling"
    root.mkdir(parents=True)
    return root


def printed(file: Path, form: str) -> str:
    """What `quiz check` prints on a terminal, or as the format asks."""
    out = io.StringIO()
    console = Console(
        file=out, force_terminal=True, width=100, markup=False, emoji=False, highlight=False
    )
    with contextlib.redirect_stdout(out):
        status = report([str(file)], console, Catalogue("en"), json=form == "json",
                        form="github" if form == "github" else "text")  # fmt: skip
    assert status in (0, 1)
    return out.getvalue()


QUICK = settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUICK
@given(data=mutated(), form=st.sampled_from(["text", "github", "json"]))
@example(data=b'id: x\nkind: "\\e[31m"\n', form="text")
@example(data=b"id: \x1b]52;c;aGk=\x07\n", form="text")
def test_no_control_character_of_a_spoilt_file_is_printed(home, folder, data, form):
    file = folder / "why.yaml"
    file.write_bytes(data)
    shown = COLOUR.sub("", printed(file, form))
    assert not UNSEEN.search(shown)
    if form == "json":
        assert isinstance(json.loads(shown), list)


@QUICK
@given(data=st.binary(max_size=300), form=st.sampled_from(["text", "github"]))
def test_no_control_character_of_any_bytes_is_printed(home, folder, data, form):
    file = folder / "why.yaml"
    file.write_bytes(data)
    assert not UNSEEN.search(COLOUR.sub("", printed(file, form)))


@settings(QUICK, max_examples=100)
@given(name=st.text(min_size=1, max_size=12).filter(lambda n: "/" not in n and "\0" not in n))
@example(name="\x1b]52;c;aGk=\x07")
@example(name="\u202eexe")
def test_no_control_character_of_a_files_name_is_printed(home, folder, name):
    file = folder / f"x{name}.yaml"
    with contextlib.suppress(UnicodeEncodeError):
        file.write_text("kind: singel\n")
        try:
            for form in ("text", "github"):
                assert not UNSEEN.search(COLOUR.sub("", printed(file, form)))
        finally:
            file.unlink()
