"""`quiz check` and `quiz schema`, as people, editors and CI see them."""

import io
import json
import os
import re
import shutil
import subprocess

import pytest
from rich.console import Console

from quiz.bank.problem import Problem
from quiz.play.authoring import annotation, schemas, show
from quiz.play.progress import Progress
from tests.player import ROOT
from tests.terminal import Terminal

EXAMPLE = ROOT / "tests" / "packs" / "example"
FAULTY = "id: nucleus-size\nkind: singel\nlevel: medium\nprompt: 中文 list[int] [/]\nanswer: x\n"


@pytest.fixture
def pack(tmp_path):
    root = tmp_path / "example"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("__pycache__"))
    return root


@pytest.fixture
def check(home, command, tmp_path):
    """check(*words) -> (status, stdout, stderr), in a folder above the pack."""

    def run(*words: str, cwd=tmp_path):
        done = subprocess.run(
            [*command, "check", *words], cwd=cwd, capture_output=True, encoding="utf-8", timeout=60
        )
        return done.returncode, done.stdout, done.stderr

    return run


def test_sound_content_is_said_to_be_so(check, pack):
    assert check(str(pack), "--trust") == (0, "Nothing to put right.\n", "")
    assert check(str(pack), "--trust", "--json") == (0, "[]\n", "")
    assert check(str(pack), "--trust", "--format", "github") == (0, "", "")


def test_each_problem_is_a_line_with_its_place_and_the_status_is_1(check, pack):
    file = pack / "content" / "sampling" / "nucleus-size.yaml"
    file.write_text(FAULTY)
    status, out, err = check("example/content/sampling/nucleus-size.yaml")
    assert (status, err) == (1, "")
    *lines, count = out.splitlines()
    assert count == f"{len(lines)} problems."
    form = r"example/content/sampling/nucleus-size\.yaml:\d+:\d+: [a-z-]+ \S.*"
    assert len(lines) >= 2 and all(re.fullmatch(form, line) for line in lines)


def test_problems_as_json_and_as_annotations_are_the_same(check, pack):
    (pack / "content" / "sampling" / "nucleus-size.yaml").write_text(FAULTY)
    status, out, _ = check("example/content/sampling", "--json")
    found = json.loads(out)
    assert status == 1 and list(found[0]) == ["file", "line", "column", "code", "message"]
    status, out, _ = check("example/content/sampling", "--format", "github")
    assert status == 1 and len(out.splitlines()) == len(found)
    first = found[0]
    place = f"file={first['file']},line={first['line']},col={first['column']}"
    assert out.startswith(f"::error {place},title={first['code']}::")


def test_an_annotation_stays_on_its_line():
    told = annotation(Problem("a,b:c.yaml", 2, 3, "todo", "100%\nof it"))
    assert told == "::error file=a%2Cb%3Ac.yaml,line=2,col=3,title=todo::100%25%0Aof it"


@pytest.mark.parametrize("words", [("--format", "xml"), ("nowhere",), ("--pack", "nowhere")])
def test_what_can_not_be_checked_is_refused_in_one_line(check, words):
    status, out, err = check(*words)
    assert (status, out) == (2, "") and err.count("\n") == 1


def test_without_a_path_it_is_the_pack_that_we_are_in(check, pack):
    (pack / "content" / "sampling" / "nucleus-size.yaml").write_text(FAULTY)
    status, out, _ = check(cwd=pack / "content" / "sampling")
    assert status == 1 and "nucleus-size.yaml:2:" in out


def test_a_folder_that_happens_to_be_called_content_is_nobodys_pack(check, tmp_path):
    (tmp_path / "content" / "posts").mkdir(parents=True)
    (tmp_path / "content" / "posts" / "hello.md").touch()
    status, _, _ = check(cwd=tmp_path)
    assert status in (0, 1)  # the built-in pack was checked


def test_demos_that_may_not_run_are_findings_until_they_are_trusted(check, pack):
    for _ in range(2):  # what was not run is not remembered as a fault
        status, out, _ = check(str(pack))
        assert status == 1
        assert {line.split()[1] for line in out.splitlines()[:-1]} == {"demo-fails"}
        assert f"quiz pack trust {pack}" in out
        assert check(str(pack), "--trust")[0] == 0


def test_a_demo_of_a_pack_that_refutes_its_text_is_found(check, pack):
    file = pack / "content" / "sampling" / "nucleus-size.yaml"
    file.write_text(file.read_text().replace("p: 0.9}", "p: 0.9, keep_crossing: off}"))
    status, out, _ = check(str(pack), "--trust")
    assert status == 1 and "claim-fails" in out and "nucleus-reaches-p" in out


def test_in_a_terminal_the_line_at_fault_is_shown_with_a_caret(check, pack, command, home):
    (pack / "content" / "sampling" / "nucleus-size.yaml").write_text(FAULTY)
    words = [*command, "check", str(pack / "content" / "sampling" / "nucleus-size.yaml")]
    with Terminal(words, env=dict(os.environ), columns=120) as terminal:
        assert terminal.end() == 1
    rows = terminal.lines
    at = next(i for i, row in enumerate(rows) if "│ kind: singel" in row)
    assert rows[at + 1].index("^") == rows[at].index("singel")


@pytest.mark.parametrize("column", [1, 8, 60, 200])
def test_the_caret_stands_under_its_column_in_wide_and_long_lines(tmp_path, column):
    text = "中文 wide " * 40
    file = tmp_path / "x.yaml"
    file.write_text(f"a: 1\n{text}\n", encoding="utf-8")
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=100, color_system=None)
    show([Problem(str(file), 2, column, "todo", "x")], console)
    _, shown, caret = out.getvalue().splitlines()
    from rich.cells import cell_len, set_cell_size

    under = set_cell_size(shown, cell_len(caret) - 1)
    assert shown[len(under)] == text[column - 1]


def test_every_code_is_listed_with_its_examples(check):
    status, out, err = check("--codes")
    assert (status, err) == (0, "")
    assert re.search(r"^todo\n {4}No gap is left.*?Fails:.*?TODO.*?Passes:", out, re.M | re.S)
    found = json.loads(check("--codes", "--json")[1])
    codes = re.findall(r"^[a-z0-9-]+$", out, re.M)
    assert codes == [each["code"] for each in found] and len(codes) > 40


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_shown_only_when_it_takes_long_and_leaves_nothing():
    now = 0.0
    out = Screen()
    progress = Progress(out, clock=lambda: now)
    progress(1, 100)
    assert out.getvalue() == ""
    now = 0.6
    progress(50, 100)
    assert out.getvalue() == f"\r[{'#' * 12}{' ' * 12}] 50/100"
    progress(51, 100)  # not more than some times a second
    assert "51" not in out.getvalue()
    progress.close()
    assert out.getvalue().endswith("\r\x1b[K")


def test_progress_is_silent_in_a_file():
    now = 0.0
    out = io.StringIO()
    progress = Progress(out, clock=lambda: now)
    now = 9.0
    progress(5, 10)
    progress.close()
    assert out.getvalue() == ""


def test_the_schemas_in_the_repository_are_those_of_the_program():
    """`quiz schema --write schema` brings them up to date."""
    for name, text in schemas().items():
        assert (ROOT / "schema" / name).read_text(encoding="utf-8") == text, name


def test_a_schema_is_printed_and_written(home, command, tmp_path):
    def schema(*words: str):
        return subprocess.run([*command, "schema", *words], capture_output=True, text=True)

    assert json.loads(schema().stdout)["title"] == "A quiz question"
    assert json.loads(schema("topic").stdout)["title"] == "A quiz topic"
    assert schema("nothing").returncode == 2
    assert len(schema("--write", str(tmp_path / "schema")).stdout.splitlines()) == 2
    assert schema("--write", str(tmp_path / "schema")).stdout == ""  # they are up to date
    assert (tmp_path / "schema" / "topic.json").read_text() == schemas()["topic.json"]
