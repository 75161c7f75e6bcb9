"""Starts a session or a page to read: full-screen in a terminal, else line by line."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from contextlib import suppress

from quiz.bank.index import Bank, Missing
from quiz.play.access import being_compiled, clock, console, settings, the_history
from quiz.play.choice import Choice, Nothing, chosen
from quiz.play.refusals import not_found
from quiz.refusal import Refusal
from quiz.screen.keys import Terminal, is_terminal


def practise(
    bank: Bank,
    words,
    lab: Callable,
    choice: Choice,
    *,
    seed: int | None = None,
    plain: bool = False,
) -> None:
    """One session, from the choice of questions to the summary. Raises Refusal."""
    from quiz.play.desk import Desk
    from quiz.play.record import Record, due_line
    from quiz.study.session import Session

    choice.check(bank, words)
    if sys.stdin is None:
        raise Refusal(words("error.stdin"))
    rng = random.Random(seed)
    with the_history(bank, sys.stderr) as history:
        if not history.can_save:
            raise Refusal(words("error.readonly", path=history.path.parent))
        try:
            keys, by_date = chosen(choice, bank, history, clock(), rng)
        except Nothing as nothing:
            print(words(nothing.reason, **nothing.detail))
            about = (bank, history, clock(), words)
            planned = "by" in nothing.detail
            if nothing.until_due and (line := due_line(*about, planned=planned)):
                print(line)
            return
        desk = Desk(bank, console(), words, lab=lab)

        def more() -> list[str]:
            with suppress(Nothing):
                # Cramming moves no dates: it would ask the same again.
                return [] if choice.cram else chosen(choice, desk.bank, history, clock(), rng)[0]
            return []

        record = Record(history, desk, clock, by_date, more)
        session = Session(
            keys,
            desk.question,
            history,
            shuffle=rng.shuffle,
            clock=clock,
            cram=choice.cram,
            confidence=settings().confidence,
            shown_before=history.shown.has,
            is_leech=record.is_leech,
        )
        notices = record.news()
        try:
            if plain or not is_terminal():
                _by_lines(session, desk, record, notices)
            else:
                if not history.answered_between(0, clock()):
                    notices.append(words("welcome"))
                if bank.building:
                    notices.append(being_compiled(bank, words))
                _full_screen(session, desk, record, notices)
        finally:
            desk.close()
            if session.outcomes:
                history.back_up()


def _full_screen(session, desk, record, notices: list[str]) -> None:
    from quiz.play.practice import Practice
    from quiz.screen.summary import summary

    try:
        with Terminal(desk.console) as terminal:
            desk.on_reply = terminal.wake
            Practice(session, terminal, desk, record, notices).run()
    finally:
        desk.on_reply = lambda: None
        # What was on the other screen is gone; the outcome stays in the scrollback.
        if session.outcomes:
            steps = record.next_steps(session.outcomes)
            desk.console.print(summary(session.outcomes, steps, desk.signs, desk.words))


def _by_lines(session, desk, record, notices: list[str]) -> None:
    from quiz.play.lines import Lines

    asks = sys.stdin.isatty() and sys.stdout.isatty()
    for notice in notices:
        print(notice, file=sys.stderr)
    Lines(session, desk, record, line_reader(asks), person=asks).run()
    desk.bank.look_over()


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
