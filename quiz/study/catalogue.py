"""What studying needs to know of the questions there are; the bank tells it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol


class Row(Protocol):
    """What choosing needs to know of a question."""

    key: str
    topic: str
    rank: int  # of the topic, in the order of what rests on what
    kind: str
    level: str
    position: int  # within the topic, in teaching order


class Catalogue(Protocol):
    """The questions there are, looked up as they are needed: there may be a hundred thousand."""

    def row(self, key: str) -> Row | None: ...

    def rows(self) -> Iterable[Row]: ...

    def in_order(
        self, topic: str, kinds: Collection[str] | None, levels: Collection[str] | None
    ) -> Iterator[Row]:
        """A topic's questions as they are to be taught."""

    def sizes(self, keys: Iterable[str] | None = None) -> Mapping[str, int]:
        """How many questions each topic has: of these keys, or of all."""
