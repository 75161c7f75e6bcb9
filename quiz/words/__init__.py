"""The app's own wording: one catalogue a language, the same keys in each."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping

from quiz.model import LANGS

Words = Callable[..., str]


class Catalogue:
    """`words("next", count=3)`: the wording of a key, with its places filled."""

    def __init__(self, lang: str):
        self.lang = lang
        self.entries: dict[str, str] = importlib.import_module(f"quiz.words.{lang}").WORDS

    def __call__(self, key: str, **places: object) -> str:
        return self.entries[key].format(**places) if places else self.entries[key]

    def plural(self, key: str, count: int, **places: object) -> str:
        """`key.one` for one of a thing, `key` for any other count."""
        one = f"{key}.one"
        return self(one if count == 1 and one in self.entries else key, count=count, **places)


def chosen_lang(environ: Mapping[str, str] = os.environ, config: str = "") -> str:
    """QUIZ_LANG, else the configured language, else the locale's, else English."""
    if environ.get("QUIZ_LANG") in LANGS:
        return environ["QUIZ_LANG"]
    if config in LANGS:
        return config
    locale = next((environ[k] for k in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(k)), "")
    return "zh" if locale.lower().startswith("zh") else "en"
