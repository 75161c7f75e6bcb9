"""The content of a question bank, as plain frozen data.

`bank` makes these from YAML, everything else reads them. Structure is checked
by pydantic over these very classes when YAML is compiled; nothing here imports
it. What a demo run showed is in `quiz.evidence`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

LANGS = ("en", "zh")
LEVELS = ("warm-up", "core", "senior")
VERDICTS = ("true", "conditional", "misleading", "wrong")
KINDS = ("single", "multiple", "numeric", "predict", "short", "order", "explain", "verdict")


class Record:
    """Comparison, hash and repr by fields.

    One copy for all: `dataclass` compiles them for each class, which takes a third of
    this module's import (4.0 against 2.5 ms), at every start.
    """

    def _values(self) -> tuple:
        return tuple(getattr(self, name) for name in self.__dataclass_fields__)

    def __eq__(self, other: object) -> bool:
        return self._values() == other._values() if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        shown = zip(self.__dataclass_fields__, self._values(), strict=True)
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in shown)})"


@dataclass(frozen=True, eq=False, repr=False)
class Text(Record):
    """One wording a language. A pack may leave one out: `pick` then gives the other.

    YAML may give a plain string, which is Chinese if a Chinese character is in it.
    """

    en: str = ""
    zh: str = ""

    def pick(self, lang: str) -> str:
        return (self.zh or self.en) if lang == "zh" else (self.en or self.zh)

    def __bool__(self) -> bool:
        return bool(self.en or self.zh)


@dataclass(frozen=True, eq=False, repr=False)
class Option(Record):
    """A choice of a single, multiple, predict or verdict question.

    What makes it right is `correct`, or for predict questions the run itself:
    the figure falls in `range` (closed below, open above), or the claim's
    outcome is `holds`.
    """

    text: Text
    why: Text
    correct: bool = False
    range: tuple[float, float] | None = None
    holds: bool | None = None
    misconception: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class Reject(Record):
    """A tempting wrong answer to a typed question: what is wrong with it, and the belief."""

    why: Text
    misconception: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class Point(Record):
    """One point of an `explain` rubric, with the wordings that count as having made it."""

    text: Text
    accept: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class DemoCall(Record):
    """A demo by name, the knobs it is run with, and the claims that the text rests on."""

    name: str
    params: dict[str, str] = field(default_factory=dict)  # `with` in YAML
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class Question(Record):
    """What is asked, what counts as an answer, and what is said of it afterwards."""

    id: str
    kind: str
    level: str
    prompt: Text
    answer: Text  # Markdown; {{ figure | .2f }} is filled by the demo's run
    options: tuple[Option, ...] = ()
    hints: tuple[Text, ...] = ()
    demo: DemoCall | None = None
    covers: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    value: float | None = None  # numeric: the answer
    tolerance: str = "0"  # numeric, predict: "0.02" is absolute, "5%" relative
    unit: Text = Text()
    figure: str = ""  # predict: the run's figure that decides
    claim: str = ""  # predict: the run's claim that decides
    accept: tuple[str, ...] = ()  # short: wordings that are right
    reject: dict[str, Reject] | None = None  # typed kinds: the tempting wrong answers
    items: tuple[Text, ...] = ()  # order: in the right order
    points: tuple[Point, ...] = ()  # explain: the rubric
    # Known to the bank, not written in the file:
    topic: str = ""
    pack: str = ""
    file: str = ""
    line: int = 0
    revision: str = ""

    @property
    def claims(self) -> tuple[str, ...]:
        """Of the demo's claims, the one that decides and those that the answer rests on."""
        named = self.demo.claims if self.demo else ()
        return tuple(dict.fromkeys([self.claim, *named] if self.claim else named))

    @property
    def catches(self) -> frozenset[str]:
        """The misconceptions that a wrong answer can show."""
        wrong = [*self.options, *(self.reject or {}).values()]
        return frozenset(answer.misconception for answer in wrong if answer.misconception)


@dataclass(frozen=True, eq=False, repr=False)
class Statement(Record):
    """What people (and interview notes) say on a topic, and whether it is so."""

    id: str
    text: Text
    verdict: str
    correction: Text
    demo: DemoCall | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class Misconception(Record):
    """A named belief that wrong options catch, what is so instead, and what refutes it."""

    id: str
    belief: Text
    truth: Text
    demo: DemoCall | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class FollowUp(Record):
    """A question that interviewers ask next, and what a good answer says."""

    question: Text
    answer: Text


@dataclass(frozen=True, eq=False, repr=False)
class Topic(Record):
    """One of the interview's questions: its model answer, and what people say on it."""

    id: str
    order: int
    title: Text
    question: Text  # the interview question itself
    short: Text  # the answer in thirty seconds
    full: Text  # the model answer, Markdown, with {{ figures }} of `demo`
    statements: tuple[Statement, ...]
    requires: tuple[str, ...] = ()
    demo: DemoCall | None = None
    whiteboard: Text = Text()  # what to draw, as a diagram in text
    follow_ups: tuple[FollowUp, ...] = ()
    traps: tuple[Text, ...] = ()
    misconceptions: tuple[Misconception, ...] = ()
    sources: dict[str, str] | None = None  # key -> citation
    pack: str = ""
    file: str = ""
    line: int = 0
