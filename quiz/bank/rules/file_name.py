from __future__ import annotations

from collections.abc import Iterator

from quiz.bank.rules.kit import Finding, Item, Scope, rule
from quiz.model import Question, Topic


@rule(Question, Topic)
def file_name(item: Item, scope: Scope) -> Iterator[Finding]:
    """A file is called after its first question, a topic's folder after the topic.

    Fails:
        # content/scaling/temperature.yaml
        id: scaling-why

    Passes:
        # content/scaling/scaling-why.yaml
        id: scaling-why
    """
    _, folder, name = scope.path.split("/")
    stem, _, ending = name.rpartition(".")
    if not scope.first:
        return
    if ending != "yaml":
        yield Finding((), f"the file ends in .{ending}; rename it to {stem}.yaml", key=True)
    if type(item) is Topic:
        if item.id != folder:
            message = f"'{item.id}' lies in the folder '{folder}'; give both the same name"
            yield Finding(("id",), message)
    elif item.id != stem:
        message = f"'{item.id}' is in {name}; rename the file to {item.id}.yaml, or the question"
        yield Finding(("id",), message)
