"""`quiz config`: what is set, and setting it."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.text import Text

from quiz import config
from quiz.play.data import print_json
from quiz.play.refusals import nearest
from quiz.refusal import Refusal
from quiz.screen import theme
from quiz.screen.tables import Table


def configure(path: Path, key: str, value: str, console: Console, words, json: bool) -> None:
    """Show all settings or one, or set one. Raises Refusal."""
    keys = config.Settings._fields
    if key and key not in keys:
        line = words("error.unknown", what=words("what.setting"), name=key)
        raise Refusal(line + nearest(key, keys, words))
    if value:
        _set(path, key, value, words)
    settings = config.read(path)._asdict()
    if json:
        print_json({key: settings[key]} if key else settings)
    elif key:
        console.print(Text(shown(settings[key])))
    else:
        rows = [
            (name, shown(settings[name]), config.ALLOWED[name][0], words(f"config.{name}"))
            for name in keys
        ]
        names = ("config.key", "config.value", "config.takes", "config.what")
        console.print(Table([words(name) for name in names], rows))
        console.print(Text(f"\n{path}", theme.QUIET), soft_wrap=True)


def shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _set(path: Path, key: str, value: str, words) -> None:
    try:
        found = config.parsed(key, value)
    except ValueError:
        takes = config.ALLOWED[key][0]
        raise Refusal(words("error.setting", name=key, value=value, takes=takes)) from None
    config.write(path, key, found)
