"""The order in which topics and questions are taught, kept in the index."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from quiz.model import LEVELS


def learning_order(topics: Iterable[tuple[str, int, Sequence[str]]]) -> list[str]:
    """Topics `(id, order, requires)` so that each comes after those it requires.

    Ties go to the smallest order. Unknown requirements don't count; of a circle,
    the topic of smallest order goes first.
    """
    left = {id: (order, set(requires)) for id, order, requires in topics}
    found: list[str] = []
    while left:
        ready = [id for id in left if not left[id][1] & left.keys() - {id}] or list(left)
        best = min(ready, key=lambda id: (left[id][0], id))
        found.append(best)
        del left[best]
    return found


def rank_topics(connection: sqlite3.Connection) -> None:
    """Tell topics, and their questions, the topic's place in learning order."""
    topics = connection.execute("SELECT id, ord, requires FROM topics").fetchall()
    ranked = learning_order((id, order, needs.split()) for id, order, needs in topics)
    # A folder without a topic.yaml comes last.
    loose = connection.execute(
        "SELECT DISTINCT topic FROM questions WHERE topic NOT IN (SELECT id FROM topics) ORDER BY 1"
    )
    for rank, id in enumerate(ranked + [row[0] for row in loose]):
        connection.execute("UPDATE topics SET rank = ? WHERE id = ?", (rank, id))
        connection.execute(
            "UPDATE questions SET rank = ?1 WHERE topic = ?2 AND rank IS NOT ?1", (rank, id)
        )


def place_questions(connection: sqlite3.Connection, topic: str) -> None:
    """Positions in a topic: by level, then by file; verdicts spread over the core ones."""
    rows = connection.execute(
        "SELECT q.kind, q.level, q.key, q.position FROM questions q JOIN files f ON f.id = q.file"
        " WHERE q.topic = ? ORDER BY f.pack != 'builtin', f.pack, f.path, q.rowid",
        (topic,),
    ).fetchall()
    groups: dict[tuple[str, bool], list] = {}
    for kind, level, key, position in rows:
        groups.setdefault((level, kind == "verdict"), []).append((key, position))
    placed = sorted(
        (LEVELS.index(level), (i + 1) / (len(group) + 1), key, old)
        for (level, _), group in groups.items()
        for i, (key, old) in enumerate(group)
    )
    connection.executemany(
        "UPDATE questions SET position = ? WHERE key = ?",
        [(new, key) for new, (_, _, key, old) in enumerate(placed) if new != old],
    )
