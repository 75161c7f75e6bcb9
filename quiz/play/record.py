"""What the history tells a running session, and at its end what comes next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from quiz.config import places
from quiz.model import Topic
from quiz.play.desk import Desk
from quiz.play.drafts import Drafts
from quiz.study.history import History, HistoryError
from quiz.study.session import Outcome

if TYPE_CHECKING:
    from quiz.study.plan import Plan


class Record:
    """The history as a session's loops see it, in the learner's language."""

    def __init__(
        self,
        history: History,
        desk: Desk,
        clock: Callable[[], int],
        plan: Plan | None = None,
        more: Callable[[], Sequence[str]] = tuple,
    ):
        self.history, self.desk, self.words, self._clock = history, desk, desk.words, clock
        self.more = more  # what another session like this one would ask now
        self.drafts = Drafts(places().drafts)
        self._plan = plan  # by a date, which the session follows
        self._told = 0

    def news(self) -> list[str]:
        """Notices that have come up since the last time, as a rule none."""
        fresh = self.history.notices[self._told :]
        self._told += len(fresh)
        if not fresh:
            return []
        from quiz.play.notices import told

        return told(fresh, self.words)

    def unsaved(self, problem: HistoryError) -> str:
        """Why an answer could not be saved, and what to do."""
        if problem.code in ("full", "locked", "read-only", "damaged"):
            return self.words(f"unsaved.{problem.code}")
        return self.words("unsaved", reason=problem)

    def is_leech(self, key: str) -> bool:
        """Is a question missed again and again?"""
        from quiz.study.activity import is_leech

        card = self.history.cards.get(key)
        return card is not None and is_leech(card)

    def next_steps(self, outcomes: Sequence[Outcome]) -> list[str]:
        """After a session: what is due when, and the belief to go after."""
        about = (self.desk.bank, self.history, self._clock(), self.words)
        lines = [due_line(*about, planned=self._plan is not None)]
        if self._plan:
            from quiz.play.plan import left_today

            lines.insert(0, left_today(self._plan, *about))
        if belief := self._belief(outcomes):
            lines.append(self.words("done.belief", belief=belief))
        return [line for line in lines if line]

    def to_read(self, missed: Sequence[Outcome]) -> Topic | None:
        """The topic of which most was missed, if it has an explanation."""
        topics = Counter(outcome.question.topic for outcome in missed)
        for name, _ in topics.most_common():
            with suppress(LookupError):  # a pack's folder without a topic.yaml
                return self.desk.bank.topic(name)
        return None

    def _belief(self, outcomes: Sequence[Outcome]) -> str:
        """What the answers that were still wrong at the end have shown most often."""
        last = {outcome.key: outcome for outcome in outcomes}
        held = {b for o in last.values() if o.verdict != "right" for b in o.beliefs}
        shown = Counter(b for o in outcomes for b in o.beliefs if b in held)
        for name, _ in shown.most_common():
            for told in self.desk.beliefs([name]):
                return told.belief.pick(self.words.lang)
        return ""


def due_line(bank, history: History, now: int, words, *, planned: bool = False) -> str:
    """How many questions are due when; "" when none ever is.

    Where a plan by a date is followed, dates are its own: only what was missed today counts.
    """
    from quiz.study.ahead import ahead
    from quiz.study.days import today

    coming = ahead(bank, history, now, today(now))
    parts = []
    if coming.now and not planned:
        parts.append(words.plural("due.now", coming.now))
    if coming.again:
        time = _local(coming.again_at).strftime("%H:%M")
        parts.append(words.plural("due.again", coming.again, time=time))
    if coming.tomorrow and not planned:
        parts.append(words.plural("due.tomorrow", coming.tomorrow))
    elif coming.later and not planned and not parts:
        parts.append(words("due.later", date=_local(coming.later).date()))
    return words("due.line", parts=words("due.and").join(parts)) if parts else ""


def _local(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000)
