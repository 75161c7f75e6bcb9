"""The rules that content is held to, one a file, and the code that asks them.

A rule's name is its code and its docstring its documentation: what it asks for,
an example that fails and one that passes. Tests run both examples. The codes of
`documents` have theirs in one file, because reading and running report them.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

from quiz.bank.library import Declared, Library
from quiz.bank.problem import Problem
from quiz.bank.read import Document
from quiz.bank.rules import kit
from quiz.bank.rules.elsewhere import ELSEWHERE
from quiz.bank.rules.kit import Finding, Item, Rule, Scope
from quiz.model import Question, Topic

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

RULES: list[Rule] = sorted(kit.RULES)

_BREAKING = {cls: [r for r in RULES if r.breaking and cls in r.on] for cls in (Question, Topic)}
_OTHER = {cls: [r for r in RULES if not r.breaking and cls in r.on] for cls in (Question, Topic)}
_LIBRARY = [r for r in RULES if Library in r.on]


def breaking(item: Item, document: Document) -> list[Problem]:
    """What makes an item unusable in a session."""
    return [
        document.problem(steps, rule.code, message, key=key)
        for rule in _BREAKING[type(item)]
        for steps, message, key in rule.check(item)
    ]


def other(item: Item, scope: Scope) -> Iterator[tuple[str, Finding]]:
    """What else is wrong with an item: (code, finding)."""
    for rule in _OTHER[type(item)]:
        for finding in rule.check(item, scope):
            yield rule.code, finding


def across(library: Library) -> Iterator[tuple[str, Declared, str]]:
    """What is wrong between files: (code, the name at fault, message)."""
    for rule in _LIBRARY:
        for at, message in rule.check(library):
            yield rule.code, at, message


def documentation() -> dict[str, str]:
    """Code -> what it asks for, with an example that fails and one that passes."""
    rules = {rule.code: inspect.cleandoc(rule.doc) for rule in RULES}
    return dict(sorted((rules | ELSEWHERE).items()))
