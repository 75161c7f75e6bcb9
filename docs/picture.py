"""Makes docs/session.svg, the README's picture: a real question, answered, with its live run.

python docs/picture.py [QUESTION]
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from itertools import count
from pathlib import Path
from types import MappingProxyType, SimpleNamespace

from rich.console import Console
from rich.segment import Segment, Segments
from rich.text import Text

from quiz.bank.index import open_bank
from quiz.bank.packs import builtin
from quiz.lab.labs import Labs
from quiz.lab.run import Lab
from quiz.play.desk import Desk
from quiz.play.practice import Practice
from quiz.study.session import Session
from quiz.words import Catalogue

TAKEN = 41_000  # ms that the answer takes
SIZE = {"width": 120, "height": 36}


class Unsaved:
    """A log that keeps nothing."""

    def add_answer(self, *_: object, **__: object) -> SimpleNamespace:
        return SimpleNamespace(id="shown")


class Untold:
    """No history: nothing to tell, nothing half typed."""

    drafts = MappingProxyType({})


class Film:
    """Stands in for the terminal: keeps the last frame."""

    def draw(self, rows: list[str], cursor: object = None) -> None:
        self.rows = rows


def draw(key: str) -> str:
    """The screen after a wrong answer to this question, as SVG."""
    console = Console(
        file=io.StringIO(), force_terminal=True, color_system="truecolor", markup=False,
        emoji=False, highlight=False, **SIZE,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as cache, open_bank(Path(cache), [builtin()]) as bank:
        desk = Desk(bank, console, Catalogue("en"), lab=lambda: Labs(Lab(builtin().root)))
        order = {"shuffle": lambda places: None, "clock": count(0, TAKEN).__next__}
        session = Session([key], bank.question, Unsaved(), **order)
        film = Film()
        practice = Practice(session, film, desk, Untold(), [])
        desk.begin(session.question)
        session.supply(desk.collect(20))
        wrong = next(p for p in range(len(session.order)) if p not in session.right)
        session.pick(wrong)
        session.submit()
        practice.show()
        desk.close()
    record = Console(file=io.StringIO(), record=True, force_terminal=True, **SIZE)
    for row in film.rows:
        # Spaces go in runs of their own: some viewers drop those at the start of a run.
        runs = [
            Segment(part, segment.style)
            for segment in Text.from_ansi(row).render(record)
            for part in re.split(r"( {2,}|^ )", segment.text)
            if part
        ]
        record.print(Segments([*runs, Segment.line()]), end="", soft_wrap=True)
    return record.export_svg(title="quiz")


if __name__ == "__main__":
    picture = draw(sys.argv[1] if len(sys.argv) > 1 else "scaling-query-gradient")
    Path(__file__).with_name("session.svg").write_text(picture, encoding="utf-8")
