"""What every loop needs at hand: the bank, the laboratory, the words, the console."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.console import Console

from quiz.figures import PLACE, fill
from quiz.model import LANGS, DemoCall, Misconception, Question, Text, Topic
from quiz.screen.theme import Signs, signs

if TYPE_CHECKING:
    from quiz.evidence import Run
    from quiz.lab.labs import Labs
    from quiz.lab.run import DemoError, Ticket
    from quiz.play.runs import Runs

REVEAL_WAIT = 0.3  # seconds that an answer may wait for its figures before it is shown without


class Desk:
    """Looks things up for the screens and keeps one run under way."""

    def __init__(self, bank, console: Console, words, *, lab: Callable[[], Labs], seed: int = 0):
        self.bank, self.console, self.words, self.seed = bank, console, words, seed
        self.signs: Signs = signs(console)
        self._make_lab, self._lab = lab, None
        self.on_reply: Callable[[], None] = lambda: None  # called when a run has come to its end
        self._ticket: Ticket | None = None
        self._refuting: Runs | None = None
        self._runs: dict[tuple, Run] = {}
        self._titles: dict[str, str] = {}
        self._topics: dict[str, Topic] = {}
        self._asked: dict[str, Question] = {}
        self._reloaded = False
        self.problem: DemoError | None = None

    @property
    def lab(self) -> Labs:
        """The laboratory; imported with the first demo, which is after the first question."""
        if self._lab is None:
            self._lab = self._make_lab()
            self._lab.on_reply = lambda: self.on_reply()
        return self._lab

    def close(self) -> None:
        if self._lab is not None:
            self._lab.stop()
        if self._reloaded:
            self.bank.close()

    # --- questions ---

    def question(self, key: str) -> Question:
        """The question of a key; one that was there before and is gone, as it was.

        Raises Missing.
        """
        try:
            self._asked[key] = self.bank.question(key)
        except LookupError:
            if key not in self._asked:
                raise
        return self._asked[key]

    def reload(self) -> None:
        """Take in what has changed in the files of the bank."""
        from quiz.play.access import the_bank

        self.bank.close()
        self.bank, self._reloaded = the_bank(), True
        self._titles, self._topics = {}, {}

    # --- runs ---

    def begin(self, question: Question) -> None:
        """Start its demo in the background, and those that refute what it may catch."""
        call, pack = question.demo, question.pack
        self._call, self._pack, self._ticket, self.problem = call, pack, None, None
        from quiz.lab.run import DemoError
        from quiz.play.runs import Runs

        if call is not None and self._key(call) not in self._runs:
            try:
                self._ticket = self.start(call, pack)
            except DemoError as problem:
                self.problem = problem
        caught = self._misconceptions(question.catches)
        self._refuting = Runs(self.start, [m.demo for m in caught if quotes(m)], pack)

    def start(self, call: DemoCall, pack: str) -> Ticket:
        """Ask for the run that a text of `pack` calls for. Raises DemoError."""
        return self.lab.start(self.lab.resolve(call.name, pack), call.params, self.seed)

    @property
    def arrived(self) -> bool:
        """Has the run that `begin` started come to an end, one way or the other?"""
        return self._ticket is None or self._ticket.done

    def collect(self, seconds: float) -> Run | None:
        """The run that `begin` started; None when it failed (`problem`) or is not there yet."""
        from quiz.lab.run import DemoError

        call = self._call
        if call is None or self.problem:
            return None
        if self._ticket is not None and (self._ticket.done or self._ticket.within(seconds)):
            try:
                self._runs[self._key(call)] = self._ticket.wait()
            except DemoError as problem:
                self.problem = problem
        return self._runs.get(self._key(call))

    def _key(self, call: DemoCall) -> tuple:
        return self._pack, call.name, tuple(sorted(call.params.items())), self.seed

    def problem_line(self, problem: DemoError) -> str:
        """One line for a demo that could not run."""
        from quiz.play.refusals import demo_problem

        return demo_problem(problem, self.words)

    # --- look-ups ---

    def topic_title(self, question: Question) -> str:
        if not self._titles:
            self._titles = {row.id: row.title(self.words.lang) for row in self.bank.topics()}
        return self._titles.get(question.topic, question.topic)

    def _topic(self, id: str) -> Topic:
        """Raises Missing."""
        if id not in self._topics:
            self._topics[id] = self.bank.topic(id)
        return self._topics[id]

    def citations(self, question: Question) -> list[str]:
        """Its sources in full: the key replaced by the topic's citation, the section kept."""
        try:
            known = self._topic(question.topic).sources or {}
        except LookupError:  # a pack's folder without a topic.yaml
            known = {}
        return cite(question.sources, known)

    def beliefs(self, names: Sequence[str], seconds: float = 0) -> list[Misconception]:
        """The misconceptions of these names, each with the figures of its own demo filled in.

        Waits at most so long for a run that `begin` started; its figure is a dash till then.
        """
        if self._refuting is not None:
            self._refuting.collect(seconds)
        return [self._filled(m) for m in self._misconceptions(names)]

    def refuting(self, names: Sequence[str]) -> DemoCall | None:
        """The demo that refutes one of these misconceptions, if one has one."""
        return next((told.demo for told in self._misconceptions(names) if told.demo), None)

    def _misconceptions(self, names: Iterable[str]) -> list[Misconception]:
        """Those of these names, wherever in the bank they are told."""
        wanted = dict.fromkeys(names)
        if not wanted:
            return []
        told = (m for row in self.bank.topics() for m in self._topic(row.id).misconceptions)
        known = {m.id: m for m in told if m.id in wanted}
        return [known[name] for name in wanted if name in known]

    def _filled(self, misconception: Misconception) -> Misconception:
        if self._refuting is None or not quotes(misconception):
            return misconception
        run = self._refuting(misconception.demo)
        figures = run.figures if run else {}
        truth = misconception.truth
        filled = Text(**{lang: fill(truth.pick(lang), figures) for lang in LANGS})
        return replace(misconception, truth=filled)


def quotes(misconception: Misconception) -> bool:
    """Does its truth quote a figure?"""
    return any(PLACE.search(misconception.truth.pick(lang)) for lang in LANGS)


def cite(sources: Sequence[str], known: Mapping[str, str]) -> list[str]:
    lines = []
    for source in sources:
        key, _, place = source.partition(" ")
        full = known.get(key, key)
        lines.append(f"{full}, {place}" if place else full)
    return lines
