"""A check: what it looks at, what it keeps, and what it says of demos' runs."""

from __future__ import annotations

import os
import time

import pytest
from test_bad_files import run

from quiz.bank import check as checking
from quiz.bank import findings as reading
from quiz.bank.check import check
from quiz.bank.compile import compile_file
from quiz.bank.index import open_bank
from quiz.bank.packs import Pack
from quiz.evidence import Run
from quiz.model import Text
from quiz.refusal import Refusal


@pytest.fixture
def compiled(monkeypatch):
    """The files that are read, in order."""
    files = []

    def watched(pack, path, **options):
        files.append(path.rpartition("/")[2])
        return compile_file(pack, path, **options)

    for module in (checking, reading):
        monkeypatch.setattr(module, "compile_file", watched)
    return files


@pytest.fixture
def again(maker, tmp_path):
    """Checks the pack with a cache, and gives the codes that it found."""

    def codes(*paths, **options):
        found = check(paths or [maker.root], cache=tmp_path / "cache", **options)
        return [problem.code for problem in found]

    maker.question("id: all\ncovers: [T4.1]")
    return codes


def test_paths_choose_what_is_reported(maker):
    one = maker.question("id: one\nhint: [x]")
    maker.question("id: two\nhint: [x]")
    maker.topic("masking")
    three = maker.question("id: three\nhint: [x]", topic="masking")

    def files(*paths):
        return [p.file.rpartition("/")[2] for p in check(paths) if p.code == "unknown-key"]

    assert files(maker.root) == ["three.yaml", "one.yaml", "two.yaml"]
    assert files(maker.root / "content" / "scaling") == ["one.yaml", "two.yaml"]
    assert files(one) == ["one.yaml"]
    assert files(one, three, one) == ["three.yaml", "one.yaml"]


def test_files_are_named_from_where_one_stands(maker, monkeypatch):
    maker.question("id: one\nhint: [x]")
    monkeypatch.chdir(maker.root / "content")
    assert check([maker.root])[0].file == "scaling/one.yaml"
    monkeypatch.chdir("/")
    assert check([maker.root])[0].file == str(maker.root / "content/scaling/one.yaml").lstrip("/")


@pytest.mark.parametrize("path", ["nowhere", ".", "demos"])
def test_a_path_without_content_is_refused_in_one_line(maker, path):
    with pytest.raises(Refusal, match=r"^[^\n]*(no such file|no content)[^\n]*$"):
        check([maker.root.parent / path if path != "demos" else maker.root / path])


def test_the_built_in_pack_is_checked_without_a_path(maker, monkeypatch):
    pack = Pack("builtin", maker.root, builtin=True)
    monkeypatch.setattr("quiz.bank.check.builtin", lambda: pack)
    monkeypatch.setattr("quiz.bank.packs.builtin", lambda: pack)
    maker.question("id: one\nprompt: Only English words")
    assert [p.code for p in check()] == ["languages", "uncovered"]


def test_a_pack_may_refer_to_what_the_built_in_one_has(maker, tmp_path, monkeypatch):
    own = Pack("own", tmp_path / "own")
    file = own.root / "content" / "scaling" / "own-question.yaml"
    file.parent.mkdir(parents=True)
    text = maker.question(
        "id: own-question\ncovers: [T4.1]\nsources: [vaswani2017]\ndemo: {name: logit-variance}"
    ).read_text("utf-8")
    file.write_text(text, "utf-8")
    builtin = Pack("builtin", maker.root, builtin=True)
    monkeypatch.setattr("quiz.bank.check.builtin", lambda: builtin)
    assert [p.code for p in check([file])] == ["duplicate-id"]
    (maker.root / "content/scaling/own-question.yaml").unlink()
    assert check([file]) == []


def test_what_is_no_text_file_is_one_problem_each_and_the_rest_is_checked(maker, tmp_path):
    folder = maker.root / "content" / "scaling"
    maker.question("id: sound\ncovers: [T4.1]")
    os.mkfifo(folder / "a-pipe.yaml")
    (folder / "b-folder.yaml").mkdir()
    with open(folder / "c-huge.yaml", "wb") as file:
        file.truncate(2**30)
    maker.write("scaling/d-gbk.yaml", "prompt: 方差\n".encode("gbk"))
    maker.write("scaling/e-utf16.yaml", "prompt: 方差\n".encode("utf-16"))
    maker.write("scaling/f-nul.yaml", b"prompt: a\0b\n")
    maker.write("scaling/g-surrogate.yaml", b"prompt: \xed\xa0\x80\n")
    maker.write("scaling/h-deep.yaml", "[" * 25_000)
    (folder / "i-dangling.yaml").symlink_to(tmp_path / "nowhere")
    found = [(p.file.rpartition("/")[2][0], p.code) for p in check([maker.root])]
    assert found == [
        ("a", "not-a-file"), ("b", "not-a-file"), ("c", "too-big"), ("d", "not-utf8"),
        ("e", "not-utf8"), ("f", "not-utf8"), ("g", "not-utf8"), ("h", "deep"),
        ("i", "unreadable"),
    ]  # fmt: skip
    with open_bank(tmp_path / "cache", [maker.pack]) as bank:
        assert [row.id for row in bank.rows()] == ["sound", "verdict-T4.1"]
        assert [p.code for p in bank.problems] == [code for _, code in found]


# --- what is kept ----------------------------------------------------------------


def test_what_has_not_changed_is_not_read_again(maker, again, compiled):
    maker.question("id: one\nhint: [x]")
    first = again()
    assert compiled == ["topic.yaml", "all.yaml", "one.yaml"]
    compiled.clear()
    assert again() == first == ["unknown-key"]
    assert compiled == []


def test_a_changed_file_alone_is_read_again(maker, again, compiled):
    maker.question("id: one\nhint: [x]")
    again()
    compiled.clear()
    maker.question("id: one\nhints: [x, y]")
    assert again() == []
    assert compiled == ["one.yaml"]


def test_a_name_that_goes_is_missed_where_it_was_used(maker, again, compiled):
    maker.topic("masking")
    maker.question("id: one\nsources: [press2021]", topic="masking")
    maker.topic("masking", "sources: {press2021: ALiBi, vaswani2017: Attention Is All You Need}")
    assert again() == []
    maker.topic("masking")
    assert again() == ["unknown-source"]
    maker.topic("masking", "sources: {press2021: ALiBi, vaswani2017: Attention Is All You Need}")
    assert again() == []


def test_a_question_that_goes_uncovers_its_statement(maker, again):
    assert again() == []
    (maker.root / "content/scaling/all.yaml").unlink()
    assert again() == ["uncovered"]


def test_a_file_that_was_only_touched_keeps_its_results(maker, again, compiled):
    again()
    later = time.time() + 100
    os.utime(maker.root / "content/scaling/all.yaml", (later, later))
    compiled.clear()
    assert again() == []
    assert compiled == ["all.yaml"]
    compiled.clear()
    again()
    assert compiled == []


def test_demos_run_again_only_when_one_of_them_has_changed(maker, again):
    runs = []

    def counted(name, params, pack):
        runs.append((name, dict(params)))
        return run(name, params, pack)

    maker.question("id: one\ndemo: {name: logit-variance, claims: [nothing]}")
    assert again() == []
    assert again(run=counted) == ["unknown-claim"]
    assert again(run=counted) == ["unknown-claim"]
    assert again() == []
    assert runs == [("logit-variance", {})]
    (maker.root / "demos/scaling/logit_variance.py").write_text("# another\n")
    assert again(run=counted) == ["unknown-claim"]
    assert len(runs) == 2


def test_demos_do_not_run_again_for_a_file_that_was_only_touched(maker, again):
    runs = []

    def counted(name, params, pack):
        runs.append(name)
        return run(name, params, pack)

    maker.topic("scaling", "demo: {name: logit-variance}")
    maker.question("id: one\ndemo: {name: logit-variance}")
    again(run=counted)
    later = time.time() + 100
    for name in ("one", "topic"):
        os.utime(maker.root / f"content/scaling/{name}.yaml", (later, later))
    again(run=counted)
    assert runs == ["logit-variance"]


def test_a_changed_demo_needs_no_file_to_be_read_again(maker, again, compiled):
    maker.question("id: one\nanswer: 'It is {{ gone }}.'\ndemo: {name: logit-variance}")
    assert again(run=run) == ["unknown-figure"]
    compiled.clear()
    (maker.root / "demos/scaling/logit_variance.py").write_text("# another\n")
    assert again(run=run) == ["unknown-figure"]
    assert compiled == []


def test_a_damaged_cache_starts_anew(maker, again, tmp_path):
    again()
    (file,) = (tmp_path / "cache").iterdir()
    file.write_bytes(b"garbage " * 999)
    assert again() == []


def test_a_cache_that_cannot_be_made_costs_only_time(maker, tmp_path):
    (tmp_path / "cache").write_text("a file")
    maker.question("id: one\nhint: [x]")
    codes = [p.code for p in check([maker.root], cache=tmp_path / "cache")]
    assert codes == ["unknown-key", "uncovered"]


def test_results_of_other_rules_are_dropped(maker, again, tmp_path):
    (tmp_path / "cache").mkdir()
    other = tmp_path / "cache" / "check-000000000000.sqlite"
    other.touch()
    again()
    assert not other.exists()


def test_progress_counts_files(maker, tmp_path):
    maker.question("id: one")
    seen = []
    check([maker.root], progress=lambda *n: seen.append(n))
    assert seen == [(0, 2), (1, 2), (2, 2)]


# --- runs ------------------------------------------------------------------------


def codes_with(maker, fragment: str, runner=run) -> list[tuple[int, str]]:
    file = maker.question(f"id: one\n{fragment}")
    return [(p.line, p.code) for p in check([file], run=runner)]


def test_each_demo_runs_once_for_each_setting(maker):
    runs = []

    def counted(name, params, pack):
        runs.append(params)
        return run(name, params, pack)

    for i, knobs in enumerate(["{}", "{d_k: 8}", "{}", "{d_k: 8}"]):
        maker.question(f"id: q-{i}\ndemo: {{name: logit-variance, with: {knobs}}}")
    check([maker.root], run=counted)
    assert runs == [{}, {"d_k": "8"}]


def test_a_sound_question_passes(maker):
    fragment = (
        "demo: {name: logit-variance, with: {d_k: 64}, claims: [variance-grows-with-dk]}\n"
        "answer: About {{ raw_variance | .1f }}."
    )
    assert codes_with(maker, fragment) == []


def test_a_demo_that_raises_anything_is_a_problem_at_its_name(maker):
    def broken(name, params, pack):
        raise ZeroDivisionError("division by zero")

    fragment = "demo:\n  name: logit-variance"
    assert codes_with(maker, fragment, broken) == [(3, "demo-fails")]


def test_a_demo_that_is_not_there_is_reported_once(maker):
    assert codes_with(maker, "demo: {name: nowhere}") == [(2, "unknown-demo")]


def test_a_figure_that_is_no_number_cannot_be_predicted(maker):
    def nan(name, params, pack):
        return Run(name, "", Text(), Text(), (), {}, 0, 0.0, {"raw_variance": float("nan")}, (), ())

    assert codes_with(maker, "kind: predict", nan) == [(7, "predict-run")]


def test_a_predicted_claim_has_to_be_one_of_the_demo(maker):
    options = "options:\n  - {text: a, why: b, holds: true}\n  - {text: c, why: d, holds: false}"
    fragment = f"kind: predict\nclaim: variance-grows\n{options}"
    assert codes_with(maker, fragment) == [(3, "unknown-claim")]
    fragment = f"kind: predict\nclaim: variance-grows-with-dk\n{options}"
    assert codes_with(maker, fragment) == []


def test_a_statement_quotes_the_figures_of_its_own_demo(maker):
    def by_demo(name, params, pack):
        figures = {"of_" + params.get("d_k", "topic"): 1.0}
        return Run(name, "", Text(), Text(), (), {}, 0, 0.0, figures, (), ())

    file = maker.topic(
        "scaling",
        "demo: {name: logit-variance}\n"
        "full: '{{ of_topic }}'\n"
        "statements:\n"
        "  - id: T4.1\n"
        "    text: A.\n"
        "    verdict: wrong\n"
        "    sources: [vaswani2017]\n"
        "    correction: '{{ of_8 }} {{ of_topic }}'\n"
        "    demo: {name: logit-variance, with: {d_k: 8}}\n",
    )
    found = [p for p in check([file], run=by_demo) if p.code != "uncovered"]
    assert [(p.line, p.code) for p in found] == [(9, "unknown-figure")]
    assert "'of_topic'" in found[0].message
