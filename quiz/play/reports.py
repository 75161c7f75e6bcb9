"""What the reporting commands print: data with --json, a table without."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import asdict

from rich.console import Console
from rich.text import Text

from quiz.bank.index import Bank, Missing
from quiz.lab.run import Lab
from quiz.model import KINDS, LEVELS, Question
from quiz.play.data import print_json
from quiz.play.refusals import known, not_found
from quiz.screen import theme
from quiz.screen.listing import entry
from quiz.screen.tables import Table
from quiz.study.history import History


def topics(bank: Bank, lab: Lab, console: Console, words, json: bool) -> None:
    """The topics in the order of the notes; `rank` is their order of learning."""
    demos = Counter(path.parent.name.replace("_", "-") for path in lab.paths().values())
    found = []
    for row in sorted(bank.topics(), key=lambda row: row.order):
        topic = bank.topic(row.id)
        # Every statement is a verdict question as well; those come on top and are not counted.
        written = [q for q in bank.rows(topic=row.id) if q.kind != "verdict"]
        found.append(
            {
                "id": row.id,
                "order": row.order,
                "rank": row.rank,
                "title": topic.title.pick(words.lang),
                "requires": list(topic.requires),
                "questions": len(written),
                "kinds": dict(Counter(q.kind for q in written)),
                "levels": dict(Counter(q.level for q in written)),
                "statements": len(topic.statements),
                "demos": demos[row.id],
            }
        )
    if json:
        print_json(found)
        return
    columns = ("questions", "statements", "demos")
    rows = [(t["order"], t["id"], *(t[c] for c in columns), t["title"]) for t in found]
    header = ("", words("topic"), *(words(c) for c in columns), words("title"))
    console.print(Table(header, rows))


def coverage(bank: Bank, console: Console, words, json: bool) -> None:
    """Every statement, the questions that examine it, and what it rests on."""
    found = []
    for row in sorted(bank.topics(), key=lambda row: row.order):
        written = [q for q in bank.rows(topic=row.id) if q.kind != "verdict"]
        covers = {q.key: bank.question(q.key).covers for q in written}
        for said in bank.topic(row.id).statements:
            found.append(
                {
                    "topic": row.id,
                    "statement": said.id,
                    "text": said.text.pick(words.lang),
                    "verdict": said.verdict,
                    "questions": [key for key, ids in covers.items() if said.id in ids],
                    "demo": said.demo.name if said.demo else None,
                    "claims": list(said.demo.claims) if said.demo else [],
                    "sources": list(said.sources),
                }
            )
    if json:
        print_json(found)
        return
    from quiz.screen.coverage import coverage

    console.print(coverage(found, words))


def listing(
    bank: Bank,
    console: Console,
    words,
    json: bool,
    *,
    topic: str,
    kinds: Collection[str],
    levels: Collection[str],
) -> None:
    """The written questions; those made of statements with kind=verdict."""
    if topic:
        known("topic", topic, [row.id for row in bank.topics()], words)
    for kind in kinds:
        known("kind", kind, KINDS, words)
    for level in levels:
        known("level", level, LEVELS, words)
    rows = [
        row
        for row in bank.rows(topic=topic or None)
        if (row.kind in kinds if kinds else row.kind != "verdict")
        and (not levels or row.level in levels)
    ]
    if json:
        print_json(
            [
                {
                    "id": row.key,
                    "topic": row.topic,
                    "kind": row.kind,
                    "level": row.level,
                    "demo": row.demo or None,
                    "langs": row.langs.split(),
                }
                for row in rows
            ]
        )
        return
    titles = {t.id: t.title(words.lang) for t in bank.topics()}
    shown = ""
    for row in rows:
        kind, level = words(f"kind.{row.kind}"), words(f"level.{row.level}")
        prompt = " ".join(bank.question(row.key).prompt.pick(words.lang).split())
        if not console.is_terminal:  # whole lines for grep, cut and the like
            print(row.key, row.topic, kind, level, prompt, sep="\t")
            continue
        if row.topic != shown:
            console.print(Text(titles.get(row.topic, row.topic), theme.TITLE))
            shown = row.topic
        console.print(entry(row.key, f"{kind} · {level}", prompt))


def as_data(question: Question) -> dict:
    """The whole question with the fields it has, under the names that YAML uses."""
    data = {k: v for k, v in asdict(question).items() if v not in (None, "", (), {}, 0)}
    if question.demo:
        data["demo"]["with"] = data["demo"].pop("params")
    for name in ("options", "hints", "items", "points"):
        if name in data:
            data[name] = list(data[name])
    return data


def show(bank: Bank, lab: Callable[[], Lab], console: Console, words, json: bool, id: str) -> None:
    try:
        question = bank.question(id)
    except Missing as missing:
        raise not_found(missing, "question", words) from None
    if json:
        print_json(as_data(question))
        return
    from quiz.play.desk import Desk
    from quiz.play.explain import Page

    place = f"{question.file}:{question.line}"
    about = [question.id, words(f"kind.{question.kind}"), words(f"level.{question.level}"), place]
    console.print(Text(" · ".join(about), theme.QUIET))
    desk = Desk(bank, console, words, lab=lab)
    try:
        Page(desk, question).print(console)
    finally:
        desk.close()


def undo(history: History, console: Console, words, json: bool) -> None:
    answer = history.undo_last()
    if json:
        print_json({"undone": answer and {"question": answer.question, "event": answer.id}})
    elif answer:
        console.print(Text(words("undo.done", question=answer.question)))
    else:
        console.print(Text(words("undo.none")))
