"""Opens what a session needs, and starts it in the terminal or line by line."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from rich.console import Console

from quiz.bank.index import Bank, Missing, open_bank
from quiz.bank.packs import Pack, builtin, packs
from quiz.bank.register import Register
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
    kind = AsciiConsole if settings(strict=False).ascii else PlainConsole
    return kind(markup=False, emoji=False, highlight=False, **options)


class PlainConsole(Console):
    """One that leaves a reader who has gone (`| head`) to the command, which then just ends."""

    def on_broken_pipe(self) -> None:
        raise


class AsciiConsole(PlainConsole):
    """One for which signs and pictures are drawn in ASCII, as the setting `ascii` asks."""

    @property
    def encoding(self) -> str:
        return "ascii"


def settings(*, strict: bool = True) -> Settings:
    """Raises Refusal for a settings file with a fault, unless it is to be passed over."""
    return read(places().settings, strict=strict)


def the_register() -> Register:
    return Register(places().data / "packs.json")


def the_packs() -> list[Pack]:
    """The built-in pack, those of QUIZ_PACKS, and those added, as far as they are there."""
    import os

    added = [Path(folder) for folder in the_register().added]
    return packs(os.environ, [folder for folder in added if (folder / "content").is_dir()])


def the_bank() -> Bank:
    return open_bank(places().cache, the_packs())


def the_labs():
    """The laboratory of every pack; no process is started yet."""
    return labs_of(the_packs())


def labs_of(packs: Sequence[Pack], *, trust_all: bool = False):
    """The laboratories of these packs and of the built-in one.

    With `trust_all`, the user has said that these may run as they are.
    """
    from quiz.lab.labs import Labs
    from quiz.lab.pack import PackLab
    from quiz.lab.run import Lab
    from quiz.lab.trust import survey

    def trusted(root: Path) -> str | None:
        return survey(root).digest if trust_all else the_register().digest(root)

    home = builtin().root
    others = [
        PackLab(pack.name, pack.root, home, partial(trusted, pack.root))
        for pack in packs
        if not pack.builtin
    ]
    return Labs(Lab(home), others)


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
            bank,
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
        by_date = None
        if not (topics or kind or level or cram or beliefs or new is not None):
            by_date = _plan_by_date(now)
            if by_date:
                from quiz.play.plan import questions

                plan = questions(by_date, bank, history, now, count)
        if not plan:
            if by_date:
                print(words("plan.enough", by=by_date.by))
                return
            print(words(
                "no-beliefs" if beliefs else "nothing-matches" if cram else "nothing-due"
            ))  # fmt: skip
            return
        desk = Desk(bank, console(), words, lab=lab)
        session = Session(
            plan,
            desk.question,
            history,
            shuffle=rng.shuffle,
            clock=clock,
            cram=cram,
            confidence=chosen.confidence,
            shown_before=lambda belief: _shown_before(history, belief),
        )
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
        if by_date:
            from quiz.play.plan import left_today

            print(left_today(by_date, bank, history, clock(), words))


def _plan_by_date(now: int):
    """The plan that `quiz plan --by` made, while its date is ahead; as a rule there is none."""
    path = places().plan
    if not path.exists():
        return None
    from quiz.study.activity import local_day
    from quiz.study.plan import load

    return load(path, local_day(now))


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
