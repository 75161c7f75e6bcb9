"""The packs that the user has added, and those whose code they trust: one small JSON file."""

from __future__ import annotations

import json
from pathlib import Path

from quiz.refusal import Refusal


class Register:
    """`added`: folders that are always loaded. `trusted`: folder -> the digest trusted.

    Raises Refusal where the file can't be read as what it is, and OSError.
    """

    def __init__(self, path: Path):
        self.path = path
        self.added: list[str] = []
        self.trusted: dict[str, str] = {}
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return
        try:
            found = json.loads(text)
            self.added = [str(Path(folder)) for folder in found["added"]]
            self.trusted = {str(Path(root)): str(sum) for root, sum in found["trusted"].items()}
        except (ValueError, TypeError, KeyError, AttributeError, UnicodeError):
            raise Refusal(f"{path}: damaged; delete it and add your packs again") from None

    def away(self) -> list[str]:
        """The folders of packs that were added and are not there now."""
        return [folder for folder in self.added if not (Path(folder) / "content").is_dir()]

    def digest(self, root: Path) -> str | None:
        """The digest of the pack at `root` that the user trusts."""
        return self.trusted.get(str(root))

    def add(self, root: Path) -> None:
        if str(root) not in self.added:
            self.added.append(str(root))
        self._write()

    def remove(self, root: Path) -> None:
        """Forget a pack, and with it the trust in it."""
        self.added = [folder for folder in self.added if folder != str(root)]
        self.untrust(root)

    def trust(self, root: Path, digest: str) -> None:
        self.trusted[str(root)] = digest
        self._write()

    def untrust(self, root: Path) -> None:
        self.trusted.pop(str(root), None)
        self._write()

    def _write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_suffix(".part")
        text = json.dumps({"added": self.added, "trusted": self.trusted}, indent=2)
        part.write_text(text + "\n", encoding="utf-8")
        part.replace(self.path)
