"""What an answer says of a belief is measured, too: by the demo that refutes the belief."""

import random

import pytest
from rich.console import Console

from quiz.bank.index import open_bank
from quiz.bank.packs import builtin
from quiz.figures import MISSING, PLACE
from quiz.play.access import labs_of
from quiz.play.desk import Desk, quotes
from quiz.words import Catalogue


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    packs = [builtin()]
    with open_bank(tmp_path_factory.mktemp("bank"), packs) as bank:
        desk = Desk(bank, Console(), Catalogue("en"), lab=lambda: labs_of(packs))
        yield desk
        desk.close()


def test_every_figure_of_a_belief_comes_from_the_beliefs_own_demo(desk):
    keys = [row.key for row in desk.bank.rows() if row.kind != "verdict"]
    random.Random(0).shuffle(keys)
    filled = elsewhere = 0
    for key in keys:
        question = desk.question(key)
        caught = question.catches
        if not any(quotes(m) for m in desk._misconceptions(caught)):
            continue
        desk.begin(question)
        for belief in desk.beliefs(sorted(caught), seconds=20):
            for text in (belief.truth.en, belief.truth.zh):
                assert MISSING not in text and not PLACE.search(text), (key, belief.id)
            filled += 1
            elsewhere += belief.demo is not None and (
                question.demo is None or belief.demo.name != question.demo.name
            )
    assert filled > 20 and elsewhere > 0
