"""What one file gives a check: what is wrong with it, what it declares, what it rests on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from quiz.bank import rules, running
from quiz.bank.compile import Compiled, compile_file
from quiz.bank.library import Names, declared
from quiz.bank.packs import Pack
from quiz.bank.rules.kit import Scope


class Findings(NamedTuple):
    """Plain values only, as they travel between processes. Problems are without the file's name."""

    sha: str
    problems: list[tuple]  # of the file itself: (line, column, code, message)
    declared: list[tuple]
    found: list[tuple]  # with the names that there are; none where those were not given
    rests: str  # what runs of demos must bear out, as JSON; "" without names


class Files(NamedTuple):
    """Files of a pack to be read, and the names that they may refer to, if that is asked."""

    pack: Pack
    paths: Sequence[str]
    names: Names | None


def read_files(files: Files) -> list[Findings]:
    return [
        findings(compile_file(files.pack, path), files.pack, path, files.names)
        for path in files.paths
    ]


def findings(compiled: Compiled, pack: Pack, path: str, names: Names | None) -> Findings:
    found = []
    rests: list[running.Rest] = []
    for document, item in compiled.items if names else ():
        scope = Scope(pack, path, document.index == 0, names)
        for code, (steps, message, key) in rules.other(item, scope):
            found.append(document.problem(steps, code, message, key=key)[1:])
        rests += running.rests(item, document.index)
    return Findings(
        compiled.sha,
        [problem[1:] for problem in compiled.problems],
        [one[:5] for document, item in compiled.items for one in declared(item, document.index)],
        found,
        json.dumps(rests) if names else "",
    )
