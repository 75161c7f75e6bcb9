"""How well a question is remembered: FSRS, by the package `fsrs`, replayed from answers.

`fsrs` is imported by the first replay only, so that it costs nothing before the
first question is on screen; recall itself is one formula and needs no package.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from quiz.study.events import Answer

if TYPE_CHECKING:
    import fsrs

DAY = 86_400_000  # ms
REVIEW = 2  # the state of a card that has left its learning steps
DECAY = 0.1542  # FSRS-6 default weight 20
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Scheduling(NamedTuple):
    """What moves due dates: the recall to keep, and the FSRS weights (None: the defaults)."""

    retention: float = 0.9
    weights: tuple[float, ...] | None = None


class Card(NamedTuple):
    """What the answers to one question amount to. Times are UTC ms.

    `state`..`last` describe the memory and are None while the question was only
    crammed; the counts below them are over every answer that counts.
    """

    question: str
    state: int | None  # 1 learning, 2 review, 3 relearning
    step: int | None
    stability: float | None  # days after which recall has fallen to 90 %
    difficulty: float | None  # 1..10
    due: int | None
    first: int | None
    last: int | None
    reps: int
    lapses: int  # times it was known (in review) and then missed
    answers: int
    right: int
    partly: int
    duration: int  # ms spent answering
    answered: int  # when last answered, crammed or not
    verdict: str  # of the last answer


def recall(card: Card, now: int, scheduling: Scheduling = Scheduling()) -> float:  # noqa: B008
    """Probability of recalling it now, 0 when it was never learnt (FSRS-6, power forgetting curve).

    R(t) = (1 + f t / S)^-w20 with f chosen so that R(S) = 0.9. Time is taken as
    it is; `fsrs` itself counts whole days.
    """
    if card.stability is None or card.last is None:
        return 0.0
    decay = scheduling.weights[20] if scheduling.weights else DECAY
    factor = 0.9 ** (-1 / decay) - 1
    days = max(0, now - card.last) / DAY
    return (1 + factor * days / card.stability) ** -decay


def days_until(threshold: float, scheduling: Scheduling) -> float:
    """Days, for each day of stability, until recall has fallen to a threshold."""
    decay = scheduling.weights[20] if scheduling.weights else DECAY
    return (threshold ** (-1 / decay) - 1) / (0.9 ** (-1 / decay) - 1)


def is_due(card: Card, now: int, tonight: int) -> bool:
    """Is it to be asked now (UTC ms)? `Cards.due` says the same of all, in SQL."""
    if card.due is None:
        return False
    return card.due < tonight if card.state == REVIEW else card.due <= now


def days_between(last: int, at: int) -> int:
    """Days from an answer to the next one (UTC ms), the nearest number of them.

    FSRS is a model of days on which one studied. An answer at 09:00 to what was
    asked at 09:05 two days before is two days later, though 48 hours have not passed;
    `fsrs` itself would count one. Where the clock went back no time has passed.
    """
    return max(0, (at - last + DAY // 2) // DAY)


def scheduler(scheduling: Scheduling) -> fsrs.Scheduler:
    """The FSRS scheduler for it.

    One learning step of ten minutes: what was missed (or, after fifteen, half
    right) returns today, in this session or the next, while what was right at
    once is done for the day. With the usual two steps a right answer would be
    asked again the same day, out of the twenty minutes that there are.

    Raises ValueError for weights out of bounds.
    """
    import fsrs

    step = (timedelta(minutes=10),)
    return fsrs.Scheduler(
        parameters=scheduling.weights or fsrs.scheduler.DEFAULT_PARAMETERS,
        desired_retention=scheduling.retention,
        learning_steps=step,
        relearning_steps=step,
        maximum_interval=365,
        enable_fuzzing=False,
    )


def replay(question: str, answers: Iterable[Answer], fsrs_scheduler: fsrs.Scheduler) -> Card:
    """The card that these answers (one or more), in this order, lead to."""
    import fsrs

    memory = fsrs.Card(card_id=1)  # without an id it sleeps 1 ms to find one
    first: int | None = None
    reps = lapses = count = right = partly = duration = answered = 0
    verdict = ""
    for answer in answers:
        count += 1
        right += answer.verdict == "right"
        partly += answer.verdict == "partly"
        duration += answer.duration
        answered, verdict = answer.at, answer.verdict
        if answer.cram:
            continue
        at = EPOCH + timedelta(milliseconds=answer.at)
        if memory.last_review:
            # From there fsrs counts spans of 24 hours.
            days = days_between(_ms(memory.last_review), answer.at)
            memory.last_review = at - timedelta(days=days)
        lapses += memory.state == fsrs.State.Review and answer.rating == 1
        memory, _ = fsrs_scheduler.review_card(memory, fsrs.Rating(answer.rating), at)
        first = answer.at if first is None else first
        reps += 1
    known = reps > 0
    return Card(
        question=question,
        state=int(memory.state) if known else None,
        step=memory.step if known else None,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=_ms(memory.due) if known else None,
        first=first,
        last=_ms(memory.last_review) if memory.last_review else None,
        reps=reps,
        lapses=lapses,
        answers=count,
        right=right,
        partly=partly,
        duration=duration,
        answered=answered,
        verdict=verdict,
    )


def _ms(at: datetime) -> int:
    return (at - EPOCH) // timedelta(milliseconds=1)
