"""What a large bank and a long history cost: the same as the built-in bank, or more?

    python tests/bench/scale.py [LARGEST]

Banks of 150, 10,000 and 100,000 bilingual questions (up to LARGEST), with histories of
up to ten answers a question. Each round takes every case once, so that a busy moment
hits all alike; a ratio is the median over the rounds, against the built-in bank with an
empty history. What reads whole histories is taken three times, compiling once. At full
size: six minutes, 3 GB of disk.
"""

from __future__ import annotations

import compileall
import os
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from made import ROOT, write_history, write_index, write_pack
from startup import QUIZ, seconds, until_first_question

from quiz.bank.index import open_bank
from quiz.bank.packs import Pack, builtin
from quiz.study.memory import DAY

ROUNDS = 7
BANKS = (150, 10_000, 100_000)
ANSWERS_EACH = 10
DUE = 0.2  # of the questions
COMPILED = 2000  # questions, one file each
PLANNED = 85  # days
REPORTS = 3  # times that each is taken
WORD = "残差"


class Case(NamedTuple):
    name: str
    env: dict[str, str]
    answers: int = 0


def environment(home: Path, pack: Pack | None) -> dict[str, str]:
    return os.environ | {
        "QUIZ_HOME": str(home),
        "QUIZ_PACKS": str(pack.root) if pack else "",
        "QUIZ_LANG": "en",
        "TERM": "xterm-256color",
        "PYTHONPATH": str(ROOT),
    }


def cases(folder: Path, largest: int) -> list[Case]:
    """The banks and histories, made; every home has an index of its own."""
    base = folder / "built-in"
    with open_bank(base / "cache", [builtin()]) as bank:
        believed = {row.id: sorted(bank.caught_by(row.key)) for row in bank.rows()}
    found = [Case("built-in, no answers", environment(base, None))]
    for questions in [n for n in BANKS if n <= largest]:
        home = folder / f"{questions}"
        pack = write_pack(home / "made", questions)
        write_index(home / "cache", pack)
        found.append(Case(f"{questions:,}, no answers", environment(home, pack)))
        with open_bank(home / "cache", [builtin(), pack]) as bank:
            # The last topic is not begun, so that there is something new as well.
            topics = {row.id for row in bank.topics()[:-1]}
            beliefs = {
                row.key: believed.get(row.id) or believed.get(row.id.rpartition("-")[0], [])
                for row in bank.rows()
                if row.topic in topics
            }
        used, now = folder / f"{questions}-used", time.time_ns() // 1_000_000
        shutil.copytree(home / "cache", used / "cache")
        keys = list(beliefs)
        answers = ANSWERS_EACH * questions // len(keys) * len(keys)
        write_history(
            used / "history.db", keys, answers, now, due=DUE, beliefs_of=beliefs.__getitem__
        )
        found.append(Case(f"{questions:,}, {answers:,} answers", environment(used, pack), answers))
    done = folder / "done"  # the largest once more, with all answered that was due
    shutil.copytree(used, done)
    with closing(sqlite3.connect(done / "history.db")) as db, db:
        db.execute("UPDATE cards SET due = ?1 WHERE due < ?1", (now + 2 * DAY,))
    return [*found, Case("the same, nothing due", environment(done, pack))]


def first_questions(chosen: list[Case]) -> None:
    times: dict[str, list[float]] = {case.name: [] for case in chosen}
    memory: dict[str, float] = {}
    searches: dict[str, list[float]] = {case.name: [] for case in chosen}
    for lap in range(ROUNDS + 1):
        for case in chosen:
            took, memory[case.name] = until_first_question(case.env)
            search = seconds([*QUIZ, "search", WORD], case.env)
            if lap:  # the first lap warms the file cache, and makes what is kept
                times[case.name].append(took)
                searches[case.name].append(search)
    print(f"{'questions, answers':32}{'first question':>15}{'ratio':>7}{'MB':>7}{'ratio':>7}"
          f"{'search':>11}{'more':>8}")  # fmt: skip
    base = chosen[0].name
    for name, taken in times.items():
        ratio = statistics.median(t / b for t, b in zip(taken, times[base], strict=True))
        more = statistics.median(t - b for t, b in zip(searches[name], searches[base], strict=True))
        print(f"{name:32}{statistics.median(taken) * 1e3:12.0f} ms{ratio:7.2f}"
              f"{memory[name]:7.1f}{memory[name] / memory[base]:7.2f}"
              f"{statistics.median(searches[name]) * 1e3:8.0f} ms{more * 1e3:5.0f} ms")  # fmt: skip
    print(f"{'at most':32}{'':15}{1.25:7.2f}{'':7}{1.3:7.2f}{'':11}{50:5} ms")


def reports(chosen: list[Case]) -> None:
    """What reads the whole of a history."""
    by = date.today() + timedelta(days=PLANNED)
    commands = {
        "stats": ["stats"],
        f"plan for {PLANNED} days": ["plan", "--by", str(by)],
        "undo": ["undo"],
    }
    print(f"{'answers':32}" + "".join(f"{name:>19}" for name in commands))
    for case in (case for case in chosen if case.answers):
        taken = [
            statistics.median(seconds([*QUIZ, *words], case.env) for _ in range(REPORTS))
            for words in commands.values()
        ]
        print(f"{case.answers:<32,}" + "".join(f"{each:17.2f} s" for each in taken))
    print(f"{'at most':32}" + f"{3:17.2f} s" * 2)


def compiling(folder: Path, questions: int) -> None:
    pack = write_pack(folder / "new" / "made", questions)
    start = time.perf_counter()
    open_bank(folder / "new" / "cache", [builtin(), pack]).close()
    took = time.perf_counter() - start
    print(
        f"compiling {questions:,} files from cold: {took:.1f} s, {questions / took:,.0f} a second"
    )


def main() -> None:
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else BANKS[-1]
    compileall.compile_dir(ROOT / "quiz", quiet=1)
    with tempfile.TemporaryDirectory() as folder:
        chosen = cases(Path(folder), largest)
        first_questions(chosen)
        reports(chosen)
        compiling(Path(folder), min(COMPILED, largest))


if __name__ == "__main__":
    main()
