"""A file's YAML into questions and topics, as far as they can be used."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import NamedTuple

from quiz.bank import rules, structure
from quiz.bank.packs import Pack
from quiz.bank.problem import Problem
from quiz.bank.read import Document, Unreadable, parse, read_bytes
from quiz.bank.rules.kit import Item
from quiz.model import Question, Statement, Topic


class Compiled(NamedTuple):
    """One file: the usable items in it, and what is wrong with it."""

    sha: str
    items: list[tuple[Document, Item]]
    problems: list[Problem]


def compile_file(pack: Pack, path: str, *, name: str | None = None) -> Compiled:
    """Read one file of a pack; `name` is what problems call it."""
    name = name or path
    sha = ""
    try:
        data = read_bytes(pack.root / path, name)
        sha = hashlib.sha256(data).hexdigest()
        documents = parse(data, name)
    except Unreadable as refused:
        return Compiled(sha, [], refused.problems)
    _, folder, file = path.split("/")
    known = {"pack": pack.name, "file": path}
    problems: list[Problem] = []
    if file == "topic.yaml":
        build = structure.topic
        message = "topic.yaml holds one document; take the '---' out"
        problems += [document.problem((), "type", message) for document in documents[1:]]
        documents = documents[:1]
    else:
        build = structure.question
        known["topic"] = folder
    items = []
    for document in documents:
        built = build(document, line=document.line, **known)
        if isinstance(built, list):
            problems += built
        elif broken := rules.breaking(built, document):
            problems += broken
        else:
            items.append((document, built))
    return Compiled(sha, items, problems)


def verdict_question(topic: Topic, statement: Statement) -> Question:
    """What a candidate said, to be judged: a question that needs no file.

    Its options are the four verdicts, which the screen words; `accept` holds the right one.
    """
    return Question(
        id=f"verdict-{statement.id}",
        kind="verdict",
        level="core",
        prompt=statement.text,
        answer=statement.correction,
        demo=statement.demo,
        covers=(statement.id,),
        sources=statement.sources,
        accept=(statement.verdict,),
        topic=topic.id,
        pack=topic.pack,
        file=topic.file,
        line=topic.line,
    )


def revision(question: Question) -> str:
    """A digest of the content: the same wherever the file lies and however it is laid out."""
    content = replace(question, topic="", pack="", file="", line=0, revision="")
    blob = structure.QUESTION.dump_json(content, exclude_defaults=True)
    return hashlib.sha256(blob).hexdigest()[:12]
