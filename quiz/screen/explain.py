"""A topic's model answer, and what people say about it, each with its evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from quiz.evidence import Run
from quiz.figures import fill
from quiz.model import DemoCall, Statement, Topic
from quiz.screen import theme
from quiz.screen.demo import claim
from quiz.screen.markdown import Markdown, inline
from quiz.screen.prose import Indented, Prose
from quiz.screen.theme import Signs

RunOf = Callable[[DemoCall | None], Run | None]


def figures_of(run: Run | None) -> Mapping[str, float]:
    return run.figures if run else {}


def section(title: str) -> list[RenderableType]:
    return [Text(""), Text(title, theme.ACCENT), Text("")]


def opening(topic: Topic, run: Run | None, words) -> RenderableType:
    """The question, and its answer in two lengths with the figures of the main demo's run."""
    lang, figures = words.lang, figures_of(run)
    rows: list[RenderableType] = [Prose(topic.question.pick(lang), style=theme.TITLE)]
    rows += [*section(words("explain.short")), Markdown(fill(topic.short.pick(lang), figures))]
    rows += [*section(words("explain.full")), Markdown(fill(topic.full.pick(lang), figures))]
    return Group(*rows)


def details(
    topic: Topic, run_of: RunOf, cite: Callable[[Sequence[str]], list[str]], signs: Signs, words
) -> RenderableType:
    """The whiteboard, what people say, traps and follow-ups.

    `run_of` gives the run of a demo call, or None while it is not there; `cite` full sources.
    """
    lang = words.lang
    figures = figures_of(run_of(topic.demo))
    rows: list[RenderableType] = []
    if topic.whiteboard:
        board = Text(topic.whiteboard.pick(lang).rstrip("\n"), no_wrap=True, overflow="ellipsis")
        rows += [*section(words("explain.whiteboard")), board]
    rows += section(words("explain.statements"))
    for each in topic.statements:
        rows += [statement(each, run_of, cite, signs, words), Text("")]
    if topic.traps:
        rows += section(words("explain.traps"))[1:]
        rows += [Prose(t.pick(lang), first=Text("• ")) for t in topic.traps]
    if topic.follow_ups:
        rows += section(words("explain.follow-ups"))
        for each in topic.follow_ups:
            rows.append(Prose(each.question.pick(lang), style=theme.TITLE))
            rows += [Markdown(fill(each.answer.pick(lang), figures)), Text("")]
    if topic.sources:
        rows += [Text(words("sources"), theme.ACCENT), Text("")]
        bullet = Text("· ", theme.QUIET)
        rows += [Prose(s, style=theme.QUIET, first=bullet) for s in topic.sources.values()]
    return Group(*rows)


def statement(
    said: Statement,
    run_of: RunOf,
    cite: Callable[[Sequence[str]], list[str]],
    signs: Signs,
    words,
) -> RenderableType:
    """What is said, the verdict on it, what is so, and the claims that show it."""
    lang, run = words.lang, run_of(said.demo)
    rows: list[RenderableType] = [Prose(f"“{said.text.pick(lang)}”")]
    verdict = Text(
        f"{words(f'verdict.{said.verdict}')}{words('colon')}", theme.JUDGEMENT[said.verdict]
    )
    correction = inline(fill(said.correction.pick(lang), figures_of(run)).strip())
    rows.append(Indented(Prose(correction, first=verdict, rest="  "), 2))
    if run and said.demo:
        names = said.demo.claims
        proof = [claim(c, run, signs, words) for c in run.claims if c.name in names]
        rows += [Indented(each, 4) for each in proof]
    elif said.demo:
        rows.append(Text(f"    {words('waiting')}", theme.QUIET))
    for source in cite(said.sources):
        rows.append(Prose(source, style=theme.QUIET, first=Text("    ")))
    return Group(*rows)
