"""What a pack holds, byte by byte, so that trust in its code ends with any change.

Names that start with a dot and `__pycache__` are passed over: nothing of them is
read or run. A link counts as the text it holds and is not followed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_CHUNK = 1 << 20


class Survey(NamedTuple):
    """A pack as it was found: its digest (SHA-256, hexadecimal), and the code that would run.

    `code` maps paths below `demos/` to the very bytes that entered the digest.
    """

    digest: str
    code: dict[str, bytes]


def survey(root: Path) -> Survey:
    """Read a whole pack. Raises OSError for what can't be read."""
    digest, code = hashlib.sha256(), {}
    for path, entry in sorted(_entries(root, "")):
        name = os.fsencode(path)
        digest.update(b"%d %s " % (len(name), name))
        if entry.is_symlink():
            target = os.fsencode(os.readlink(entry.path))
            digest.update(b"link %d %s\n" % (len(target), target))
        elif not entry.is_file(follow_symlinks=False):
            digest.update(b"other\n")
        elif path.startswith("demos/"):
            data = Path(entry.path).read_bytes()
            digest.update(b"file %d %s\n" % (len(data), hashlib.sha256(data).digest()))
            code[path.removeprefix("demos/")] = data
        else:
            digest.update(b"file %d %s\n" % _sum(entry.path))
    return Survey(digest.hexdigest(), code)


def _entries(root: Path, folder: str) -> Iterator[tuple[str, os.DirEntry]]:
    with os.scandir(root / folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name == "__pycache__":
                continue
            path = f"{folder}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from _entries(root, f"{path}/")
            else:
                yield path, entry


def _sum(path: str) -> tuple[int, bytes]:
    """Size and SHA-256 of a file that need not fit into memory."""
    size, digest = 0, hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            size += len(chunk)
            digest.update(chunk)
    return size, digest.digest()
