"""An answered question: the verdict, why, the answer with its figures, its sources."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from quiz.figures import fill, show
from quiz.model import Misconception, Option, Question
from quiz.model import Text as Words
from quiz.screen import theme
from quiz.screen.prose import Prose
from quiz.screen.question import option_text, prompt
from quiz.screen.theme import Signs


def verdict_line(verdict: str, signs: Signs, words, note: str = "") -> Text:
    line = Text(f"{signs.verdict(verdict)} {words(verdict)}", theme.VERDICT[verdict])
    if note:
        line.append(f"  {note}", theme.QUIET)
    return line


def heading(text: str) -> Text:
    return Text(text, theme.ACCENT)


def chosen_options(
    question: Question,
    options: Sequence[Option],
    chosen: Sequence[int],
    right: Sequence[int],
    figures: Mapping[str, float],
    signs: Signs,
    words,
) -> list[RenderableType]:
    """The options chosen and those that were right, each with its reason."""
    rows: list[RenderableType] = []
    for place, option in enumerate(options):
        if place not in chosen and place not in right:
            continue
        good = place in right
        lead = Text(f"{signs.right if good else signs.wrong} ", "green" if good else "red")
        lead.append(f"{place + 1}  ", theme.KEY)
        mine = "bold" if place in chosen else ""
        text = Text(option_text(option, question, words), mine)
        if question.kind == "multiple" and good and place not in chosen:
            text.append(words("aside", text=words("missed")), theme.HINT)
        rows.append(Prose(text, first=lead))
        if question.kind != "verdict":
            why = fill(option.why.pick(words.lang), figures)
            rows.append(Prose(why, style=theme.QUIET, first=Text("     ")))
    return rows


def typed_answer(
    question: Question, answer: str, why: Sequence[Words], figures: Mapping[str, float], words
) -> list[RenderableType]:
    """What was typed, why it is wrong where that is known, and what is right."""
    rows: list[RenderableType] = [Prose(words("your-answer", answer=answer))]
    rows += [Prose(fill(w.pick(words.lang), figures), style=theme.QUIET) for w in why]
    return rows + key_lines(question, figures, words)


def key_lines(question: Question, figures: Mapping[str, float], words) -> list[RenderableType]:
    """The right answer of a question that is answered by typing."""
    rows: list[RenderableType] = []
    if question.kind == "numeric":
        unit = question.unit.pick(words.lang)
        rows.append(Prose(words("key-is", value=f"{show(question.value)} {unit}".rstrip())))
    elif question.kind == "predict" and question.figure in figures:
        rows.append(Prose(words("measured-answer", value=show(figures[question.figure]))))
    elif question.kind == "short":
        rows.append(Prose(words("key-is", value=_in_language(question.accept, words.lang))))
    return rows


def _in_language(accept: Sequence[str], lang: str) -> str:
    """The first accepted wording, and its twin in Chinese where the reader wants one.

    A symbol (d_k, O(1)) needs no translation.
    """
    first = accept[0]
    chinese = [a for a in accept if any("\u4e00" <= c <= "\u9fff" for c in a)]
    if lang != "zh":
        return next((a for a in accept if a not in chinese), first)
    if first in chinese or not chinese or not re.search("[a-z]{3}", first):
        return first
    return f"{first}（{chinese[0]}）"


def ordered(question: Question, answer: str, signs: Signs, words) -> list[RenderableType]:
    """The right order, and where the answer had put an item that stood elsewhere."""
    given = answer.split(",")
    rows: list[RenderableType] = [heading(words("in-order"))]
    for i, item in enumerate(question.items):
        good = i < len(given) and given[i] == str(i + 1)
        lead = Text(f"{signs.right if good else signs.wrong} ", "green" if good else "red")
        lead.append(f"{i + 1}  ", theme.KEY)
        text = Text(item.pick(words.lang))
        if not good and str(i + 1) in given:
            place = given.index(str(i + 1)) + 1
            text.append(words("aside", text=words("your-place", place=place)), theme.HINT)
        rows.append(Prose(text, first=lead))
    return rows


def rubric(question: Question, made: Sequence[int], signs: Signs, words) -> list[RenderableType]:
    total = len(question.points)
    rows: list[RenderableType] = [heading(words("points-made", made=len(made), total=total))]
    for i, point in enumerate(question.points):
        good = i in made
        lead = Text(f"{signs.right if good else signs.wrong} ", "green" if good else "red")
        rows.append(Prose(point.text.pick(words.lang), first=lead))
    return rows


def explanation(
    question: Question,
    beliefs: Sequence[Misconception],
    citations: Sequence[str],
    figures: Mapping[str, float],
    words,
) -> list[RenderableType]:
    """The answer itself, the belief that a wrong one shows, and the sources."""
    from quiz.screen.markdown import Markdown

    rows: list[RenderableType] = []
    for belief in beliefs:
        lead = Text(f"{words('belief')}{words('colon')}", theme.HINT)
        rows += [Text(""), Prose(belief.belief.pick(words.lang), first=lead, rest="  ")]
        rows.append(Prose(belief.truth.pick(words.lang), first=Text("  ")))
    label = "correction" if question.kind == "verdict" else "answer"
    text = fill(question.answer.pick(words.lang), figures)
    rows += [Text(""), heading(words(label)), Markdown(text)]
    if citations:
        rows += [Text(""), heading(words("sources"))]
        rows += [Prose(c, style=theme.QUIET, first=Text("· ", theme.QUIET)) for c in citations]
    return rows


def reveal(
    question: Question,
    *,
    options: Sequence[Option],
    chosen: Sequence[int],
    right: Sequence[int],
    answer: str,
    grade,
    beliefs: Sequence[Misconception],
    citations: Sequence[str],
    figures: Mapping[str, float],
    signs: Signs,
    words,
    notice: str = "",
    proof: RenderableType | None = None,
) -> RenderableType:
    """The whole body of the screen once a question is answered.

    `grade` has verdict, why and found (study.grade.Grade), or is None when the
    demo that holds the key could not run. `proof` stands with the verdict where
    the evidence itself has no room beside it.
    """
    head = verdict_line(grade.verdict, signs, words) if grade else Text(words("ungraded"), "bold")
    rows: list[RenderableType] = [head]
    if notice:
        rows.append(Prose(notice, style=theme.HINT))
    if proof is not None:
        rows.append(proof)
    rows += [Text(""), prompt(question, words), Text("")]
    if question.kind == "order":
        rows += ordered(question, answer, signs, words)
    elif question.kind == "explain":
        rows += rubric(question, grade.found, signs, words)
    elif options:
        rows += chosen_options(question, options, chosen, right, figures, signs, words)
    else:
        rows += typed_answer(question, answer, grade.why if grade else (), figures, words)
    return Group(*rows, *explanation(question, beliefs, citations, figures, words))


def solution(
    question: Question,
    *,
    options: Sequence[Option],
    right: Sequence[int],
    citations: Sequence[str],
    figures: Mapping[str, float],
    signs: Signs,
    words,
) -> RenderableType:
    """A question with its key and every reason, for reading rather than answering."""
    rows: list[RenderableType] = [prompt(question, words), Text("")]
    if question.kind == "order":
        key = ",".join(str(i + 1) for i in range(len(question.items)))
        rows += ordered(question, key, signs, words)
    elif question.kind == "explain":
        rows += rubric(question, range(len(question.points)), signs, words)
    elif options:
        every = range(len(options))
        rows += chosen_options(question, options, every, right, figures, signs, words)
    else:
        rows += key_lines(question, figures, words)
    return Group(*rows, *explanation(question, (), citations, figures, words))
