"""The compiled bank: an SQLite file that a session reads instead of the YAML.

It is a cache. When a file of a pack has changed, or the index is missing,
damaged, foreign or of another version, it is brought up to date from the YAML
(`quiz.bank.build`, imported only then). Readers need neither PyYAML nor
pydantic. While another process compiles many files, what it has done can be used.

Of a large bank `quiz.bank.disk` looks at folders and topics only; `Bank.look_over` does
the rest, for which there is time once a question is on the screen.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from quiz.bank import decode, disk
from quiz.bank.packs import Pack, stamp
from quiz.bank.problem import Problem
from quiz.model import Question, Topic
from quiz.refusal import Refusal

if TYPE_CHECKING:
    from quiz.bank.search import Found

PAGE = 64  # rows that are read at once where most will not be needed


class Row(NamedTuple):
    """What choosing a question needs to know of it; `rank` is its topic's, `position` its own."""

    key: str
    id: str
    topic: str
    rank: int
    kind: str
    level: str
    demo: str
    langs: str  # "en", "zh" or "en zh"
    position: int


class TopicRow(NamedTuple):
    id: str
    order: int
    rank: int  # in learning order, from 0
    title_en: str
    title_zh: str
    requires: tuple[str, ...] = ()

    def title(self, lang: str) -> str:
        """In this language, else in the other one."""
        first, second = self.title_en, self.title_zh
        return (second or first) if lang == "zh" else (first or second)


_ROW = ", ".join(Row._fields)  # `position` last
# A former id counts as the key, unless a question has it as its key now.
_OF_KEY = (
    "FROM questions WHERE key = ?1"
    " OR key = (SELECT key FROM aliases WHERE alias = ?1) ORDER BY key != ?1 LIMIT 1"
)


class Missing(LookupError):
    """No question or topic of this name; `near` lists names like it."""

    def __init__(self, name: str, near: Sequence[str]):
        super().__init__(name)
        self.name, self.near = name, tuple(near)


class Bank:
    """A compiled bank, open for reading."""

    def __init__(self, connection: sqlite3.Connection, path: Path, packs: Sequence[Pack]):
        self._db, self._path, self._packs = connection, path, packs
        self._looked = disk.is_small(connection)  # then opening it looked at every file
        found = connection.execute("SELECT done, total FROM building").fetchone()
        self.building: tuple[int, int] | None = found
        """How many of how many files were compiled, while another process was at it."""

    def __enter__(self) -> Bank:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    def _rows(self, query: str, given: Sequence | dict = ()) -> list[tuple]:
        try:
            return self._db.execute(query, given).fetchall()
        except sqlite3.DatabaseError as problem:
            if not disk.is_damage(problem):
                raise Refusal(f"{self._path}: can't be read ({problem}); try again") from problem
            # Damage that opening it did not meet.
            self._db.close()
            self._db = _compiled(self._path, self._packs, anew=True)
            return self._db.execute(query, given).fetchall()

    def topics(self) -> list[TopicRow]:
        """Every topic, in learning order."""
        query = "SELECT id, ord, rank, title_en, title_zh, requires FROM topics ORDER BY rank"
        return [TopicRow(*row, tuple(needs.split())) for *row, needs in self._rows(query)]

    def topic(self, id: str) -> Topic:
        """Raises Missing."""
        for (blob,) in self._rows("SELECT blob FROM topics WHERE id = ?", (id,)):
            return decode.topic(blob)
        raise Missing(id, self.near(id))

    def question(self, key: str) -> Question:
        """The question of a key or of a former id. Raises Missing."""
        if not self._looked and (stale := self._changed_file(key)):
            self._db.close()
            self._db = _compiled(self._path, self._packs, also=stale)
        for (blob,) in self._rows(f"SELECT blob {_OF_KEY}", (key,)):
            return decode.question(blob)
        raise Missing(key, self.near(key))

    def _changed_file(self, key: str) -> list[tuple[str, str]]:
        """The question's file, as pack and path, if it is not as it was compiled."""
        where = "SELECT pack, path, size, mtime_ns FROM files WHERE id ="
        found = self._rows(f"{where} (SELECT file {_OF_KEY})", (key,))
        roots = {pack.name: pack.root for pack in self._packs}
        return [
            (pack, path)
            for pack, path, size, mtime in found
            if stamp(f"{roots[pack]}/{path}") != (size, mtime)
        ]

    def rows(
        self, topic: str | None = None, kind: str | None = None, level: str | None = None
    ) -> list[Row]:
        """Light rows in teaching order, of a topic, a kind, a level or all."""
        given = {"topic": topic, "kind": kind, "level": level}
        given = {name: value for name, value in given.items() if value is not None}
        where = " AND ".join(f"{name} = :{name}" for name in given) or "TRUE"
        query = f"SELECT {_ROW} FROM questions WHERE {where} ORDER BY rank, position"
        return [Row(*row) for row in self._rows(query, given)]

    def in_order(
        self,
        topic: str,
        kinds: Collection[str] | None = None,
        levels: Collection[str] | None = None,
    ) -> Iterator[Row]:
        """A topic's rows in teaching order, read as far as they are asked for."""
        where, given = "", []
        for name, wanted in (("kind", kinds), ("level", levels)):
            if wanted is not None:
                where += f" AND {name} IN ({', '.join('?' * len(wanted))})"
                given += wanted
        query = (
            f"SELECT {_ROW} FROM questions WHERE topic = ? AND position > ?{where}"
            f" ORDER BY position LIMIT {PAGE}"
        )
        last = -1
        while page := self._rows(query, (topic, last, *given)):
            for values in page:
                yield Row(*values)
            last = page[-1][-1]

    def sizes(self, keys: Iterable[str] | None = None) -> dict[str, int]:
        """How many questions each topic has: of these keys, or of all."""
        if keys is None:
            return dict(self._rows("SELECT topic, count(*) FROM questions GROUP BY topic"))
        import json

        return dict(
            self._rows(
                # Told to use it: the index of the primary key would lead to each row and its blob.
                "SELECT topic, count(*) FROM json_each(?)"
                " JOIN questions q INDEXED BY questions_key ON q.key = value GROUP BY topic",
                (json.dumps(list(keys)),),
            )
        )

    def search(self, words: Sequence[str], most: int = 20) -> list[Found]:
        """Questions in which all of the words occur, the best first."""
        from quiz.bank.search import search, words_of

        return search(self._rows, words_of(words), most)

    def row(self, key: str) -> Row | None:
        found = self._rows(f"SELECT {_ROW} FROM questions WHERE key = ?", (key,))
        return Row(*found[0]) if found else None

    def count(self) -> int:
        return self._rows("SELECT count(*) FROM questions")[0][0]

    def caught_by(self, key: str) -> frozenset[str]:
        """The misconceptions that a wrong answer to a question can show; none if it is gone."""
        found = self._rows("SELECT belief FROM catches WHERE key = ?", (key,))
        return frozenset(belief for (belief,) in found)

    def catching(self, belief: str) -> list[str]:
        """The keys of the questions that can catch a misconception."""
        found = self._rows("SELECT key FROM catches WHERE belief = ? ORDER BY key", (belief,))
        return [key for (key,) in found]

    def aliases(self) -> dict[str, str]:
        """Former id -> the key of the question that it is now."""
        return dict(self._rows("SELECT alias, key FROM aliases"))

    def near(self, word: str, n: int = 3) -> list[str]:
        """Topics and questions that this may be a misspelling or a part of."""
        from difflib import get_close_matches

        names = [row[0] for row in self._rows("SELECT id FROM topics ORDER BY rank")]
        names += [row[0] for row in self._rows("SELECT key FROM questions ORDER BY key")]
        inside = [name for name in names if word and word in name]
        return list(dict.fromkeys(get_close_matches(word, names, n) + inside))[:n]

    find = near

    def look_over(self) -> None:
        """Look at every file, if opening did not; what has changed is compiled at the next start.

        May run in a thread of its own.
        """
        if self._looked:
            return
        # Whatever goes wrong here (another process at work, a damaged file) is for the next start.
        with suppress(sqlite3.Error), closing(disk.connect(self._path)) as connection:
            if disk.is_whole(connection):
                connection.executemany(
                    "INSERT OR IGNORE INTO stale VALUES (?, ?)",
                    disk.changed(connection, self._packs),
                )

    @property
    def problems(self) -> list[Problem]:
        """What could not be used, for a reason in its file."""
        roots = {pack.name: pack.root for pack in self._packs}
        found = self._rows(
            "SELECT pack, path, line, column, code, message FROM problems"
            " JOIN files ON files.id = problems.file ORDER BY pack, path, line, column"
        )
        return [Problem(str(roots[pack] / path), *rest) for pack, path, *rest in found]


def open_bank(cache: Path, packs: Sequence[Pack], *, progress: disk.Progress | None = None) -> Bank:
    """The compiled bank of these packs, brought up to date where files have changed.

    `progress(done, of)` is called while files are compiled. Several processes may
    open the same cache at once. Where the cache can't be written, the bank is compiled
    in memory each time.
    """
    path = cache / disk.file_name(packs)
    connection = disk.fresh(path, packs) or _compiled(path, packs, progress)
    return Bank(connection, path, packs)


def _compiled(
    path: Path,
    packs: Sequence[Pack],
    progress: disk.Progress | None = None,
    *,
    anew: bool = False,
    also: Sequence[tuple[str, str]] = (),
) -> sqlite3.Connection:
    from quiz.bank.build import compile_bank

    return compile_bank(path, packs, progress, anew=anew, also=also)
