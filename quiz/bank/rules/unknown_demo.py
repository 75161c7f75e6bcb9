from __future__ import annotations

from collections.abc import Iterator

from quiz.bank.rules.kit import Finding, Item, Scope, calls, rule, suggest
from quiz.model import Question, Topic


@rule(Question, Topic)
def unknown_demo(item: Item, scope: Scope) -> Iterator[Finding]:
    """A demo is a file of the pack or of the built-in one: demos/<topic>/<name>.py.

    Hyphens in its name are underscores in the file's.

    Fails:
        demo: {name: logit-varience}

    Passes:
        demo: {name: logit-variance}
    """
    known = scope.names.demos
    for steps, call in calls(item):
        if call.name not in known:
            message = f"there is no demo '{call.name}'; {suggest(call.name, known)}"
            yield Finding((*steps, "name"), message)
