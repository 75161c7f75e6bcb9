"""What the history has to say besides its content, in the learner's language."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from quiz.study.history import Notice


def told(notices: Iterable[Notice], words) -> list[str]:
    lines = []
    for notice in notices:
        path = Path(notice.path)
        lines.append(words(f"notice.{notice.code}", file=path.name, folder=path.parent))
    return lines
