"""Somebody who knows all the answers, for tests that play sessions."""

from __future__ import annotations

import re
from pathlib import Path

from quiz.bank.index import Bank
from quiz.lab.run import Lab
from quiz.model import Question
from quiz.study.grade import key_of, options_of
from quiz.words import Catalogue

ROOT = Path(__file__).resolve().parent.parent


def squeezed(text: str) -> str:
    """Text without its spaces, so that it is found however it was wrapped."""
    return re.sub(r"\s+", "", text)


class Expert:
    """Knows the bank, and asks a laboratory of their own what demos will show."""

    def __init__(self, bank: Bank, lab: Lab, lang: str):
        self.bank, self.lab, self.lang = bank, lab, lang
        self.words = Catalogue(lang)
        self.questions = [bank.question(row.key) for row in bank.rows()]

    def recognise(self, screen: str) -> Question:
        """The question whose whole prompt is on the screen (the longest, if several are)."""
        seen = squeezed(screen)
        found = [q for q in self.questions if squeezed(q.prompt.pick(self.lang)) in seen]
        assert found, f"no question of the bank is on this screen:\n{screen}"
        return max(found, key=lambda q: len(q.prompt.pick(self.lang)))

    def run(self, question: Question):
        call = question.demo
        return call and self.lab.run(call.name, call.params)

    def option(self, question: Question, index: int) -> str:
        option = options_of(question)[index]
        if question.kind == "verdict":
            return self.words(f"verdict.{option.text.en}")
        return option.text.pick(self.lang)

    def place(self, text: str, screen: str, rows: int) -> int:
        """The number under which a text stands on the screen: the row that begins with it."""
        starts = [
            (int(m[1]), squeezed(m[2]))
            for m in re.finditer(r"^[^\w“]*(\d)  (\S.*)$", screen, re.MULTILINE)
        ]
        wanted = squeezed(text)
        fitting = [n for n, start in starts if n <= rows and wanted.startswith(start)]
        assert len(fitting) == 1, f"{text!r} stands at {fitting}:\n{screen}"
        return fitting[0]

    def right(self, question: Question, screen: str) -> list[int]:
        """The numbers of the right options (or of the items in order) on the screen."""
        if question.kind == "order":
            items = [item.pick(self.lang) for item in question.items]
            return [self.place(item, screen, len(items)) for item in items]
        key = key_of(question, self.run(question) if question.kind == "predict" else None)
        many = len(options_of(question))
        return [self.place(self.option(question, i), screen, many) for i in key]

    def typed(self, question: Question) -> str:
        """The right answer of a question that is answered by typing."""
        if question.kind == "numeric":
            return f"{question.value:.12g}"
        if question.kind == "predict":
            return f"{self.run(question).figures[question.figure]:.6g}"
        if question.kind == "short":
            return question.accept[0]
        return "; ".join(point.accept[0] for point in question.points)
