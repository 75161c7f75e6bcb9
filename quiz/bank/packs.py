"""Packs: folders with `content/` and, if they like, `demos/`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from quiz.refusal import Refusal

NAME = re.compile(r"[a-z][a-z0-9-]*\Z")


class Pack(NamedTuple):
    """A question bank: `root` holds `content/<topic>/*.yaml` and `demos/<topic>/*.py`."""

    name: str
    root: Path
    builtin: bool = False

    def key(self, id: str) -> str:
        """The one name of a question or topic over all packs: its id, in a user's pack
        `pack:id`."""
        return id if self.builtin else f"{self.name}:{id}"

    def files(self) -> Iterator[str]:
        """`content/<topic>/<name>.yaml` of every file, in order."""
        for topic in sorted(_entries(self.root / "content")):
            yield from self.files_in(f"content/{topic}")

    def files_in(self, folder: str) -> Iterator[str]:
        """The files in `content/<topic>`, in order."""
        for name in sorted(_entries(self.root / folder)):
            if name.endswith((".yaml", ".yml")):
                yield f"{folder}/{name}"

    def folders(self) -> Iterator[str]:
        """`content` and the folder of each topic, in order."""
        yield "content"
        for topic in sorted(_entries(self.root / "content")):
            yield f"content/{topic}"

    def demos(self) -> dict[str, Path]:
        """Demo name -> its file."""
        return {
            path.stem.replace("_", "-"): path
            for path in sorted(self.root.glob("demos/*/[a-z]*.py"))
            if path.parent.name != "ops"
        }


def _entries(folder: Path) -> list[str]:
    try:
        return [name for name in os.listdir(folder) if not name.startswith((".", "_"))]
    except (FileNotFoundError, NotADirectoryError):
        return []


Stamp = tuple[int, int]  # size, mtime_ns


def stamp(path: str) -> Stamp:
    """What tells that a file has changed; nothing of a file that can't be looked at."""
    try:
        about = os.stat(path)
    except OSError:
        return 0, 0
    return about.st_size, about.st_mtime_ns


def builtin() -> Pack:
    """The bank that comes with the program: inside an installed package, or the checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "builtin"
    return Pack("builtin", inside if inside.is_dir() else package.parent, builtin=True)


def pack_at(folder: Path) -> Pack:
    """The pack of a folder, named after it. Raises Refusal if there is no pack there."""
    root = folder.expanduser().resolve()
    if root == builtin().root:
        return builtin()
    if not (root / "content").is_dir():
        raise Refusal(f"{folder}: not a pack; a pack is a folder that holds content/")
    name = root.name.lower().replace("_", "-").replace(" ", "-")
    if not NAME.match(name) or name == "builtin":
        raise Refusal(f"{folder}: rename the folder to letters, digits and hyphens")
    return Pack(name, root)


def packs(environ: Mapping[str, str], folders: Sequence[Path] = ()) -> list[Pack]:
    """The built-in pack, those of QUIZ_PACKS (separated as in PATH), and those of `folders`.

    Raises Refusal for a folder that is no pack, and for two packs of one name.
    """
    listed = [Path(f) for f in environ.get("QUIZ_PACKS", "").split(os.pathsep) if f]
    found = {builtin().root: builtin()}
    for folder in [*listed, *folders]:
        pack = pack_at(folder)
        clash = next((p for p in found.values() if p.name == pack.name and p != pack), None)
        if clash:
            raise Refusal(f"{folder}: {clash.root} has the same name; rename one of them")
        found[pack.root] = pack
    return list(found.values())


def pack_of(path: Path) -> Pack | None:
    """The pack that a file or folder belongs to: the nearest folder above with `content/`."""
    path = path.resolve()
    for folder in [path, *path.parents]:
        if (folder / "content").is_dir():
            return pack_at(folder)
        if folder.name == "content":
            return pack_at(folder.parent)
    return None
