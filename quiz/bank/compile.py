"""YAML files into the index: only those that have changed since they were last compiled."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from quiz.bank import index, rules, search, structure
from quiz.bank.index import Progress
from quiz.bank.packs import Pack
from quiz.bank.problem import Problem
from quiz.bank.read import Document, Unreadable, parse, read_bytes
from quiz.bank.rules.kit import Item
from quiz.model import LANGS, LEVELS, Question, Statement, Topic


class Compiled(NamedTuple):
    """One file: the usable items in it, and what is wrong with it."""

    sha: str
    items: list[tuple[Document, Item]]
    problems: list[Problem]


def compile_file(pack: Pack, path: str, *, name: str | None = None) -> Compiled:
    """Read one file of a pack; `name` is what problems call it."""
    name = name or path
    sha = ""
    try:
        data = read_bytes(pack.root / path, name)
        sha = hashlib.sha256(data).hexdigest()
        documents = parse(data, name)
    except Unreadable as refused:
        return Compiled(sha, [], refused.problems)
    _, folder, file = path.split("/")
    known = {"pack": pack.name, "file": path}
    problems: list[Problem] = []
    if file == "topic.yaml":
        build = structure.topic
        message = "topic.yaml holds one document; take the '---' out"
        problems += [document.problem((), "type", message) for document in documents[1:]]
        documents = documents[:1]
    else:
        build = structure.question
        known["topic"] = folder
    items = []
    for document in documents:
        built = build(document, line=document.line, **known)
        if isinstance(built, list):
            problems += built
        elif broken := rules.breaking(built, document):
            problems += broken
        else:
            items.append((document, built))
    return Compiled(sha, items, problems)


def verdict_question(topic: Topic, statement: Statement) -> Question:
    """What a candidate said, to be judged: a question that needs no file.

    Its options are the four verdicts, which the screen words; `accept` holds the right one.
    """
    return Question(
        id=f"verdict-{statement.id}",
        kind="verdict",
        level="core",
        prompt=statement.text,
        answer=statement.correction,
        demo=statement.demo,
        covers=(statement.id,),
        sources=statement.sources,
        accept=(statement.verdict,),
        topic=topic.id,
        pack=topic.pack,
        file=topic.file,
        line=topic.line,
    )


# --- into SQLite ----------------------------------------------------------------


def compile_bank(
    path: Path, packs: Sequence[Pack], progress: Progress | None = None, *, anew: bool = False
) -> sqlite3.Connection:
    """The index at `path`, brought up to date or made anew.

    In memory, if it can't be written there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not anew:
            try:
                return _updated(path, packs, progress)
            except _NotAnIndex:
                pass
            except sqlite3.DatabaseError as problem:
                # Another process at work on it: to put a new file in its place would hurt both.
                if getattr(problem, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
                    raise
        return _built(path, packs, progress)
    except (OSError, sqlite3.DatabaseError):  # a full disk, a folder that can't be written, busy
        connection = index.connect(":memory:")
        _create(connection)
        _fill(connection, packs, progress)
        return connection


class _NotAnIndex(Exception):
    """There is no file, or another program's."""


def _updated(path: Path, packs: Sequence[Pack], progress: Progress | None) -> sqlite3.Connection:
    """The index that is there, with what has changed since."""
    if not path.exists():
        raise _NotAnIndex
    connection = index.connect(path)
    try:
        if not index.is_ours(connection):
            raise _NotAnIndex
        # It can be made again, so it need not survive a loss of power.
        connection.execute("PRAGMA synchronous = OFF")
        # One transaction: another process sees all of the change or nothing of it.
        connection.execute("BEGIN IMMEDIATE")
        _fill(connection, packs, progress)
        connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def _built(path: Path, packs: Sequence[Pack], progress: Progress | None) -> sqlite3.Connection:
    """A new index, put in place when it is whole."""
    _tidy(path)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with closing(index.connect(part)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("BEGIN IMMEDIATE")
            _create(connection)
            _fill(connection, packs, progress)
            connection.execute("COMMIT")
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return index.connect(path)


def _tidy(path: Path) -> None:
    """Remove what other versions of the program, and builds that were killed, have left."""
    packs = path.name.partition(".")[0]
    yesterday = time.time() - 86_400
    for other in path.parent.glob(f"{packs}.*"):
        with suppress(OSError):
            if other != path and other.stat().st_mtime < yesterday:
                other.unlink()


def _create(connection: sqlite3.Connection) -> None:
    for statement in [*index.SCHEMA.split(";"), *search.SCHEMA]:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {index.APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {index.VERSION}")


def _fill(
    connection: sqlite3.Connection,
    packs: Sequence[Pack],
    progress: Progress | None,
) -> None:
    by_name = {pack.name: pack for pack in packs}
    folders = index.folders(packs)  # before their files: what is put in meanwhile is seen next time
    now = index.stamps(packs)
    known = {
        (pack, path): (id, (size, mtime))
        for id, pack, path, size, mtime in connection.execute(
            "SELECT id, pack, path, size, mtime_ns FROM files"
        )
    }
    stale = {where for where, (_, stamp) in known.items() if now.get(where) != stamp}
    todo = [where for where in now if where not in known or where in stale]
    if stale or todo:
        # What lost its id to another file may get it now, and the built-in pack's come first.
        clashing = connection.execute(
            "SELECT pack, path FROM files WHERE id IN"
            " (SELECT file FROM problems WHERE code = 'duplicate-id')"
        ).fetchall()
        if any(path.endswith("/topic.yaml") for _, path in todo):
            clashing += [w for w in known if w[1].endswith("/topic.yaml") and w[0] != "builtin"]
        stale.update(w for w in clashing if w in now)
        todo = [where for where in now if where not in known or where in stale]
    gone = [(known[where][0],) for where in stale]
    connection.executemany(
        "DELETE FROM prose WHERE rowid IN (SELECT rowid FROM questions WHERE file = ?)", gone
    )
    for table, column in (("questions", "file"), ("topics", "file"), ("aliases", "file"),
                          ("problems", "file"), ("files", "id")):  # fmt: skip
        connection.executemany(f"DELETE FROM {table} WHERE {column} = ?", gone)
    for done, (pack, file) in enumerate(todo):
        if progress:
            progress(done, len(todo))
        _insert(connection, by_name[pack], file, now[pack, file])
    if progress and todo:
        progress(len(todo), len(todo))
    if todo or gone:
        put_in_order(connection)
    _keep_folders(connection, folders)


def _keep_folders(connection: sqlite3.Connection, folders: Mapping[tuple[str, str], int]) -> None:
    connection.execute("DELETE FROM folders")
    connection.executemany(
        "INSERT INTO folders VALUES (?, ?, ?)", [(*where, at) for where, at in folders.items()]
    )


def _insert(connection: sqlite3.Connection, pack: Pack, path: str, stamp: tuple[int, int]) -> None:
    compiled = compile_file(pack, path)
    file = connection.execute(
        "INSERT INTO files(pack, path, size, mtime_ns, sha) VALUES (?, ?, ?, ?, ?)",
        (pack.name, path, *stamp, compiled.sha),
    ).lastrowid
    problems = compiled.problems
    for document, item in compiled.items:
        for steps, id in _insert_item(connection, pack, file, item):
            message = f"'{id}' is used already; give one of the two another id"
            problems = [*problems, document.problem(steps, "duplicate-id", message)]
    connection.executemany(
        "INSERT INTO problems VALUES (?, ?, ?, ?, ?)", [(file, *p[1:]) for p in problems]
    )


def _insert_item(
    connection: sqlite3.Connection, pack: Pack, file: int, item: Item
) -> Iterator[tuple[tuple, str]]:
    """Yields what could not go in, because its id is taken: (steps, id)."""
    if isinstance(item, Question):
        if not _insert_question(connection, pack, file, item):
            yield ("id",), item.id
    elif not _insert_topic(connection, pack, file, item):
        yield ("id",), item.id
    else:
        for i, said in enumerate(item.statements):
            if not _insert_question(connection, pack, file, verdict_question(item, said)):
                yield ("statements", i, "id"), said.id


def _insert_topic(connection: sqlite3.Connection, pack: Pack, file: int, topic: Topic) -> bool:
    """False if its id is taken."""
    blob = structure.TOPIC.dump_json(topic, exclude_defaults=True).decode()
    done = connection.execute(
        "INSERT INTO topics(id, file, pack, ord, title_en, title_zh, requires, blob)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            topic.id,
            file,
            pack.name,
            topic.order,
            topic.title.en,
            topic.title.zh,
            " ".join(topic.requires),
            blob,
        ),
    )
    return bool(done.rowcount)


def _insert_question(
    connection: sqlite3.Connection, pack: Pack, file: int, question: Question
) -> bool:
    """False if its key is taken."""
    key = pack.key(question.id)
    question = replace(question, revision=revision(question))
    blob = structure.QUESTION.dump_json(question, exclude_defaults=True).decode()
    done = connection.execute(
        "INSERT INTO questions(key, id, file, pack, topic, kind, level, demo, langs, revision,"
        " blob) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            key,
            question.id,
            file,
            pack.name,
            question.topic,
            question.kind,
            question.level,
            question.demo.name if question.demo else "",
            " ".join(lang for lang in LANGS if getattr(question.prompt, lang)),
            question.revision,
            blob,
        ),
    )
    if not done.rowcount:
        return False
    marks = ", ".join("?" * (1 + len(search.COLUMNS)))
    connection.execute(
        f"INSERT INTO prose(rowid, {', '.join(search.COLUMNS)}) VALUES ({marks})",
        (done.lastrowid, *search.entry(question)),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO aliases VALUES (?, ?, ?)",
        [(pack.key(alias), key, file) for alias in question.aliases],
    )
    return True


def revision(question: Question) -> str:
    """A digest of the content: the same wherever the file lies and however it is laid out."""
    content = replace(question, topic="", pack="", file="", line=0, revision="")
    blob = structure.QUESTION.dump_json(content, exclude_defaults=True)
    return hashlib.sha256(blob).hexdigest()[:12]


def learning_order(topics: Iterable[tuple[str, int, Sequence[str]]]) -> list[str]:
    """Topics `(id, order, requires)` so that each comes after those it requires.

    Ties go to the smallest order. Unknown requirements don't count; of a circle,
    the topic of smallest order goes first.
    """
    left = {id: (order, set(requires)) for id, order, requires in topics}
    found: list[str] = []
    while left:
        ready = [id for id in left if not left[id][1] & left.keys() - {id}] or list(left)
        best = min(ready, key=lambda id: (left[id][0], id))
        found.append(best)
        del left[best]
    return found


def put_in_order(connection: sqlite3.Connection) -> None:
    """Topics and questions as they are to be taught."""
    _rank_topics(connection)
    _place_questions(connection)


def _rank_topics(connection: sqlite3.Connection) -> None:
    topics = connection.execute("SELECT id, ord, requires FROM topics").fetchall()
    ranked = learning_order((id, order, needs.split()) for id, order, needs in topics)
    # A folder without a topic.yaml comes last.
    loose = connection.execute(
        "SELECT DISTINCT topic FROM questions WHERE topic NOT IN (SELECT id FROM topics) ORDER BY 1"
    )
    for rank, id in enumerate(ranked + [row[0] for row in loose]):
        connection.execute("UPDATE topics SET rank = ? WHERE id = ?", (rank, id))
        connection.execute(
            "UPDATE questions SET rank = ?1 WHERE topic = ?2 AND rank IS NOT ?1", (rank, id)
        )


def _place_questions(connection: sqlite3.Connection) -> None:
    """Positions within a topic: by level, then by file; verdicts spread over the core ones."""
    rows = connection.execute(
        "SELECT q.topic, q.kind, q.level, q.key, q.position FROM questions q"
        " JOIN files f ON f.id = q.file ORDER BY q.topic, f.pack != 'builtin', f.path, q.rowid"
    ).fetchall()
    groups: dict[tuple[str, str, bool], list] = {}
    for topic, kind, level, key, position in rows:
        groups.setdefault((topic, level, kind == "verdict"), []).append((key, position))
    placed = sorted(
        (topic, LEVELS.index(level), (i + 1) / (len(group) + 1), key, old)
        for (topic, level, _), group in groups.items()
        for i, (key, old) in enumerate(group)
    )
    moved, last, position = [], None, 0
    for topic, _, _, key, old in placed:
        position = position + 1 if topic == last else 0
        last = topic
        if position != old:
            moved.append((position, key))
    connection.executemany("UPDATE questions SET position = ? WHERE key = ?", moved)
