from __future__ import annotations

from collections.abc import Iterator

from quiz.bank.rules.kit import Finding, Scope, rule
from quiz.model import Topic


@rule(Topic)
def evidence(topic: Topic, scope: Scope) -> Iterator[Finding]:
    """Each statement and misconception rests on a demo's claim or on a source.

    Fails:
        # content/scaling/topic.yaml
        statements:
          - {id: T4.1, text: Scaling is useful., verdict: 'true', correction: It is.}

    Passes:
        # content/scaling/topic.yaml
        statements:
          - id: T4.1
            text: Scaling is useful.
            verdict: 'true'
            correction: It is.
            demo: {name: logit-variance, claims: [variance-grows-with-dk]}
    """
    for name in ("statements", "misconceptions"):
        for i, part in enumerate(getattr(topic, name)):
            if not part.sources and not (part.demo and part.demo.claims):
                message = f"'{part.id}' has no evidence; give a demo with 'claims', or 'sources'"
                yield Finding((name, i), message)
