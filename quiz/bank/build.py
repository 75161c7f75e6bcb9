"""The index on disk: made, brought up to date, replaced where it is damaged.

One process at a time does so. Another one waits for it, or, where there is much to do,
uses what is in the index already.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from quiz.bank import disk
from quiz.bank.changes import Where
from quiz.bank.disk import Progress
from quiz.bank.fill import create, fill
from quiz.bank.packs import Pack

LOOK_AGAIN = 0.05  # seconds
LOGS = ("-journal", "-wal", "-shm")  # that SQLite keeps beside a file


def compile_bank(
    path: Path,
    packs: Sequence[Pack],
    progress: Progress | None = None,
    *,
    anew: bool = False,
    also: Sequence[Where] = (),
) -> sqlite3.Connection:
    """The index at `path`, brought up to date (or made anew), or as far as another process is.

    In memory, if it can't be written there. `also` are files that have changed for sure.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _on_disk(path, packs, progress, anew=anew, also=also)
    except (OSError, sqlite3.DatabaseError):  # a full disk, a folder that can't be written, busy
        connection = disk.connect(":memory:")
        create(connection)
        fill(connection, packs, progress)
        return connection


def _on_disk(
    path: Path,
    packs: Sequence[Pack],
    progress: Progress | None,
    *,
    anew: bool,
    also: Sequence[Where],
) -> sqlite3.Connection:
    until = time.monotonic() + disk.WAIT
    while True:
        with _turn(path) as ours:
            if ours:
                return _brought_up_to_date(path, packs, progress, anew=anew, also=also)
        if connection := disk.unfinished(path):
            return connection
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(LOOK_AGAIN)


@contextmanager
def _turn(path: Path) -> Iterator[bool]:
    """Whether it is this process's turn to write; then nobody else's until the block ends.

    SQLite's own lock, on a file beside the index that has nothing in it: it is there on
    every system, and ends with the process.
    """
    with closing(sqlite3.connect(f"{path}.lock", timeout=0, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
            ours = True
        except sqlite3.OperationalError as problem:
            if not disk.is_busy(problem):
                raise
            ours = False
        yield ours


def _brought_up_to_date(
    path: Path,
    packs: Sequence[Pack],
    progress: Progress | None,
    *,
    anew: bool,
    also: Sequence[Where],
) -> sqlite3.Connection:
    if not anew and path.exists():
        try:
            if connection := _filled(path, packs, progress, also):
                return connection
        except sqlite3.DatabaseError as problem:
            # Where another program holds it, to put a new file in its place would hurt both.
            if not disk.is_damage(problem):
                raise
    _tidy(path)
    _make_empty(path)
    return _filled(path, packs, progress)


def _filled(
    path: Path, packs: Sequence[Pack], progress: Progress | None, also: Sequence[Where] = ()
) -> sqlite3.Connection | None:
    """The index that is there, with what has changed since; None if it is not ours."""
    connection = disk.connect(path)
    try:
        if disk.is_ours(connection):
            # It can be made again, so it need not survive a loss of power.
            connection.execute("PRAGMA synchronous = OFF")
            fill(connection, packs, progress, also)
            return connection
    except BaseException:
        connection.close()
        raise
    connection.close()
    return None


def _make_empty(path: Path) -> None:
    """An index of nothing, in the place of whatever is there."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with closing(disk.connect(part)) as connection:
            create(connection)
        for log in LOGS:  # they would be played into the new file
            Path(f"{path}{log}").unlink(missing_ok=True)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _tidy(path: Path) -> None:
    """Remove what other versions of the program, and builds that were killed, have left."""
    packs = path.name.partition(".")[0]
    ours = {f"{path.name}{end}" for end in ("", ".lock", *LOGS)}
    yesterday = time.time() - 86_400
    for other in path.parent.glob(f"{packs}.*"):
        with suppress(OSError):
            if other.name not in ours and other.stat().st_mtime < yesterday:
                other.unlink()
