"""`quiz doctor`: looks at everything that a session rests on, and says what to do."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from rich.console import Console

from quiz import __version__, config
from quiz.bank.index import Bank
from quiz.config import places
from quiz.play.access import clock, the_bank, the_history, the_register
from quiz.play.data import print_json
from quiz.refusal import Refusal
from quiz.study import backup, health
from quiz.study.history import History, HistoryError

LIBRARIES = ("typer", "rich", "numpy", "PyYAML", "pydantic", "fsrs")
SHOWN = 5  # findings of one kind that are printed in full


class Finding(NamedTuple):
    """Something to put right: what it is and what to do, in the learner's language."""

    code: str
    text: str
    remedy: str


class Examination:
    """Facts by their names, and what was found; made by `examine`."""

    def __init__(self, words) -> None:
        self.words = words
        self.facts: dict[str, str] = {}
        self.findings: list[Finding] = []

    def find(self, code: str, **places: object) -> None:
        self.add(code, self.words(f"doctor.{code}", **places), **places)

    def add(self, code: str, text: str, **places: object) -> None:
        """A finding whose text is there already."""
        self.findings.append(Finding(code, text, self.words(f"remedy.{code}", **places)))

    def examine(self, console: Console, *, rescue: bool) -> None:
        self._versions()
        self._folders()
        self._terminal(console)
        self._settings()
        bank = self._bank()
        try:
            self._history(bank, rescue)
        finally:
            if bank is not None:
                bank.close()

    def _versions(self) -> None:
        self.facts["quiz"] = __version__
        self.facts["python"] = f"{platform.python_version()} ({sys.executable})"
        self.facts["system"] = platform.platform()
        self.facts["sqlite"] = sqlite3.sqlite_version
        self.facts["libraries"] = ", ".join(_versions_of(LIBRARIES))

    def _folders(self) -> None:
        where = places()
        for name, folder in zip(where._fields, where, strict=True):
            self.facts[name] = str(folder)
            nearest = next(path for path in (folder, *folder.parents) if path.exists())
            # A data folder that can't be written is the history's own notice.
            if name != "data" and not os.access(nearest, os.W_OK):
                self.find("folder", folder=folder)

    def _terminal(self, console: Console) -> None:
        encoding = getattr(sys.stdout, "encoding", "") or "?"
        colours = console.color_system or self.words("doctor.none")
        facts = [encoding, f"TERM={os.environ.get('TERM', '')}", str(colours)]
        if console.is_terminal:
            facts.append(f"{console.size.width} x {console.size.height}")
        self.facts["terminal"] = ", ".join(facts)
        if not encoding.lower().replace("-", "").startswith("utf"):
            self.find("encoding", encoding=encoding)
        if console.is_terminal and (console.size.width < 40 or console.size.height < 10):
            self.find("small", width=console.size.width, height=console.size.height)

    def _settings(self) -> None:
        try:
            config.read(places().settings)
        except Refusal as refusal:
            self.add("settings", str(refusal))

    def _bank(self) -> Bank | None:
        try:
            for folder in the_register().away():
                self.find("away", folder=folder)
        except Refusal as refusal:
            self.add("register", str(refusal))
            return None
        try:
            bank = the_bank()
        except Refusal as refusal:
            self.add("packs", str(refusal))
            return None
        self.facts["bank"] = self.words.plural("doctor.questions", bank.count())
        for problem in bank.problems:
            place = f"{problem.file}:{problem.line}:{problem.column}"
            self.add("content", f"{place}: {problem.code}: {problem.message}", file=problem.file)
        return bank

    def _history(self, bank: Bank | None, rescue: bool) -> None:
        path = places().history
        self.facts["clock"] = datetime.now().astimezone().isoformat(" ", "seconds")
        damage = health.check(path)
        try:
            history = the_history(bank)
        except HistoryError as error:
            self.add("history", str(error))
            return
        with history:
            if rescue:
                self.facts["rescued"] = str(health.rescue(history))
            for notice in history.notices:
                from quiz.play.notices import told

                (text,) = told([notice], self.words)
                self.add(notice.code, text)
            if damage and not history.notices:
                self.find("damaged", reason=damage)
            self._events(history)
            if aside := health.aside(history.path):
                self.facts["aside"] = ", ".join(path.name for path in aside)
            for source, count in health.missing(history).items():
                if count:
                    self.find("lost", file=source.name, count=count)
            if bank is not None:
                self._orphans(history, bank)

    def _events(self, history: History) -> None:
        events, devices, _ = history.size()
        copies = backup.backups(history.path)
        self.facts["history"] = self.words(
            "doctor.events", events=events, devices=devices, path=history.path
        )
        newest = self.words("doctor.newest", file=copies[0].name) if copies else ""
        self.facts["backups"] = f"{len(copies)}{newest}"
        ahead, _, last = history.size(after=clock() + 86_400_000)
        if ahead and not any(n.code == "clock-back" for n in history.notices):
            self.find("future", count=ahead, last=_day(last))

    def _orphans(self, history: History, bank: Bank) -> None:
        keys = [row.key for row in bank.rows()]
        packs = {key.partition(":")[0] for key in keys if ":" in key}
        for key in health.orphans(history, keys):
            pack = key.partition(":")[0] if ":" in key else ""
            if pack and pack not in packs:
                self.find("pack-away", question=key, pack=pack)
            else:
                near = ", ".join(bank.near(key, 2)) or self.words("doctor.none")
                self.find("orphan", question=key, near=near)


def _versions_of(names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield f"{name} ?"


def _day(at: int) -> str:
    return datetime.fromtimestamp(at / 1000).strftime("%Y-%m-%d")


def report(console: Console, words, *, json: bool, rescue: bool) -> int:
    """Print what was found; 1 when there is something to put right."""
    found = Examination(words)
    found.examine(console, rescue=rescue)
    if json:
        findings = [finding._asdict() for finding in found.findings]
        print_json({"ok": not findings, "findings": findings, "facts": found.facts})
    else:
        from quiz.screen.doctor import findings, summary
        from quiz.screen.theme import signs

        console.print(summary(found.facts, words), "", sep="\n")
        console.print(findings(found.findings, signs(console), words, most=SHOWN))
    return bool(found.findings)
