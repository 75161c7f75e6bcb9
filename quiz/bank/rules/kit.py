"""What a rule is, and the walks over a question or a topic that rules share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from typing import NamedTuple

from quiz.bank.library import Names
from quiz.bank.packs import Pack
from quiz.bank.read import Steps
from quiz.model import DemoCall, Question, Text, Topic

Item = Question | Topic


class Finding(NamedTuple):
    """What a rule objects to: where in the item, and what is wrong and what to do."""

    steps: Steps
    message: str
    key: bool = False  # the key is at fault, rather than its value


class Scope(NamedTuple):
    """Where the item that a rule looks at lies."""

    pack: Pack
    path: str  # content/<topic>/<name>.yaml
    first: bool  # of the documents in its file
    names: Names


class Rule(NamedTuple):
    code: str
    on: tuple[type, ...]  # Question, Topic, or Library for a rule across files
    check: Callable[..., Iterator[Finding]]
    breaking: bool

    @property
    def doc(self) -> str:
        return self.check.__doc__


RULES: list[Rule] = []


def rule(*on: type, breaking: bool = False) -> Callable[[Callable], Callable]:
    """Make a rule of a function; its name is the code, its docstring the documentation.

    `check(item, scope)` yields a Finding for each fault. A breaking rule is asked
    `check(item)` when the bank is compiled too, and what it objects to is left out
    of sessions: it could not be asked or graded. A rule on a Library yields the
    name at fault, and the message.
    """

    def register(check: Callable) -> Callable:
        RULES.append(Rule(check.__name__.replace("_", "-"), on, check, breaking))
        return check

    return register


def suggest(word: str, known: Iterable[str]) -> str:
    """`is 'x' meant?` for a near miss, otherwise what is known, as far as it is short."""
    known = sorted(known)
    close = get_close_matches(word, known, n=1)
    if close:
        return f"is '{close[0]}' meant?"
    if not known:
        return "there is none so far"
    return "known: " + ", ".join(known[:8]) + (", ..." if len(known) > 8 else "")


def texts(item: Item) -> Iterator[tuple[tuple, Text]]:
    """Every text of a question or topic, with the steps to it."""
    return _question_texts(item) if type(item) is Question else _topic_texts(item)


def _question_texts(question: Question) -> Iterator[tuple[tuple, Text]]:
    yield ("prompt",), question.prompt
    yield ("answer",), question.answer
    for i, option in enumerate(question.options):
        yield ("options", i, "text"), option.text
        yield ("options", i, "why"), option.why
    for i, hint in enumerate(question.hints):
        yield ("hints", i), hint
    for i, item in enumerate(question.items):
        yield ("items", i), item
    for i, point in enumerate(question.points):
        yield ("points", i, "text"), point.text
    for answer, rejected in (question.reject or {}).items():
        yield ("reject", answer, "why"), rejected.why
    if question.unit:
        yield ("unit",), question.unit


def _topic_texts(topic: Topic) -> Iterator[tuple[tuple, Text]]:
    for name in ("title", "question", "short", "full"):
        yield (name,), getattr(topic, name)
    if topic.whiteboard:
        yield ("whiteboard",), topic.whiteboard
    for i, follow_up in enumerate(topic.follow_ups):
        yield ("follow_ups", i, "question"), follow_up.question
        yield ("follow_ups", i, "answer"), follow_up.answer
    for i, trap in enumerate(topic.traps):
        yield ("traps", i), trap
    for i, statement in enumerate(topic.statements):
        yield ("statements", i, "text"), statement.text
        yield ("statements", i, "correction"), statement.correction
    for i, misconception in enumerate(topic.misconceptions):
        yield ("misconceptions", i, "belief"), misconception.belief
        yield ("misconceptions", i, "truth"), misconception.truth


def calls(item: Item) -> Iterator[tuple[tuple, DemoCall]]:
    """Every demo that a question or topic names, with the steps to it."""
    if item.demo:
        yield ("demo",), item.demo
    if type(item) is Topic:
        for name in ("statements", "misconceptions"):
            for i, part in enumerate(getattr(item, name)):
                if part.demo:
                    yield (name, i, "demo"), part.demo


def citations(item: Item) -> Iterator[tuple[tuple, str]]:
    """Every `key locator` of a question or topic, with the steps to it."""
    if type(item) is Question:
        for i, source in enumerate(item.sources):
            yield ("sources", i), source
        return
    for name in ("statements", "misconceptions"):
        for i, part in enumerate(getattr(item, name)):
            for j, source in enumerate(part.sources):
                yield (name, i, "sources", j), source


def beliefs(question: Question) -> Iterator[tuple[tuple, str]]:
    """Every misconception that a question's wrong answers name, with the steps to it."""
    for i, option in enumerate(question.options):
        if option.misconception:
            yield ("options", i, "misconception"), option.misconception
    for answer, rejected in (question.reject or {}).items():
        if rejected.misconception:
            yield ("reject", answer, "misconception"), rejected.misconception
