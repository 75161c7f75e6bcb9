"""What a file puts into the index: rows of plain values, which travel between processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from quiz.bank import search, structure
from quiz.bank.compile import compile_file, revision, verdict_question
from quiz.bank.packs import Pack
from quiz.bank.read import Steps
from quiz.model import LANGS, Question, Topic


class QuestionEntry(NamedTuple):
    """A row of `questions`, of `prose`, former keys, beliefs; where its id is in the file."""

    row: tuple[str, ...]  # in the order of QUESTION_COLUMNS
    prose: tuple[str, ...]  # in the order of search.COLUMNS
    aliases: tuple[str, ...]
    catches: tuple[str, ...]
    document: int
    steps: Steps


QUESTION_COLUMNS = ("key", "id", "pack", "topic", "kind", "level", "demo", "langs", "revision",
                    "blob")  # fmt: skip


class TopicEntry(NamedTuple):
    row: tuple  # in the order of TOPIC_COLUMNS
    document: int


TOPIC_COLUMNS = ("id", "pack", "ord", "title_en", "title_zh", "requires", "blob")


class Entries(NamedTuple):
    """One file's."""

    sha: str
    topic: TopicEntry | None
    questions: list[QuestionEntry]
    problems: list[tuple]  # (line, column, code, message)


class Files(NamedTuple):
    pack: Pack
    paths: Sequence[str]


def read_files(files: Files) -> list[Entries]:
    return [entries(files.pack, path) for path in files.paths]


def entries(pack: Pack, path: str) -> Entries:
    compiled = compile_file(pack, path)
    topic, questions = None, []
    for document, item in compiled.items:
        if isinstance(item, Question):
            questions.append(question_entry(pack, item, document.index, ("id",)))
            continue
        topic = _topic_entry(pack, item, document.index)
        for i, statement in enumerate(item.statements):
            verdict = verdict_question(item, statement)
            steps = ("statements", i, "id")
            questions.append(question_entry(pack, verdict, document.index, steps))
    return Entries(compiled.sha, topic, questions, [problem[1:] for problem in compiled.problems])


def question_entry(pack: Pack, question: Question, document: int, steps: Steps) -> QuestionEntry:
    question = replace(question, revision=revision(question))
    row = (
        pack.key(question.id),
        question.id,
        pack.name,
        question.topic,
        question.kind,
        question.level,
        question.demo.name if question.demo else "",
        " ".join(lang for lang in LANGS if getattr(question.prompt, lang)),
        question.revision,
        structure.QUESTION.dump_json(question, exclude_defaults=True).decode(),
    )
    aliases = tuple(map(pack.key, question.aliases))
    caught = tuple(sorted(question.catches))
    return QuestionEntry(row, search.entry(question), aliases, caught, document, steps)


def _topic_entry(pack: Pack, topic: Topic, document: int) -> TopicEntry:
    row = (
        topic.id,
        pack.name,
        topic.order,
        topic.title.en,
        topic.title.zh,
        " ".join(topic.requires),
        structure.TOPIC.dump_json(topic, exclude_defaults=True).decode(),
    )
    return TopicEntry(row, document)
