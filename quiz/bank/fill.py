"""What files hold, put into the index.

A few files go in by one transaction: another process sees all of the change or nothing.
Many go in by batches, each of which is kept whatever happens to the next. `building` then
has a row, so that nobody takes the index for the whole bank; what is in it can be used.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from itertools import groupby

from quiz.bank import disk, order, search
from quiz.bank.changes import Changes, Where, changes
from quiz.bank.disk import Progress
from quiz.bank.entries import (
    QUESTION_COLUMNS,
    TOPIC_COLUMNS,
    Entries,
    Files,
    QuestionEntry,
    TopicEntry,
    read_files,
)
from quiz.bank.packs import Pack, Stamp
from quiz.bank.read import Steps, Unreadable, parse, read_bytes
from quiz.bank.spread import chunks, spread, workers_for

BATCH = 1000  # files: what an interruption may cost, a second or two


def create(connection: sqlite3.Connection) -> None:
    """The tables, with nothing in them."""
    for statement in [*disk.SCHEMA.split(";"), *search.SCHEMA]:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {disk.APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {disk.VERSION}")


def fill(
    connection: sqlite3.Connection,
    packs: Sequence[Pack],
    progress: Progress | None = None,
    also: Sequence[Where] = (),
) -> None:
    """Bring the index up to date; of a large bank, only `also` is sure to be looked at."""
    found = changes(connection, packs, also)
    many = len(found.todo) > BATCH
    if many:
        # Readers and the writer don't wait for each other. (In memory this does nothing.)
        connection.execute("PRAGMA journal_mode = WAL")
    _Filling(connection, packs, found, progress or _unseen).run(by_batches=many)
    if many:
        with suppress(sqlite3.OperationalError):  # somebody is reading; it works as it is
            connection.execute("PRAGMA journal_mode = DELETE")


def _unseen(done: int, of: int) -> None:
    pass


class _Filling:
    def __init__(
        self,
        connection: sqlite3.Connection,
        packs: Sequence[Pack],
        found: Changes,
        progress: Progress,
    ):
        self._db, self._found, self._progress = connection, found, progress
        self._packs = {pack.name: pack for pack in packs}
        self._touched: set[str] = set()  # topics, whose questions are to be put in order
        self._ranked = True

    def run(self, *, by_batches: bool) -> None:
        todo = self._found.todo
        went_on = not disk.is_whole(self._db)  # where another process was interrupted
        self._db.execute("BEGIN IMMEDIATE")
        self._remove(self._found.gone)
        ((before,),) = self._db.execute("SELECT count(*) FROM files")
        counted = before if went_on else 0
        with closing(_entries(self._packs, todo)) as read:
            for done, (where, entries) in enumerate(zip(todo, read, strict=True)):
                self._progress(counted + done, counted + len(todo))
                if by_batches and done and done % BATCH == 0:
                    self._commit(before + done, before + len(todo))
                self._insert(where, todo[where], entries)
        if todo:
            self._progress(counted + len(todo), counted + len(todo))
        if went_on or by_batches:
            every = self._db.execute("SELECT DISTINCT topic FROM questions")
            self._touched = {topic for (topic,) in every}
        self._rank()
        for topic in sorted(self._touched):
            order.place_questions(self._db, topic)
        self._db.execute("DELETE FROM building")
        self._db.executemany("DELETE FROM stale WHERE pack = ? AND path = ?", self._found.noted)
        keep_folders(self._db, self._found.folders)
        self._db.execute("COMMIT")

    def _commit(self, done: int, of: int) -> None:
        """Keep what there is, and let it be used."""
        self._rank()
        self._db.execute("DELETE FROM building")
        self._db.execute("INSERT INTO building VALUES (?, ?)", (done, of))
        self._db.execute("COMMIT")
        self._db.execute("BEGIN IMMEDIATE")

    def _rank(self) -> None:
        unranked = "SELECT 1 FROM questions WHERE rank IS NULL LIMIT 1"
        if not self._ranked or self._db.execute(unranked).fetchone():
            order.rank_topics(self._db)
        self._ranked = True

    def _remove(self, files: Sequence[int]) -> None:
        gone = [(file,) for file in files]
        for file in gone:
            touched = self._db.execute("SELECT DISTINCT topic FROM questions WHERE file = ?", file)
            self._touched |= {topic for (topic,) in touched}
            if self._db.execute("SELECT 1 FROM topics WHERE file = ?", file).fetchone():
                self._ranked = False
        self._db.executemany(
            "DELETE FROM prose WHERE rowid IN (SELECT rowid FROM questions WHERE file = ?)", gone
        )
        for table in ("questions", "topics", "aliases", "catches", "problems"):
            self._db.executemany(f"DELETE FROM {table} WHERE file = ?", gone)
        self._db.executemany("DELETE FROM files WHERE id = ?", gone)

    def _insert(self, where: Where, stamp: Stamp, entries: Entries) -> None:
        file = self._db.execute(
            "INSERT INTO files(pack, path, size, mtime_ns, sha) VALUES (?, ?, ?, ?, ?)",
            (*where, *stamp, entries.sha),
        ).lastrowid
        problems = [*entries.problems]
        if entries.topic and not self._insert_topic(file, entries.topic):
            problems.append(self._taken(where, entries.topic.row[0], entries.topic.document))
        else:
            problems += [
                self._taken(where, entry.row[1], entry.document, entry.steps)
                for entry in entries.questions
                if not insert_question(self._db, file, entry)
            ]
        self._touched |= {entry.row[3] for entry in entries.questions}
        self._db.executemany(
            "INSERT INTO problems VALUES (?, ?, ?, ?, ?)", [(file, *each) for each in problems]
        )

    def _insert_topic(self, file: int, entry: TopicEntry) -> bool:
        """False if its id is taken."""
        self._ranked = False
        return _put(self._db, "topics", ("file", *TOPIC_COLUMNS), (file, *entry.row)) is not None

    def _taken(self, where: Where, id: str, document: int, steps: Steps = ("id",)) -> tuple:
        """The problem of an id that another file has; for its place, the file is read again."""
        pack, path = where
        message = f"'{id}' is used already; give one of the two another id"
        with suppress(Unreadable, IndexError):  # changed this very moment
            documents = parse(read_bytes(self._packs[pack].root / path, path), path)
            return documents[document].problem(steps, "duplicate-id", message)[1:]
        return 1, 1, "duplicate-id", message


def _entries(packs: Mapping[str, Pack], files: Mapping[Where, Stamp]) -> Iterator[Entries]:
    """What the files hold, in their order."""
    jobs = (
        Files(packs[name], paths)
        for name, group in groupby(files, lambda where: where[0])
        for paths in chunks(path for _, path in group)
    )
    with closing(spread(read_files, jobs, workers_for(len(files)))) as answers:
        for answer in answers:
            yield from answer


def insert_question(connection: sqlite3.Connection, file: int, entry: QuestionEntry) -> bool:
    """False if its key is taken."""
    row = _put(connection, "questions", ("file", *QUESTION_COLUMNS), (file, *entry.row))
    if row is None:
        return False
    # Its place, until the whole topic is put in order: after all that are there.
    connection.execute(
        "UPDATE questions SET position = rowid, rank = (SELECT rank FROM topics WHERE id = topic)"
        " WHERE rowid = ?",
        (row,),
    )
    _put(connection, "prose", ("rowid", *search.COLUMNS), (row, *entry.prose), clash="")
    connection.executemany(
        "INSERT OR IGNORE INTO aliases VALUES (?, ?, ?)",
        [(alias, entry.row[0], file) for alias in entry.aliases],
    )
    connection.executemany(
        "INSERT INTO catches VALUES (?, ?, ?)",
        [(entry.row[0], belief, file) for belief in entry.catches],
    )
    return True


def keep_folders(connection: sqlite3.Connection, folders: Mapping[Where, int]) -> None:
    connection.execute("DELETE FROM folders")
    connection.executemany(
        "INSERT INTO folders VALUES (?, ?, ?)", [(*where, at) for where, at in folders.items()]
    )


def _put(
    connection: sqlite3.Connection,
    table: str,
    columns: Sequence[str],
    values: Sequence,
    *,
    clash: str = " ON CONFLICT DO NOTHING",
) -> int | None:
    """Insert a row; its number, or None if its key is taken."""
    marks = ", ".join("?" * len(columns))
    names = ", ".join(columns)
    done = connection.execute(f"INSERT INTO {table}({names}) VALUES ({marks}){clash}", values)
    return done.lastrowid if done.rowcount else None
