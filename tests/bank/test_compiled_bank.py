"""The compiled bank: what a session reads, and how it survives."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace

import pytest

from quiz.bank import build, disk, entries, index
from quiz.bank.compile import compile_file
from quiz.bank.index import Missing, open_bank
from quiz.bank.order import learning_order
from quiz.bank.packs import Pack, builtin, stamp
from quiz.bank.problem import Problem
from quiz.model import Question, Text


@pytest.fixture
def opened(maker, tmp_path):
    """Opens the bank anew, as a new process would."""
    banks = []

    def open_(*packs: Pack):
        banks.append(open_bank(tmp_path / "cache", packs or [maker.pack]))
        return banks[-1]

    yield open_
    for bank in banks:
        bank.close()


@pytest.fixture
def compiled(monkeypatch):
    """The files that get compiled, in order."""
    files = []

    def watched(pack, path, **options):
        files.append(path)
        return compile_file(pack, path, **options)

    monkeypatch.setattr(entries, "compile_file", watched)
    return files


def keys(bank) -> list[str]:
    return [row.key for row in bank.rows()]


def index_file(tmp_path):
    (file,) = (tmp_path / "cache").glob("bank-*.sqlite")
    return file


def test_what_comes_out_is_what_the_files_hold(opened):
    """Every item of the built-in bank, through JSON and back."""
    pack = builtin()
    bank = opened(pack)
    for file in pack.files():
        for _, item in compile_file(pack, file).items:
            if isinstance(item, Question):
                stored = bank.question(item.id)
                assert stored.revision
                assert replace(stored, revision="") == item
            else:
                assert bank.topic(item.id) == item


def test_every_field_comes_back(maker, opened):
    maker.question(
        "id: a-predict\nkind: predict\nclaim: c\naliases: [b]\nsources: [vaswani2017]\n"
        "hints: [h]\ncovers: [T4.1]\ndemo: {name: logit-variance, with: {d_k: 3}, claims: [c]}\n"
        "options:\n  - {text: a, why: b, holds: true, misconception: m}\n"
        "  - {text: b, why: c, holds: false}"
    )
    maker.question("id: a-number\nkind: numeric\nvalue: 3\ntolerance: 5%\nunit: {en: GB}\n"
                   "reject: {'4': {why: no, misconception: m}, '5': no}")  # fmt: skip
    maker.question("id: a-range\nkind: predict")
    for file in maker.pack.files():
        for _, item in compile_file(maker.pack, file).items:
            if isinstance(item, Question):
                stored = opened().question(f"mine:{item.id}")
                assert replace(stored, revision="") == item


def test_teaching_order_is_by_level_with_verdicts_among_the_core_questions(maker, opened):
    for id, level in (("z", "warm-up"), ("b", "core"), ("a", "senior"), ("c", "core")):
        maker.question(f"id: {id}\nlevel: {level}")
    rows = list(opened().rows())
    assert [row.id for row in rows] == ["z", "b", "verdict-T4.1", "c", "a"]
    assert [row.position for row in rows] == [0, 1, 2, 3, 4]


def test_topics_come_after_what_they_require_and_else_in_their_own_order(maker, opened):
    maker.topic("masking", "order: 1\nrequires: [scaling]")
    maker.topic("training", "order: 9")
    maker.topic("positions", "order: 3")
    rows = opened().topics()
    assert [row.id for row in rows] == ["positions", "scaling", "masking", "training"]
    assert [row.rank for row in rows] == [0, 1, 2, 3]
    assert rows[1].title_zh == "缩放" and rows[2].requires == ("scaling",)


def test_the_notes_topics_are_learned_from_dot_product_to_complexity():
    requires = {
        "multi-head": (1, ["qk-projections"]), "qk-projections": (2, ["dot-product", "scaling"]),
        "dot-product": (3, []), "scaling": (4, ["dot-product"]), "masking": (5, ["scaling"]),
        "residual-norm": (6, ["feed-forward"]), "feed-forward": (7, ["multi-head"]),
        "training": (8, ["residual-norm"]), "positions": (10, ["dot-product"]),
        "complexity": (9, ["multi-head", "masking", "relative-rotary"]),
        "relative-rotary": (11, ["qk-projections", "positions"]),
    }  # fmt: skip
    order = learning_order((id, order, names) for id, (order, names) in requires.items())
    assert [requires[id][0] for id in order] == [3, 4, 2, 1, 5, 7, 6, 8, 10, 11, 9]


def test_a_circle_of_topics_still_has_an_order():
    topics = [("a", 2, ["b"]), ("b", 1, ["a"]), ("c", 3, ["nowhere", "c"])]
    assert learning_order(topics) == ["c", "b", "a"]


def test_each_statement_is_a_verdict_question(opened):
    question = opened().question("mine:verdict-T4.1")
    assert question.kind == "verdict" and question.accept == ("wrong",)
    assert question.prompt == Text("Scaling is cosmetic.", "缩放只是形式。")
    assert question.answer.en == "It keeps the variance at 1."
    assert question.covers == ("T4.1",) and question.sources == ("vaswani2017 §3.2.1",)
    assert question.topic == "scaling" and question.file == "content/scaling/topic.yaml"


def test_rows_can_be_picked_by_topic_kind_and_level(maker, opened):
    maker.topic("masking")
    maker.question("id: a\nkind: numeric\nlevel: senior", topic="masking")
    maker.question("id: b\nprompt: only English")
    bank = opened()
    assert [row.id for row in bank.rows("masking")] == ["a"]
    assert [row.id for row in bank.rows(kind="numeric")] == ["a"]
    assert [row.id for row in bank.rows(level="core", kind="single")] == ["b"]
    assert bank.rows("masking", kind="single") == []
    assert bank.row("mine:b").langs == "en" and bank.row("mine:a").langs == "en zh"
    assert bank.row("nothing") is None and bank.count() == 3


def test_a_topics_rows_come_in_teaching_order_page_by_page(maker, opened, monkeypatch):
    monkeypatch.setattr(index, "PAGE", 2)
    for number in range(7):
        maker.question(f"id: q-{number}\nlevel: {('senior', 'core')[number % 2]}")
    maker.question("id: z\nkind: numeric\nlevel: warm-up")
    bank = opened()
    assert list(bank.in_order("scaling")) == bank.rows("scaling")
    assert [r.id for r in bank.in_order("scaling", levels=("senior", "warm-up"))] == [
        "z", "q-0", "q-2", "q-4", "q-6"
    ]  # fmt: skip
    assert [r.id for r in bank.in_order("scaling", ("single",), ("core",))] == [
        "q-1", "q-3", "q-5"
    ]  # fmt: skip
    assert list(bank.in_order("nowhere")) == list(bank.in_order("scaling", kinds=())) == []


def test_a_topics_size_counts_all_of_its_questions_or_those_given(maker, opened):
    maker.topic("masking")
    maker.question("id: a")
    maker.question("id: b", topic="masking")
    bank = opened()
    assert bank.sizes() == {"scaling": 2, "masking": 1}
    assert bank.sizes(["mine:a", "mine:b", "gone"]) == {"scaling": 1, "masking": 1}
    assert bank.sizes([]) == {}


def test_a_former_id_still_finds_its_question(maker, opened):
    maker.question("id: scaling-why\naliases: [why-scale]")
    assert opened().question("mine:why-scale").id == "scaling-why"


def test_what_a_question_catches_is_found_both_ways(tmp_path):
    with open_bank(tmp_path, [builtin()]) as bank:
        told = {row.key: bank.question(row.key).catches for row in bank.rows()}
        assert {key: bank.caught_by(key) for key in told} == told
        belief = "std-is-variance"
        found = bank.catching(belief)
        assert found == sorted(key for key, caught in told.items() if belief in caught) != []
        assert bank.catching("nobody-believes-this") == []
        assert bank.caught_by("gone") == frozenset()


def test_a_misspelled_name_brings_up_its_neighbours(maker, opened):
    maker.question("id: scaling-why")
    with pytest.raises(Missing) as missing:
        opened().question("mine:scaling-wy")
    assert missing.value.near[0] == "mine:scaling-why"
    with pytest.raises(Missing) as missing:
        opened().topic("scalin")
    assert "scaling" in missing.value.near


def test_the_revision_changes_with_the_content_and_not_with_the_layout(maker, opened):
    def revision() -> str:
        return opened().question("mine:scaling-why").revision

    maker.question("id: scaling-why\nlevel: core\nprompt: Why scale?")
    first = revision()
    maker.question("# note\nid: scaling-why\nprompt:\n  en: >-\n    Why\n    scale?\nlevel: core")
    assert revision() == first
    maker.question("id: scaling-why\nlevel: core\nprompt: Why scale now?")
    assert revision() != first


def test_one_broken_file_leaves_the_rest_and_is_named(maker, opened):
    maker.question("id: a")
    maker.question("id: b\nlevel: middling")
    maker.write("scaling/c.yaml", "id: 'c\n")
    maker.question("id: d")
    bank = opened()
    assert [row.id for row in bank.rows()] == ["a", "verdict-T4.1", "d"]
    places = [(p.file, p.line, p.code) for p in bank.problems]
    folder = f"{maker.root}/content/scaling"
    assert places == [(f"{folder}/b.yaml", 2, "choice"), (f"{folder}/c.yaml", 2, "syntax")]
    assert isinstance(bank.problems[0], Problem)


def test_a_pack_beside_the_built_in_one_adds_to_it(maker, opened):
    maker.question("id: scaling-mine")
    own = opened(builtin())
    both = opened(builtin(), maker.pack)
    assert set(keys(both)) - set(keys(own)) >= {"mine:scaling-mine"}
    assert set(keys(own)) <= set(keys(both))
    (clash,) = (p for p in both.problems if p.file.startswith(str(maker.root)))
    assert clash.code == "duplicate-id" and clash.line == 1  # its topic.yaml is not needed


# --- staying up to date -----------------------------------------------------------


def test_an_index_that_is_fresh_is_only_read(maker, opened, compiled):
    maker.question("id: a")
    opened()
    assert sorted(compiled) == ["content/scaling/a.yaml", "content/scaling/topic.yaml"]
    compiled.clear()
    assert "mine:a" in keys(opened())
    assert compiled == []


def test_only_what_changed_is_compiled_again(maker, opened, compiled):
    for id in ("a", "b", "c"):
        maker.question(f"id: {id}")
    opened()
    compiled.clear()
    maker.question("id: b\nlevel: senior\nhints: [x]")
    (maker.root / "content/scaling/c.yaml").unlink()
    maker.question("id: d")
    bank = opened()
    assert sorted(compiled) == ["content/scaling/b.yaml", "content/scaling/d.yaml"]
    assert [row.id for row in bank.rows()] == ["a", "verdict-T4.1", "d", "b"]


def test_a_change_of_the_same_size_is_seen(maker, opened):
    file = maker.question("id: a\nprompt: Why scale?")
    opened()
    file.write_text(file.read_text("utf-8").replace("Why scale?", "Why seale?"), "utf-8")
    assert opened().question("mine:a").prompt.en == "Why seale?"


def test_an_id_that_becomes_free_goes_to_the_file_that_waits_for_it(maker, opened):
    maker.question("id: a", name="first")
    maker.question("id: a\nprompt: second", name="second")
    bank = opened()
    assert bank.question("mine:a").file.endswith("first.yaml")
    assert [p.code for p in bank.problems] == ["duplicate-id"]
    maker.question("id: b", name="first")
    bank = opened()
    assert bank.question("mine:a").file.endswith("second.yaml") and bank.problems == []


def test_the_built_in_topic_wins_over_a_packs_of_the_same_id(maker, opened, tmp_path):
    main = Pack("builtin", tmp_path / "main", builtin=True)
    opened(main, maker.pack)
    folder = main.root / "content" / "scaling"
    folder.mkdir(parents=True)
    text = (maker.root / "content/scaling/topic.yaml").read_text("utf-8")
    (folder / "topic.yaml").write_text(text.replace("Why scale?", "Why?"), "utf-8")
    assert opened(main, maker.pack).topic("scaling").question.en == "Why?"


def test_progress_counts_the_files_to_compile(maker, tmp_path):
    maker.question("id: a")
    seen = []
    open_bank(tmp_path / "cache", [maker.pack], progress=lambda *n: seen.append(n)).close()
    assert seen == [(0, 2), (1, 2), (2, 2)]


def test_each_set_of_packs_has_an_index_of_its_own(maker, opened, compiled):
    opened(builtin())
    opened(builtin(), maker.pack)
    compiled.clear()
    opened(builtin())
    opened(builtin(), maker.pack)
    assert compiled == []


# --- many files -------------------------------------------------------------------


@pytest.fixture
def large(monkeypatch):
    """Three files are many."""
    monkeypatch.setattr(disk, "FEW", 2)


@pytest.fixture
def looked_at(monkeypatch):
    """The names of the files and folders that are looked at."""
    seen = []

    def watched(path):
        seen.append(path.rpartition("/")[2])
        return stamp(path)

    for module in (disk, index):
        monkeypatch.setattr(module, "stamp", watched)
    return seen


def test_opening_a_large_bank_looks_at_folders_and_topics_only(maker, opened, large, looked_at):
    for id in ("a", "b", "c"):
        maker.question(f"id: {id}")
    opened()
    looked_at.clear()
    bank = opened()
    assert looked_at == ["content", "scaling", "topic.yaml"]
    bank.question("mine:a")
    assert looked_at[3:] == ["a.yaml"]


def test_a_small_bank_is_looked_at_whole_and_only_once(maker, opened, looked_at):
    for id in ("a", "b", "c"):
        maker.question(f"id: {id}")
    opened()
    looked_at.clear()
    bank = opened()
    bank.question("mine:a")
    bank.look_over()
    assert looked_at == ["a.yaml", "b.yaml", "c.yaml", "topic.yaml"]


def test_a_large_bank_sees_at_once_what_is_put_in_and_taken_out(maker, opened, large):
    for id in ("a", "b", "c"):
        maker.question(f"id: {id}")
    opened()
    maker.question("id: d")
    (maker.root / "content/scaling/a.yaml").unlink()
    assert keys(opened()) == ["mine:b", "mine:c", "mine:verdict-T4.1", "mine:d"]
    maker.topic("masking")
    assert [row.id for row in opened().topics()] == ["scaling", "masking"]
    maker.topic("masking", "title: Masks")
    assert opened().topic("masking").title.en == "Masks"


def test_a_question_changed_in_place_is_asked_as_it_is_now(maker, opened, large):
    for id in ("a", "b", "c"):
        maker.question(f"id: {id}\naliases: [old-{id}]\nprompt: then")
    opened()
    file = maker.question("id: b\naliases: [old-b]\nprompt: now")
    bank = opened()
    assert bank.question("mine:a").prompt.en == "then"
    assert bank.question("mine:old-b").prompt.en == "now"
    file.unlink()
    with pytest.raises(Missing):
        bank.question("mine:b")


def test_looking_over_a_large_bank_leaves_the_change_to_the_next_start(
    maker, opened, large, compiled
):
    for id in ("a", "b", "c"):
        maker.question(f"id: {id}\nlevel: core")
    opened()
    maker.question("id: b\nlevel: senior")
    compiled.clear()
    bank = opened()
    assert bank.row("mine:b").level == "core" and compiled == []
    bank.look_over()
    assert bank.row("mine:b").level == "core" and compiled == []
    assert opened().row("mine:b").level == "senior" and compiled == ["content/scaling/b.yaml"]
    compiled.clear()
    bank = opened()
    bank.look_over()
    opened()
    assert compiled == []


def test_looking_over_meets_damage_and_other_processes_in_silence(maker, opened, large, tmp_path):
    for id in ("a", "b", "c"):
        maker.question(f"id: {id}")
    opened().look_over()
    bank = opened()
    index_file(tmp_path).write_bytes(b"no database" * 999)
    bank.look_over()


# --- damage ----------------------------------------------------------------------


def _truncate(file):
    os.truncate(file, file.stat().st_size // 2)


def _overwrite(at: float):
    def damage(file):
        with open(file, "r+b") as data:
            data.seek(int(at * file.stat().st_size))
            data.write(b"\xff" * 9000)

    return damage


def _foreign(file):
    file.unlink()
    with sqlite3.connect(file) as db:
        db.execute("CREATE TABLE notes(text)")
    db.close()


DAMAGE = {
    "empty": lambda file: file.write_bytes(b""),
    "garbage": lambda file: file.write_bytes(b"not a database at all" * 500),
    "header": _overwrite(0),
    "middle": _overwrite(0.5),
    "end": _overwrite(0.9),
    "truncated": _truncate,
    "another program's": _foreign,
    "another version's": lambda file: file.write_bytes(
        file.read_bytes()[:60] + b"\0\0\0\x63" + file.read_bytes()[64:]
    ),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_index_is_made_again(maker, opened, tmp_path, kind):
    for i in range(30):
        maker.question(f"id: q-{i}\nhints: [{'long ' * 40}]")
    before = opened()
    expected = [before.question(key) for key in keys(before)]
    before.close()
    DAMAGE[kind](index_file(tmp_path))
    bank = opened()
    assert [bank.question(key) for key in keys(bank)] == expected
    assert bank.topic("scaling").id == "scaling"


def test_damage_while_a_session_runs_is_mended(maker, opened, tmp_path):
    for i in range(30):
        maker.question(f"id: q-{i}\nhints: [{'long ' * 40}]")
    bank = opened()
    keys(bank)
    _overwrite(0.2)(index_file(tmp_path))
    os.truncate(index_file(tmp_path), index_file(tmp_path).stat().st_size // 4096 * 4096)
    assert [bank.question(f"mine:q-{i}").id for i in range(30)] == [f"q-{i}" for i in range(30)]


def test_a_cache_that_cannot_be_written_costs_only_time(maker, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    with open_bank(tmp_path / "cache", [maker.pack]) as bank:
        assert bank.topic("scaling").id == "scaling"


def test_a_full_disk_costs_only_time(maker, opened, monkeypatch):
    def full(*_, **__):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(build, "_on_disk", full)
    assert keys(opened()) == ["mine:verdict-T4.1"]


def test_an_interrupted_compile_leaves_the_old_index(maker, opened, tmp_path, monkeypatch):
    opened().close()
    maker.question("id: a")
    maker.question("id: b")

    def interrupted(done, of):
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        open_bank(tmp_path / "cache", [maker.pack], progress=interrupted)
    with sqlite3.connect(index_file(tmp_path)) as db:
        assert db.execute("SELECT key FROM questions").fetchall() == [("mine:verdict-T4.1",)]
    db.close()
    assert len(keys(opened())) == 3
    left = {file.name for file in (tmp_path / "cache").iterdir()}
    assert left == {index_file(tmp_path).name, f"{index_file(tmp_path).name}.lock"}


def test_leftovers_of_other_versions_go_after_a_day(maker, opened, tmp_path):
    opened().close()
    file = index_file(tmp_path)
    old = file.with_name(file.name.partition(".")[0] + ".00000000.sqlite")
    new = file.with_name(file.name.partition(".")[0] + ".11111111.sqlite")
    file.rename(old)
    new.touch()
    os.utime(old, (time.time() - 100_000,) * 2)
    opened().close()
    assert not old.exists() and new.exists()


def test_an_index_that_another_process_holds_is_left_alone(maker, opened, tmp_path, monkeypatch):
    opened().close()
    maker.question("id: a")
    monkeypatch.setattr("quiz.bank.disk.WAIT", 0.1)
    before = index_file(tmp_path).stat()
    with closing(sqlite3.connect(index_file(tmp_path))) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "mine:a" in keys(opened())
    after = index_file(tmp_path).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def _open_and_count(cache, root, results):
    with open_bank(cache, [Pack("mine", root)]) as bank:
        results.put(len(list(bank.rows())))


def test_several_processes_may_compile_at_once(maker, tmp_path):
    for i in range(40):
        maker.question(f"id: q-{i}")
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    args = (tmp_path / "cache", maker.root, results)
    processes = [context.Process(target=_open_and_count, args=args) for _ in range(4)]
    for process in processes:
        process.start()
    counts = [results.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(60)
    assert counts == [41] * 4 and [p.exitcode for p in processes] == [0] * 4


def test_a_fresh_index_is_read_without_yaml_or_pydantic(maker, opened, tmp_path):
    maker.question("id: a")
    opened().close()
    program = (
        "import sys; from pathlib import Path\n"
        "from quiz.bank.index import open_bank; from quiz.bank.packs import Pack\n"
        "bank = open_bank(Path(sys.argv[1]), [Pack('mine', Path(sys.argv[2]))])\n"
        "bank.question('mine:a'); bank.topic('scaling'); list(bank.rows()); bank.topics()\n"
        "heavy = {'yaml', 'pydantic', 'numpy', 'difflib', 'typer', 'quiz.bank.compile'}\n"
        "sys.exit(' '.join(heavy & sys.modules.keys()) or 0)\n"
    )
    args = [sys.executable, "-c", program, tmp_path / "cache", maker.root]
    done = subprocess.run(args, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
