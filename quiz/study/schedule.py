"""What to ask next: what is due, then what is new, in an order that teaches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING

from quiz.study.catalogue import Catalogue, Row
from quiz.study.days import Today
from quiz.study.memory import recall
from quiz.study.waiting import Waiting, open_waiting

if TYPE_CHECKING:
    import random

    from quiz.study.history import History

OPENS_AFTER = 3  # answered questions of each topic that another one requires
COUNT = 12  # questions a session: about twenty minutes
NEW_A_DAY = 10
DUE_A_DAY = 100  # an hour and more: a backlog after weeks away is worked off over some days


def suggested_rating(verdict: str, hints: int = 0) -> int:
    """The FSRS rating that a verdict suggests: 1 again, 2 hard, 3 good. 4, easy, is the learner's.

    A hint caps it at hard; the third one gives the key step away: again.
    """
    return capped({"right": 3, "partly": 2, "wrong": 1}[verdict], hints)


def capped(rating: int, hints: int) -> int:
    """The learner's own rating, or a suggested one, after so many hints."""
    return min(rating, (4, 2, 2, 1)[min(hints, 3)])


def plan_session(
    bank: Catalogue,
    history: History,
    now: int,
    *,
    today: Today,
    requires: Mapping[str, Sequence[str]],
    rng: random.Random,
    count: int = COUNT,
    new_limit: int = NEW_A_DAY,
    due_limit: int = DUE_A_DAY,
    topics: Collection[str] | None = None,
    kinds: Collection[str] | None = None,
    levels: Collection[str] | None = None,
    cram: bool = False,
    waiting: Callable[[], Waiting] | None = None,
) -> list[str]:
    """The keys of the questions to ask now, in order, at most `count`.

    What is due comes first, the least remembered first, at most `due_limit` a day;
    then, unless more is due, new questions, at most `new_limit` a day, so that topics
    open in the order of what rests on what (`requires`) and alternate once there is a
    choice. A question skipped `today` waits until tomorrow. `cram` ignores dates and
    limits: the weakest first, `rng` deciding between equals. None for `topics`, `kinds`
    or `levels` selects all. `waiting` opens what is kept of the questions not begun;
    without it they are worked out from all there are.
    """

    def selected(row: Row) -> bool:
        return (
            (topics is None or row.topic in topics)
            and (kinds is None or row.kind in kinds)
            and (levels is None or row.level in levels)
        )

    if cram:
        return _weakest_first(filter(selected, bank.rows()), history, now, rng)[:count]
    skipped = history.skipped_since(today.start)
    plan: list[Row] = []
    due_room = max(0, due_limit - history.cards.reviewed_since(today.start))
    for key in history.cards.due(now, today.end):
        if len(plan) >= count:
            break
        row = None if key in skipped else bank.row(key)
        if row is None or not selected(row):
            continue
        if len(plan) >= due_room:
            return [row.key for row in plan]
        plan.append(row)
    room = min(count - len(plan), new_limit - history.cards.begun_since(today.start))
    if room > 0:
        with closing(waiting() if waiting else open_waiting(bank, history)) as new:
            previous = plan[-1].topic if plan else ""
            found = fresh(new, requires, skipped, topics, kinds, levels, previous)
            plan += islice(found, room)
    return [row.key for row in plan]


def fresh(
    waiting: Waiting,
    requires: Mapping[str, Sequence[str]],
    skipped: Collection[str] = (),
    topics: Collection[str] | None = None,
    kinds: Collection[str] | None = None,
    levels: Collection[str] | None = None,
    previous: str = "",
) -> Iterator[Row]:
    """What waits, in the order of `new_questions`; read as far as it is asked for."""

    def waits(topic: str) -> Iterator[Row]:
        rows = waiting.in_order(topic, kinds, levels)
        return (row for row in rows if row.key not in skipped)

    total = waiting.sizes()
    chosen = [topic for topic in total if topics is None or topic in topics]
    queues = {topic: waits(topic) for topic in chosen}
    return _interleaved(queues, total, waiting.begun(), requires, previous)


def new_questions(
    rows: Iterable[Row],
    candidates: Iterable[Row],
    begun: Collection[str],
    requires: Mapping[str, Sequence[str]],
    previous: str = "",
) -> Iterator[Row]:
    """Those `candidates` that are not begun, in teaching order, as if each were answered.

    `rows` is the whole bank: a topic opens when each topic it requires has had
    OPENS_AFTER of its questions answered, or all where there are fewer. Among
    open topics the one with the least progress comes next, but not the
    `previous` one again while there is another. When no topic with candidates
    is open, the lowest in rank is.
    """
    total: dict[str, int] = {}
    done: dict[str, int] = {}
    for row in rows:
        total[row.topic] = total.get(row.topic, 0) + 1
        done[row.topic] = done.get(row.topic, 0) + (row.key in begun)
    waiting: dict[str, list[Row]] = {}
    for row in candidates:
        if row.key not in begun:
            waiting.setdefault(row.topic, []).append(row)
    queues = {topic: iter(sorted(queue, key=_teaching)) for topic, queue in waiting.items()}
    return _interleaved(queues, total, done, requires, previous)


def _teaching(row: Row) -> tuple:
    return (row.level == "senior", row.position, row.key)


def _interleaved(
    waiting: Mapping[str, Iterator[Row]],
    total: Mapping[str, int],
    begun: Mapping[str, int],
    requires: Mapping[str, Sequence[str]],
    previous: str,
) -> Iterator[Row]:
    """What waits in each topic, merged as `new_questions` says; read as far as it is asked for.

    `total` and `begun` count all questions of a topic, whether they wait or not.
    """
    done = {topic: begun.get(topic, 0) for topic in total}
    heads: dict[str, Row] = {}

    def draw(topic: str) -> None:
        row = next(waiting[topic], None)
        if row is None:
            heads.pop(topic, None)
        else:
            heads[topic] = row

    def is_open(topic: str) -> bool:
        return all(
            done.get(other, 0) >= min(OPENS_AFTER, total.get(other, 0))
            for other in requires.get(topic, ())
        )

    def rank(topic: str) -> tuple[int, str]:
        return (heads[topic].rank, topic)

    for topic in waiting:
        draw(topic)
    while heads:
        choice = [topic for topic in heads if is_open(topic)] or [min(heads, key=rank)]
        others = [topic for topic in choice if topic != previous] or choice
        topic = min(others, key=lambda topic: (done[topic] / total[topic], rank(topic)))
        row = heads[topic]
        draw(topic)
        done[topic] += 1
        previous = topic
        yield row


def _weakest_first(
    rows: Iterable[Row], history: History, now: int, rng: random.Random
) -> list[str]:
    cards = history.cards.all()
    keys = sorted(row.key for row in rows)
    rng.shuffle(keys)
    strength = {
        key: recall(cards[key], now, history.scheduling) if key in cards else 0.0 for key in keys
    }
    return sorted(keys, key=strength.__getitem__)
