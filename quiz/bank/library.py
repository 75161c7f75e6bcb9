"""All names that packs declare, and which of them a pack's references may point at.

It is small beside the content and is kept with each checked file, so that
questions about the whole bank need no file to be read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from quiz.bank.packs import Pack
from quiz.bank.read import Steps
from quiz.model import Question, Topic


class Names(NamedTuple):
    """What references of a pack may point at: its own names and those of the built-in pack."""

    topics: frozenset[str]
    statements: Mapping[str, frozenset[str]]  # by topic
    misconceptions: frozenset[str]
    demos: frozenset[str]
    sources: Mapping[str, Mapping[str, str]]  # by topic: key -> citation


class Declared(NamedTuple):
    """A name that a file gives (or, for `covers` and `requires`, counts on), and its place."""

    kind: str  # question alias covers topic requires statement misconception source
    name: str
    steps: Steps
    value: str = ""  # of a source: the citation; of others: the id that it belongs to
    document: int = 0
    pack: str = ""
    path: str = ""

    @property
    def topic(self) -> str:
        return self.path.split("/")[1]


def declared(item: Question | Topic, document: int) -> Iterator[Declared]:
    """Every name that an item declares."""
    if type(item) is Question:
        yield Declared("question", item.id, ("id",), item.id, document)
        for i, alias in enumerate(item.aliases):
            yield Declared("alias", alias, ("aliases", i), item.id, document)
        for i, id in enumerate(item.covers):
            yield Declared("covers", id, ("covers", i), item.id, document)
        return
    yield Declared("topic", item.id, ("id",), str(item.order), document)
    for i, id in enumerate(item.requires):
        yield Declared("requires", id, ("requires", i), item.id, document)
    for i, statement in enumerate(item.statements):
        yield Declared("statement", statement.id, ("statements", i, "id"), item.id, document)
    for i, misconception in enumerate(item.misconceptions):
        steps = ("misconceptions", i, "id")
        yield Declared("misconception", misconception.id, steps, item.id, document)
    for key, citation in (item.sources or {}).items():
        yield Declared("source", key, ("sources", key), citation, document)


class Library:
    """What a pack and the built-in one declare, by kind."""

    def __init__(self, pack: Pack, found: Iterable[Declared]):
        self.pack = pack
        self.by_kind: dict[str, list[Declared]] = {}
        for one in found:
            self.by_kind.setdefault(one.kind, []).append(one)

    def of(self, kind: str) -> Sequence[Declared]:
        return self.by_kind.get(kind, ())

    def names(self, demos: Iterable[str]) -> Names:
        statements: dict[str, set[str]] = {}
        for one in self.of("statement"):
            statements.setdefault(one.topic, set()).add(one.name)
        sources: dict[str, dict[str, str]] = {}
        for one in self.of("source"):
            sources.setdefault(one.topic, {})[one.name] = one.value
        return Names(
            topics=frozenset(one.name for one in self.of("topic")),
            statements={topic: frozenset(ids) for topic, ids in statements.items()},
            misconceptions=frozenset(one.name for one in self.of("misconception")),
            demos=frozenset(demos),
            sources=sources,
        )
