"""A session full-screen: keys in, frames out."""

from __future__ import annotations

import threading

from quiz.play.desk import REVEAL_WAIT, Desk
from quiz.play.record import Record
from quiz.play.view import View, choosing
from quiz.refusal import Refusal
from quiz.screen.editor import Editor
from quiz.screen.keys import Terminal, narrow
from quiz.study.grade import Unreadable
from quiz.study.history import HistoryError
from quiz.study.session import ASK, END, REVEAL, SURE, TICK, WAIT, Session


class Practice:
    """Drives a session from a terminal until it ends. `run` returns when it does."""

    def __init__(
        self,
        session: Session,
        terminal: Terminal,
        desk: Desk,
        record: Record,
        notices: list[str],
    ):
        self.session, self.terminal, self.desk, self.record = session, terminal, desk, record
        self.words, self.view = desk.words, View(session, desk, record, notices)
        self.quitting = self.warmed = self.bang = self._began = False

    def _fresh(self) -> None:
        """Start on the question that the session is at now."""
        self.view.fresh()
        self.bang = self._began = False

    # --- the loop ---

    def run(self) -> None:
        try:
            self._run()
        finally:  # however it is left
            self.record.drafts.leave(self.session, self.view.editor.text)

    def _run(self) -> None:
        self.show()
        while not self.quitting:
            if not self._began and self.session.phase != END:
                # Only now that the question can be read.
                self.desk.begin(self.session.question)
                self._began = True
                self._warm_up()
            key = self.terminal.read()
            try:
                self.press(key)
                self._collect()
            except HistoryError as problem:
                self.view.notice = self.record.unsaved(problem)
            if news := self.record.news():
                self.view.notice = "\n".join([*filter(None, [self.view.notice]), *news])
            self.show()

    def show(self) -> None:
        if not self.quitting:
            self.view.draw(self.terminal)

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
        if not self._writing:
            key = narrow(key)
        if self.view.help and key != "ctrl-d":
            if not self.view.turn(key):
                self.view.close_help()
            return
        bang, self.bang = self.bang, False
        if key not in ("pageup", "pagedown", "up", "down", " "):
            self.view.notice = ""
        if key == "ctrl-d":
            self.quitting = True
        elif key in ("pageup", "pagedown"):
            self.view.turn(key)
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

    @property
    def _writing(self) -> bool:
        return self.session.phase == ASK and not choosing(self.session) and not self.view.help

    def _command(self, key: str) -> bool:
        """The commands that every phase of a question has."""
        session = self.session
        if key == "?":
            self.view.ask_help()
        elif key == "q":
            self.quitting = True
        elif key == "u":
            if session.undo():
                self._fresh()
            else:
                self.view.notice = self.words("nothing-to-undo")
        elif key == "h" and session.phase == ASK:
            if not session.hint():
                self.view.notice = self.words("no-more-hints")
            self.view.scroll = 10**6  # hints stand below the options
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
            self.view.point(key, many)
        elif key.isdecimal() and key.isascii() and 1 <= int(key) <= many:
            self.view.pointer = int(key) - 1
            self._pick()
            if session.question.kind not in ("multiple", "order"):
                self._submit()
        elif key == " " and self.view.pointer >= 0:
            self._pick()
        elif key == "enter":
            if session.question.kind not in ("multiple", "order") and self.view.pointer >= 0:
                session.chosen = [self.view.pointer]
            self._submit()
        elif key == "backspace" and session.chosen:
            session.chosen.pop()
        else:
            self._command(key)

    def _pick(self) -> None:
        self.session.pick(self.view.pointer)
        session = self.session
        # The last place of an order follows from the others.
        if session.question.kind == "order" and len(session.chosen) == len(session.order) - 1:
            session.pick(next(p for p in range(len(session.order)) if p not in session.chosen))

    def _submit(self, text: str | None = None) -> None:
        if text is None and not self.session.chosen:
            self.view.notice = self.words("pick-first")
            return
        try:
            self.session.submit(text)
        except Unreadable as unreadable:
            self.view.notice = self.words(unreadable.reason, **unreadable.detail)
            return
        self.view.scroll = self.view.pointer = 0

    def _typing(self, key: str) -> None:
        typed = self.view.editor.text
        if key == "enter" and narrow(typed[:1]) == ":":
            self.view.editor = Editor()
            if not self._command(narrow(typed[1:2]).lower()):
                self.view.notice = self.words(
                    "line.unknown", command=typed, commands=self.words("typing.commands")
                )
        elif key == "enter":
            self._submit(typed)
        elif narrow(key) == "?" and not typed:
            self.view.ask_help()
        elif key == "esc":
            self.view.editor = Editor()
        elif key in ("up", "down"):
            self.view.turn(key)
        else:
            self.view.editor.press(key)

    def _ticking(self, key: str) -> None:
        session = self.session
        many = len(session.question.points)
        if key in ("up", "down"):
            self.view.point(key, many)
        elif key.isdecimal() and key.isascii() and 1 <= int(key) <= many:
            self.view.pointer = int(key) - 1
            session.tick(self.view.pointer)
        elif key == " ":
            session.tick(self.view.pointer)
        elif key == "enter":
            session.confirm()
            self.view.scroll = 0
        else:
            self._command(key)

    def _judging(self, key: str) -> None:
        from quiz.study.calibration import SURE as PERCENT

        if key in ("1", "2", "3", "4"):
            self.session.sure(PERCENT[int(key) - 1])
            self.view.scroll = 0
        else:
            self._command(key)

    def _revealed(self, key: str, bang: bool) -> None:
        session = self.session
        if key in ("up", "down"):
            self.view.turn(key)
        elif key == " " and self.view.scroll < self.view.scrollable:
            self.view.turn("pagedown")
        elif key in ("enter", " ", "n", "right"):
            self._next()
        elif key in ("1", "2", "3", "4"):
            session.rate(int(key))
            self._next()
        elif key == "!" and bang:
            session.overrule()
            self.view.notice = self.words("overruled")
            self.view.scroll = 0
        elif key == "!":
            self.bang = True
            self.view.notice = self.words("bang")
            self.view.scroll = 0
        elif key == "d" and (call := self.desk.refuting(session.repeated)):
            from quiz.lab.run import DemoError
            from quiz.play.knobs import Knobs

            try:
                demo = self.desk.lab.resolve(call.name, session.question.pack)
                Knobs(self.terminal, self.desk, demo, call.params).run()
            except DemoError as problem:
                self.view.notice = self.desk.problem_line(problem)
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
            self.view.notice = str(problem)
            return
        self.desk.reload()
        now = self.desk.question(session.key)
        faults = [p for p in self.desk.bank.problems if p.file == str(file)]
        if faults:
            self.view.notice = str(faults[0])
        elif still_fits(session.question, now):
            session.question = now
            self.view.notice = self.words("edited")
        else:
            self.view.notice = self.words("edited-later")

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
        elif key == "n" and self.view.more:
            self.session.go_on(self.view.more)
            self._fresh()
        elif key == "x" and (topic := self.record.to_read(self.session.missed)):
            from quiz.play.explain import Page

            Page(self.desk, topic).read(self.terminal)
        elif key in ("up", "down"):
            self.view.turn(key)
        elif key in ("enter", "esc", " "):
            self.quitting = True
        else:
            self._command(key)


def _import_for_reveal() -> None:
    import fsrs  # noqa: F401

    import quiz.screen.answer
    import quiz.screen.demo
    import quiz.screen.markdown
    import quiz.screen.plots  # noqa: F401
