"""A question as it is asked."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.text import Text

from quiz.model import Option, Question
from quiz.screen import theme
from quiz.screen.prose import Prose
from quiz.screen.theme import Signs


class Header:
    """One line: a title at the left, a small note at the right end."""

    def __init__(self, left: Text, right: Text):
        self.left, self.right = left, right

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = options.max_width - self.right.cell_len - 1
        left = self.left.copy()
        left.truncate(max(0, room), overflow="ellipsis")
        line = left.copy()
        line.append(" " * max(1, options.max_width - left.cell_len - self.right.cell_len))
        line.append_text(self.right)
        line.truncate(options.max_width)
        yield line


def clock_time(duration: int) -> str:
    """Milliseconds as minutes and seconds."""
    return "{}:{:02}".format(*divmod(round(duration / 1000), 60))


def header(
    question: Question, topic: str, number: int, count: int, words, duration: int | None = None
) -> Header:
    """`duration`: ms that the answer took, once there is one."""
    left = Text(topic, theme.TITLE)
    if question.kind != "verdict":
        left.append(f" · {words('level.' + question.level)}", theme.QUIET)
    left.append(f" · {words('kind.' + question.kind)}", theme.QUIET)
    took = "" if duration is None else f"{clock_time(duration)}  "
    return Header(left, Text(f"{took}{number}/{count}", theme.QUIET))


def prompt(question: Question, words) -> RenderableType:
    text = question.prompt.pick(words.lang)
    if question.kind != "verdict":
        return Prose(text, style=theme.TITLE)
    quoted = f"“{text}”"
    return Group(Text(words("verdict.prompt"), theme.QUIET), Text(""), Prose(quoted, style="bold"))


def option_text(option: Option, question: Question, words) -> str:
    if question.kind == "verdict":
        return words(f"verdict.{option.text.en}")
    return option.text.pick(words.lang)


def choices(
    question: Question,
    options: Sequence[Option],
    chosen: Sequence[int],
    pointer: int,
    signs: Signs,
    words,
) -> RenderableType:
    """Numbered options, the pointer, and what is marked."""
    rows: list[RenderableType] = []
    for place, option in enumerate(options):
        lead = Text()
        lead.append(f"{signs.pointer if place == pointer else ' '} ", theme.POINTER)
        if question.kind == "multiple":
            lead.append(f"{signs.marked if place in chosen else signs.unmarked} ", theme.ACCENT)
        lead.append(f"{place + 1}  ", theme.KEY)
        text = option_text(option, question, words)
        rows.append(Prose(text, style="bold" if place == pointer else "", first=lead))
    return Group(*rows)


def items(
    question: Question,
    order: Sequence[int],
    picked: Sequence[int],
    pointer: int,
    signs: Signs,
    words,
) -> RenderableType:
    """The items of an order question, with the places given so far."""
    rows: list[RenderableType] = []
    for place, index in enumerate(order):
        lead = Text(f"{signs.pointer if place == pointer else ' '} ", theme.POINTER)
        rank = str(picked.index(place) + 1) if place in picked else " "
        lead.append(f"{rank:>2} ", theme.RIGHT)
        lead.append(f" {place + 1}  ", theme.KEY)
        style = theme.QUIET if place in picked else ""
        rows.append(Prose(question.items[index].pick(words.lang), style=style, first=lead))
    return Group(*rows)


def hints(question: Question, count: int, words) -> list[RenderableType]:
    rows: list[RenderableType] = []
    for i, hint in enumerate(question.hints[:count], 1):
        lead = Text(words("hint", number=i, total=len(question.hints)) + "  ", theme.HINT)
        rows.append(Prose(hint.pick(words.lang), first=lead))
    return rows


def run_note(question: Question, words) -> list[RenderableType]:
    """For predictions: which run will decide."""
    if question.kind != "predict" or not question.demo:
        return []
    call = question.demo
    knobs = " ".join(f"{name}={value}" for name, value in call.params.items())
    key = "predict.with" if knobs else "predict.defaults"
    which = words(key, demo=call.name, params=knobs)
    return [Prose(words("predict.note") + which, style=theme.QUIET)]


def ask(
    question: Question,
    *,
    options: Sequence[Option],
    order: Sequence[int],
    chosen: Sequence[int],
    pointer: int,
    shown_hints: int,
    signs: Signs,
    words,
    notice: str = "",
) -> RenderableType:
    """The whole body of the screen while a question is open."""
    blocks: list[RenderableType] = [prompt(question, words)]
    if question.kind == "order":
        blocks.append(items(question, order, chosen, pointer, signs, words))
    elif options:
        blocks.append(choices(question, options, chosen, pointer, signs, words))
    blocks += run_note(question, words)
    blocks += hints(question, shown_hints, words)
    if notice:
        blocks.append(Prose(notice, style=theme.HINT))
    apart = [row for block in blocks for row in (block, Text(""))]
    return Group(*apart[:-1])


def ticks(
    question: Question, made: Collection[int], answer: str, pointer: int, signs: Signs, words
) -> RenderableType:
    """The rubric of an explanation, for the learner to confirm."""
    rows: list[RenderableType] = [
        prompt(question, words),
        Text(""),
        Prose(answer, first=Text(f"{words('you-said')}{words('colon')}", theme.QUIET)),
        Text(""),
        Prose(words("tick"), style=theme.QUIET),
        Text(""),
    ]
    for i, point in enumerate(question.points):
        lead = Text(f"{signs.pointer if i == pointer else ' '} ", theme.POINTER)
        lead.append(f"{signs.marked if i in made else signs.unmarked} ", theme.ACCENT)
        lead.append(f"{i + 1}  ", theme.KEY)
        rows.append(Prose(point.text.pick(words.lang), first=lead))
    return Group(*rows)


def said(answer: str, words) -> Prose:
    """What was typed, repeated."""
    return Prose(answer, first=Text(f"{words('you-said')}{words('colon')}", theme.QUIET))


class Keys:
    """The keys of a screen on its bottom line: the first, `?`, the way out, and what fits."""

    def __init__(self, pairs: Sequence[tuple[str, str]]):
        self.pairs = pairs

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        fitting = self.pairs[:1]
        for pair in sorted(self.pairs[1:], key=lambda pair: pair[0] not in ("?", "q", ":q")):
            tried = [p for p in self.pairs if p in fitting or p == pair]
            if _keys_text(tried).cell_len <= options.max_width:
                fitting = tried
        yield _keys_text(fitting)


def _keys_text(pairs: Sequence[tuple[str, str]]) -> Text:
    line = Text(no_wrap=True, overflow="ellipsis")
    for key, meaning in pairs:
        if line:
            line.append("  ")
        line.append(key, theme.KEY)
        line.append(f" {meaning}", theme.QUIET)
    return line


def keys_line(pairs: Sequence[tuple[str, str]]) -> RenderableType:
    return Keys(pairs)
