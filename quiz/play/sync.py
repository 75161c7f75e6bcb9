"""`quiz sync DIR`."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.text import Text

from quiz.play.data import print_json
from quiz.play.notices import told
from quiz.study.history import History
from quiz.study.sync import sync


def exchange(history: History, folder: str, console: Console, words, json: bool) -> None:
    """Raises Refusal: what cannot be read or written."""
    history.notices.clear()
    place = Path(folder).expanduser()
    is_new = not place.exists()
    done = sync(history, place)
    if json:
        print_json(done._asdict())
        return
    if is_new:
        console.print(Text(words("sync.made", folder=place)))
    console.print(Text(words("sync.done", **done._asdict())))
    for line in told(history.notices, words):
        console.print(Text(line))
