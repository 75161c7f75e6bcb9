"""A clock that tests turn, a small bank, and children that write a history and die."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from quiz.study.events import Event
from quiz.study.history import History

ROOT = Path(__file__).resolve().parents[2]
START = 1_767_240_000_000  # 2026-01-01 04:00 UTC, a Thursday: a day begins
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


class Clock:
    def __init__(self, now: int = START) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


class Row(NamedTuple):
    key: str
    topic: str
    rank: int
    kind: str = "single"
    level: str = "core"
    position: int = 0


class Listed:
    """A catalogue of a few rows: what `plan_session` asks of a bank, in plain Python."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = {row.key: row for row in rows}

    def row(self, key: str) -> Row | None:
        return self._rows.get(key)

    def rows(self) -> list[Row]:
        return list(self._rows.values())

    def in_order(self, topic: str, kinds=None, levels=None) -> Iterator[Row]:
        chosen = (
            row
            for row in self._rows.values()
            if row.topic == topic
            and (kinds is None or row.kind in kinds)
            and (levels is None or row.level in levels)
        )
        return iter(sorted(chosen, key=lambda r: (r.level == "senior", r.position, r.key)))

    def sizes(self, keys: Iterable[str] | None = None) -> Counter[str]:
        keys = self._rows if keys is None else keys
        return Counter(self._rows[key].topic for key in keys if key in self._rows)


def open_quick(path: Path, clock: Clock, **options) -> History:
    """Without waiting for the disk at each answer: for tests that are not about durability."""
    history = History.open(path, clock=clock, **options)
    history._db.execute("PRAGMA synchronous = OFF")
    return history


def answer(history: History, question: str, verdict: str = "right", **values) -> Event:
    values.setdefault("rating", {"right": 3, "partly": 2, "wrong": 1}[verdict])
    return history.add_answer(question, verdict=verdict, **values)


def child(code: str, *arguments: object, **options) -> subprocess.Popen:
    """Python code in a process of its own, with this repository to import from."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(Path(__file__).parent)))},
        **options,
    )
