"""A simulated learner, 90 days, all questions: does `plan` keep its word, and does FSRS pay?

    python tests/bench/learner.py [SEEDS]

The learner's memory is known exactly and is not what FSRS expects; the first 30
days are ordinary sessions, then a plan is made for day 90 and followed.
Prints promise and truth, and the truth of random order in the same time: chance
decides single learners by a point or two, so order is judged by the mean. Exit
status 1 when a promise is off by more than 5 points or random order is as good.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "study")]

from simulated import Mind, Student, at_random  # noqa: E402

from quiz.bank.index import open_bank  # noqa: E402
from quiz.bank.packs import builtin  # noqa: E402

BEFORE, DAYS, GOAL = 30, 90, 0.85
DAILY = 24  # answers a day before there is a plan
MINDS = ((0.6, 0.45), (1.0, 0.6), (1.6, 0.7))  # lasting, first


def main() -> int:
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    failed, gains = 0, []
    print(f"{'memory':>7}{'first':>7}{'seed':>6}{'minutes':>9}{'promised':>20}{'true':>8}"
          f"{'off':>7}{'random':>9}")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        with open_bank(Path(folder) / "cache", [builtin()]) as bank:
            rows = bank.rows()
            requires = {row.id: bank.topic(row.id).requires for row in bank.topics()}
        for lasting, first in MINDS:
            for seed in range(seeds):
                mind = Mind(random.Random(seed), lasting=lasting, first=first)
                home = Path(folder) / f"{lasting}-{seed}"
                student = Student(rows, requires, home, mind)
                for _ in range(BEFORE):
                    student.day(student.session, DAILY)
                plan, promise = student.made_plan(DAYS - BEFORE, GOAL)
                student.follow(plan, DAYS - BEFORE)
                true = mind.knows(student.keys, student.clock.now)
                student.history.close()
                other = Mind(random.Random(seed), lasting=lasting, first=first)
                shuffled = at_random(rows, other, student.by_day, random.Random(seed))
                said = promise.on_the_date()
                off = (true - said) * 100
                failed += abs(off) > 5
                gains.append((true - shuffled) * 100)
                span = f"{said:.1%} ({promise.low['']:.0%}-{promise.high['']:.0%})"
                print(f"{lasting:7}{first:7}{seed:6}{plan.minutes:9}{span:>20}{true:8.1%}"
                      f"{off:+7.1f}{shuffled:9.1%}")  # fmt: skip
    print(f"{len(rows)} questions, {BEFORE} days before the plan, {DAYS - BEFORE} with it")
    gain = sum(gains) / len(gains)
    print(f"the plan's order against random order: {gain:+.1f} points on average")
    return int(failed > 0 or gain <= 0)


if __name__ == "__main__":
    sys.exit(main())
