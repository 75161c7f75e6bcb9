"""Which files of the packs are new, gone or other than when they were compiled."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from quiz.bank import disk
from quiz.bank.packs import Pack, Stamp, stamp

Where = tuple[str, str]
"""A file or folder: the pack's name, and its path in the pack."""


class Changes(NamedTuple):
    todo: dict[Where, Stamp]  # to be compiled, in this order
    gone: list[int]  # what the index has of these, which it calls by number, is not so any more
    folders: dict[Where, int]  # as `disk.folders` gives them
    noted: list[Where]  # files that an earlier look had found changed

    def __bool__(self) -> bool:
        return bool(self.todo or self.gone)


def changes(
    connection: sqlite3.Connection, packs: Sequence[Pack], also: Iterable[Where] = ()
) -> Changes:
    """What there is to do. Of a large bank only what has moved is looked at, and `also`."""
    # Folders before their files: what is put in meanwhile is seen next time.
    folders = disk.folders(packs)
    noted = [tuple(row) for row in connection.execute("SELECT pack, path FROM stale")]
    look = _Look(connection, packs)
    if disk.is_whole(connection) and not disk.is_small(connection):
        look.at_folders(folders)
        look.at_files([*noted, *also, *look.topics()])
    else:
        look.at_all()
    stale = {where for where in look.known if look.now.get(where) != look.known[where][1]}
    new = look.now.keys() - look.known.keys()
    if stale or new:
        # What lost its id to another file may get it now, and the built-in pack's come first.
        clashing = connection.execute(
            "SELECT pack, path FROM files WHERE id IN"
            " (SELECT file FROM problems WHERE code = 'duplicate-id')"
        ).fetchall()
        if any(path.endswith("/topic.yaml") for _, path in stale | new):
            clashing += [where for where in look.topics() if where[0] != "builtin"]
        look.at_files(clashing)
        stale.update(where for where in clashing if where in look.now)
    todo = [where for where in look.now if where not in look.known or where in stale]
    return Changes(
        {where: look.now[where] for where in sorted(todo, key=_order(packs))},
        [look.known[where][0] for where in stale],
        folders,
        noted,
    )


def _order(packs: Sequence[Pack]):
    """Topics first, since questions go by them; then pack by pack, and as `Pack.files` does."""
    number = {pack.name: n for n, pack in enumerate(packs)}
    return lambda where: (
        not where[1].endswith("/topic.yaml"), number[where[0]], where[1].split("/")
    )  # fmt: skip


class _Look:
    """Files as they are `now`, and as they are `known` in the index: their number and stamp."""

    def __init__(self, connection: sqlite3.Connection, packs: Sequence[Pack]):
        self._db = connection
        self._packs = {pack.name: pack for pack in packs}
        self.now: dict[Where, Stamp] = {}
        self.known: dict[Where, tuple[int, Stamp]] = {}

    def at_all(self) -> None:
        self.now = disk.stamps(list(self._packs.values()))
        self._know("TRUE", ())

    def at_folders(self, folders: Mapping[Where, int]) -> None:
        """At the files in folders into which something was put, or from which it was taken."""
        known = disk.known_folders(self._db)
        for pack, folder in folders.keys() | known.keys():
            if folders.get((pack, folder)) == known.get((pack, folder)) or folder == "content":
                continue  # what is in `content` itself are folders, which are looked at
            self._know("pack = ? AND path > ? AND path < ?", (pack, f"{folder}/", f"{folder}0"))
            for path in self._packs[pack].files_in(folder):
                self._see(pack, path)

    def at_files(self, files: Iterable[Where]) -> None:
        for where in files:
            if where not in self.known:
                self._know("pack = ? AND path = ?", where)
            if where not in self.now and os.path.lexists(self._full(*where)):
                self._see(*where)

    def topics(self) -> list[Where]:
        """The topics' own files, as the index has them."""
        query = "SELECT pack, path FROM files WHERE id IN (SELECT file FROM topics)"
        return self._db.execute(query).fetchall()

    def _full(self, pack: str, path: str) -> str:
        return f"{self._packs[pack].root}/{path}"

    def _see(self, pack: str, path: str) -> None:
        self.now[pack, path] = stamp(self._full(pack, path))

    def _know(self, condition: str, given: Sequence) -> None:
        query = f"SELECT id, pack, path, size, mtime_ns FROM files WHERE {condition}"
        for id, pack, path, size, mtime in self._db.execute(query, given):
            self.known[pack, path] = id, (size, mtime)
