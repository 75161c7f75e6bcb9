"""Which questions a session asks: what is due and new, or what the learner chose."""

from __future__ import annotations

import random
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from quiz.bank.index import Bank
from quiz.config import places
from quiz.model import KINDS, LEVELS
from quiz.play.access import settings, waiting
from quiz.study.days import local_day, today
from quiz.study.history import History
from quiz.study.schedule import COUNT, DUE_A_DAY, plan_session

if TYPE_CHECKING:
    from quiz.study.plan import Plan


class Choice(NamedTuple):
    """What `quiz practice` was asked for; all defaults is today's session."""

    topics: tuple[str, ...] = ()
    count: int = COUNT
    new: int | None = None  # a day, in place of the setting
    due: int = DUE_A_DAY
    kinds: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    cram: bool = False
    beliefs: bool = False

    def check(self, bank: Bank, words) -> None:
        """Raises Refusal for a topic, kind or level that there is not."""
        from quiz.play.refusals import known

        ids = [row.id for row in bank.topics()] if self.topics else []
        for topic in self.topics:
            known("topic", topic, ids, words)
        for kind in self.kinds:
            known("kind", kind, KINDS, words)
        for level in self.levels:
            known("level", level, LEVELS, words)

    def matches(self, bank: Bank) -> bool:
        """Is there a question of these topics, kinds and levels at all?"""
        topics = self.topics or [row.id for row in bank.topics()]
        some = (bank.in_order(t, self.kinds or None, self.levels or None) for t in topics)
        return any(next(rows, None) for rows in some)

    @property
    def is_todays(self) -> bool:
        return self == Choice(count=self.count)


class Nothing(Exception):
    """There is nothing to ask: `reason` is the name of a word of the app.

    `until_due`: it is a matter of time.
    """

    def __init__(self, reason: str, *, until_due: bool = False, **detail: object):
        super().__init__(reason)
        self.reason, self.until_due, self.detail = reason, until_due, detail


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
        nothing = Nothing("plan.enough", until_due=True, by=by_date.by)
    elif choice.beliefs:
        keys, nothing = _hunting(choice, bank, history, now), Nothing("no-beliefs")
    else:
        keys = plan_session(
            bank,
            history,
            now,
            today=today(now),
            requires={row.id: row.requires for row in bank.topics()},
            rng=rng,
            count=choice.count,
            new_limit=settings().new_per_day if choice.new is None else choice.new,
            due_limit=choice.due,
            topics=choice.topics or None,
            kinds=choice.kinds or None,
            levels=choice.levels or None,
            cram=choice.cram,
            waiting=partial(waiting, bank, history),
        )
        nothing = None if keys else _nothing(choice, bank, history, now)
    if not keys:
        raise nothing
    return keys, by_date


def _nothing(choice: Choice, bank: Bank, history: History, now: int) -> Nothing:
    if choice.cram or not choice.matches(bank):
        return Nothing("nothing-matches")
    done = history.cards.reviewed_since(today(now).start)
    if done >= choice.due:
        return Nothing("due-enough", until_due=True, count=done)
    return Nothing("nothing-due", until_due=True)


def _hunting(choice: Choice, bank: Bank, history: History, now: int) -> list[str]:
    from quiz.play.hunting import hunting_order

    rows = filter(None, map(bank.row, hunting_order(bank, history, now)))
    wanted = (
        row.key
        for row in rows
        if (not choice.topics or row.topic in choice.topics)
        and (not choice.kinds or row.kind in choice.kinds)
        and (not choice.levels or row.level in choice.levels)
    )
    return list(islice(wanted, choice.count))


def _plan_by_date(now: int) -> Plan | None:
    """The plan that `quiz plan --by` made, while its date is ahead; as a rule there is none."""
    path = places().plan
    if not path.exists():
        return None
    from quiz.study.plan import load

    return load(path, local_day(now))
