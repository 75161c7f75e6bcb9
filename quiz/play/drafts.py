"""Answers that were being typed when a session was left: offered when their question comes."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from quiz.study.session import ASK, SURE, TICK, Session


class Drafts:
    """A small file; one that can't be read or written is passed over, for nothing rests on it."""

    def __init__(self, path: Path):
        self._path = path
        self._kept = _read(path)

    def get(self, key: str, default: str = "") -> str:
        return self._kept.get(key, default)

    def leave(self, session: Session, typed: str) -> None:
        """A session is left: keep what is being typed, forget what has been answered."""
        answered = {outcome.key for outcome in session.outcomes}
        kept = {key: text for key, text in self._kept.items() if key not in answered}
        if session.phase in (ASK, SURE, TICK):
            kept.pop(session.key, None)
            kept |= {session.key: typed} if typed.strip() else {}
        if kept != self._kept:
            self._kept = kept
            with suppress(OSError):
                part = self._path.with_suffix(".part")
                part.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
                part.replace(self._path)


def _read(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {str(key): str(text) for key, text in found.items()}
    except (OSError, ValueError, AttributeError):
        return {}
