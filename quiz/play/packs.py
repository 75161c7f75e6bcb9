"""`quiz pack`: which packs are loaded, and whose code may run."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from quiz.bank.packs import Pack, builtin, pack_at, packs
from quiz.lab.sound import printable
from quiz.lab.trust import Survey, survey
from quiz.play.access import the_packs, the_register
from quiz.play.data import print_json
from quiz.play.refusals import unknown
from quiz.refusal import Refusal
from quiz.screen import theme
from quiz.screen.tables import Table


def use(folder: str) -> None:
    """Load the pack of a folder in this command. Raises Refusal for a folder that is no pack."""
    pack_at(Path(folder))
    given = os.environ.get("QUIZ_PACKS", "")
    os.environ["QUIZ_PACKS"] = os.pathsep.join(filter(None, (given, os.path.abspath(folder))))


def listing(console: Console, words, *, json: bool) -> None:
    """The packs there are, and what becomes of the code of each."""
    register = the_register()
    found = [
        {
            "name": pack.name,
            "folder": str(pack.root),
            "files": sum(not file.endswith("/topic.yaml") for file in pack.files()),
            "demos": len(pack.demos()),
            "code": _standing(pack, register.digest(pack.root)),
        }
        for pack in the_packs()
    ]
    for folder in register.away():
        name = printable(Path(folder).name)
        found.append({"name": name, "folder": folder, "files": 0, "demos": 0, "code": "missing"})
    if json:
        print_json(found)
        return
    rows = [
        (p["name"], p["files"], p["demos"], words(f"pack.{p['code']}"), printable(p["folder"]))
        for p in found
    ]
    names = ("pack.name", "pack.files", "demos", "pack.code", "pack.folder")
    console.print(Table([words(name) for name in names], rows))


def _standing(pack: Pack, trusted: str | None) -> str:
    """builtin, none, trusted, changed since it was trusted, or untrusted."""
    if pack.builtin:
        return "builtin"
    found = survey(pack.root)
    if not found.code:
        return "none"
    if trusted is None:
        return "untrusted"
    return "trusted" if trusted == found.digest else "changed"


def add(folder: str, console: Console, words) -> None:
    """Load a folder as a pack from now on. Raises Refusal."""
    root = pack_at(Path(folder)).root
    packs(os.environ, [*map(Path, the_register().added), root])  # refuses two of one name
    the_register().add(root)
    pack = pack_at(root)
    console.print(Text(words("pack.added", pack=pack.name, folder=printable(str(root)))))
    if survey(root).code:
        line = words("demo-untrusted-pack", folder=pack.name)
        console.print(Text(line, theme.HINT), soft_wrap=True)


def remove(name: str, console: Console, words) -> None:
    """Load a pack no longer; its files stay. Raises Refusal."""
    register = the_register()
    by_name = {Path(folder).name: folder for folder in register.added}
    by_name |= {p.name: str(p.root) for p in the_packs() if str(p.root) in register.added}
    if name not in by_name:
        raise Refusal(unknown("pack", name, sorted(by_name), words))
    register.remove(Path(by_name[name]))
    console.print(Text(words("pack.removed", pack=name, folder=printable(by_name[name]))))


def trust(name: str, console: Console, words, *, yes: bool) -> None:
    """Show what would run, ask, and from now on let it run. Raises Refusal."""
    pack = _named(name, words)
    found = survey(pack.root)
    if not found.code:
        console.print(Text(words("pack.no-code", pack=pack.name)))
        return
    console.print(_code(pack, found, words))
    if not yes:
        if not sys.stdin.isatty():
            raise Refusal(words("error.trust-yes", pack=pack.name))
        if input(f"{words('pack.ask')} ").strip().casefold() not in ("y", "yes", "是", "好"):
            console.print(Text(words("pack.not-trusted")))
            return
    # Bound to what was shown, whatever the folder holds by now.
    the_register().trust(pack.root, found.digest)
    console.print(Text(words("pack.trusted-now", pack=pack.name)))


def untrust(name: str, console: Console, words) -> None:
    """Let a pack's code run no longer. Raises Refusal."""
    pack = _named(name, words)
    the_register().untrust(pack.root)
    console.print(Text(words("pack.untrusted-now", pack=pack.name)))


def _named(name: str, words) -> Pack:
    """The loaded pack of a name, or the pack of a folder."""
    loaded = {pack.name: pack for pack in the_packs() if not pack.builtin}
    if name in loaded:
        return loaded[name]
    if (Path(name) / "content").is_dir():
        pack = pack_at(Path(name))
        if pack.root != builtin().root:
            return pack
    raise Refusal(unknown("pack", name, sorted(loaded), words))


def _code(pack: Pack, found: Survey, words) -> Text:
    """Every file that would run, with its number of lines."""
    shown = Text(f"{words('pack.permissions', pack=pack.name)}\n\n", theme.HINT)
    for path, data in found.code.items():
        lines = words.plural("pack.lines", data.count(b"\n"))
        shown.append(f"  {printable(str(pack.root / 'demos' / path))}", "")
        shown.append(f"  {lines}\n", theme.QUIET)
    shown.append(f"\nSHA-256 {found.digest}", theme.QUIET)
    return shown
