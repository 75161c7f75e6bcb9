"""Which questions a session asks: what is due and new, or what the learner chose."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

from quiz.bank.index import Bank
from quiz.config import places
from quiz.model import KINDS, LEVELS
from quiz.play.access import settings
from quiz.study.history import History
from quiz.study.schedule import COUNT, day_start, plan_session

if TYPE_CHECKING:
    from quiz.study.plan import Plan


class Choice(NamedTuple):
    """What `quiz practice` was asked for; all defaults is today's session."""

    topics: tuple[str, ...] = ()
    count: int = COUNT
    new: int | None = None  # a day, in place of the setting
    kind: str = ""
    level: str = ""
    cram: bool = False
    beliefs: bool = False

    def check(self, bank: Bank, words) -> None:
        """Raises Refusal for a topic, kind or level that there is not."""
        from quiz.play.refusals import known

        ids = [row.id for row in bank.topics()] if self.topics else []
        for topic in self.topics:
            known("topic", topic, ids, words)
        if self.kind:
            known("kind", self.kind, KINDS, words)
        if self.level:
            known("level", self.level, LEVELS, words)

    @property
    def is_todays(self) -> bool:
        return self == Choice(count=self.count)


class Nothing(Exception):
    """There is nothing to ask: `reason` is the name of a word of the app."""

    def __init__(self, reason: str, **detail: object):
        super().__init__(reason)
        self.reason, self.detail = reason, detail


def chosen(
    choice: Choice, bank: Bank, history: History, now: int, rng: random.Random
) -> tuple[list[str], Plan | None]:
    """The keys to ask, in order, and the plan by a date that they follow, if one does.

    Raises Nothing.
    """
    by_date = _plan_by_date(now) if choice.is_todays else None
    if by_date:
        from quiz.play.plan import questions

        keys = questions(by_date, bank, history, now, choice.count)
        nothing = Nothing("plan.enough", by=by_date.by)
    elif choice.beliefs:
        keys, nothing = _hunting(choice, bank, history, now), Nothing("no-beliefs")
    else:
        keys = plan_session(
            bank,
            history,
            now,
            today=day_start(now),
            requires={row.id: row.requires for row in bank.topics()},
            rng=rng,
            count=choice.count,
            new_limit=settings().new_per_day if choice.new is None else choice.new,
            topics=choice.topics or None,
            kinds=(choice.kind,) if choice.kind else None,
            levels=(choice.level,) if choice.level else None,
            cram=choice.cram,
        )
        nothing = Nothing("nothing-matches" if choice.cram else "nothing-due")
    if not keys:
        raise nothing
    return keys, by_date


def _hunting(choice: Choice, bank: Bank, history: History, now: int) -> list[str]:
    from quiz.play.hunting import hunting_order

    wanted = {
        row.key
        for row in bank.rows(kind=choice.kind or None, level=choice.level or None)
        if not choice.topics or row.topic in choice.topics
    }
    return [key for key in hunting_order(bank, history, now) if key in wanted][: choice.count]


def _plan_by_date(now: int) -> Plan | None:
    """The plan that `quiz plan --by` made, while its date is ahead; as a rule there is none."""
    path = places().plan
    if not path.exists():
        return None
    from quiz.study.activity import local_day
    from quiz.study.plan import load

    return load(path, local_day(now))
