"""`quiz new` and `quiz edit`: question files made and opened."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.text import Text

from quiz.bank import skeleton
from quiz.bank.index import Bank, Missing
from quiz.bank.packs import Pack, pack_at, pack_of
from quiz.bank.rules.id_format import ID
from quiz.bank.rules.kind_fields import FIELDS
from quiz.lab.sound import printable
from quiz.model import LANGS, Question
from quiz.play import editors
from quiz.play.access import the_packs
from quiz.play.authoring import report, write_schemas
from quiz.play.refusals import known, nearest, not_found
from quiz.refusal import Refusal
from quiz.screen import theme


def new(
    topic: str, slug: str, console: Console, words, *, kind: str, with_demo: bool, folder: str
) -> None:
    """Write a question file, what its pack still lacks, and open the editor. Raises Refusal."""
    known("kind", kind, tuple(FIELDS), words)
    for id in (topic, slug):
        if not ID.match(id) or id.startswith("verdict-"):
            raise Refusal(words("error.id", name=id))
    pack = _pack_for(folder, words)
    file = pack.root / "content" / topic / f"{slug}.yaml"
    demo = pack.root / "demos" / topic.replace("-", "_") / f"{slug.replace('-', '_')}.py"
    _refuse_existing([file, *([demo] if with_demo else [])], words)
    langs = LANGS if pack.builtin else (words.lang,)
    topics = _topics(pack)
    written = []
    if topic not in topics:
        about = file.with_name("topic.yaml")
        order = max(topics.values(), default=0) + 1
        written.append(_write(about, skeleton.topic(topic, order, langs=langs)))
        about_it = words("new.topic", topic=topic) + nearest(topic, sorted(topics), words)
        console.print(Text(about_it, theme.HINT), soft_wrap=True)
    text = skeleton.question(
        slug, topic, kind, langs=langs, demo=slug if with_demo else "", beliefs=pack.builtin
    )
    written.append(_write(file, text))
    if with_demo:
        main = skeleton.DEMO_MAIN if pack.builtin else ""
        written.append(_write(demo, skeleton.demo(topic) + main))
    written += write_schemas(pack.root / "schema")
    for each in written:
        console.print(Text(words("new.written", file=printable(_from_here(each)))), soft_wrap=True)
    if editors.chosen() and sys.stdin.isatty() and sys.stdout.isatty():
        editors.edit(file, 1, words)
    _say_what_next(pack, file, console, words)


def _say_what_next(pack: Pack, file: Path, console: Console, words) -> None:
    name = printable(_from_here(file))
    console.print(Text(words("new.next", file=name), theme.QUIET), soft_wrap=True)
    if pack not in the_packs():
        folder = printable(_from_here(pack.root))
        console.print(Text(words("new.practise", folder=folder), theme.QUIET), soft_wrap=True)


def _pack_for(folder: str, words) -> Pack:
    """The pack that a new question goes into; an empty folder becomes one. Raises Refusal."""
    root = Path(folder or ".").expanduser()
    if not folder and (pack := pack_of(root)) and (pack.root == root.resolve() or _has(pack)):
        return pack
    content = root / "content"
    if not content.is_dir():
        if root.is_dir() and any(not entry.name.startswith(".") for entry in root.iterdir()):
            raise Refusal(words("error.no-pack", folder=printable(str(root.resolve()))))
        content.mkdir(parents=True)
        try:
            return pack_at(root)
        except Refusal:  # its name
            content.rmdir()
            raise
    return pack_at(root)


def _has(pack: Pack) -> bool:
    return next(pack.files(), None) is not None


def _topics(pack: Pack) -> dict[str, int]:
    """The topics that a question of the pack may be on, with their order."""
    from quiz.bank.index import open_bank
    from quiz.bank.packs import builtin
    from quiz.config import places

    packs = [builtin()] if pack.builtin else [builtin(), pack]
    with open_bank(places().cache, packs) as bank:
        found = {row.id: row.order for row in bank.topics()}
    # One with a fault is there all the same.
    written = (file.parent.name for file in (pack.root / "content").glob("*/topic.yaml"))
    return dict.fromkeys(written, 0) | found


def _refuse_existing(files: Sequence[Path], words) -> None:
    for file in files:
        if file.exists():
            raise Refusal(words("error.exists", file=printable(_from_here(file))))


def _write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("x", encoding="utf-8") as out:
        out.write(text)
    return file


def _from_here(path: Path) -> str:
    with suppress(ValueError):
        return str(path.resolve().relative_to(Path.cwd().resolve()))
    return str(path)


# --- editing ---


def edit(bank: Bank, key: str, console: Console, words) -> int:
    """Open a question in the editor, then say what is wrong with it; 1 when something is.

    Raises Refusal.
    """
    try:
        question = bank.question(key)
    except Missing as missing:
        raise not_found(missing, "question", words) from None
    file = edit_question(question, words)
    return report([str(file)], console, words)


def edit_question(question: Question, words) -> Path:
    """Open the editor at a question and wait for it; the file. Raises Refusal."""
    root = next(pack.root for pack in the_packs() if pack.name == question.pack)
    file = root / question.file
    editors.edit(file, _line(file, question), words)
    return file


def _line(file: Path, question: Question) -> int:
    if question.kind != "verdict":
        return question.line
    # Made from a statement of topic.yaml, which is further down.
    wanted = f"id: {question.covers[0]}"
    lines = file.read_text(encoding="utf-8").splitlines()
    found = (i for i, line in enumerate(lines, 1) if line.strip(" -") == wanted)
    return next(found, question.line)


def still_fits(before: Question, now: Question) -> bool:
    """Can an answer given to the one be shown with the other?"""

    def shape(question: Question) -> tuple:
        parts = (question.options, question.items, question.points)
        return question.kind, question.demo, *map(len, parts)

    return shape(before) == shape(now)
