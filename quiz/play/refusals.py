"""One line for each thing that can't be done, with the nearest thing that can."""

from __future__ import annotations

import difflib
import errno
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from quiz.refusal import Refusal

if TYPE_CHECKING:
    from quiz.bank.index import Missing
    from quiz.lab.run import DemoError


def unknown(what: str, name: str, known: Sequence[str], words) -> str:
    """There is no such topic, demo or question: what comes nearest, or what there is."""
    line = words("error.unknown", what=words(f"what.{what}"), name=name)
    return line + nearest(name, known, words)


def nearest(name: str, known: Sequence[str], words) -> str:
    close = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=0.6)
    close = close or [k for k in known if name and name.casefold() in k][:1]
    if close:
        return words("error.did-you-mean", near=close[0])
    return words("error.known", known=", ".join(known)) if 0 < len(known) <= 12 else ""


def demo_problem(problem: DemoError, words) -> str:
    detail = problem.detail
    if problem.kind == "unknown":
        return unknown("demo", problem.demo, detail["known"], words)
    if problem.kind == "untrusted":
        return words("demo-untrusted", demo=problem.demo, folder=detail["folder"])
    if problem.kind == "timeout":
        return words("demo-timeout", demo=problem.demo, seconds=detail["seconds"])
    if problem.kind == "failed":
        return words("demo-failed", demo=problem.demo, reason=detail["reason"])
    if detail["known"]:
        line = words("error.knob-unknown", demo=problem.demo, knob=detail["knob"])
        return line + nearest(detail["knob"], detail["known"], words)
    return words("error.knob-value", demo=problem.demo, **detail | {"known": None})


def file_problem(problem: OSError, words) -> str:
    """A file or folder that can't be read or written, and what to do."""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return words("error.full")
    if not problem.filename:
        return problem.strerror or str(problem)
    path = Path(problem.filename)
    if problem.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        from quiz.config import places

        # The name of a file that was to be made would tell nobody anything.
        path = path if os.path.exists(path) else path.parent
        ours = any(path.is_relative_to(place) or place.is_relative_to(path) for place in places())
        return words("error.permission-home" if ours else "error.permission", path=path)
    return f"{path}: {problem.strerror}"


def known(what: str, name: str, names: Sequence[str], words) -> str:
    """`name` if it is one of `names`. Raises Refusal that suggests the nearest."""
    if name not in names:
        raise Refusal(unknown(what, name, names, words))
    return name


def not_found(missing: Missing, what: str, words) -> Refusal:
    line = words("error.unknown", what=words(f"what.{what}"), name=missing.name)
    if missing.near:
        line += words("error.did-you-mean", near=missing.near[0])
    return Refusal(line)
