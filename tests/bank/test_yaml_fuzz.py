"""Whatever is in a file, reading and checking it ends soon, in problems or in questions."""

from __future__ import annotations

import re
import time

import pytest
from conftest import BY_KIND, filled
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_bad_files import BAD, run

from quiz.bank.check import check
from quiz.bank.index import open_bank
from quiz.bank.packs import builtin
from quiz.bank.read import Unreadable, parse

REAL = [(builtin().root / file).read_text("utf-8") for file in builtin().files()][::7]
SEEDS = [filled(f"kind: {kind}") for kind in BY_KIND] + REAL
SEEDS += [file.read_text("utf-8")[:5000] for file in sorted(BAD.glob("*.yaml"))]

TOKENS = st.sampled_from(
    ["", "[", "]", "{", "}", "'", '"', "|", ">", "&a ", "*a", "!!int ", "<<", "? ", ": ", "- ",
     "---\n", "\t", "\n", "# ", "\\", "\x1b", "\u202e", "nan", "-inf", "1e999", "{{ x | }}", "{{",
     "%s", "null", "中", "，", "é", "\ud7ff", "🙂", "0x", "9" * 400, "[link=x]", "en:", "zh:",
     "range: [nan, nan]"]
)  # fmt: skip
KEYS = [*re.findall(r"\w+(?=:)", " ".join(BY_KIND.values())), "with", "claims", "figure", "claim"]
VALUES = st.one_of(
    st.sampled_from(KEYS), TOKENS, st.text(max_size=6), st.floats().map(str), st.integers().map(str)
)


@st.composite
def mutated(draw) -> str:
    """A real file with some pieces changed, doubled, swapped or cut out."""
    text = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 4))):
        words = re.split(r"(\s+|(?<=[\[{:,])|(?=[\]},]))", text)
        i, j = (draw(st.integers(0, len(words) - 1)) for _ in range(2))
        words[i] = draw(st.one_of(VALUES, st.just(words[j]), st.just(words[i] * 2)))
        text = "".join(word for word in words if word)
    return text


def problems_of(maker, name: str, data: bytes):
    file = maker.write(name, data)
    start = time.perf_counter()
    problems = check([file], run=run)
    assert time.perf_counter() - start < 10, "hangs"
    lines = len(data.decode("utf-8", "replace").splitlines())
    for problem in problems:
        assert problem.message.isprintable(), problem
        assert 1 <= problem.line <= lines + 1
    file.unlink()
    return problems


FUZZ = settings(
    max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # the pack is only a place to write to


@FUZZ
@given(
    data=st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(lambda s: s.encode("utf-8", "surrogatepass")),
    )
)
def test_any_bytes_can_be_read(maker, data):
    try:
        documents = parse(data, "x.yaml")
    except Unreadable as refused:
        assert refused.problems
    else:
        assert documents
    problems_of(maker, "scaling/x.yaml", data)


@FUZZ
@given(text=mutated())
def test_a_spoilt_question_file_gives_problems_or_questions(maker, text):
    problems_of(maker, "scaling/scaling-why.yaml", text.encode("utf-8", "surrogatepass"))


@FUZZ
@given(text=mutated())
def test_a_spoilt_topic_gives_problems_or_a_topic(maker, text):
    problems_of(maker, "masking/topic.yaml", text.encode("utf-8", "surrogatepass"))


@settings(FUZZ, max_examples=100)
@given(texts=st.lists(mutated(), min_size=3, max_size=3))
def test_what_is_left_of_spoilt_files_can_be_asked(maker, tmp_path, texts):
    for i, text in enumerate(texts):
        maker.write(f"scaling/q-{i}.yaml", text.encode("utf-8", "surrogatepass"))
    with open_bank(tmp_path / "cache", [maker.pack]) as bank:
        for row in bank.rows():
            question = bank.question(row.key)
            assert question.prompt and question.answer and question.kind == row.kind


@pytest.mark.parametrize(
    "text", ["a: [" + "x, " * 100_000, "? " * 18, "a:\n" * 100_000, "'" * 999_999, "- [" * 300_000]
)
def test_large_files_that_are_not_yaml_end_soon(maker, text):
    assert problems_of(maker, "scaling/x.yaml", text.encode())
