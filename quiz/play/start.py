"""Opens what a session needs, and starts it in the terminal or line by line."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence

from rich.console import Console

from quiz.bank.index import Bank, Missing, open_bank
from quiz.bank.packs import packs
from quiz.config import Settings, places, read
from quiz.model import KINDS, LEVELS
from quiz.refusal import Refusal
from quiz.screen.keys import Terminal, is_terminal
from quiz.study.history import History, Scheduling
from quiz.study.schedule import COUNT, day_start, plan_session


def clock() -> int:
    """UTC in milliseconds."""
    return time.time_ns() // 1_000_000


def console(**options) -> Console:
    """Content is shown as it is written: no markup, no emoji codes, nothing highlighted."""
    kind = AsciiConsole if settings(strict=False).ascii else Console
    return kind(markup=False, emoji=False, highlight=False, **options)


class AsciiConsole(Console):
    """One for which signs and pictures are drawn in ASCII, as the setting `ascii` asks."""

    @property
    def encoding(self) -> str:
        return "ascii"


def settings(*, strict: bool = True) -> Settings:
    """Raises Refusal for a settings file with a fault, unless it is to be passed over."""
    return read(places().settings, strict=strict)


def the_bank() -> Bank:
    import os

    return open_bank(places().cache, packs(os.environ))


def the_history(bank: Bank | None = None) -> History:
    """The learner's history; with a bank, answers under former ids count for the new ones."""
    scheduling = Scheduling(settings(strict=False).retention)
    history = History.open(places().history, clock=clock, scheduling=scheduling)
    if bank is not None and history.can_save:
        try:
            history.rename(bank.aliases())
        except BaseException:
            history.close()
            raise
    return history


def known(what: str, name: str, names: Sequence[str], words) -> str:
    """`name` if it is one of `names`. Raises Refusal that suggests the nearest."""
    if name not in names:
        from quiz.play.refusals import unknown

        raise Refusal(unknown(what, name, names, words))
    return name


def practise(
    bank: Bank,
    words,
    lab: Callable,
    *,
    topics: Sequence[str] = (),
    count: int = COUNT,
    new: int | None = None,
    kind: str = "",
    level: str = "",
    cram: bool = False,
    beliefs: bool = False,
    seed: int | None = None,
    plain: bool = False,
) -> None:
    """One session, from the choice of questions to the summary. Raises Refusal."""
    from quiz.play.desk import Desk
    from quiz.study.session import Session

    ids = [row.id for row in bank.topics()]
    for topic in topics:
        known("topic", topic, ids, words)
    if kind:
        known("kind", kind, KINDS, words)
    if level:
        known("level", level, LEVELS, words)
    if sys.stdin is None:
        raise Refusal(words("error.stdin"))
    rng = random.Random(seed)
    chosen = settings()
    with the_history(bank) as history:
        if not history.can_save:
            raise Refusal(words("error.readonly", path=history.path.parent))
        now = clock()
        plan = plan_session(
            list(bank.rows()),
            history,
            now,
            today=day_start(now),
            requires={row.id: row.requires for row in bank.topics()},
            rng=rng,
            count=count,
            new_limit=chosen.new_per_day if new is None else new,
            topics=topics or None,
            kinds=(kind,) if kind else None,
            levels=(level,) if level else None,
            cram=cram,
        )
        if beliefs:
            from quiz.play.hunting import hunting_order

            wanted = {
                row.key
                for row in bank.rows(kind=kind or None, level=level or None)
                if not topics or row.topic in topics
            }
            plan = [key for key in hunting_order(bank, history, now) if key in wanted][:count]
        if not plan:
            print(words(
                "no-beliefs" if beliefs else "nothing-matches" if cram else "nothing-due"
            ))  # fmt: skip
            return
        session = Session(
            plan,
            bank.question,
            history,
            shuffle=rng.shuffle,
            clock=clock,
            cram=cram,
            confidence=chosen.confidence,
            shown_before=lambda belief: _shown_before(history, belief),
        )
        desk = Desk(bank, console(), words, lab=lab)
        notices = []
        if history.notices:
            from quiz.play.notices import told

            notices = told(history.notices, words)
        try:
            if plain or not is_terminal():
                _by_lines(session, desk, notices)
            else:
                _full_screen(session, desk, notices)
        finally:
            desk.close()
            if session.outcomes:
                history.back_up()


def _shown_before(history: History, belief: str) -> bool:
    from quiz.study.beliefs import shown_before

    return shown_before(history, belief)


def _full_screen(session, desk, notices: list[str]) -> None:
    from quiz.play.practice import Practice
    from quiz.screen.summary import summary

    try:
        with Terminal(desk.console) as terminal:
            desk.on_reply = terminal.wake
            Practice(session, terminal, desk, notices).run()
    finally:
        desk.on_reply = lambda: None
        # What was on the other screen is gone; the outcome stays in the scrollback.
        if session.outcomes:
            desk.console.print(summary(session.outcomes, desk.signs, desk.words))


def _by_lines(session, desk, notices: list[str]) -> None:
    from quiz.play.lines import Lines

    asks = sys.stdin.isatty() and sys.stdout.isatty()
    for notice in notices:
        print(notice, file=sys.stderr)
    Lines(session, desk, line_reader(asks), confirm=asks).run()


def line_reader(asks: bool) -> Callable[[], str]:
    """Lines of standard input; with a prompt and line editing when a person types them."""
    if not asks:

        def read() -> str:
            line = sys.stdin.buffer.readline()
            if not line:
                raise EOFError
            return line.decode("utf-8", "replace").rstrip("\r\n")

        return read
    import contextlib

    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  (input() then edits wide characters as they are shown)
    return lambda: input("> ")


def explain(bank: Bank, words, lab: Callable, subject: str, *, plain: bool = False) -> None:
    """A topic's or a question's page, full-screen or printed. Raises Refusal."""
    from quiz.play.desk import Desk
    from quiz.play.explain import Page

    try:
        is_topic = subject in [row.id for row in bank.topics()]
        about = bank.topic(subject) if is_topic else bank.question(subject)
    except Missing as missing:
        raise not_found(missing, "topic", words) from None
    desk = Desk(bank, console(), words, lab=lab)
    try:
        if plain or not is_terminal():
            Page(desk, about).print(desk.console)
            return
        with Terminal(desk.console) as terminal:
            desk.on_reply = terminal.wake
            Page(desk, about).read(terminal)
    finally:
        desk.on_reply = lambda: None
        desk.close()


def not_found(missing: Missing, what: str, words) -> Refusal:
    line = words("error.unknown", what=words(f"what.{what}"), name=missing.name)
    if missing.near:
        line += words("error.did-you-mean", near=missing.near[0])
    return Refusal(line)
