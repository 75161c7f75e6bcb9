"""Banks and histories of any size for the benchmarks: the built-in questions many times over."""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from quiz.bank import disk, fill, index, order  # noqa: E402
from quiz.bank.compile import compile_file  # noqa: E402
from quiz.bank.entries import question_entry  # noqa: E402
from quiz.bank.packs import Pack, builtin, stamp  # noqa: E402
from quiz.study import memory  # noqa: E402
from quiz.study.calibration import SURE  # noqa: E402
from quiz.study.events import Event, effective  # noqa: E402
from quiz.study.history import EVENT, History, Scheduling  # noqa: E402
from quiz.study.memory import DAY  # noqa: E402

PATTERNS = 100  # courses that the answers to a question may take


def templates(pack: Pack) -> Iterator[tuple[str, bytes]]:
    """(path, YAML) of the built-in files that hold one question, which nothing else names."""
    for path in pack.files():
        data = (pack.root / path).read_bytes()
        if not path.endswith("/topic.yaml") and not re.search(rb"^(---|aliases:)", data, re.M):
            yield path, data


def write_pack(folder: Path, questions: int) -> Pack:
    """A pack of so many bilingual questions, each in a file of its own."""
    known = list(templates(builtin()))
    for path, _ in known:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
    for number in range(questions):
        path, data = known[number % len(known)]
        copy = f"{path.removesuffix('.yaml')}-{number}.yaml"
        id = re.sub(rb"^id: *(\S+)", rb"id: \1-%d" % number, data, count=1, flags=re.M)
        (folder / copy).write_bytes(id)
    return Pack(folder.name, folder)


def write_index(cache: Path, pack: Pack) -> None:
    """The index that compiling the pack would give, without reading all of its YAML."""
    home = builtin()
    index.open_bank(cache, [home]).close()
    made = cache / disk.file_name([home, pack])
    (cache / disk.file_name([home])).rename(made)
    items = {}
    for path, _ in templates(home):
        ((_, items[path]),) = compile_file(home, path).items
    with closing(disk.connect(made)) as db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("BEGIN")
        for path in pack.files():
            original, _, number = path.removesuffix(".yaml").rpartition("-")
            question = items[f"{original}.yaml"]
            file = db.execute(
                "INSERT INTO files(pack, path, size, mtime_ns, sha) VALUES (?, ?, ?, ?, '')",
                (pack.name, path, *stamp(f"{pack.root}/{path}")),
            ).lastrowid
            copy = replace(question, id=f"{question.id}-{number}", pack=pack.name, file=path)
            fill.insert_question(db, file, question_entry(pack, copy, 0, ("id",)))
        topics = db.execute("SELECT DISTINCT topic FROM questions").fetchall()
        for (topic,) in topics:
            order.place_questions(db, topic)
        fill.keep_folders(db, disk.folders([home, pack]))
        db.execute("COMMIT")


def write_history(
    path: Path,
    keys: Sequence[str],
    answers: int,
    now: int,
    *,
    due: float,
    beliefs_of: Callable[[str], Sequence[str]] = lambda key: (),
) -> None:
    """So many answers to these questions; this share of the questions is due at `now` (UTC ms).

    `beliefs_of` names what a wrong answer to a question can show. Some answers carry a
    confidence, some are rated by the learner, some were taken back.
    """
    rng = random.Random(0)
    given = [_answered(rng, answers // len(keys)) for _ in range(PATTERNS)]
    said: list[tuple] = []  # (at, question, verdict, rating)
    for key in keys:
        pattern, card = rng.choice(given)
        waited = rng.uniform(1.0, 2.0) if rng.random() < due else rng.uniform(0.1, 0.9)
        # Not today, or the day's limits would be reached.
        ago = round(max(rng.uniform(1.0, 2.0) * DAY, waited * (card.due - card.last)))
        shift = now - ago - card.last
        said += [(at + shift, key, verdict, rating) for at, verdict, rating in pattern]
    said.sort()
    with History.open(path, clock=lambda: now) as history:
        device, db = history.device, history._db
        db.execute("PRAGMA synchronous = OFF")
        db.execute("BEGIN")
        marks = ", ".join("?" * len(Event._fields))
        db.executemany(
            f"INSERT INTO events ({EVENT}, moment) VALUES ({marks}, ?)",
            ((*event, event.at) for event in _logged(said, device, rng, beliefs_of)),
        )
        db.execute("COMMIT")
        history.rebuild()


def _logged(
    said: Iterable[tuple], device: str, rng: random.Random, beliefs_of: Callable
) -> Iterator[Event]:
    seq = count(1)

    def event(at: int, kind: str, question: str, **values) -> Event:
        return Event(
            f"{rng.getrandbits(128):032x}", device, next(seq), at, kind, question, **values
        )

    for at, question, verdict, rating in said:
        beliefs = beliefs_of(question) if verdict == "wrong" and rng.random() < 0.7 else ()
        answer = event(
            at, "answer", question, revision="", answer="1", verdict=verdict, rating=rating,
            duration=rng.randrange(5_000, 60_000), hints=0,
            confidence=rng.choice(SURE) if rng.random() < 0.3 else None,
            beliefs=rng.choice(beliefs) if beliefs else None,
        )  # fmt: skip
        yield answer
        if rng.random() < 0.1:
            yield event(at, "rate", question, rating=rating, target=answer.id)
        if rng.random() < 0.01:
            mistaken = event(at, "answer", question, verdict="wrong", rating=1, duration=1000)
            yield mistaken
            yield event(at, "void", question, target=mistaken.id)


def _answered(rng: random.Random, times: int) -> tuple[list[tuple], memory.Card]:
    """Answers (at, verdict, rating), each when it was due, and the card they amount to."""
    scheduler = memory.scheduler(Scheduling())
    events: list[Event] = []
    at = 0
    for seq in range(1, times + 1):
        right = rng.random() < 0.9
        verdict, rating = ("right", 3) if right else ("wrong", 1)
        events.append(
            Event(str(seq), "d", seq, at, "answer", "q", verdict=verdict, rating=rating,
                  duration=20_000)
        )  # fmt: skip
        card = memory.replay("q", effective(events), scheduler)
        at = card.due
    return [(event.at, event.verdict, event.rating) for event in events], card
