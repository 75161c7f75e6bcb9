"""Opens what a command works on: the bank, the history, the packs, the settings, the console."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TextIO

from rich.console import Console

from quiz.bank.disk import file_name
from quiz.bank.index import Bank, open_bank
from quiz.bank.packs import Pack, builtin, packs, stamp
from quiz.bank.register import Register
from quiz.config import Settings, places, read
from quiz.play.progress import Progress
from quiz.study import weights
from quiz.study.history import History, Scheduling
from quiz.study.waiting import Waiting, open_waiting


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


def the_bank(out: TextIO | None = None) -> Bank:
    """Shows on `out` how far compiling has come, where there is much to compile."""
    with closing(Progress(out)) as progress:
        bank = open_bank(places().cache, the_packs(), progress=progress)
    if bank.building and out:
        from quiz.words import Catalogue, chosen_lang

        words = Catalogue(chosen_lang(config=settings(strict=False).lang))
        print(being_compiled(bank, words), file=out)
    return bank


def being_compiled(bank: Bank, words) -> str:
    """What to say of a bank that another process is still compiling."""
    done, total = bank.building
    return words("bank.compiling", done=done, total=total)


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


def the_history(bank: Bank | None = None, out: TextIO | None = None) -> History:
    """The learner's history; with a bank, answers under former ids count for the new ones.

    Shows on `out` how far it has come where what is kept of many answers is made anew.
    """
    scheduling = Scheduling(settings(strict=False).retention, weights.load(places().weights))
    with closing(Progress(out)) as progress:
        history = History.open(
            places().history, clock=clock, scheduling=scheduling, progress=progress
        )
    if bank is not None and history.can_save:
        try:
            history.rename(bank.aliases())
        except BaseException:
            history.close()
            raise
    return history


def waiting(bank: Bank, history: History) -> Waiting:
    """The questions not begun, kept beside the compiled bank, whose file changes as it does."""
    index = places().cache / file_name(the_packs())
    name = index.name.partition(".")[0]
    stamps = [found for path in (index, f"{index}-wal") if (found := stamp(path))[0]]
    kept = index.with_name(f"waiting-{name}.sqlite") if index.exists() else None
    return open_waiting(bank, history, kept, f"{index.name} {stamps}")
