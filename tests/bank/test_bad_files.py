"""Every fault that content can have, as a file of its own under tests/bad/.

Each file holds only what matters; fields that a question (or topic.yaml) can't
do without are added below it. The line at fault says `# expect: CODE`; where a
comment has no place on it, the line before says `# expect below: CODE`. Files
lie in a topic `scaling` with one demo; `# path:` on the first line says where.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import filled

from quiz.bank.check import check
from quiz.bank.rules import documentation
from quiz.evidence import Claim, Run
from quiz.model import Text

BAD = Path(__file__).resolve().parent.parent / "bad"
FILES = sorted(BAD.glob("*.yaml"))


class Refused(Exception):
    """What quiz.lab raises for a knob, as far as a check looks at it."""

    def __init__(self, **detail):
        super().__init__("refused")
        self.detail = detail


def run(name, params, pack):
    """A demo with one knob and one claim."""
    if unknown := params.keys() - {"d_k", "scaled"}:
        raise Refused(knob=unknown.pop(), known=["d_k", "scaled"])
    if not 1 <= int(params.get("d_k", 64)) <= 1024:
        raise Refused(knob="d_k", allowed="1..1024", known=[])
    holds = params.get("scaled") != "on"
    claim = Claim("variance-grows-with-dk", Text("Var = d_k"), "stat", 1.0, "64 ± 7", holds)
    return Run(
        name, "scaling", Text(), Text(), (), {}, 0, 0.0, {"raw_variance": 63.7}, (), (claim,)
    )


def expected(text: str) -> list[tuple[int, str]]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if match := re.search("# expect( below)?: (.*)", line):
            found += [(number + bool(match[1]), code) for code in match[2].split(", ")]
    return sorted(found)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_fault_is_reported_on_its_line_and_nothing_else(maker, file):
    text = file.read_text(encoding="utf-8")
    path = re.match("# path: (.*)\n", text)
    id = re.search("^id: ([a-z-]+)", text, re.MULTILINE)
    where = path[1] if path else f"scaling/{id[1] if id else 'scaling-why'}.yaml"
    text = filled(text, topic=where.endswith("topic.yaml"))
    assert expected(text), "no line says what is expected"
    problems = check([maker.write(where, text)], run=run)
    assert sorted((p.line, p.code) for p in problems) == expected(text), list(map(str, problems))
    assert {p.code for p in problems} <= documentation().keys()


def test_what_the_fields_are_filled_up_with_is_sound(maker):
    for kind in ("single", "multiple", "numeric", "predict", "short", "order", "explain"):
        maker.question(f"id: a-{kind}\nkind: {kind}\ncovers: [T4.1]")
    assert check([maker.root], run=run) == []
