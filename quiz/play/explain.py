"""`quiz explain`: the model answer, its demos running while it is being read."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.text import Text

from quiz.lab.run import LIMIT
from quiz.model import DemoCall, Question, Topic
from quiz.play.desk import Desk, cite
from quiz.play.runs import Runs
from quiz.screen import theme
from quiz.screen.answer import solution
from quiz.screen.demo import evidence, views
from quiz.screen.explain import details, opening
from quiz.screen.frame import Beside, Frame, compose
from quiz.screen.keys import Terminal
from quiz.screen.question import Header, keys_line
from quiz.study.grade import key_of, needs_run, options_of


def calls_of(topic: Topic) -> list[DemoCall | None]:
    return [topic.demo, *(s.demo for s in topic.statements)]


class Page:
    """A topic or a question, explained; printed whole, or read with keys."""

    def __init__(self, desk: Desk, subject: Topic | Question):
        self.desk, self.subject, self.words = desk, subject, desk.words
        calls = calls_of(subject) if isinstance(subject, Topic) else [subject.demo]
        self.main = calls[0]
        self.runs = Runs(desk.start, calls, subject.pack)

    def title(self) -> str:
        if isinstance(self.subject, Topic):
            return self.subject.title.pick(self.words.lang)
        return self.desk.topic_title(self.subject)

    def body(self) -> RenderableType:
        """The answer beside its evidence; below them, over the whole width, the rest."""
        if isinstance(self.subject, Topic):
            answer = opening(self.subject, self.runs(self.main), self.words)
            rest = [self._details()]
        else:
            answer, rest = self._solution(), []
        side = self._evidence()
        if side is not None:
            run = self.runs(self.main)
            answer = Beside(answer, side, views(run, self.words)[1:] if run else ())
        return Group(*self._notes(), answer, *rest)

    def _details(self) -> RenderableType:
        known = self.subject.sources or {}

        def full(sources: Sequence[str]) -> list[str]:
            return cite(sources, known)

        return details(self.subject, self.runs, full, self.desk.signs, self.words)

    def _solution(self) -> RenderableType:
        question, run = self.subject, self.runs(self.subject.demo)
        options = options_of(question)
        known = run is not None or not needs_run(question)
        return solution(
            question,
            options=options,
            right=key_of(question, run) if options and known else (),
            citations=self.desk.citations(question),
            figures=run.figures if run else {},
            signs=self.desk.signs,
            words=self.words,
        )

    def _evidence(self) -> RenderableType | None:
        run = self.runs(self.main)
        if run is None:
            waiting = self.main and not self.runs.problems
            return Text(self.words("waiting"), theme.ACCENT) if waiting else None
        subject = self.subject
        claims = subject.claims if isinstance(subject, Question) else self.main.claims
        return evidence(run, claims, self.desk.signs, self.words)

    def _notes(self) -> list[RenderableType]:
        return [Text(self.desk.problem_line(p), theme.HINT) for p in self.runs.problems]

    def print(self, console: Console) -> None:
        self.runs.collect(LIMIT)
        console.print(Text(self.title(), theme.TITLE))
        console.print(Text(""), self.body(), sep="\n")

    def read(self, terminal: Terminal) -> None:
        """Full-screen, scrolling, until the reader goes back."""
        console, scroll, keys = self.desk.console, 0, self._keys()
        while True:
            self.runs.collect()
            header = Header(Text(self.title(), theme.TITLE), Text(""))
            frame = Frame(header, self.body(), [keys])
            shown = compose(console, frame, scroll, self.words("more-below"))
            scroll = shown.scroll
            terminal.draw(shown.rows)
            key = terminal.read()
            page = max(1, console.size.height - 6)
            if key == "ctrl-d":
                terminal.unread(key)  # it leaves all there is, not this page alone
            if key in ("q", "esc", "ctrl-d", "enter"):
                return
            moves = {"up": -1, "down": 1, "pageup": -page, "pagedown": page, " ": page}
            moves |= {"home": -(10**6), "end": 10**6, "k": -1, "j": 1}
            scroll += moves.get(key, 0)
            if key == "?":
                from quiz.play.listed import list_keys
                from quiz.screen.help import READING

                list_keys(terminal, console, {"reading": READING}, self.words)
            if key == "d" and (run := self.runs(self.main)) is not None:
                from quiz.play.knobs import Knobs

                Knobs(terminal, self.desk, run.demo, run.params).run()

    def _keys(self) -> RenderableType:
        words = self.words
        return keys_line(
            [
                ("↑↓ PgUp PgDn", words("key.scroll")),
                ("d", words("key.demo")),
                ("?", words("key.keys")),
                ("q", words("key.back")),
            ]
        )
