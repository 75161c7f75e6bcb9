"""Everything that is wrong with the content of packs, each with its place.

A file that has not changed is not checked again, unless a name that it might
refer to (a topic's statements, misconceptions, sources, a demo) has changed,
or, for what its demos' runs must show, a demo.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path

from quiz.bank import rules, running
from quiz.bank.compile import compile_file
from quiz.bank.disk import Progress
from quiz.bank.findings import Files, Findings, findings, read_files
from quiz.bank.library import Declared, Library, Names
from quiz.bank.packs import Pack, builtin, pack_of, stamp
from quiz.bank.problem import Problem
from quiz.bank.read import Steps, Unreadable, parse, read_bytes
from quiz.bank.results import Result, Results
from quiz.bank.spread import chunks, spread, workers_for
from quiz.refusal import Refusal

Where = tuple[Pack, str]
"""A file: its pack, and `content/<topic>/<name>.yaml`."""


def check(
    paths: Sequence[Path] = (),
    *,
    run: running.Runner | None = None,
    cache: Path | None = None,
    progress: Progress = lambda done, of: None,
) -> list[Problem]:
    """The problems of these files and folders (of the built-in pack, if none is given).

    With `run`, demos are run and texts are held against what they show. `cache` is a
    folder where results are kept. `progress(done, of)` counts files. Raises Refusal
    for a path where there is no content.
    """
    with closing(Results(cache)) as results:
        problems: list[Problem] = []
        for pack, files in _selected(paths or [builtin().root]).items():
            problems += _PackCheck(pack, files, results, run).problems(progress)
    return sorted(problems)


def _selected(paths: Iterable[Path]) -> dict[Pack, set[str]]:
    selected: dict[Pack, set[str]] = {}
    for path in paths:
        if not path.exists():
            raise Refusal(f"{path}: there is no such file or folder")
        pack = pack_of(path)
        files = pack.files() if pack else ()
        part = path.resolve()
        if pack and pack.root.is_relative_to(part):
            inside = list(files)
        else:
            prefix = part.relative_to(pack.root).as_posix() if pack else ""
            inside = [f for f in files if f == prefix or f.startswith(f"{prefix}/")]
        if not inside:
            raise Refusal(f"{path}: holds no content; questions are content/TOPIC/NAME.yaml")
        selected.setdefault(pack, set()).update(inside)
    return selected


class _PackCheck:
    """One pack, with the names that the built-in one lends it."""

    def __init__(self, pack: Pack, chosen: set[str], results: Results, run: running.Runner | None):
        self.pack, self.chosen, self.results = pack, chosen, results
        packs = [pack] if pack.builtin else [builtin(), pack]
        # Stamped before they are read: what changes meanwhile is read again by the next check.
        self.files = {
            (owner, file): stamp(f"{owner.root}/{file}")
            for owner in packs
            for file in owner.files()
        }
        self.known: dict[Where, Result] = {}
        self.before: dict[Where, Result] = {}  # of files that have changed since
        for where, now in self.files.items():
            if kept := results.get(where[0].root, where[1]):
                (self.known if kept[:2] == now else self.before)[where] = kept
        # Names live in topic.yaml files: with these read, every other file is looked at once.
        self.topics = {
            where: compile_file(*where)
            for where in self.files
            if where[1].endswith("/topic.yaml") and where not in self.known
        }
        for where, compiled in self.topics.items():
            self._take(where, findings(compiled, *where, None))
        self.names = self._library().names({demo for owner in packs for demo in owner.demos()})
        self.around = _digest([repr(_ordered(self.names)).encode()])
        self.runs = running.Runs(run, pack) if run else None
        self.behind = _digest([self.around.encode(), *_demo_sources(packs)]) if run else ""

    def problems(self, progress: Progress) -> Iterator[Problem]:
        unread = {where for where in self.files if not self._is_up_to_date(where)}
        elsewhere = [where for where in self.files if where in unread and where not in self.topics]
        with closing(self._read(elsewhere)) as read:
            for done, where in enumerate(self.files):
                progress(done, len(self.files))
                if where in unread:
                    compiled = self.topics.pop(where, None)
                    given = (
                        findings(compiled, *where, self._names_for(where))
                        if compiled
                        else next(read)
                    )
                    self._take(where, given)
                if self._is_asked(where):
                    yield from self._settled(where)
        progress(len(self.files), len(self.files))
        yield from self._across()

    def _is_asked(self, where: Where) -> bool:
        return where[0] == self.pack and where[1] in self.chosen

    def _is_up_to_date(self, where: Where) -> bool:
        known = self.known.get(where)
        return known is not None and (not self._is_asked(where) or known.around == self.around)

    def _names_for(self, where: Where) -> Names | None:
        """What a file's references are held against; of others, only names are needed."""
        return self.names if self._is_asked(where) else None

    def _read(self, files: Sequence[Where]) -> Iterator[Findings]:
        """What the files give, in their order."""
        jobs = (
            Files(pack, paths, self.names if asked else None)
            for (pack, asked), group in groupby(files, lambda one: (one[0], self._is_asked(one)))
            for paths in chunks(path for _, path in group)
        )
        with closing(spread(read_files, jobs, workers_for(len(files)))) as answers:
            for answer in answers:
                yield from answer

    def _take(self, where: Where, given: Findings) -> None:
        """Know, and keep, what reading a file has given."""
        result = Result(*self.files[where], given.sha, given.problems, given.declared)
        if given.rests:  # its references were asked for
            result = result._replace(around=self.around, found=given.found, rests=given.rests)
            before = self.before.get(where)
            if before and before.sha == given.sha != "":  # only touched
                result = result._replace(behind=before.behind, shows=before.shows)
        self.results.keep(where[0].root, where[1], result)
        self.known[where] = result

    def _settled(self, where: Where) -> Iterator[Problem]:
        """The file's problems with today's names and demos."""
        result, file = self.known[where], where[1]
        if self.runs and result.behind != self.behind:
            result = result._replace(behind=self.behind, shows=list(self._shown(file, result)))
            self.results.keep(self.pack.root, file, result)
        if found := [*result.problems, *result.found, *(result.shows if self.runs else ())]:
            name = _name(self.pack, file)
            for rest in found:
                yield Problem(name, *rest)
        self.known[where] = result._replace(rests="")  # a bank may be larger than memory

    def _shown(self, file: str, result: Result) -> Iterator[tuple]:
        """What the runs of the demos that a file rests on do not bear out."""
        for rest in map(running.Rest._make, json.loads(result.rests)):
            if rest.name not in self.names.demos:
                continue  # `unknown-demo` has said so
            for code, (steps, message, key) in running.findings(rest, self.runs):
                if problem := self._problem(file, rest.document, steps, code, message, key=key):
                    yield problem[1:]

    def _across(self) -> Iterator[Problem]:
        for code, at, message in rules.across(self._library()):
            if at.pack != self.pack.name or at.path not in self.chosen:
                continue
            if problem := self._problem(at.path, at.document, at.steps, code, message):
                yield problem

    def _problem(
        self, file: str, document: int, steps: Steps, code: str, message: str, *, key: bool = False
    ) -> Problem | None:
        """A problem at its place, for which the file is read once more."""
        name = _name(self.pack, file)
        try:
            documents = parse(read_bytes(self.pack.root / file, name), name)
        except Unreadable:
            return None  # changed this very moment; the next check will see it
        if document >= len(documents):
            return None
        return documents[document].problem(steps, code, message, key=key)

    def _library(self) -> Library:
        return Library(
            self.pack,
            (
                Declared(*one, pack=pack.name, path=file)
                for pack, file in self.files
                if (pack, file) in self.known
                for one in self.known[pack, file].declared
            ),
        )


def _name(pack: Pack, file: str) -> str:
    """A path that an editor finds from here."""
    full, here = pack.root / file, Path.cwd()
    return str(full.relative_to(here) if full.is_relative_to(here) else full)


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(b"%d " % len(part))
        digest.update(part)
    return digest.hexdigest()


def _ordered(names: Names) -> list:
    """Sets and mappings in one order, so that equal names have equal digests."""
    return [
        sorted(names.topics),
        sorted((topic, sorted(ids)) for topic, ids in names.statements.items()),
        sorted(names.misconceptions),
        sorted(names.demos),
        sorted((topic, sorted(keys.items())) for topic, keys in names.sources.items()),
    ]


def _demo_sources(packs: Sequence[Pack]) -> Iterator[bytes]:
    for pack in packs:
        for path in sorted(pack.root.glob("demos/**/*.py")):
            if path.is_file():
                yield str(path.relative_to(pack.root)).encode()
                yield path.read_bytes()
