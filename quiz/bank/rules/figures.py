from __future__ import annotations

import re
from collections.abc import Iterator

from quiz.bank.rules.kit import Finding, Item, Scope, rule, texts
from quiz.figures import PLACE
from quiz.model import LANGS, Question, Text, Topic

_BRACES = re.compile(r"\{\{.*?\}\}")
_FILLED = {"answer", "why", "full", "correction", "truth"}


@rule(Question, Topic)
def figures(item: Item, scope: Scope) -> Iterator[Finding]:
    """A figure of the run is quoted as {{ name }} or {{ name | .2f }}, where a demo is named.

    It is filled in answers, whys, model answers, corrections and truths; anywhere else
    it would stay as it is written.

    Fails:
        demo: {name: logit-variance}
        prompt: 'Is {{ raw_variance }} much?'

    Passes:
        demo: {name: logit-variance}
        answer: 'It is {{ raw_variance }}.'
    """
    for steps, text in texts(item):
        if "{{" not in text.en and "{{" not in text.zh:
            continue
        for steps_, message in _faults(item, steps, text):
            yield Finding(steps_, message)


def _faults(item: Item, steps: tuple, text: Text) -> Iterator[tuple[tuple, str]]:
    field = steps[-1]
    # A follow-up's answer is spoken; no run belongs to it.
    filled = field in _FILLED and steps[0] != "follow_ups"
    for lang in LANGS:
        here = (*steps, lang)
        wording = getattr(text, lang)
        found = PLACE.findall(wording)
        if found and not filled:
            yield here, f"'{field}' is shown as it is written; no figure is filled in here"
        elif found and not _has_demo(item, steps):
            yield here, f"quotes '{found[0][0]}', but no demo is named that could measure it"
        for braces in _BRACES.findall(wording) if filled else ():
            if not PLACE.fullmatch(braces):
                yield (
                    here,
                    f"{braces} quotes no figure; write {{{{ name }}}} or {{{{ name | .2f }}}}",
                )
    if text.en and text.zh:
        en, zh = ({name for name, _ in PLACE.findall(t)} for t in (text.en, text.zh))
        if en != zh:
            only = ", ".join(sorted(en ^ zh))
            yield steps, f"quotes {only} in one language only; say the same in both"


def _has_demo(item: Item, steps: tuple) -> bool:
    if steps[0] in ("statements", "misconceptions"):
        return getattr(item, steps[0])[steps[1]].demo is not None
    return item.demo is not None
