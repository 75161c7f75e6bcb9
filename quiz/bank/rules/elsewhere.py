"""Documentation of the codes that no rule reports, but reading, structure or running does."""

from __future__ import annotations

import re

_TEXT = r"""
anchor
    Anchors (&x) and aliases (*x) are not read: the text is written out.

    Fails:
        prompt: &same Why?
        answer: *same

    Passes:
        prompt: Why?
        answer: Why?

tag
    Tags (!!str) are not read: each field knows its own type.

    Fails:
        value: !!int '8'

    Passes:
        kind: numeric
        value: 8

merge-key
    The merge key << is not read: the fields are written out.

    Fails:
        demo: {<<: {name: logit-variance}}

    Passes:
        demo: {name: logit-variance}

duplicate-key
    A key is in a mapping once.

    Fails:
        level: core
        level: senior

    Passes:
        level: senior

key
    A key is plain text.

    Fails:
        ? [a, b]
        : c

    Passes:
        level: core

deep
    Nothing is nested over 20 deep: no field needs it.

    Fails:
        hints: [[[[[[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]]]]]

    Passes:
        hints: [x]

syntax
    The file is YAML. Most often, text that holds ': ' or starts with a quote needs quotes.

    Fails:
        prompt: True or not: what is it?

    Passes:
        prompt: 'True or not: what is it?'

tab
    Indentation is spaces.

control-character
    No text holds control characters or marks that reorder it; "\t" in double quotes is a tab.

    Fails:
        answer: "It is the \temperature."

    Passes:
        answer: It is the temperature.

not-utf8
    Files are saved as UTF-8.

too-big
    A file has up to 1 MB.

not-a-file
    What is called *.yaml is a regular file, not a folder, pipe or device.

unreadable
    A file can be opened and read.

empty
    A file holds a question.

type
    Each field takes text, a number, true or false, a list, or fields of its own.

    Fails:
        hints: Look at the variance.

    Passes:
        hints: [Look at the variance.]

missing-key
    What a question can't do without is there.

    Fails:
        options:
          - text: Variance
            correct: true
          - {text: Overflow, why: Subtracting the maximum avoids it.}

    Passes:
        options:
          - text: Variance
            correct: true
            why: It grows with d_k.
          - {text: Overflow, why: Subtracting the maximum avoids it.}

unknown-key
    There are no fields but those known.

    Fails:
        hint: [Look at the variance.]

    Passes:
        hints: [Look at the variance.]

demo-fails
    A demo runs with the knobs given under `with`.

unknown-claim
    The claims that a text rests on are among those that the demo's run reports.

claim-fails
    The claims that a text rests on hold when the demo runs with the knobs given.

unknown-figure
    The figures that a text quotes are among those that the demo's run reports.

predict-run
    The run makes exactly one option of a predict question right.

reject-is-right
    No number under `reject` is within the tolerance of the live figure.
"""


def _parts(text: str) -> dict[str, str]:
    found = {}
    for part in re.split(r"\n\n(?=[a-z])", text.strip("\n")):
        code, _, doc = part.partition("\n")
        found[code] = "\n".join(line.removeprefix("    ") for line in doc.splitlines())
    return found


ELSEWHERE = _parts(_TEXT)
