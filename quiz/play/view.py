"""What a session has on the screen: the question or its answer, and where in it one is."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from quiz.play.desk import Desk
from quiz.play.record import Record
from quiz.screen import question as asked
from quiz.screen import theme
from quiz.screen.editor import Editor
from quiz.screen.frame import WIDE, Frame, compose
from quiz.screen.keys import Terminal
from quiz.study.grade import has_options
from quiz.study.session import ASK, END, REVEAL, SURE, TICK, WAIT, Session


def choosing(session: Session) -> bool:
    """Is the question answered with numbers of options, rather than typed?"""
    return has_options(session.question) or session.question.kind == "order"


class View:
    """What is pointed at, typed, scrolled to and told; `frame` is all of it as a frame."""

    def __init__(self, session: Session, desk: Desk, record: Record, notices: list[str]):
        self.session, self.desk, self.record = session, desk, record
        self.words, self.console = desk.words, desk.console
        self.notice = "\n".join(notices)
        self.help = False
        self.fresh()

    def fresh(self) -> None:
        """Start on the question that the session is at now."""
        self.scroll = self.scrollable = self.behind = 0
        self.pointer = -1  # at nothing: an Enter too many, from before, must not answer
        self.editor = Editor()
        if self.session.phase != END and not choosing(self.session):
            self.editor = Editor(self.record.drafts.get(self.session.key, ""))
        self._steps: list[str] | None = None  # what the end says to do next
        self.more: Sequence[str] = ()  # what could be asked after it

    # --- moving about ---

    def turn(self, key: str) -> bool:
        """Scroll by a page or a line, if the key does."""
        page = max(1, self.console.size.height - 6)
        rows = {"pagedown": page, "pageup": -page, "down": 1, "up": -1}.get(key, 0)
        self.scroll += rows
        return rows != 0

    def point(self, key: str, many: int) -> None:
        """The next or the one before of so many, round the end."""
        self.pointer = (self.pointer + 1 if key == "down" else max(self.pointer, 0) - 1) % many

    def ask_help(self) -> None:
        self.help, self.behind, self.scroll = True, self.scroll, 0

    def close_help(self) -> None:
        self.help, self.scroll = False, self.behind

    # --- drawing ---

    def draw(self, terminal: Terminal) -> None:
        shown = compose(self.console, self.frame(), self.scroll, self.words("more-below"))
        self.scroll, self.scrollable = shown.scroll, shown.scrollable
        terminal.draw(shown.rows, shown.cursor)

    def frame(self) -> Frame:
        session, words = self.session, self.words
        if session.phase == END:
            from quiz.screen.summary import summary

            title = Text(words("done.title"), theme.TITLE)
            if self.help:
                return self._keys_explained(title)
            if self._steps is None:
                self._steps = self.record.next_steps(session.outcomes)
                self.more = self.record.more()
            body = summary(session.outcomes, self._steps, self.desk.signs, words)
            if self.notice:
                body = Group(Text(self.notice, theme.HINT), Text(""), body)
            return Frame(title, body, [self._keys()])
        header = asked.header(
            session.question,
            self.desk.topic_title(session.question),
            session.number,
            session.count,
            words,
            session.duration,
        )
        if self.help:
            return self._keys_explained(header)
        if session.phase == REVEAL:
            side = self._evidence()
            return Frame(header, self._answer(), [self._keys()], side, more=self._pictures())
        if session.phase == TICK:
            body = asked.ticks(
                session.question,
                session.made,
                session.answer,
                self.pointer,
                self.desk.signs,
                words,
            )
            return Frame(header, body, [self._keys()])
        footer, cursor = [self._keys()], None
        if session.phase == ASK and not choosing(session):
            footer, cursor = self._input()
        return Frame(header, self._question(), footer, cursor=cursor)

    def _keys_explained(self, header: RenderableType) -> Frame:
        from quiz.screen.help import help_screen

        body = help_screen(self.words, confidence=self.session.asks_confidence)
        return Frame(header, body, [Text(self.words("help.close"), theme.QUIET)])

    def _question(self) -> RenderableType:
        session = self.session
        body = asked.ask(
            session.question,
            options=session.options,
            order=session.order,
            chosen=session.chosen,
            pointer=self.pointer if choosing(session) else -1,
            shown_hints=session.hints,
            signs=self.desk.signs,
            words=self.words,
            notice=self.notice,
        )
        if session.phase == SURE:
            said = [] if choosing(session) else [asked.said(session.answer, self.words)]
            body = Group(body, Text(""), *said, Text(self.words("sure.ask"), theme.ACCENT))
        elif session.phase == WAIT:
            body = Group(body, Text(""), Text(self.words("waiting"), theme.ACCENT))
        return body

    def _input(self) -> tuple[list[RenderableType], tuple[int, int]]:
        """The line being typed, at most four rows of it, above the keys."""
        rows, (column, row) = self.editor.rows(max(8, self.console.size.width - 6))
        first = max(0, row - 3)
        shown = rows[first : first + 4]
        lines = [
            Text.assemble(("> " if i == 0 else "  ", theme.POINTER), (text, ""))
            for i, text in enumerate(shown)
        ]
        return [*lines, self._keys()], (column + 2, row - first)

    def _answer(self) -> RenderableType:
        from quiz.screen.answer import reveal

        session = self.session
        grade = session.grade
        notices = []
        if call := self.desk.refuting(self.session.repeated):
            notices.append(self.words("belief.again", demo=call.name))
        if session.leech and grade.verdict == "wrong":
            notices.append(self.words("leech", topic=session.question.topic))
        if session.run_failed and self.desk.problem:
            notices.append(self.desk.problem_line(self.desk.problem))
        notice = "\n".join([*notices, *filter(None, [self.notice])])
        return reveal(
            session.question,
            options=session.options,
            chosen=session.chosen,
            right=session.right,
            answer=session.answer,
            grade=grade,
            beliefs=self.desk.beliefs(grade.beliefs if grade else ()),
            citations=self.desk.citations(session.question),
            figures=session.run.figures if session.run else {},
            signs=self.desk.signs,
            words=self.words,
            notice=notice,
            proof=self._proof(),
        )

    def _proof(self) -> RenderableType | None:
        """The measured claim that the answer rests on most, where its picture is screens below."""
        session = self.session
        if session.run is None or self.console.size.width >= WIDE:
            return None
        from quiz.screen.demo import proof

        return proof(session.run, session.question.claims, self.words)

    def _evidence(self) -> RenderableType | None:
        session = self.session
        if session.run is not None:
            from quiz.screen.demo import evidence

            return evidence(session.run, session.question.claims, self.desk.signs, self.words)
        if session.question.demo and not session.run_failed:
            return Text(self.words("waiting"), theme.ACCENT)
        return None

    def _pictures(self) -> Sequence[RenderableType]:
        """The run's pictures after the first."""
        if self.session.run is None:
            return ()
        from quiz.screen.demo import views

        return views(self.session.run, self.words)[1:]

    def _keys(self) -> RenderableType:
        session, words = self.session, self.words
        many = len(session.order)
        tail = [("?", words("key.keys")), ("q", words("key.quit"))]
        if session.phase == END:
            pairs = [("r", words("key.retry"))] if session.missed else []
            if topic := self.record.to_read(session.missed):
                pairs.append(("x", words("key.explain", topic=topic.id)))
            if self.more:
                pairs.append(("n", words("key.more", count=len(self.more))))
            pairs += [("Enter", words("key.leave")), ("u", words("key.undo")), tail[0]]
        elif session.phase == REVEAL:
            pairs = []
            if session.grade:
                rating = words(f"rate.{session.rating}")
                pairs = [("Enter", words("key.next", rating=rating)), ("1-4", words("key.rate"))]
                pairs.append(("!!", words("key.overrule")))
            else:
                pairs = [("Enter", words("key.next-plain"))]
            if session.run is not None or self.desk.refuting(self.session.repeated):
                pairs.append(("d", words("key.demo")))
            pairs += [("u", words("key.undo")), *tail]
        elif session.phase == TICK:
            count = len(session.question.points)
            pairs = [(f"1-{count}", words("key.tick")), ("Enter", words("key.confirm")), *tail]
        elif session.phase == SURE:
            pairs = [(str(i), words(f"sure.{i}")) for i in (1, 2, 3, 4)] + tail[:1]
        elif session.phase == WAIT:
            pairs = tail
        elif choosing(session):
            role = {"multiple": "key.toggle", "order": "key.place"}.get(session.question.kind)
            pairs = [(f"1-{many}", words(role or "key.choose"))]
            if role:
                pairs.append(("Enter", words("key.answer")))
            if session.hints < len(session.question.hints):
                pairs.append(("h", words("key.hint")))
            pairs += [("s", words("key.skip")), ("u", words("key.undo")), *tail]
        else:
            pairs = [("Enter", words("key.answer"))]
            if session.hints < len(session.question.hints):
                pairs.append((":h", words("key.hint")))
            pairs += [(":s", words("key.skip")), (":u", words("key.undo"))]
            pairs += [("?", words("key.keys")), (":q", words("key.quit"))]
        return asked.keys_line(pairs)
