"""`quiz preview FILE`: a question as a session would show it, drawn anew when the file is saved."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.text import Text

from quiz.bank.compile import compile_file
from quiz.bank.index import open_bank
from quiz.bank.packs import Pack, builtin, pack_of, stamp
from quiz.bank.problem import Problem
from quiz.config import places
from quiz.lab.sound import printable
from quiz.model import LANGS, Question, Topic
from quiz.play import editors
from quiz.play.access import labs_of
from quiz.play.desk import Desk
from quiz.play.explain import Page
from quiz.refusal import Refusal
from quiz.screen import question as asked
from quiz.screen import theme
from quiz.screen.frame import Frame, compose
from quiz.screen.keys import Terminal, is_terminal
from quiz.screen.problem import problem_line
from quiz.screen.question import Header, keys_line
from quiz.study.grade import options_of
from quiz.words import Catalogue

POLL = 0.25  # seconds between looks at the file


class File:
    """A content file: what is in it now, and what is wrong with it."""

    def __init__(self, path: Path):
        """Raises Refusal for a file that belongs to no pack."""
        self.path = path.resolve()
        pack = pack_of(self.path)
        inside = self.path.relative_to(pack.root).parts if pack else ()
        if len(inside) != 3 or inside[0] != "content":
            raise Refusal(f"{path}: not in a pack; questions are content/TOPIC/NAME.yaml")
        if not self.path.exists():
            raise Refusal(f"{path}: there is no such file")
        self.pack: Pack = pack
        self._inside = "/".join(inside)
        self.items: list[Question | Topic] = []
        self.problems: list[Problem] = []
        self._stamp: tuple[int, int] | None = None

    def changed(self) -> bool:
        return stamp(str(self.path)) != self._stamp

    def read(self) -> None:
        self._stamp = stamp(str(self.path))
        compiled = compile_file(self.pack, self._inside, name=printable(self.path.name))
        self.items = [item for _, item in compiled.items]
        self.problems = compiled.problems


def preview(path: str, console: Console, words, *, trust: bool) -> None:
    """In a terminal until the author leaves; otherwise once, printed. Raises Refusal.

    `trust` lets the demos of the file's pack run, whatever becomes of it meanwhile.
    """
    file = File(Path(path))
    packs = list(dict.fromkeys([builtin(), file.pack]))
    with open_bank(places().cache, packs) as bank:
        desk = Desk(bank, console, words, lab=lambda: labs_of(packs, trust_all=trust))
        _preview(desk, file)


def _preview(desk: Desk, file: File) -> None:
    console = desk.console
    try:
        view = Preview(desk, file)
        if not is_terminal():
            view.print()
            return
        with Terminal(console) as terminal, _watched(file, terminal):
            desk.on_reply = terminal.wake
            view.run(terminal)
    finally:
        desk.on_reply = lambda: None
        desk.close()


@contextmanager
def _watched(file: File, terminal: Terminal):
    """Wake the terminal whenever the file has been saved."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(POLL):
            if file.changed():
                terminal.wake()

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


class Preview:
    """What is shown of a file: one of its questions, asked or answered."""

    def __init__(self, desk: Desk, file: File):
        self.desk, self.file = desk, file
        self.at = self.scroll = 0
        self.answered = False
        self.notice = ""
        self._read()

    def _read(self) -> None:
        self.file.read()
        self.at = min(self.at, max(0, len(self.file.items) - 1))
        self._turn_to()

    def _turn_to(self) -> None:
        self.page = Page(self.desk, self.file.items[self.at]) if self.file.items else None

    # --- keys ---

    def run(self, terminal: Terminal) -> None:
        while True:
            self._show(terminal)
            key = terminal.read()
            if key in ("q", "esc", "ctrl-d"):
                return
            self._press(key, terminal)
            if self.file.changed():
                self._read()

    def _press(self, key: str, terminal: Terminal) -> None:
        page = max(1, self.desk.console.size.height - 6)
        moves = {"up": -1, "down": 1, "pageup": -page, "pagedown": page}
        many = len(self.file.items)
        if key not in ("wake", "resize"):
            self.notice = ""
        if key in moves:
            self.scroll += moves[key]
        elif key in ("enter", " "):
            self.answered, self.scroll = not self.answered, 0
        elif key in ("n", "p") and many > 1:
            self.at = (self.at + (1 if key == "n" else -1)) % many
            self.scroll = 0
            self._turn_to()
        elif key == "l":
            lang = LANGS[1 - LANGS.index(self.desk.words.lang)]
            self.desk.words = Catalogue(lang)
            self._turn_to()
        elif key == "e":
            line = self.file.items[self.at].line if self.file.items else 1
            try:
                with terminal.aside():
                    editors.edit(self.file.path, line, self.desk.words)
            except Refusal as problem:
                self.notice = str(problem)

    # --- the screen ---

    def _show(self, terminal: Terminal) -> None:
        if self.page:
            self.page.runs.collect()
        frame = Frame(self._header(), self._body(), [self._keys()])
        shown = compose(self.desk.console, frame, self.scroll, self.desk.words("more-below"))
        self.scroll = shown.scroll
        terminal.draw(shown.rows)

    def _item(self) -> Question | Topic | None:
        return self.file.items[self.at] if self.file.items else None

    def _header(self) -> Header:
        item, words = self._item(), self.desk.words
        if isinstance(item, Question):
            topic = self.desk.topic_title(item)
            return asked.header(item, topic, self.at + 1, len(self.file.items), words)
        title = item.title.pick(words.lang) if item else printable(self.file.path.name)
        return Header(Text(title, theme.TITLE), Text(""))

    def _faults(self) -> list[RenderableType]:
        faults: list[RenderableType] = [problem_line(*p) for p in self.file.problems]
        if self.notice:
            faults.append(Text(self.notice, theme.HINT))
        return [*faults, Text("")] if faults else []

    def _body(self) -> RenderableType:
        item = self._item()
        if item is None:
            return Group(*self._faults())
        if isinstance(item, Question) and not self.answered:
            return Group(*self._faults(), self._asked(item))
        return Group(*self._faults(), self.page.body())

    def _asked(self, question: Question) -> RenderableType:
        options = options_of(question)
        return asked.ask(
            question,
            options=options,
            order=range(len(question.items)),
            chosen=(),
            pointer=-1,
            shown_hints=len(question.hints),
            signs=self.desk.signs,
            words=self.desk.words,
        )

    def _keys(self) -> Text:
        words = self.desk.words
        pairs: Sequence[tuple[str, str]] = [("e", words("key.edit")), ("l", words("key.lang"))]
        if isinstance(self._item(), Question):
            turn = "key.question" if self.answered else "key.answered"
            pairs = [("Enter", words(turn)), *pairs]
        if len(self.file.items) > 1:
            pairs = [*pairs, ("n p", words("key.others"))]
        return keys_line([*pairs, ("↑↓", words("key.scroll")), ("q", words("key.quit"))])

    def print(self) -> None:
        """Everything in the file, one after the other."""
        from quiz.lab.run import LIMIT

        console = self.desk.console
        for fault in self._faults():
            console.print(fault, soft_wrap=True)
        for at, item in enumerate(self.file.items):
            self.at = at
            self._turn_to()
            self.page.runs.collect(LIMIT)
            console.print(self._header())
            if isinstance(item, Question):
                console.print(Text(""), self._asked(item), Text(""), sep="\n")
            console.print(self.page.body())
