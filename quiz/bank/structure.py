"""Trees in, dataclasses out: which fields there are, and of which type.

pydantic checks trees against the dataclasses of `quiz.model`; it is imported
here and in `schema`, which only run when YAML is compiled. What it reports
comes back as problems that say what to write instead.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from difflib import get_close_matches
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from quiz.bank.problem import Problem
from quiz.bank.read import Document, Steps, Tree
from quiz.model import (
    DemoCall,
    FollowUp,
    Misconception,
    Option,
    Point,
    Question,
    Reject,
    Statement,
    Text,
    Topic,
)

CLASSES = (DemoCall, FollowUp, Misconception, Option, Point, Question, Reject, Statement, Text,
           Topic)  # fmt: skip

BANK_FIELDS = {
    Question: frozenset({"topic", "pack", "file", "line", "revision"}),
    Topic: frozenset({"pack", "file", "line"}),
}
"""Fields that the bank fills in; a file may not."""

_RENAMED = {"params": "with"}  # `with` is a Python keyword

_CHINESE = re.compile("[\u3400-\u9fff]")


def is_chinese(text: str) -> bool:
    return _CHINESE.search(text) is not None


def _text_from(tree: Tree) -> Tree:
    """A plain string is the text of one language: Chinese if a Chinese character is in it."""
    if type(tree) is str:
        return {"zh" if is_chinese(tree) else "en": tree}
    if type(tree) is not dict:
        raise PydanticCustomError("text", "text")
    # A block ends in a line end that nobody meant; spaces in front may be a diagram's.
    return {k: v.rstrip() if type(v) is str else v for k, v in tree.items()}


def _reject_from(tree: Tree) -> Tree:
    """`answer: why` is short for `answer: {why: why}`."""
    if type(tree) is str or (type(tree) is dict and "why" not in tree and tree.keys() <= _LANGS):
        return {"why": tree}
    return tree


_LANGS = {"en", "zh"}
_SHORT_FORMS = {Text: _text_from, Reject: _reject_from}


def _teach(cls: type) -> None:
    """Tell pydantic how YAML writes this class, without the class having to know pydantic."""
    cls.__pydantic_config__ = {
        "extra": "forbid",
        "alias_generator": lambda name: _RENAMED.get(name, name),
        "ser_json_inf_nan": "constants",
    }
    if short := _SHORT_FORMS.get(cls):
        cls._short_form = model_validator(mode="before")(staticmethod(short))


for _cls in CLASSES:
    _teach(_cls)

QUESTION = TypeAdapter(Question)
TOPIC = TypeAdapter(Topic)

Item = TypeVar("Item", Question, Topic)


def question(document: Document, **known: Any) -> Question | list[Problem]:
    """The question that a document holds (`known` fills the bank's fields), or its problems."""
    return _build(Question, QUESTION, document, known)


def topic(document: Document, **known: Any) -> Topic | list[Problem]:
    """The topic that a topic.yaml holds, or its problems."""
    return _build(Topic, TOPIC, document, known)


def _build(
    cls: type[Item], adapter: TypeAdapter, document: Document, known: dict
) -> Item | list[Problem]:
    tree = document.tree
    if type(tree) is not dict:
        message = "is not a list of fields; a file starts with 'id: ...'"
        return [document.problem((), "type", message)]
    problems = [_unknown(document, cls, (name,)) for name in BANK_FIELDS[cls] & tree.keys()]
    try:
        item = adapter.validate_python(tree)
    except ValidationError as failure:
        # Context and addresses cost time and are not used.
        found = failure.errors(include_url=False, include_context=True)
        return problems + [_problem(document, cls, error) for error in found]
    return problems or replace(item, **known)


# --- pydantic's errors, said in our words --------------------------------------


def _problem(document: Document, cls: type, error: dict) -> Problem:
    steps, kind = _steps(error["loc"]), error["type"]
    at_key = False
    field = next((s for s in reversed(steps) if isinstance(s, str)), "")
    value = error["input"]
    if kind == "unexpected_keyword_argument":
        return _unknown(document, cls, steps)
    if kind == "missing":
        if isinstance(steps[-1], int):
            code, message = "type", f"'{field}' takes two numbers: [low, high]"
        else:
            code, message = "missing-key", f"has no '{steps[-1]}': {_missing(steps)}"
        steps = steps[:-1]
    elif value == "":
        code, at_key = "type", True
        message = f"'{field}' is empty; fill it in or take the line out"
    else:
        code = "type"
        message = f"'{field}' {_WANTED.get(kind, error['msg'])}{_instead(value)}"
    return document.problem(steps, code, message, key=at_key)


_WANTED = {
    "text": "takes text, or text by language: {en: ..., zh: ...}",
    "string_type": "takes one line or block of text",
    "bool_parsing": "is true or false",
    "bool_type": "is true or false",
    "float_parsing": "takes a number",
    "float_type": "takes a number",
    "int_parsing": "takes a whole number",
    "int_parsing_size": "takes a whole number of fewer digits",
    "int_type": "takes a whole number",
    "int_from_float": "takes a whole number",
    "tuple_type": "takes a list: [..., ...] or a line with '- ' for each",
    "too_long": "takes two numbers: [low, high]",
    "dict_type": "takes names with values: {name: value}",
    "dataclass_type": "takes fields: {name: ..., ...}",
}

_WHY_NEEDED = {
    "why": "say in a sentence or two why it is right or wrong",
    "answer": "explain the answer in some sentences",
    "prompt": "write the question itself",
    "id": "give a short name of lower-case letters, digits and hyphens",
    "kind": "single, multiple, numeric, predict, short, order or explain",
    "level": "warm-up, core or senior",
    "verdict": "true, conditional, misleading or wrong",
    "correction": "say what is so instead",
}


def _missing(steps: Steps) -> str:
    return _WHY_NEEDED.get(steps[-1], "this field is required")


def _instead(value: Any) -> str:
    if isinstance(value, str):
        short = value if len(value) <= 30 else value[:27] + "..."
        return f", not '{short}'"
    return f", not {'a list' if isinstance(value, list) else 'fields'}"


def _steps(loc: tuple) -> Steps:
    # pydantic marks a bad key of a mapping with a last step of its own.
    return loc[:-1] if loc and loc[-1] == "[key]" else loc


def _unknown(document: Document, cls: type, steps: Steps) -> Problem:
    names = field_names(_class_at(cls, tuple(steps[:-1])))
    name = steps[-1]
    close = get_close_matches(str(name), names, n=1)
    advice = f"is '{close[0]}' meant?" if close else f"known here: {', '.join(names)}"
    return document.problem(steps, "unknown-key", f"'{name}' is no field; {advice}", key=True)


@cache
def field_names(cls: type) -> tuple[str, ...]:
    """The fields of a class as a file writes them."""
    hidden = BANK_FIELDS.get(cls, frozenset())
    return tuple(_RENAMED.get(f.name, f.name) for f in fields(cls) if f.name not in hidden)


@cache
def _class_at(cls: type, steps: tuple) -> type:
    """The dataclass that the tree holds at these steps."""
    for step in steps:
        if isinstance(step, int) or not is_dataclass(cls):
            continue  # an index, or the name of an entry of a mapping
        hint = get_type_hints(cls).get("params" if step == "with" else step, cls)
        cls = next(_dataclasses_in(hint), cls)
    return cls


def _dataclasses_in(hint: Any):
    if is_dataclass(hint):
        yield hint
    for inner in get_args(hint):
        yield from _dataclasses_in(inner)
