"""How often a fit that `quiz optimize` would keep helps afterwards: for simulated learners.

Needs fsrs-rs-python. Each learner's memory lasts so many times as long as FSRS
expects; weights are fitted to the first reviews, judged as the command judges
them, and then measured on the next 600. Run: python tests/bench/optimize.py
"""

from __future__ import annotations

import random
from statistics import fmean

from quiz.study.fit import Item, by_package, fit, losses, predictions
from quiz.study.forgetting import AGAIN, GOOD, Forgetting
from quiz.study.memory import Scheduling

LEARNERS, LATER = 30, 600
QUESTIONS, NEW, FIRST = 250, 10, 0.6  # in the bank, a day, and the share right at first


def studied(rng: random.Random, count: int, lasting: float) -> list[Item]:
    """So many reviews, in order of time, by somebody who studies what is due each day."""
    model = Forgetting(Scheduling())
    cards: list[tuple[Item, object, int, int]] = []  # item, state, last, due
    found: list[Item] = []
    day = 0

    def answered(item: Item, state, right: bool, since: int) -> tuple:
        rating = GOOD if right else AGAIN
        state = model.next(state, rating, since) if item else model.first(rating)
        item = (*item, (rating, since))
        if item[1:] and since:
            found.append(item)
        if not right:  # asked again in the same sitting
            item, state = (*item, (GOOD, 0)), model.next(state, GOOD, 0)
        return item, state, day, day + model.interval(state.stability)

    while len(found) < count:
        for i, (item, state, last, due) in enumerate(cards):
            if due <= day:
                known = model.recall(state.stability * lasting, day - last)
                cards[i] = answered(item, state, rng.random() < known, day - last)
        for _ in range(min(NEW, QUESTIONS - len(cards))):
            cards.append(answered((), None, rng.random() < FIRST, 0))
        day += 1
    return found[:count]


def main() -> None:
    print("lasting  reviews  kept  of which help  gain in log-loss of the kept, of all")
    for lasting in (1.0, 0.5, 2.0):
        for count in (200, 400, 800):
            gains, kept = [], []
            for seed in range(LEARNERS):
                reviews = studied(random.Random(seed), count + LATER, lasting)
                found = fit(reviews[:count], None, by_package)
                later = reviews[count:]
                usual, fitted = (
                    fmean(losses(later, predictions(later, weights)))
                    for weights in (None, found.weights)
                )
                gains.append(usual - fitted)
                if found.better:
                    kept.append(gains[-1])
            mean = f"{fmean(kept):+.4f}" if kept else "-"
            print(
                f"{lasting:7}  {count:7}  {len(kept):2}/{LEARNERS}  {sum(g > 0 for g in kept):13}"
                f"  {mean:>7}  {fmean(gains):+.4f}"
            )


if __name__ == "__main__":
    main()
