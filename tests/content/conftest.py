"""The built-in bank as its files hold it, read once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import pytest

from quiz.bank.compile import compile_file
from quiz.bank.packs import builtin
from quiz.lab.run import Lab
from quiz.model import Question, Topic
from quiz.study.grade import key_of, needs_run


class Content(NamedTuple):
    topics: tuple[Topic, ...]
    questions: tuple[Question, ...]  # those written, not those made of statements

    def of(self, *kinds: str) -> list[Question]:
        return [q for q in self.questions if q.kind in kinds]

    def parts(self, name: str) -> list:
        """All `statements` or `misconceptions`."""
        return [part for topic in self.topics for part in getattr(topic, name)]


@pytest.fixture(scope="session")
def content() -> Content:
    pack = builtin()
    items = [item for file in pack.files() for _, item in compile_file(pack, file).items]
    return Content(
        tuple(item for item in items if isinstance(item, Topic)),
        tuple(item for item in items if isinstance(item, Question)),
    )


@pytest.fixture(scope="session")
def keys(content) -> Mapping[str, tuple[int, ...]]:
    """The right options of every choice question, by its id; predictions are run for it."""
    found = {}
    with Lab(builtin().root) as lab:
        for question in content.of("single", "multiple", "predict"):
            if question.options:
                call = question.demo if needs_run(question) else None
                run = lab.run(call.name, call.params) if call else None
                found[question.id] = key_of(question, run)
    return MappingProxyType(found)
