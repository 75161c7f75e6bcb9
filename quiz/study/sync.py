"""Histories meet in a shared folder: each device writes one file there, and reads the others'.

A file is `<device>.jsonl`: a line that says what it is, then an event a line.
Nobody writes a file of another device, so a git checkout, Syncthing or a USB
stick carries them without conflicts, and since merging is the union of events,
neither order nor repetition matters.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from quiz.refusal import Refusal
from quiz.study.events import Event, fault
from quiz.study.history import History

FORMAT = 1
LARGEST = 256 * 1024 * 1024  # bytes: a million answers; a file beyond it is none of ours


class SyncError(Refusal):
    """One line: which file, and what to do."""


class Synced(NamedTuple):
    received: int  # events that were not here
    sent: int  # events that were in no file of the folder
    files: int  # of other devices
    renewed: bool  # this device's id was another machine's as well


def sync(history: History, folder: Path) -> Synced:
    """Merges what other devices left in the folder, and leaves there what they lack.

    Where something cannot be read nothing is written, here or there. Raises
    SyncError, HistoryError (conflict: an event that is here with other content) and
    OSError.
    """
    if folder.exists() and not folder.is_dir():
        raise SyncError(f"{folder}: not a folder. Give one that your devices share")
    folder.mkdir(parents=True, exist_ok=True)
    files = sorted(path for path in folder.iterdir() if path.suffix == ".jsonl")
    shared = {event.id: event for path in files for event in events_of(path)}
    known = {event.id: event for event in history.events()}
    before = history.device
    received = history.merge(e for e in shared.values() if known.get(e.id) != e)
    # Merging renews the id when another machine has written under it; then this one
    # gets a file of its own, with what the two had in common staying where it is.
    device = history.device
    own = folder / f"{device}.jsonl"
    unsent = [event for event in history.events() if event.id not in shared]
    if unsent:
        publish(own, device, [*(events_of(own) if own in files else ()), *unsent])
    others = sum(path != own for path in files)
    return Synced(received, len(unsent), others, device != before)


def events_of(path: Path) -> Iterator[Event]:
    """The events of a device's file. A last line that is still being written is left out.

    Raises SyncError for a file that no `quiz sync` wrote, and OSError.
    """
    if not path.is_file():
        raise SyncError(f"{path}: not a file. Move it out of the shared folder")
    if path.stat().st_size > LARGEST:
        raise SyncError(f"{path}: too large to be a history. Move it out of the shared folder")
    *lines, rest = path.read_bytes().split(b"\n")
    for number, line in enumerate([*lines, rest] if _whole(rest) else lines, 1):
        where = f"{path}:{number}"
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise SyncError(
                f"{where}: no line of a history. Put the file back, or delete it: "
                "its device writes it again"
            )
        if number == 1:
            _greet(found, path)
        else:
            yield _event(found, where)


def _whole(line: bytes) -> bool:
    """Whether a line without its end is all there: no beginning of an object is an object."""
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _greet(head: dict, path: Path) -> None:
    if head.get("quiz") != "events":
        raise SyncError(f"{path}: not written by quiz sync. Move it out of the shared folder")
    if head.get("format") != FORMAT:
        raise SyncError(f"{path}: written by a newer quiz (format {head.get('format')}). Update")


def _event(found: dict, where: str) -> Event:
    try:
        event = Event(**found)
    except TypeError:
        raise SyncError(f"{where}: not an event that this quiz knows. Update quiz") from None
    if wrong := fault(event):
        raise SyncError(f"{where}: {wrong}. Delete the file: its device writes it again")
    return event


def publish(path: Path, device: str, events: list[Event]) -> None:
    """Replaces a device's file at once, so that nobody reads half of it. Raises OSError."""
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="\n") as file:
        file.write(_line({"quiz": "events", "format": FORMAT, "device": device}))
        for event in events:
            given = {k: v for k, v in event._asdict().items() if v is not None}
            file.write(_line(given))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _line(value: dict) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
