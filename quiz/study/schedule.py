"""What to ask next: what is due, then what is new, in an order that teaches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Protocol

from quiz.study.memory import recall

if TYPE_CHECKING:
    import random

    from quiz.study.history import History

OPENS_AFTER = 3  # answered questions of each topic that another one requires
COUNT = 12  # questions a session: about twenty minutes
NEW_A_DAY = 10


class Row(Protocol):
    """What choosing needs to know of a question."""

    key: str
    topic: str
    rank: int  # of the topic, in the order of what rests on what
    kind: str
    level: str
    position: int  # within the topic, in teaching order


class Catalogue(Protocol):
    """The questions there are, looked up as they are needed: there may be a hundred thousand."""

    def row(self, key: str) -> Row | None: ...

    def rows(self) -> Iterable[Row]: ...

    def in_order(
        self, topic: str, kinds: Collection[str] | None, levels: Collection[str] | None
    ) -> Iterator[Row]:
        """A topic's questions as they are to be taught."""

    def sizes(self, keys: Iterable[str] | None = None) -> Mapping[str, int]:
        """How many questions each topic has: of these keys, or of all."""


def suggested_rating(verdict: str, hints: int = 0) -> int:
    """The FSRS rating that a verdict suggests: 1 again, 2 hard, 3 good. 4, easy, is the learner's.

    A hint caps it at hard; the third one gives the key step away: again.
    """
    rating = {"right": 3, "partly": 2, "wrong": 1}[verdict]
    return min(rating, (3, 2, 2, 1)[min(hints, 3)])


def day_start(now: int, zone: tzinfo | None = None) -> int:
    """UTC ms of the last midnight in `zone` (None: the system's)."""
    local = datetime.fromtimestamp(now / 1000, zone).astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if zone is None:  # its own offset: daylight saving may have begun since
        midnight = midnight.replace(tzinfo=None).astimezone()
    return round(midnight.timestamp() * 1000)


def plan_session(
    bank: Catalogue,
    history: History,
    now: int,
    *,
    today: int,
    requires: Mapping[str, Sequence[str]],
    rng: random.Random,
    count: int = COUNT,
    new_limit: int = NEW_A_DAY,
    topics: Collection[str] | None = None,
    kinds: Collection[str] | None = None,
    levels: Collection[str] | None = None,
    cram: bool = False,
) -> list[str]:
    """The keys of the questions to ask now, in order, at most `count`.

    What is due comes first, the least remembered first; then new questions, at
    most `new_limit` a day, so that topics open in the order of what rests on
    what (`requires`) and alternate once there is a choice. A question skipped
    since `today` (UTC ms of the local midnight) waits until tomorrow. `cram`
    ignores dates and limits: the weakest first, `rng` deciding between equals.
    None for `topics`, `kinds` or `levels` selects all.
    """

    def selected(row: Row) -> bool:
        return (
            (topics is None or row.topic in topics)
            and (kinds is None or row.kind in kinds)
            and (levels is None or row.level in levels)
        )

    if cram:
        return _weakest_first(filter(selected, bank.rows()), history, now, rng)[:count]
    skipped = history.skipped_since(today)
    plan: list[Row] = []
    for key in history.cards.due(now):
        if len(plan) >= count:
            break
        row = None if key in skipped else bank.row(key)
        if row is not None and selected(row):
            plan.append(row)
    room = min(count - len(plan), new_limit - history.cards.begun_since(today))
    if room > 0:
        begun = history.cards.begun()
        total = bank.sizes()

        def waiting(topic: str) -> Iterator[Row]:
            rows = bank.in_order(topic, kinds, levels)
            return (row for row in rows if row.key not in begun and row.key not in skipped)

        chosen = [topic for topic in total if topics is None or topic in topics]
        fresh = _interleaved(
            {topic: waiting(topic) for topic in chosen},
            total,
            bank.sizes(begun),
            requires,
            plan[-1].topic if plan else "",
        )
        plan += [row for row, _ in zip(fresh, range(room), strict=False)]
    return [row.key for row in plan]


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
