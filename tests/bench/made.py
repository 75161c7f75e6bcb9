"""Banks and histories of any size for the benchmarks: the built-in questions many times over."""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from quiz.bank import compile as compiling  # noqa: E402
from quiz.bank import index  # noqa: E402
from quiz.bank.packs import Pack, builtin, stamp  # noqa: E402
from quiz.study import cards, memory  # noqa: E402
from quiz.study.events import Event, effective  # noqa: E402
from quiz.study.history import EVENT, History, Scheduling  # noqa: E402

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
    made = cache / index.file_name([home, pack])
    (cache / index.file_name([home])).rename(made)
    items = {}
    for path, _ in templates(home):
        ((_, items[path]),) = compiling.compile_file(home, path).items
    with closing(index.connect(made)) as db:
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
            compiling._insert_question(db, pack, file, copy)
        compiling.put_in_order(db)
        compiling._keep_folders(db, index.folders([home, pack]))
        db.execute("COMMIT")


def write_history(path: Path, keys: list[str], answers: int, now: int, *, due: float) -> None:
    """So many answers to these questions; this share of the questions is due at `now` (UTC ms)."""
    rng = random.Random(0)
    each = answers // len(keys)
    given = [_answered(rng, each) for _ in range(PATTERNS)]
    learnt: list[memory.Card] = []
    said: list[tuple] = []  # (at, question, verdict, rating)
    for key in keys:
        pattern, card = rng.choice(given)
        waited = rng.uniform(1.0, 2.0) if rng.random() < due else rng.uniform(0.1, 0.9)
        shift = now - round(waited * (card.due - card.last)) - card.last
        times = {name: getattr(card, name) + shift for name in ("due", "first", "last", "answered")}
        learnt.append(card._replace(question=key, **times))
        said += [(at + shift, key, verdict, rating) for at, verdict, rating in pattern]
    said.sort()
    with History.open(path, clock=lambda: now) as history:
        device, db = history.device, history._db
        events = (
            Event(
                f"{rng.getrandbits(128):032x}", device, seq, at, "answer", question, "", "1",
                verdict, rating, duration=20_000, hints=0,
            )
            for seq, (at, question, verdict, rating) in enumerate(said, start=1)
        )  # fmt: skip
        db.execute("PRAGMA synchronous = OFF")
        db.execute("BEGIN")
        marks = ", ".join("?" * len(Event._fields))
        db.executemany(f"INSERT INTO events ({EVENT}) VALUES ({marks})", events)
        marks = ", ".join("?" * len(memory.Card._fields))
        db.executemany(f"INSERT INTO cards ({cards.COLUMNS}) VALUES ({marks})", learnt)
        db.execute("COMMIT")


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
