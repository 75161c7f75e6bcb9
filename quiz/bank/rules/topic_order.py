from __future__ import annotations

from collections.abc import Iterator

from quiz.bank.rules.kit import Finding, rule
from quiz.model import Topic


@rule(Topic, breaking=True)
def topic_order(topic: Topic) -> Iterator[Finding]:
    """A topic's `order` is its number among the topics, from 0 to 9999.

    Fails:
        # content/scaling/topic.yaml
        order: 20260101

    Passes:
        # content/scaling/topic.yaml
        order: 12
    """
    if not 0 <= topic.order <= 9999:
        yield Finding(("order",), "is no place among the topics; give a number from 0 to 9999")
