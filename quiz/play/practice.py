"""A session full-screen: keys in, frames out."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from quiz.model import DemoCall
from quiz.play.desk import REVEAL_WAIT, Desk
from quiz.refusal import Refusal
from quiz.screen import question as asked
from quiz.screen import theme
from quiz.screen.editor import Editor
from quiz.screen.frame import WIDE, Frame, compose
from quiz.screen.keys import Terminal
from quiz.study.grade import Unreadable, has_options
from quiz.study.session import ASK, END, REVEAL, SURE, TICK, WAIT, Session


def choosing(session: Session) -> bool:
    """Is the question answered with numbers of options, rather than typed?"""
    return has_options(session.question) or session.question.kind == "order"


class Practice:
    """Drives a session from a terminal until it ends. `run` returns when it does."""

    def __init__(self, session: Session, terminal: Terminal, desk: Desk, notices: list[str]):
        self.session, self.terminal, self.desk = session, terminal, desk
        self.words, self.console = desk.words, desk.console
        self.notice = "\n".join(notices)
        self.help = self.quitting = self.warmed = False
        self._fresh()

    def _fresh(self) -> None:
        """Start on the question that the session is at now."""
        self.scroll = self.scrollable = self.behind = self.pointer = 0
        self.editor = Editor()
        self.bang = False
        self._began = False

    # --- the loop ---

    def run(self) -> None:
        self.show()
        while not self.quitting:
            if not self._began and self.session.phase != END:
                # Only now that the question can be read.
                self.desk.begin(self.session.question)
                self._began = True
                self._warm_up()
            key = self.terminal.read()
            self.press(key)
            self._collect()
            self.show()

    def _warm_up(self) -> None:
        """While the question is being read: load what the reveal will need, look for changes."""
        if not self.warmed:
            self.warmed = True
            threading.Thread(target=_import_for_reveal, daemon=True).start()
            threading.Thread(target=self.desk.bank.look_over, daemon=True).start()

    def _collect(self) -> None:
        """Hand the run to the session as soon as it is there."""
        session = self.session
        if session.phase == END or not self._began or session.run or session.run_failed:
            return
        if session.question.demo is None:
            return
        wait = REVEAL_WAIT if session.phase in (WAIT, REVEAL) else 0
        if self.desk.arrived or self.desk.problem or wait:
            run = self.desk.collect(wait)
            if run is not None or self.desk.problem:
                session.supply(run)

    # --- keys ---

    def press(self, key: str) -> None:
        if key in ("resize", "wake"):
            return
        if self.help:
            self._helped(key)
            return
        bang, self.bang = self.bang, False
        if key not in ("pageup", "pagedown", "up", "down", " "):
            self.notice = ""
        if key == "ctrl-d":
            self.quitting = True
        elif key in ("pageup", "pagedown"):
            self._turn(1 if key == "pagedown" else -1)
        elif self.session.phase == END:
            self._at_end(key)
        elif self.session.phase == REVEAL:
            self._revealed(key, bang)
        elif self.session.phase == TICK:
            self._ticking(key)
        elif self.session.phase == SURE:
            self._judging(key)
        elif self.session.phase == WAIT:
            self._command(key)
        elif choosing(self.session):
            self._choosing(key)
        else:
            self._typing(key)

    def _ask_help(self) -> None:
        self.help, self.behind, self.scroll = True, self.scroll, 0

    def _helped(self, key: str) -> None:
        """Scroll the list of keys; any other key closes it."""
        if key in ("pageup", "pagedown"):
            self._turn(1 if key == "pagedown" else -1)
        elif key in ("up", "down"):
            self.scroll += 1 if key == "down" else -1
        else:
            self.help, self.scroll = False, self.behind

    def _turn(self, pages: int) -> None:
        self.scroll += pages * max(1, self.console.size.height - 6)

    def _command(self, key: str) -> bool:
        """The commands that every phase of a question has."""
        session = self.session
        if key == "?":
            self._ask_help()
        elif key == "q":
            self.quitting = True
        elif key == "u":
            if session.undo():
                self._fresh()
            else:
                self.notice = self.words("nothing-to-undo")
        elif key == "h" and session.phase == ASK:
            if not session.hint():
                self.notice = self.words("no-more-hints")
            self.scroll = 10**6  # hints stand below the options
        elif key == "s" and session.phase == ASK:
            session.skip()
            self._fresh()
        else:
            return False
        return True

    def _choosing(self, key: str) -> None:
        session = self.session
        many = len(session.order)
        if key in ("up", "down"):
            self.pointer = (self.pointer + (1 if key == "down" else -1)) % many
        elif key.isdecimal() and key.isascii() and 1 <= int(key) <= many:
            self.pointer = int(key) - 1
            self._pick()
            if session.question.kind not in ("multiple", "order"):
                self._submit()
        elif key == " ":
            self._pick()
        elif key == "enter":
            if session.question.kind not in ("multiple", "order"):
                session.chosen = [self.pointer]
            self._submit()
        elif key == "backspace" and session.chosen:
            session.chosen.pop()
        else:
            self._command(key)

    def _pick(self) -> None:
        self.session.pick(self.pointer)
        session = self.session
        # The last place of an order follows from the others.
        if session.question.kind == "order" and len(session.chosen) == len(session.order) - 1:
            session.pick(next(p for p in range(len(session.order)) if p not in session.chosen))

    def _submit(self, text: str | None = None) -> None:
        if text is None and not self.session.chosen:
            self.notice = self.words("pick-first")
            return
        try:
            self.session.submit(text)
        except Unreadable as unreadable:
            self.notice = self.words(unreadable.reason, **unreadable.detail)
            return
        self.scroll = self.pointer = 0

    def _typing(self, key: str) -> None:
        typed = self.editor.text
        if key == "enter" and typed.startswith(":"):
            self.editor = Editor()
            if not self._command(typed[1:2].lower()):
                self.notice = self.words(
                    "line.unknown", command=typed, commands=self.words("typing.commands")
                )
        elif key == "enter":
            self._submit(typed)
        elif key == "?" and not typed:
            self._ask_help()
        elif key == "esc":
            self.editor = Editor()
        elif key in ("up", "down"):
            self.scroll += 1 if key == "down" else -1
        else:
            self.editor.press(key)

    def _ticking(self, key: str) -> None:
        session = self.session
        many = len(session.question.points)
        if key in ("up", "down"):
            self.pointer = (self.pointer + (1 if key == "down" else -1)) % many
        elif key.isdecimal() and key.isascii() and 1 <= int(key) <= many:
            self.pointer = int(key) - 1
            session.tick(self.pointer)
        elif key == " ":
            session.tick(self.pointer)
        elif key == "enter":
            session.confirm()
            self.scroll = 0
        else:
            self._command(key)

    def _judging(self, key: str) -> None:
        from quiz.study.calibration import SURE as PERCENT

        if key in ("1", "2", "3", "4"):
            self.session.sure(PERCENT[int(key) - 1])
            self.scroll = 0
        else:
            self._command(key)

    def _revealed(self, key: str, bang: bool) -> None:
        session = self.session
        if key in ("up", "down"):
            self.scroll += 1 if key == "down" else -1
        elif key == " " and self.scroll < self.scrollable:
            self._turn(1)
        elif key in ("enter", " ", "n", "right"):
            self._next()
        elif key in ("1", "2", "3", "4"):
            session.rate(int(key))
            self._next()
        elif key == "!" and bang:
            session.overrule()
            self.notice = self.words("overruled")
            self.scroll = 0
        elif key == "!":
            self.bang = True
            self.notice = self.words("bang")
            self.scroll = 0
        elif key == "d" and (call := self._refuting()):
            from quiz.lab.run import DemoError
            from quiz.play.knobs import Knobs

            try:
                demo = self.desk.lab.resolve(call.name, session.question.pack)
                Knobs(self.terminal, self.desk, demo, call.params).run()
            except DemoError as problem:
                self.notice = self.desk.problem_line(problem)
        elif key == "d" and session.run is not None:
            from quiz.play.knobs import Knobs

            Knobs(self.terminal, self.desk, session.run.demo, session.run.params).run()
        elif key == "e":
            self._edit()
        else:
            self._command(key)

    def _edit(self) -> None:
        """Open the question in the user's editor, and go on with what it has become."""
        from quiz.play.writing import edit_question, still_fits

        session = self.session
        try:
            with self.terminal.aside():
                file = edit_question(session.question, self.words)
        except (Refusal, OSError) as problem:
            self.notice = str(problem)
            return
        self.desk.reload()
        now = self.desk.question(session.key)
        faults = [p for p in self.desk.bank.problems if p.file == str(file)]
        if faults:
            self.notice = str(faults[0])
        elif still_fits(session.question, now):
            session.question = now
            self.notice = self.words("edited")
        else:
            self.notice = self.words("edited-later")

    def _refuting(self) -> DemoCall | None:
        """The demo that refutes a belief which has shown before, and again just now."""
        told = self.desk.beliefs(self.session.repeated)
        return next((belief.demo for belief in told if belief.demo), None)

    def _next(self) -> None:
        while True:
            try:
                self.session.advance()
            except LookupError:
                continue  # edited away meanwhile: the one after it
            break
        self._fresh()

    def _at_end(self, key: str) -> None:
        if key == "r" and self.session.missed:
            self.session.retry()
            self._fresh()
        elif key == "u":
            self._command(key)
        elif key in ("q", "enter", "esc", " "):
            self.quitting = True

    # --- the screen ---

    def show(self) -> None:
        if self.quitting:
            return
        frame = self.frame()
        shown = compose(self.console, frame, self.scroll, self.words("more-below"))
        self.scroll, self.scrollable = shown.scroll, shown.scrollable
        self.terminal.draw(shown.rows, shown.cursor)

    def frame(self) -> Frame:
        session, words = self.session, self.words
        if session.phase == END:
            from quiz.screen.summary import summary

            body = summary(session.outcomes, self.desk.signs, words)
            return Frame(Text(words("done.title"), theme.TITLE), body, [self._keys()])
        header = asked.header(
            session.question,
            self.desk.topic_title(session.question),
            session.number,
            session.count,
            words,
        )
        if self.help:
            from quiz.screen.help import help_screen

            return Frame(header, help_screen(words), [Text(words("help.close"), theme.QUIET)])
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
        if call := self._refuting():
            notices.append(self.words("belief.again", demo=call.name))
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

        return proof(session.run, session.question.demo.claims, self.words)

    def _evidence(self) -> RenderableType | None:
        session = self.session
        if session.run is not None:
            from quiz.screen.demo import evidence

            claims = session.question.demo.claims
            return evidence(session.run, claims, self.desk.signs, self.words)
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
            pairs += [("u", words("key.undo")), ("Enter", words("key.leave"))]
        elif session.phase == REVEAL:
            pairs = []
            if session.grade:
                rating = words(f"rate.{session.rating}")
                pairs = [("Enter", words("key.next", rating=rating)), ("1-4", words("key.rate"))]
                pairs.append(("!!", words("key.overrule")))
            else:
                pairs = [("Enter", words("key.next-plain"))]
            if session.run is not None or self._refuting():
                pairs.append(("d", words("key.demo")))
            pairs += [("u", words("key.undo")), *tail]
        elif session.phase == TICK:
            count = len(session.question.points)
            pairs = [(f"1-{count}", words("key.tick")), ("Enter", words("key.confirm")), *tail]
        elif session.phase == SURE:
            pairs = [(str(i), words(f"sure.{i}")) for i in (1, 2, 3, 4)] + tail
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


def _import_for_reveal() -> None:
    import fsrs  # noqa: F401

    import quiz.screen.answer
    import quiz.screen.demo
    import quiz.screen.markdown
    import quiz.screen.plots  # noqa: F401
