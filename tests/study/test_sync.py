"""Three machines and a folder between them."""

import json
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from study_helpers import DAY, HOUR, Clock, answer, open_quick

from quiz.study.history import HistoryError
from quiz.study.sync import Synced, SyncError, events_of, sync


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def machine(tmp_path, clock):
    """machine(name) opens the history of a machine."""
    opened = []

    def start(name: str):
        opened.append(open_quick(tmp_path / name / "history.db", clock))
        return opened[-1]

    yield start
    for history in opened:
        history.close()


def log(history) -> set:
    return set(history.events())


def cards(history) -> dict:
    return history.cards.all()


def test_two_machines_end_with_the_same_history(machine, tmp_path, clock):
    shared = tmp_path / "shared"
    a, b = machine("a"), machine("b")
    first = answer(a, "q1")
    clock.now += DAY
    answer(b, "q1", "wrong")
    a.overrule(first.id, "wrong", 1)
    assert sync(a, shared) == Synced(received=0, sent=2, files=0, renewed=False)
    assert sync(b, shared) == Synced(received=2, sent=1, files=1, renewed=False)
    assert sync(a, shared) == Synced(received=1, sent=0, files=1, renewed=False)
    assert log(a) == log(b) and cards(a) == cards(b)
    assert sync(a, shared) == Synced(received=0, sent=0, files=1, renewed=False)


def test_a_device_writes_its_own_file_only(machine, tmp_path):
    shared = tmp_path / "shared"
    a, b = machine("a"), machine("b")
    answer(a, "q1")
    sync(a, shared)
    before = (shared / f"{a.device}.jsonl").read_bytes()
    answer(b, "q2")
    sync(b, shared)
    assert (shared / f"{a.device}.jsonl").read_bytes() == before
    assert {p.name for p in shared.iterdir()} == {f"{a.device}.jsonl", f"{b.device}.jsonl"}
    # What came from elsewhere is not sent again.
    assert [e.question for e in events_of(shared / f"{b.device}.jsonl")] == ["q2"]


def test_a_file_only_grows_at_its_end(machine, tmp_path):
    shared = tmp_path / "shared"
    a = machine("a")
    before = b""
    for i in range(3):
        answer(a, f"q{i}")
        sync(a, shared)
        content = (shared / f"{a.device}.jsonl").read_bytes()
        assert content.startswith(before) and content.endswith(b"\n")
        before = content


def test_a_line_still_being_written_waits_for_the_next_time(machine, tmp_path):
    shared = tmp_path / "shared"
    a, b = machine("a"), machine("b")
    answer(a, "q1")
    answer(a, "q2")
    sync(a, shared)
    file = shared / f"{a.device}.jsonl"
    whole = file.read_bytes()
    for cut in (whole[:-20], whole[:-2]):
        file.write_bytes(cut)
        assert [e.question for e in events_of(file)] == ["q1"]
    file.write_bytes(whole[:-1])  # all but its end
    assert [e.question for e in events_of(file)] == ["q1", "q2"]
    file.write_bytes(whole[:-20])
    sync(b, shared)
    assert set(cards(b)) == {"q1"}
    sync(a, shared)  # its writer mends it
    assert file.read_bytes() == whole
    sync(b, shared)
    assert log(a) == log(b)


def test_a_copied_device_id_is_noticed_and_renewed(machine, tmp_path, clock):
    shared = tmp_path / "shared"
    a = machine("a")
    answer(a, "q1")
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    b = machine("b")
    assert a.device == b.device
    answer(a, "q2")
    answer(b, "q3")
    sync(a, shared)
    assert sync(b, shared).renewed
    assert "device-renewed" in [notice.code for notice in b.notices]
    sync(a, shared)
    sync(b, shared)
    assert a.device != b.device
    assert log(a) == log(b) and set(cards(a)) == {"q1", "q2", "q3"}


def test_what_a_lost_history_had_shared_comes_back(machine, tmp_path):
    shared = tmp_path / "shared"
    a, again = machine("a"), machine("again")
    answer(a, "q1")
    sync(a, shared)
    sync(again, shared)
    assert log(again) == log(a)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x00\xff\xfe garbage\n", "no line of a history"),
        (b"[" * 100_000 + b"\n", "no line of a history"),
        (b'{"name": "package"}\n', "not written by quiz sync"),
        (b'{"quiz":"events","format":9}\n', "newer quiz"),
        (b'{"quiz":"events","format":1}\n<<<<<<< HEAD\n', ":2: no line"),
        (b'{"quiz":"events","format":1}\n{"id":"x","mood":"good"}\n', "Update quiz"),
        (
            b'{"quiz":"events","format":1}\n{"id":"x","device":"d","seq":1,"at":-1,'
            b'"kind":"skip","question":"q"}\n',
            "at must be a whole number",
        ),
    ],
    ids=["garbage", "deep", "foreign", "newer", "conflict", "fields", "fault"],
)
def test_a_file_that_cannot_be_read_is_one_line_and_nothing_is_merged(
    machine, tmp_path, content, said
):
    shared = tmp_path / "shared"
    a, b = machine("a"), machine("b")
    answer(a, "q1")
    sync(a, shared)
    bad = shared / "other.jsonl"
    bad.write_bytes(content)
    answer(b, "q2")
    with pytest.raises(SyncError) as refused:
        sync(b, shared)
    assert said in str(refused.value) and "other.jsonl" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert set(cards(b)) == {"q2"}
    assert not (shared / f"{b.device}.jsonl").exists()
    assert bad.read_bytes() == content


def test_an_event_with_other_content_is_refused(machine, tmp_path):
    shared = tmp_path / "shared"
    a, b = machine("a"), machine("b")
    answer(a, "q1")
    sync(a, shared)
    sync(b, shared)
    file = shared / f"{a.device}.jsonl"
    head, line = file.read_text().splitlines()
    file.write_text(f"{head}\n{json.dumps(json.loads(line) | {'verdict': 'wrong'})}\n")
    before = log(b)
    with pytest.raises(HistoryError) as refused:
        sync(b, shared)
    assert refused.value.code == "conflict"
    assert log(b) == before


def test_a_folder_that_is_none(machine, tmp_path):
    (tmp_path / "shared").write_text("")
    with pytest.raises(SyncError, match="shared"):
        sync(machine("a"), tmp_path / "shared")


STEPS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["right", "wrong", "undo", "sync", "sync"])),
    max_size=25,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, last=st.permutations("abc"))
def test_three_machines_agree_in_whatever_order_they_meet(tmp_path_factory, steps, last):
    folder = tmp_path_factory.mktemp("three")
    clock = Clock()
    machines = {name: open_quick(folder / name / "history.db", clock) for name in "abc"}
    shared = folder / "shared"
    for i, (name, what) in enumerate(steps):
        clock.now += HOUR
        if what == "sync":
            sync(machines[name], shared)
        elif what == "undo":
            machines[name].undo_last()
        else:
            answer(machines[name], f"q{i % 4}", what)
    # Everybody meets twice: once to leave what they have, once to fetch the rest.
    for name in [*last, *last]:
        sync(machines[name], shared)
    first, *others = machines.values()
    for other in others:
        assert log(other) == log(first)
        assert cards(other) == cards(first)
    on_disk = [event for path in shared.glob("*.jsonl") for event in events_of(path)]
    assert set(on_disk) == log(first)
    for history in machines.values():
        history.close()
