"""`quiz check` and `quiz schema`: for those who write questions."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from quiz.bank.check import check
from quiz.bank.packs import Pack, builtin
from quiz.config import places
from quiz.evidence import Run
from quiz.lab.run import DemoError, Lab
from quiz.refusal import Refusal
from quiz.screen import theme


class Runner:
    """Runs the demos that a check asks for, each pack's in a process of its own."""

    def __init__(self):
        self._labs: dict[Path, Lab] = {}

    def __call__(self, name: str, params: dict, pack: Pack) -> Run:
        lab = self._lab(builtin())
        if name not in lab.paths():
            # A pack's own code is run only once it is trusted.
            raise DemoError("failed", name, reason="demos of packs can't be run yet")
        return lab.run(name, params)

    def _lab(self, pack: Pack) -> Lab:
        return self._labs.setdefault(pack.root, Lab(pack.root))

    def close(self) -> None:
        for lab in self._labs.values():
            lab.stop()


def report(paths: Sequence[str], console: Console, words, *, json: bool) -> int:
    """Print what is wrong with the content at these paths; 1 when something is."""
    run = Runner()
    try:
        problems = check([Path(p) for p in paths], run=run, cache=places().cache)
    except ValueError as problem:
        raise Refusal(str(problem)) from None
    finally:
        run.close()
    if json:
        print(jsonlib.dumps([p._asdict() for p in problems], ensure_ascii=False, indent=2))
        return bool(problems)
    for problem in problems:
        line = Text(f"{problem.file}:{problem.line}:{problem.column}: ", theme.QUIET)
        line.append(f"{problem.code} ", theme.WRONG)
        line.append(problem.message)
        console.print(line, soft_wrap=True)
    if not problems:
        console.print(Text(words("check.clean"), theme.RIGHT))
    else:
        console.print(Text(words.plural("check.problems", len(problems)), theme.TITLE))
    return bool(problems)
