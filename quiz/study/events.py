"""What happened, as events that are only ever added, and what they amount to.

An event never changes once written: a later one rates, overrules or voids it.
What counts is therefore a function of a *set* of events, and merging two
machines is the union of their sets.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeVar

KINDS = ("answer", "rate", "overrule", "void", "skip")
VERDICTS = ("right", "partly", "wrong")
RATINGS = (1, 2, 3, 4)  # again, hard, good, easy
LATEST = 7_258_118_400_000  # 2200-01-01 in UTC ms: beyond it a clock is refused


class Event(NamedTuple):
    """One row of the log. `at` is UTC in ms, `duration` ms; `seq` counts up on its device."""

    id: str
    device: str
    seq: int
    at: int
    kind: str
    question: str  # rate, overrule, void: the question of the target
    revision: str | None = None  # answer: the content that was on screen
    answer: str | None = None  # answer: as given
    verdict: str | None = None  # answer, overrule
    rating: int | None = None  # answer (suggested), rate, overrule
    duration: int | None = None
    hints: int | None = None  # answer: how many were shown
    confidence: int | None = None  # answer: percent, asked before the reveal
    cram: int | None = None  # answer: 1 when it must not move the schedule
    beliefs: str | None = None  # answer: ids of the misconceptions it shows, by commas
    target: str | None = None  # rate, overrule, void: the event it is about


class Answer(NamedTuple):
    """An answer that counts: not voided, with its last rating and verdict."""

    id: str
    device: str
    seq: int
    at: int
    question: str
    revision: str | None
    answer: str | None
    verdict: str
    rating: int
    duration: int
    hints: int
    confidence: int | None
    cram: bool
    beliefs: tuple[str, ...]
    overruled: bool


E = TypeVar("E", Event, Answer)


def fault(event: Event) -> str:
    """What makes an event from elsewhere unusable, or "" when nothing does."""
    for name in ("id", "device", "kind", "question"):
        if not isinstance(getattr(event, name), str) or not getattr(event, name):
            return f"{name} must be text"
    for name in ("revision", "answer", "verdict", "beliefs", "target"):
        if not isinstance(getattr(event, name), str | None):
            return f"{name} must be text"
    for name, value in zip(Event._fields, event, strict=True):
        if isinstance(value, str) and not _is_utf8(value):
            return f"{name} must be UTF-8"
    for name in ("seq", "at", "rating", "duration", "hints", "confidence", "cram"):
        value = getattr(event, name)
        if value is None and name not in ("seq", "at"):
            continue
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LATEST:
            return f"{name} must be a whole number, 0 or more"
    if event.kind not in KINDS:
        return f"kind must be one of {', '.join(KINDS)}"
    if event.kind in ("answer", "overrule") and event.verdict not in VERDICTS:
        return f"verdict must be one of {', '.join(VERDICTS)}"
    if event.kind in ("answer", "overrule", "rate") and event.rating not in RATINGS:
        return "rating must be 1, 2, 3 or 4"
    if event.kind in ("rate", "overrule", "void") and not event.target:
        return "target must name an event"
    return ""


def _is_utf8(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


def in_order(events: Iterable[E]) -> list[E]:
    """By time, yet never against a device's own order, whatever its clock did.

    An event counts as no earlier than those before it on its device, so the
    order depends on the set of events alone, not on how they arrived.
    """
    latest: dict[str, int] = {}
    keyed = []
    for event in sorted(events, key=lambda e: (e.device, e.seq, e.id)):
        at = latest[event.device] = max(event.at, latest.get(event.device, 0))
        keyed.append((at, event.device, event.seq, event.id, event))
    keyed.sort(key=lambda item: item[:4])
    return [item[4] for item in keyed]


def effective(events: Iterable[Event]) -> list[Answer]:
    """The answers of *one* question that count, in order."""
    ordered = in_order(events)
    voided = {event.target for event in ordered if event.kind == "void"}
    live = [event for event in ordered if event.id not in voided]
    answers = {e.id: _answer(e) for e in live if e.kind == "answer"}
    # Second pass: a device with a slow clock may have rated before the answer "was given".
    for event in live:
        given = answers.get(event.target or "")
        if given is None:
            continue
        if event.kind == "rate":
            answers[given.id] = given._replace(rating=event.rating)
        elif event.kind == "overrule":
            answers[given.id] = given._replace(
                verdict=event.verdict, rating=event.rating, overruled=True
            )
    return list(answers.values())


def _answer(event: Event) -> Answer:
    return Answer(
        id=event.id,
        device=event.device,
        seq=event.seq,
        at=event.at,
        question=event.question,
        revision=event.revision,
        answer=event.answer,
        verdict=event.verdict or "wrong",
        rating=event.rating or 1,
        duration=event.duration or 0,
        hints=event.hints or 0,
        confidence=event.confidence,
        cram=bool(event.cram),
        beliefs=tuple(event.beliefs.split(",")) if event.beliefs else (),
        overruled=False,
    )
