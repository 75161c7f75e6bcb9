"""A session line by line: for pipes, dumb terminals and screen readers.

Each question is printed, one line of input answers it, and what follows is
printed too. Lines that start with a colon are commands; `!!` overrules.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from rich.console import RenderableType
from rich.text import Text

from quiz.play.desk import Desk
from quiz.play.record import Record
from quiz.screen import question as asked
from quiz.screen import theme
from quiz.screen.answer import reveal
from quiz.screen.demo import evidence
from quiz.screen.prose import Prose
from quiz.screen.summary import summary
from quiz.study.calibration import SURE as PERCENT
from quiz.study.grade import Unreadable, has_options
from quiz.study.history import HistoryError
from quiz.study.session import END, REVEAL, SURE, TICK, Session


class Lines:
    """Drives a session from lines; `read` gives the next one or raises EOFError."""

    def __init__(
        self,
        session: Session,
        desk: Desk,
        record: Record,
        read: Callable[[], str],
        *,
        person: bool,
    ):
        self.session, self.desk, self.record, self.read = session, desk, record, read
        self.words, self.console = desk.words, desk.console
        self.person = person  # somebody is there, who can be asked once more

    def run(self) -> None:
        """Until the session or the input ends; then the summary."""
        try:
            if self.person:
                self._print(Text(self.words("line.commands"), theme.QUIET))
            while self.session.phase != END:
                self._question()
        except EOFError:
            pass
        self.console.print()
        outcomes = self.session.outcomes
        steps = self.record.next_steps(outcomes)
        self._print(summary(outcomes, steps, self.desk.signs, self.words))

    def _print(self, *what: RenderableType) -> None:
        for renderable in what:
            self.console.print(renderable)

    def _question(self) -> None:
        session, words = self.session, self.words
        question = session.question
        self.desk.begin(question)
        self._print(
            Text(""),
            asked.header(
                question, self.desk.topic_title(question), session.number, session.count, words
            ),
            Text(""),
            self._asked(),
        )
        while True:
            line = self.read().strip()
            is_command = line.startswith(":") or line == "!!"
            try:
                done = (self._command if is_command else self._answer)(line)
            except HistoryError as problem:
                if not self.person:
                    raise
                done = False
                self._print(Prose(self.record.unsaved(problem), style=theme.HINT))
            for news in self.record.news():
                print(news, file=sys.stderr)
            if done:
                return

    def _asked(self) -> RenderableType:
        session = self.session
        return asked.ask(
            session.question,
            options=session.options,
            order=session.order,
            chosen=(),
            pointer=-1,
            shown_hints=session.hints,
            signs=self.desk.signs,
            words=self.words,
        )

    def _answer(self, line: str) -> bool:
        """Answer and show what follows; False when a person is to try again."""
        session = self.session
        try:
            if has_options(session.question) or session.question.kind == "order":
                session.chosen = self._places(line)
                session.submit()
            else:
                session.submit(line)
        except Unreadable as unreadable:
            self._print(Text(self.words(unreadable.reason, **unreadable.detail)))
            if self.person:
                return False
            # A script gives one line a question: what is no answer leaves it unanswered.
            self._print(Text(self.words("line.skipped"), theme.HINT))
            session.skip()
            return True
        if session.phase == SURE:
            self._sure()
        if session.phase == TICK:
            self._tick()
        if session.run is None:
            run = self.desk.collect(seconds=20.0)
            session.supply(run)
        self._reveal()
        session.advance()
        return True

    def _places(self, line: str) -> list[int]:
        """Numbers on the screen, from 1, separated by spaces or commas."""
        numbers = line.replace(",", " ").split()
        many = len(self.session.order)
        if not numbers or not all(n.isdecimal() and 1 <= int(n) <= many for n in numbers):
            raise Unreadable("not-a-choice", count=many)
        return list(dict.fromkeys(int(n) - 1 for n in numbers))

    def _reply(self) -> str:
        """A line about the answer just given; of the commands, only :q has a meaning here."""
        line = self.read().strip()
        if line.lower() == ":q":
            raise EOFError
        return line

    def _sure(self) -> None:
        levels = "  ".join(f"{i} {self.words(f'sure.{i}')}" for i in (1, 2, 3, 4))
        self._print(Text(f"{self.words('sure.ask')}  {levels}"))
        while (line := self._reply()) not in ("1", "2", "3", "4"):
            self._print(Text(levels))
        self.session.sure(PERCENT[int(line) - 1])

    def _tick(self) -> None:
        session, words = self.session, self.words
        if self.person:
            self._print(
                asked.ticks(
                    session.question, session.made, session.answer, -1, self.desk.signs, words
                )
            )
            found = " ".join(str(i + 1) for i in sorted(session.made)) or words("line.none")
            self._print(Text(words("line.points", points=found)))
            line = self._reply().replace(",", " ")
            numbers = [int(n) - 1 for n in line.split() if n.isdecimal()]
            if numbers:
                session.made = [n for n in numbers if 0 <= n < len(session.question.points)]
        session.confirm()

    def _reveal(self) -> None:
        session, words = self.session, self.words
        assert session.phase == REVEAL
        grade = session.grade
        problem = self.desk.problem
        self._print(
            Text(""),
            reveal(
                session.question,
                options=session.options,
                chosen=session.chosen,
                right=session.right,
                answer=session.answer,
                grade=grade,
                beliefs=self.desk.beliefs(grade.beliefs if grade else (), seconds=20.0),
                citations=self.desk.citations(session.question),
                figures=session.run.figures if session.run else {},
                signs=self.desk.signs,
                words=words,
                notice=self.desk.problem_line(problem) if problem else "",
            ),
        )
        if session.run is not None:
            shown = evidence(session.run, session.question.claims, self.desk.signs, words)
            self._print(Text(""), shown)
        if call := self.desk.refuting(session.repeated):
            knobs = " ".join(f"{name}={value}" for name, value in call.params.items())
            command = f"quiz demo {call.name} {knobs}".rstrip()
            again = words("line.belief-again", command=command)
            self._print(Text(""), Prose(again, style="yellow"))
        if session.leech:
            leech = words("leech", topic=session.question.topic)
            self._print(Text(""), Prose(leech, style=theme.HINT))
        if grade:
            rating = f"{session.rating} {words(f'rate.{session.rating}')}"
            self._print(Text(""), Prose(words("line.rated", rating=rating), style="dim"))

    def _command(self, line: str) -> bool:
        """Carry a command out; True when another question is on now."""
        session, words = self.session, self.words
        name = "!!" if line == "!!" else line[1:2].lower()
        if name == "q":
            raise EOFError
        if name == "h":
            said = asked.hints(session.question, session.hints + 1, words)[-1:]
            if session.hint():
                self._print(*said)
            else:
                self._print(Text(words("no-more-hints")))
        elif name == "s":
            session.skip()
            return True
        elif name == "u":
            if session.undo():
                return True
            self._print(Text(words("nothing-to-undo")))
        elif name == "!!":
            key = "overruled" if session.overrule() else "nothing-to-undo"
            self._print(Text(words(key)))
        elif name == "r":
            rating = line[2:].strip()
            if rating in ("1", "2", "3", "4") and session.rate(int(rating)):
                rating = f"{rating} {words(f'rate.{rating}')}"
                self._print(Text(words("line.rated", rating=rating)))
            else:
                self._print(Text(words("line.rate-what")))
        else:
            commands = words("line.commands")
            self._print(Text(words("line.unknown", command=line, commands=commands)))
        return False
