"""`quiz check` and `quiz schema`: for those who write questions."""

from __future__ import annotations

import json as jsonlib
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from quiz.bank.check import check
from quiz.bank.packs import Pack, builtin, pack_of
from quiz.bank.problem import Problem
from quiz.config import places
from quiz.evidence import Run
from quiz.lab.labs import Labs
from quiz.lab.sound import printable, seen
from quiz.play.access import labs_of
from quiz.play.data import print_json
from quiz.play.progress import Progress
from quiz.refusal import Refusal
from quiz.screen import theme
from quiz.screen.problem import excerpt, problem_line

FORMATS = ("text", "github")


class Runner:
    """Runs the demos that a check asks for, each pack's in processes of their own."""

    def __init__(self, *, trust: bool):
        self._trust = trust
        self._labs: dict[Path, Labs] = {}

    def of(self, pack: Pack) -> Labs:
        if pack.root not in self._labs:
            self._labs[pack.root] = labs_of([pack], trust_all=self._trust)
        return self._labs[pack.root]

    def __call__(self, name: str, params: dict, pack: Pack) -> Run:
        labs = self.of(pack)
        return labs.run(labs.resolve(name, pack.name), params)

    def close(self) -> None:
        for labs in self._labs.values():
            labs.stop()


def report(
    paths: Sequence[str],
    console: Console,
    words,
    *,
    json: bool = False,
    form: str = "text",
    trust: bool = False,
) -> int:
    """Print what is wrong with the content at these paths; 1 when something is.

    `trust` lets the demos of a pack run this once. Raises Refusal.
    """
    if form not in FORMATS:
        from quiz.play.refusals import unknown

        raise Refusal(unknown("format", form, FORMATS, words))
    chosen = [Path(path) for path in paths] or [_here()]
    progress, run = Progress(sys.stderr), Runner(trust=trust)
    try:
        found = {pack for path in chosen if (pack := pack_of(path))}
        # Trust is not among what results are kept by, so those without it are not kept.
        blocked = any(run.of(pack).untrusted() for pack in found)
        cache = None if blocked else places().cache
        problems = check(chosen, run=run, cache=cache, progress=progress)
    finally:
        run.close()
        progress.close()
    problems = [problem._replace(file=printable(problem.file)) for problem in problems]
    if json:
        print_json([problem._asdict() for problem in problems])
    elif form == "github":
        for problem in problems:
            print(annotation(problem))
    else:
        show(problems, console)
        if problems:
            console.print(Text(words.plural("check.problems", len(problems)), theme.TITLE))
        else:
            console.print(Text(words("check.clean"), theme.RIGHT))
    return bool(problems)


def _here() -> Path:
    """The pack that we are in, else the built-in one."""
    pack = pack_of(Path.cwd())
    return pack.root if pack and next(pack.files(), None) else builtin().root


def show(problems: Iterable[Problem], console: Console) -> None:
    """One line a problem; in a terminal also the line at fault."""
    lines: dict[str, list[str]] = {}
    for problem in problems:
        console.print(problem_line(*problem), soft_wrap=True)
        if not console.is_terminal:
            continue
        if problem.file not in lines:
            lines[problem.file] = _lines(Path(problem.file))
        if problem.line <= len(lines[problem.file]):
            source = lines[problem.file][problem.line - 1]
            console.print(excerpt(source, problem.line, problem.column))


def _lines(file: Path) -> list[str]:
    """The lines of a file, as far as it can be read as text."""
    from quiz.bank.read import Unreadable, read_bytes

    try:
        text = read_bytes(file, str(file)).decode("utf-8-sig", "replace")
    except Unreadable:
        return []
    return [seen(line.replace("\t", " ")) for line in text.split("\n")]


def annotation(problem: Problem) -> str:
    """A problem as GitHub marks it in a pull request."""

    def data(text: str) -> str:
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")

    file = data(problem.file).replace(":", "%3A").replace(",", "%2C")
    place = f"file={file},line={problem.line},col={problem.column},title={problem.code}"
    return f"::error {place}::{data(problem.message)}"


def codes(console: Console, *, json: bool) -> None:
    """Every code with what it asks for, an example that fails and one that passes."""
    from quiz.bank.rules import documentation

    found = documentation()
    if json:
        print_json([{"code": code, "about": about} for code, about in found.items()])
        return
    for code, about in found.items():
        console.print(Text(code, theme.ACCENT))
        for line in about.splitlines():
            style = theme.QUIET if line in ("Fails:", "Passes:") else ""
            console.print(Text(f"    {line}".rstrip(), style), soft_wrap=True)
        console.print()


def schemas() -> dict[str, str]:
    """File name -> the JSON Schema that editors use for question files and topic.yaml."""
    from quiz.bank.schema import schema
    from quiz.model import Question, Topic

    return {
        f"{name}.json": jsonlib.dumps(schema(cls), ensure_ascii=False, indent=2) + "\n"
        for name, cls in (("question", Question), ("topic", Topic))
    }


def print_schema(which: str, words) -> None:
    """Raises Refusal."""
    found = schemas()
    if f"{which}.json" not in found:
        from quiz.play.refusals import unknown

        raise Refusal(unknown("schema", which, [name[:-5] for name in found], words))
    print(found[f"{which}.json"], end="")


def write_schemas(folder: Path) -> list[Path]:
    """Write the schemas where they are missing or of another version; the files written."""
    written = []
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        file = folder / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
            written.append(file)
    return written
