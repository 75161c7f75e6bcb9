from __future__ import annotations

import re
from collections.abc import Iterator

from quiz.bank.rules.kit import Finding, Item, rule
from quiz.model import Question, Topic

ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
_STATEMENT = re.compile(r"[A-Za-z][A-Za-z0-9]*([.-][A-Za-z0-9]+)*\Z")


@rule(Question, Topic, breaking=True)
def id_format(item: Item) -> Iterator[Finding]:
    """Ids are lower-case words joined by hyphens; statements are numbered as T4.1.

    Ids that begin with `verdict-` are kept for the questions made from statements.

    Fails:
        id: Why_Scale

    Passes:
        id: why-scale
    """
    named = [(("id",), item.id, ID)]
    if type(item) is Question:
        named += [(("aliases", i), alias, ID) for i, alias in enumerate(item.aliases)]
        if item.id.startswith("verdict-"):
            message = "ids with 'verdict-' are kept for statements; choose another"
            yield Finding(("id",), message)
    else:
        named += [(("statements", i, "id"), s.id, _STATEMENT)
                  for i, s in enumerate(item.statements)]  # fmt: skip
        named += [(("misconceptions", i, "id"), m.id, ID)
                  for i, m in enumerate(item.misconceptions)]  # fmt: skip
    for steps, id, form in named:
        if not form.match(id):
            example = "T4.1" if form is _STATEMENT else "two-words"
            yield Finding(steps, f"'{id}' is no id; write it like '{example}'")
