"""Answers against questions: right, partly or wrong, and why.

Every answer has one canonical form, which history keeps: numbers of options in
the file's order ("2", "1,3"), a permutation ("2,1,3"), or the text as typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from quiz.model import VERDICTS, Option, Question, Text

# `number` and `wording` are loaded with the first typed answer: no question waits for them.


class Grade(NamedTuple):
    verdict: str  # "right" | "partly" | "wrong"
    why: tuple[Text, ...] = ()  # about what was answered
    beliefs: tuple[str, ...] = ()  # misconceptions that the answer shows
    found: tuple[int, ...] = ()  # explain: indexes of the points made


class Unreadable(ValueError):
    """An answer that can't be read as one: `reason` is the name of a word of the app."""

    def __init__(self, reason: str, **detail: object):
        super().__init__(reason)
        self.reason, self.detail = reason, detail


def has_options(question: Question) -> bool:
    return bool(question.options) or question.kind == "verdict"


def needs_run(question: Question) -> bool:
    """Is the demo's run the key to the question?"""
    return question.kind == "predict"


def options_of(question: Question) -> tuple[Option, ...]:
    """The options to choose from; a verdict question's are the four verdicts."""
    if question.kind != "verdict":
        return question.options
    return tuple(
        Option(Text(v, v), question.answer, correct=v in question.accept) for v in VERDICTS
    )


def is_right(option: Option, question: Question, run) -> bool:
    """Whether an option is right, asking the run where the question is a prediction."""
    if option.range is not None:
        low, high = option.range
        return low <= run.figures[question.figure] < high
    if option.holds is not None:
        outcome = next(claim for claim in run.claims if claim.name == question.claim)
        return option.holds == outcome.holds
    return option.correct


def key_of(question: Question, run=None) -> tuple[int, ...]:
    """The indexes of the right options."""
    options = options_of(question)
    return tuple(i for i, option in enumerate(options) if is_right(option, question, run))


def grade(question: Question, answer: str, run=None) -> Grade:
    """Grade an answer in canonical form. Raises Unreadable for one that is not an answer.

    `run` is the demo's run (evidence.Run), needed for predict questions only.
    """
    if question.kind == "order":
        return _order(question, answer)
    if question.kind == "explain":
        return explained(question, found_points(question, answer))
    if has_options(question):
        return _chosen(question, read_choice(question, answer), run)
    if question.kind == "short":
        return _short(question, answer)
    return _numeric(question, answer, run)


def read_choice(question: Question, answer: str) -> tuple[int, ...]:
    """The options chosen, from 0. Raises Unreadable when that is not a choice here."""
    options = options_of(question)
    chosen = _indexes(answer, len(options))
    if question.kind != "multiple" and len(chosen) != 1:
        raise Unreadable("one-choice", count=len(options))
    return chosen


def read_number(answer: str) -> float:
    """The number typed. Raises Unreadable when it is none."""
    from quiz.study import number

    given = number.parse(answer)
    if given is None:
        raise Unreadable("not-a-number")
    return given


def _indexes(answer: str, count: int) -> tuple[int, ...]:
    words = answer.replace(",", " ").split()
    if not words or not all(w.isdecimal() and 1 <= int(w) <= count for w in words):
        raise Unreadable("not-a-choice", count=count)
    return tuple(int(w) - 1 for w in words)


def _chosen(question: Question, chosen: Sequence[int], run) -> Grade:
    options, right = options_of(question), set(key_of(question, run))
    why = tuple(options[i].why for i in chosen)
    beliefs = tuple(
        options[i].misconception for i in chosen if i not in right and options[i].misconception
    )
    if question.kind == "multiple":
        hits, misses = len(right & set(chosen)), len(set(chosen) - right)
        score = (hits - misses) / len(right)
        verdict = "right" if score == 1 else "partly" if score >= 0.5 else "wrong"
        return Grade(verdict, why, beliefs)
    if chosen[0] in right:
        return Grade("right", why)
    if question.kind == "verdict":
        # "true" and "true under a condition" lie on one side, the other two on the other.
        (key,) = right
        return Grade("partly" if key // 2 == chosen[0] // 2 else "wrong")
    return Grade("wrong", why, beliefs)


def _numeric(question: Question, answer: str, run) -> Grade:
    from quiz.study import number

    given = read_number(answer)
    value = run.figures[question.figure] if question.kind == "predict" else question.value
    if number.near(given, value, question.tolerance):
        return Grade("right")
    for tempting, reject in (question.reject or {}).items():
        wrong = number.parse(tempting)
        if wrong is not None and number.near(given, wrong, "1%"):
            return Grade("wrong", (reject.why,), _belief(reject))
    return Grade("wrong")


def _short(question: Question, answer: str) -> Grade:
    from quiz.study import wording

    if not answer.strip():
        raise Unreadable("empty")
    rejects = (question.reject or {}).items()
    for tempting, reject in rejects:
        if wording.bare(answer) == wording.bare(tempting):
            return Grade("wrong", (reject.why,), _belief(reject))
    if any(wording.same(answer, accepted) for accepted in question.accept):
        return Grade("right")
    # Of what the answer mentions, the most telling counts: "d_k" stands in "root of d_k" too.
    said = {a: Grade("right") for a in question.accept if wording.mentions(answer, a)}
    for tempting, reject in rejects:
        if wording.mentions(answer, tempting):
            said[tempting] = Grade("wrong", (reject.why,), _belief(reject))
    return said[max(said, key=len)] if said else Grade("wrong")


def _belief(reject) -> tuple[str, ...]:
    return (reject.misconception,) if reject.misconception else ()


def _order(question: Question, answer: str) -> Grade:
    placed = _indexes(answer, len(question.items))
    if sorted(placed) != list(range(len(question.items))):
        raise Unreadable("not-an-order", count=len(question.items))
    pairs = [(a, b) for i, a in enumerate(placed) for b in placed[i + 1 :]]
    share = sum(a < b for a, b in pairs) / len(pairs)
    return Grade("right" if share == 1 else "partly" if share >= 0.7 else "wrong")


def found_points(question: Question, answer: str) -> tuple[int, ...]:
    """The rubric points that the answer makes, by their accepted wordings."""
    from quiz.study import wording

    if not answer.strip():
        raise Unreadable("empty")
    return tuple(
        i
        for i, point in enumerate(question.points)
        if any(wording.mentions(answer, accepted) for accepted in point.accept)
    )


def explained(question: Question, made: Sequence[int]) -> Grade:
    """The grade for the rubric points that were made (found, or ticked by the learner)."""
    share = len(made) / len(question.points)
    verdict = "right" if share >= 0.75 else "partly" if share >= 0.4 else "wrong"
    return Grade(verdict, found=tuple(made))
