"""The JSON Schema that editors use agrees with what compiling takes."""

from __future__ import annotations

import re

import pytest
import yaml
from conftest import filled
from jsonschema import Draft202012Validator

from quiz.bank.packs import builtin
from quiz.bank.rules.kind_fields import FIELDS
from quiz.bank.schema import schema
from quiz.model import Question, Topic

VALIDATORS = {cls: Draft202012Validator(schema(cls)) for cls in (Question, Topic)}
FILES = [builtin().root / file for file in builtin().files()]


class Editor(yaml.CSafeLoader):
    """YAML as the language server reads it: only true and false are booleans, keys are text."""

    yaml_implicit_resolvers = {  # noqa: RUF012
        first: [(tag, form) for tag, form in found if not tag.endswith((":bool", ":timestamp"))]
        for first, found in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node, deep=False):
        return {str(k): v for k, v in super().construct_mapping(node, deep).items()}


Editor.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("(true|false)$"), list("tf"))


def errors(text: str, cls: type = Question) -> list[str]:
    """What an editor would mark."""
    return [
        f"{error.json_path}: {error.message}"
        for tree in yaml.load_all(text, Loader=Editor)
        for error in VALIDATORS[cls].iter_errors(tree)
    ]


@pytest.mark.parametrize("cls", [Question, Topic])
def test_the_schema_is_a_schema(cls):
    Draft202012Validator.check_schema(schema(cls))


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}/{f.stem}")
def test_all_built_in_content_is_valid_to_an_editor(file):
    cls = Topic if file.name == "topic.yaml" else Question
    assert errors(file.read_text(encoding="utf-8"), cls) == []


@pytest.mark.parametrize("kind", FIELDS)
def test_each_kind_is_valid_with_its_fields_and_not_without(kind):
    whole = filled(f"kind: {kind}")
    assert errors(whole) == []
    (needed,) = FIELDS[kind][0]
    tree = yaml.load(whole, Loader=Editor)
    del tree[needed]
    found = [error.message for error in VALIDATORS[Question].iter_errors(tree)]
    assert found == [f"'{needed}' is a required property"]


@pytest.mark.parametrize(
    "fragment",
    ["hint: [x]", "level: medium", "kind: quiz", "hints: x", "line: 3", "id: Why Scale",
     "demo: {with: {d_k: 3}}", "options: [{text: a}]", "prompt: {fr: a}"],
)  # fmt: skip
def test_what_compiling_refuses_an_editor_marks(fragment):
    assert errors(filled(fragment))


@pytest.mark.parametrize(
    "fragment",
    ["prompt: 2024", "tolerance: 5%", "kind: numeric\nvalue: 1e-3", "hints: [3.5]",
     "demo: {name: x, with: {scaled: true, d_k: 3}}", "kind: short\nreject: {8: It is √d_k.}"],
)  # fmt: skip
def test_what_compiling_takes_an_editor_does_not_mark(fragment):
    assert errors(filled(fragment)) == []


def test_an_unquoted_true_is_a_verdict():
    text = filled("", topic=True).replace("verdict: wrong", "verdict: true")
    assert errors(text, Topic) == []


def test_nothing_of_python_shows_in_it():
    text = str(schema(Question)) + str(schema(Topic))
    assert "params" not in text and "'title': 'Text'" not in text
