"""Beliefs that the learner holds, and the questions that can catch them."""

from __future__ import annotations

from quiz.bank.index import Bank
from quiz.study.beliefs import Belief, beliefs, caught_by, hunting
from quiz.study.history import History
from quiz.study.memory import recall


def catches(bank: Bank) -> dict[str, frozenset[str]]:
    """Which beliefs each question can catch; questions that catch none left out."""
    found = {row.key: caught_by(bank.question(row.key)) for row in bank.rows()}
    return {key: caught for key, caught in found.items() if caught}


def remembered(bank: Bank, history: History) -> list[Belief]:
    return beliefs(history.answers(), catches(bank))


def hunting_order(bank: Bank, history: History, now: int) -> list[str]:
    """Questions that can catch a belief held, in the order to ask them."""
    caught = catches(bank)
    held = [b for b in beliefs(history.answers(), caught) if b.dropped is None]
    cards = history.cards.all()
    strength = {key: recall(card, now, history.scheduling) for key, card in cards.items()}
    return hunting(held, caught, strength)
