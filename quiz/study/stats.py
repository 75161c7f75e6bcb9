"""Where the learner stands: per topic and over all. Numbers only; screens draw them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING, NamedTuple

from quiz.study import days
from quiz.study.catalogue import Row
from quiz.study.days import day_start
from quiz.study.memory import Card, is_due, recall

if TYPE_CHECKING:
    from quiz.study.history import History


class Standing(NamedTuple):
    """One topic, or all of them. Shares are 0..1, None where there is nothing to share out."""

    topic: str  # "" over all
    questions: int
    seen: int  # answered at least once
    due: int
    answers: int
    right: int
    correct: float | None  # right / answers
    recall: float | None  # mean probability of recalling now, over what is seen and scheduled
    new_today: int
    seconds: int  # spent answering


class Report(NamedTuple):
    topics: tuple[Standing, ...]  # in the order of the topics' rank
    overall: Standing
    streak: int  # days in a row with an answer, up to today or yesterday

    def as_dict(self) -> dict:
        """For --json."""
        return {
            "topics": [standing._asdict() for standing in self.topics],
            "overall": self.overall._asdict(),
            "streak": self.streak,
        }


def report(
    rows: Iterable[Row],
    history: History,
    now: int,
    *,
    zone: tzinfo | None = None,
    cards: Mapping[str, Card] | None = None,
) -> Report:
    """Standing at `now` (UTC ms); days are those of `zone` (None: the system's).

    Questions that the bank no longer has are left out. `cards`: the history's, if they
    have been read already.
    """
    cards = history.cards.all() if cards is None else cards
    today = days.today(now, zone)
    tallies: dict[str, _Tally] = {}
    for row in sorted(rows, key=lambda row: (row.rank, row.topic)):
        if (tally := tallies.get(row.topic)) is None:
            tally = tallies[row.topic] = _Tally()
        tally.questions += 1
        if (card := cards.get(row.key)) is not None:
            tally.seen += 1
            tally.answers += card.answers
            tally.right += card.right
            tally.duration += card.duration
            if card.stability is not None:
                tally.due += is_due(card, now, today.end)
                tally.new_today += card.first >= today.start
                tally.recalls.append(recall(card, now, history.scheduling))
    return Report(
        topics=tuple(tally.standing(topic) for topic, tally in tallies.items()),
        overall=_Tally.sum(tallies.values()).standing(""),
        streak=streak(history, now, zone),
    )


def streak(history: History, now: int, zone: tzinfo | None = None) -> int:
    """Days in a row with an answer. A today still without one does not end it."""
    start = day_start(now, zone)
    days = int(history.answered_between(start, now + 1))
    while True:
        start, end = day_start(start - 1, zone), start
        if not history.answered_between(start, end):
            return days
        days += 1


class _Tally:
    def __init__(self) -> None:
        self.questions = self.seen = self.due = self.answers = self.right = 0
        self.new_today = self.duration = 0
        self.recalls: list[float] = []

    @classmethod
    def sum(cls, tallies: Iterable[_Tally]) -> _Tally:
        found = cls()
        for tally in tallies:
            for name, value in vars(tally).items():
                setattr(found, name, getattr(found, name) + value)
        return found

    def standing(self, topic: str) -> Standing:
        return Standing(
            topic=topic,
            questions=self.questions,
            seen=self.seen,
            due=self.due,
            answers=self.answers,
            right=self.right,
            correct=self.right / self.answers if self.answers else None,
            recall=sum(self.recalls) / len(self.recalls) if self.recalls else None,
            new_today=self.new_today,
            seconds=round(self.duration / 1000),
        )
