"""The bank's stored JSON back into dataclasses, without pydantic.

`structure` wrote the JSON from checked objects, leaving defaults out, so
nothing is checked here again; a session opens in a fraction of the time.
"""

from __future__ import annotations

import json
from typing import Any

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


def question(blob: str) -> Question:
    return _question(json.loads(blob))


def topic(blob: str) -> Topic:
    return _topic(json.loads(blob))


def _text(tree: dict) -> Text:
    return Text(**tree)


def _texts(trees: list) -> tuple[Text, ...]:
    return tuple(Text(**tree) for tree in trees)


def _call(tree: dict | None) -> DemoCall | None:
    return tree and DemoCall(tree["name"], tree.get("params", {}), tuple(tree.get("claims", ())))


def _option(tree: dict) -> Option:
    return Option(**_with(tree, text=_text, why=_text, range=tuple))


def _reject(tree: dict) -> Reject:
    return Reject(**_with(tree, why=_text))


def _point(tree: dict) -> Point:
    return Point(**_with(tree, text=_text, accept=tuple))


def _statement(tree: dict) -> Statement:
    return Statement(**_with(tree, text=_text, correction=_text, demo=_call, sources=tuple))


def _misconception(tree: dict) -> Misconception:
    return Misconception(**_with(tree, belief=_text, truth=_text, demo=_call, sources=tuple))


def _follow_up(tree: dict) -> FollowUp:
    return FollowUp(Text(**tree["question"]), Text(**tree["answer"]))


def _each(decode: Any) -> Any:
    return lambda trees: tuple(map(decode, trees))


def _with(tree: dict, **decoders: Any) -> dict:
    """The tree with some of its fields decoded."""
    for name, decode in decoders.items():
        if tree.get(name) is not None:
            tree[name] = decode(tree[name])
    return tree


_QUESTION = {
    "prompt": _text, "answer": _text, "unit": _text, "demo": _call,
    "options": _each(_option), "points": _each(_point), "hints": _texts, "items": _texts,
    "covers": tuple, "sources": tuple, "aliases": tuple, "accept": tuple,
    "reject": lambda tree: {answer: _reject(why) for answer, why in tree.items()},
}  # fmt: skip

_TOPIC = {
    "title": _text, "question": _text, "short": _text, "full": _text, "whiteboard": _text,
    "demo": _call, "requires": tuple, "traps": _texts, "statements": _each(_statement),
    "follow_ups": _each(_follow_up), "misconceptions": _each(_misconception),
}  # fmt: skip


def _question(tree: dict) -> Question:
    return Question(**_with(tree, **_QUESTION))


def _topic(tree: dict) -> Topic:
    return Topic(**_with(tree, **_TOPIC))
