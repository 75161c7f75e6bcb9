"""Everything that is wrong with the content of packs, each with its place.

A file that has not changed is not checked again, unless a name that it might
refer to (a topic's statements, misconceptions, sources, a demo) has changed,
or, for what its demos' runs must show, a demo.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from quiz.bank import rules, running
from quiz.bank.compile import Compiled, compile_file
from quiz.bank.library import Declared, Library, Names, declared
from quiz.bank.packs import Pack, builtin, pack_of, stamp
from quiz.bank.problem import Problem
from quiz.bank.read import Unreadable, parse, read_bytes
from quiz.bank.results import Result, Results
from quiz.bank.rules.kit import Scope
from quiz.refusal import Refusal

Progress = Callable[[int, int], None]


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
            problems += _PackCheck(pack, results, run).problems(files, progress)
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

    def __init__(self, pack: Pack, results: Results, run: running.Runner | None):
        self.pack, self.results = pack, results
        packs = [pack] if pack.builtin else [builtin(), pack]
        self.files = [(owner, file) for owner in packs for file in owner.files()]
        self.known: dict[tuple[Pack, str], tuple[Result, Compiled | None]] = {}
        # Names live in topic.yaml files: with these read, every other file is looked at once.
        for owner, file in self.files:
            if file.endswith("/topic.yaml"):
                self._look(owner, file)
        self.names = self._library().names({demo for owner in packs for demo in owner.demos()})
        self.around = _digest([repr(_ordered(self.names)).encode()])
        self.runs = running.Runs(run, pack) if run else None
        self.behind = _digest([self.around.encode(), *_demo_sources(packs)]) if run else ""

    def problems(self, chosen: set[str], progress: Progress) -> Iterator[Problem]:
        for done, (owner, file) in enumerate(self.files):
            progress(done, len(self.files))
            self._look(owner, file)
            if owner == self.pack and file in chosen:
                result = self._settle(file)
                shows = result.shows if self.runs else []
                for rest in (*result.problems, *result.found, *shows):
                    yield Problem(_name(self.pack, file), *rest)
            # What a file holds is not needed any more: a bank may be larger than memory.
            self.known[owner, file] = self.known[owner, file][0], None
        progress(len(self.files), len(self.files))
        yield from self._across(chosen)

    def _look(self, pack: Pack, file: str) -> None:
        """Read a file, if it has changed."""
        if (pack, file) in self.known:
            return
        now = stamp(f"{pack.root}/{file}")
        before = self.results.get(pack.root, file)
        if before and before[:2] == now:
            self.known[pack, file] = before, None
            return
        compiled = compile_file(pack, file)
        names = [
            one[:5] for document, item in compiled.items for one in declared(item, document.index)
        ]
        result = Result(*now, compiled.sha, [p[1:] for p in compiled.problems], names)
        if before and before.sha == compiled.sha != "":  # only touched
            result = before._replace(size=now[0], mtime_ns=now[1])
        self.results.keep(pack.root, file, result)
        self.known[pack, file] = result, compiled

    def _settle(self, file: str) -> Result:
        """The file's results with today's names and demos."""
        result, compiled = self.known[self.pack, file]
        fresh = {}
        if result.around != self.around:
            compiled = compiled or compile_file(self.pack, file)
            fresh |= {"around": self.around, "found": list(self._references(file, compiled))}
        if self.runs and result.behind != self.behind:
            compiled = compiled or compile_file(self.pack, file)
            fresh |= {"behind": self.behind, "shows": list(self._runs(compiled))}
        result = result._replace(**fresh)
        if fresh:
            self.results.keep(self.pack.root, file, result)
        self.known[self.pack, file] = result, compiled
        return result

    def _references(self, file: str, compiled: Compiled) -> Iterator[tuple]:
        for document, item in compiled.items:
            scope = Scope(self.pack, file, document.index == 0, self.names)
            for code, (steps, message, key) in rules.other(item, scope):
                yield document.problem(steps, code, message, key=key)[1:]

    def _runs(self, compiled: Compiled) -> Iterator[tuple]:
        for document, item in compiled.items:
            for code, (steps, message, key) in running.findings(item, self.runs, self.names.demos):
                yield document.problem(steps, code, message, key=key)[1:]

    def _across(self, chosen: set[str]) -> Iterator[Problem]:
        for code, at, message in rules.across(self._library()):
            if at.pack != self.pack.name or at.path not in chosen:
                continue
            name = _name(self.pack, at.path)
            try:
                documents = parse(read_bytes(self.pack.root / at.path, name), name)
            except Unreadable:
                continue  # changed this very moment; the next check will see it
            if at.document < len(documents):
                yield documents[at.document].problem(at.steps, code, message)

    def _library(self) -> Library:
        return Library(
            self.pack,
            (
                Declared(*one, pack=pack.name, path=file)
                for (pack, file), (result, _) in self.known.items()
                for one in result.declared
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
