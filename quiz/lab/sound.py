"""Whether a reply from somebody else's process is what it should be.

Drawing and grading rely on the shapes of `quiz.evidence`; a pack's process may
have written anything.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import get_args, get_origin, get_type_hints

from quiz import evidence as ev

# All that a terminal could take for a command, or that reorders text.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def seen(text: str) -> str:
    """Text without control characters."""
    return _UNSEEN.sub("�", text)


def printable(name: str) -> str:
    """A name on one line: of a file, say, which may hold anything but / and NUL."""
    return "".join(c if c.isprintable() else "�" for c in name)


def cleaned(value: object) -> object:
    """JSON's own types at any depth, every string without control characters."""
    if type(value) is str:
        return seen(value)
    if type(value) is list:
        return [cleaned(item) for item in value]
    if type(value) is dict:
        return {seen(key): cleaned(item) for key, item in value.items()}
    return value


@cache
def _hints(cls: type) -> dict[str, object]:
    return get_type_hints(cls)


def conforms(value: object, hint: object) -> bool:
    """Is the value of this type, dataclasses and containers in their depth?"""
    if hint is object:
        return value is None or isinstance(value, str | int | float)
    if hint is float:
        return type(value) in (int, float)
    if isinstance(hint, UnionType):
        return any(conforms(value, one) for one in get_args(hint))
    origin, parts = get_origin(hint), get_args(hint)
    if origin is dict:
        return type(value) is dict and all(
            type(key) is str and conforms(item, parts[1]) for key, item in value.items()
        )
    if origin is tuple and parts[-1] is Ellipsis:
        return type(value) is tuple and all(conforms(item, parts[0]) for item in value)
    if origin is tuple:
        return (
            type(value) is tuple and len(value) == len(parts) and all(map(conforms, value, parts))
        )
    if is_dataclass(hint):
        hints = _hints(hint)
        return type(value) is hint and all(
            conforms(getattr(value, field.name), hints[field.name]) for field in fields(hint)
        )
    return type(value) is hint


def drawable(view: ev.View) -> bool:
    """Do the parts of a picture fit each other?"""
    match view:
        case ev.Curve():
            return bool(view.lines) and all(len(a.x) == len(a.y) > 0 for a in view.lines)
        case ev.Heatmap():
            return bool(view.values) and len({len(row) or -1 for row in view.values} - {-1}) == 1
        case ev.Bars():
            return bool(view.bars)
        case ev.Histogram():
            bins = len(view.edges) - 1
            return bins > 0 and bool(view.counts) and all(len(n) == bins for _, n in view.counts)
        case ev.Table():
            return bool(view.header) and all(len(row) == len(view.header) for row in view.rows)


def fault(run: ev.Run) -> str:
    """What is wrong with a run, in a few words; nothing for a sound one."""
    if not conforms(run, ev.Run):
        return "its result is not made of the figures, views and claims of demos.kit"
    for view in run.views:
        if not drawable(view):
            return f"the lengths in its {type(view).__name__} do not fit each other"
    return ""
