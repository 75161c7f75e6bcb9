"""One sitting as a state machine: ask -> (sure) -> (wait | tick) -> reveal -> ask .. -> end.

It knows no terminal: whoever drives it calls its methods, shows its state and
gives it the demo's run when there is one. Each answer is in the history before
the phase changes, so what has been shown has been saved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from quiz.model import Question
from quiz.study import grade as grading
from quiz.study.grade import Grade
from quiz.study.schedule import capped, suggested_rating

ASK, SURE, WAIT, TICK, REVEAL, END = "ask", "sure", "wait", "tick", "reveal", "end"


class Log(Protocol):
    """What a session needs of `History`; each call is committed when it returns."""

    def add_answer(
        self,
        question: str,
        *,
        verdict: str,
        rating: int,
        answer: str,
        revision: str,
        duration: int,
        hints: int,
        beliefs: Sequence[str],
        confidence: int | None,
        cram: bool,
    ): ...
    def add_skip(self, question: str): ...
    def rate(self, target: str, rating: int): ...
    def overrule(self, target: str, verdict: str, rating: int): ...
    def void(self, target: str): ...


class Outcome(NamedTuple):
    """An answered question of this sitting."""

    key: str
    question: Question
    verdict: str
    rating: int
    hints: int
    event: str
    beliefs: tuple[str, ...] = ()  # that it showed
    duration: int = 0  # ms


class Session:
    """The questions of one sitting, asked one after the other.

    `plan` lists their keys; `shuffle` reorders a list in place; `clock` gives
    milliseconds; with `cram` the answers leave the schedule alone. With `confidence`
    each answer waits for `sure` before it is graded. `shown_before` tells whether an
    earlier answer has shown a belief, `is_leech` whether a question is missed again and
    again. What the log raises comes through, and the question is asked still.
    """

    def __init__(
        self,
        plan: Sequence[str],
        question: Callable[[str], Question],
        log: Log,
        *,
        shuffle: Callable[[list], None],
        clock: Callable[[], int],
        cram: bool = False,
        confidence: bool = False,
        shown_before: Callable[[str], bool] = lambda belief: False,
        is_leech: Callable[[str], bool] = lambda key: False,
    ):
        self._queue = list(plan)
        self._question, self._log = question, log
        self._shuffle, self._clock, self._cram = shuffle, clock, cram
        self.asks_confidence, self._shown_before = confidence, shown_before
        self._is_leech = is_leech
        self.outcomes: list[Outcome] = []
        self._skips: list[tuple[int, str, str]] = []  # answers before it, key, event
        self.phase, self.question, self.key, self._event = END, None, "", ""
        self.advance()

    # --- where we are ---

    @property
    def number(self) -> int:
        """The number of the question on screen, from 1."""
        return len(self.outcomes) + (self._event == "")

    @property
    def count(self) -> int:
        """How many questions this sitting has, skipped ones left out."""
        return self.number + len(self._queue)

    @property
    def missed(self) -> list[Outcome]:
        """What was not right, a question once, as last answered."""
        last = {outcome.key: outcome for outcome in self.outcomes}
        return [outcome for outcome in last.values() if outcome.verdict != "right"]

    @property
    def options(self) -> tuple:
        """The options in the order they are shown; an order question has items instead."""
        options = grading.options_of(self.question)
        return tuple(options[i] for i in self.order) if options else ()

    @property
    def right(self) -> tuple[int, ...]:
        """The right options, by their places on screen from 0; none while only the run knows."""
        if grading.needs_run(self.question) and self.run is None:
            return ()
        key = grading.key_of(self.question, self.run)
        return tuple(place for place, i in enumerate(self.order) if i in key)

    def advance(self) -> None:
        """Ask the next question, or end."""
        if self._queue:
            self._ask(self._queue.pop(0))
        else:
            self.phase = END

    def retry(self) -> None:
        """Ask what was missed in this sitting again."""
        self.go_on([outcome.key for outcome in self.missed])

    def go_on(self, plan: Sequence[str]) -> None:
        """Ask these after the last."""
        self._queue += plan
        self.advance()

    def _ask(self, key: str) -> None:
        self.key, self.question = key, self._question(key)
        self.order = self._places()
        self.chosen: list[int] = []  # places on screen
        self.hints = 0
        self.answer = ""  # canonical
        self.grade: Grade | None = None
        self.repeated: list[str] = []  # beliefs that this answer shows, and an earlier one did
        self.leech = False  # this miss was one too many
        self.confidence: int | None = None  # percent
        self.rating = 0
        self.run = None
        self.run_failed = False
        self._event = ""
        self.duration: int | None = None  # ms, once answered
        self._since = self._clock()
        self.phase = ASK

    def _places(self) -> list[int]:
        question = self.question
        if question.kind == "order":
            places = list(range(len(question.items)))
            while len(places) > 1 and places == sorted(places):
                self._shuffle(places)
            return places
        places = list(range(len(grading.options_of(question))))
        # The four verdicts and ranges of numbers have an order of their own.
        if question.kind != "verdict" and not any(o.range for o in question.options):
            self._shuffle(places)
        return places

    # --- while a question is asked ---

    def hint(self) -> bool:
        """Show one hint more; False when there are no more."""
        if self.phase != ASK or self.hints >= len(self.question.hints):
            return False
        self.hints += 1
        return True

    def pick(self, place: int) -> None:
        """Choose what stands at a place on screen; again, to take it back."""
        if self.question.kind in ("multiple", "order"):
            (self.chosen.remove if place in self.chosen else self.chosen.append)(place)
        else:
            self.chosen = [place]

    def submit(self, text: str | None = None) -> None:
        """Answer: with what was picked, or with text; grade it and save it.

        Raises Unreadable for what is not an answer; the question stays.
        """
        picked = sorted(self.chosen) if self.question.kind == "multiple" else self.chosen
        self.answer = (
            ",".join(str(self.order[place] + 1) for place in picked) if text is None else text
        )
        self._check()
        if self.asks_confidence:
            self.phase = SURE
        else:
            self._take()

    def _check(self) -> None:
        """Refuse what will never be an answer. Raises Unreadable."""
        if not grading.needs_run(self.question):
            grading.grade(self.question, self.answer)
        elif self.question.options:
            grading.read_choice(self.question, self.answer)
        else:
            grading.read_number(self.answer)

    def sure(self, percent: int) -> None:
        """How likely the learner thinks the answer just given to be right."""
        self.confidence = percent
        self._take()

    def _take(self) -> None:
        """Grade the answer, as soon as it can be."""
        if self.question.kind == "explain":
            self.made = list(grading.found_points(self.question, self.answer))
            self.phase = TICK
        elif grading.needs_run(self.question) and self.run is None:
            self.phase = REVEAL if self.run_failed else WAIT
        else:
            self._settle(grading.grade(self.question, self.answer, self.run))

    def tick(self, point: int) -> None:
        """Tick or untick a point of an explanation's rubric."""
        (self.made.remove if point in self.made else self.made.append)(point)

    def confirm(self) -> None:
        """Accept the ticked points as what the explanation said."""
        self._settle(grading.explained(self.question, sorted(self.made)))

    def supply(self, run) -> None:
        """The demo has run (evidence.Run); None when it could not."""
        self.run, self.run_failed = run, run is None
        if self.phase == WAIT and run is not None:
            self._settle(grading.grade(self.question, self.answer, run))
        elif self.phase == WAIT:
            self.phase = REVEAL  # nothing to grade with: shown, not counted

    def _settle(self, grade: Grade) -> None:
        self.rating = suggested_rating(grade.verdict, self.hints)
        duration = max(0, self._clock() - self._since)
        self.repeated = [belief for belief in grade.beliefs if self._shown_before(belief)]
        try:
            event = self._log.add_answer(
                self.key,
                verdict=grade.verdict,
                rating=self.rating,
                answer=self.answer,
                revision=self.question.revision,
                duration=duration,
                hints=self.hints,
                beliefs=grade.beliefs,
                confidence=self.confidence,
                cram=self._cram,
            )
        except Exception:
            self.phase = ASK  # not saved, so not shown: it may be given again
            raise
        self._event = event.id
        self.grade, self.duration = grade, duration
        self.leech = grade.verdict == "wrong" and self._is_leech(self.key)
        about = (grade.verdict, self.rating, self.hints, event.id, tuple(grade.beliefs), duration)
        self.outcomes.append(Outcome(self.key, self.question, *about))
        self.phase = REVEAL

    def skip(self) -> None:
        """Leave the question for another day; nothing is counted."""
        event = self._log.add_skip(self.key)
        self._skips.append((len(self.outcomes), self.key, event.id))
        self.advance()

    # --- once the answer is shown ---

    def rate(self, rating: int) -> bool:
        """The learner's own rating of the last answer, 1 again .. 4 easy; False without one.

        Hints cap it as they cap the suggested one.
        """
        if not self.outcomes:
            return False
        last = self.outcomes[-1]
        rating = capped(rating, last.hints)
        if rating != last.rating:
            self._log.rate(last.event, rating)
            self._amend(last._replace(rating=rating))
        return True

    def overrule(self) -> bool:
        """The learner knows better: what was not right becomes right, and right wrong."""
        if not self.outcomes:
            return False
        last = self.outcomes[-1]
        verdict = "wrong" if last.verdict == "right" else "right"
        rating = suggested_rating(verdict, last.hints)
        self._log.overrule(last.event, verdict, rating)
        self._amend(last._replace(verdict=verdict, rating=rating))
        return True

    def _amend(self, outcome: Outcome) -> None:
        self.outcomes[-1] = outcome
        if outcome.event == self._event:
            self.rating = outcome.rating
            self.grade = self.grade._replace(verdict=outcome.verdict)

    def undo(self) -> bool:
        """Take the last answer or skip of this sitting back and ask that question again."""
        if self._skips and self._skips[-1][0] == len(self.outcomes):  # nothing answered since
            done, (_, key, event) = self._skips, self._skips[-1]
        elif self.outcomes:
            done, key, event = self.outcomes, self.outcomes[-1].key, self.outcomes[-1].event
        else:
            return False
        self._log.void(event)
        del done[-1]
        if self.phase != END and not self._event:  # its own turn comes again
            self._queue.insert(0, self.key)
        self._ask(key)
        return True
