"""Beliefs that the learner holds, and the questions that can catch them."""

from __future__ import annotations

from quiz.bank.index import Bank
from quiz.study.beliefs import Belief, beliefs, hunting
from quiz.study.history import History
from quiz.study.memory import recall


def remembered(bank: Bank, history: History) -> list[Belief]:
    """The beliefs that answers have shown, held or dropped."""
    return beliefs(history, bank.caught_by)


def hunting_order(bank: Bank, history: History, now: int) -> list[str]:
    """Questions that can catch a belief held, in the order to ask them."""
    held = [belief for belief in remembered(bank, history) if belief.dropped is None]
    if not held:
        return []
    catching = {belief.id: bank.catching(belief.id) for belief in held}
    keys = {key for some in catching.values() for key in some}
    known = ((key, history.cards.get(key)) for key in keys)
    strength = {key: recall(card, now, history.scheduling) for key, card in known if card}
    return hunting(held, catching, strength)
