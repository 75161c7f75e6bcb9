"""The README says what is so: its commands exist, its example is a good question."""

import html
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from quiz.bank.check import check
from quiz.bank.index import open_bank
from quiz.bank.packs import builtin
from quiz.figures import minus
from quiz.lab.run import Lab

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"^\$ quiz ([a-z]+)", README, re.MULTILINE)))
DEMOS = re.findall(r"^\$ quiz demo ([a-z][^#\n]*)", README, re.MULTILINE)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_exists(name, command, home):
    done = subprocess.run([*command, name, "--help"], capture_output=True, text=True)
    assert done.returncode == 0 and f"quiz {name}" in done.stdout


@pytest.mark.parametrize("words", DEMOS)
def test_each_demo_runs_as_printed(words, command, home):
    done = subprocess.run([*command, "demo", *words.split()], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_example_question_has_nothing_to_put_right(tmp_path):
    (example,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    name = re.match(r"id: (\S+)", example)[1]
    file = tmp_path / "my-bank" / "content" / "scaling" / f"{name}.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(example, encoding="utf-8")
    with Lab(builtin().root) as lab:
        found = check([file], run=lambda demo, params, pack: lab.run(demo, params))
    assert found == []


def test_its_picture_is_a_screen_of_the_app():
    """Renew it with: python docs/picture.py"""
    spec = importlib.util.spec_from_file_location("picture", ROOT / "docs" / "picture.py")
    picture = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(picture)
    made = words_of(picture.draw("scaling-query-gradient"))
    kept = words_of((ROOT / "docs" / "session.svg").read_text(encoding="utf-8"))
    # Times differ from run to run, and the curve with them by nothing else.
    assert made == kept


def words_of(svg: str) -> list[str]:
    text = html.unescape(" ".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg)))
    return [word for word in re.sub(r"\d+\s*ms", "", text).split() if word.isalpha()]


def commands_block(command: list[str]) -> str:
    """What `quiz --help` says of the commands."""
    env = os.environ | {"COLUMNS": "80"}
    done = subprocess.run([*command, "--help"], capture_output=True, text=True, env=env)
    return done.stdout[done.stdout.index("Commands:") :].split("\n", 1)[1]


def test_the_list_of_commands_is_the_help_text(command, home):
    """Renew it with: python -m tests.test_readme"""
    (block,) = re.findall(r"```text\n(.*?)```", README, re.DOTALL)
    assert block == commands_block(command)


SAID = (  # statements that do not hold, and the claim of a run that shows it
    ("complexity", "T9.1", "small-in-gpt3"),
    ("residual-norm", "T6.14", "pre-ln-is-not-uniform"),
    ("relative-rotary", "T11.5", "random-scores-do-not-shrink"),
    ("feed-forward", "T7.2", "attention-fails-superposition"),
    ("masking", "T5.9", "masking-after-softmax-leaks"),
    ("training", "T8.13", "few-rows-sum-to-one"),
)
TABLE = re.compile(r"(?<=\n\n)\| Often said .*?(?=\n\n)", re.DOTALL)


def claims_table(cache: Path) -> str:
    """What is often said, beside what the runs of this moment show."""
    rows = ["| Often said | The run says | Measured |", "| --- | --- | ---: |"]
    with Lab(builtin().root) as lab, open_bank(cache, [builtin()]) as bank:
        for topic, id, name in SAID:
            said = next(s for s in bank.topic(topic).statements if s.id == id)
            assert said.verdict in ("wrong", "misleading") and name in said.demo.claims
            run = lab.run(said.demo.name, said.demo.params)
            claim = next(c for c in run.claims if c.name == name)
            assert claim.holds
            measured = minus(f"{claim.measured:.3g}")
            rows.append(f"| {said.text.en} | {claim.statement.en} | {measured} |")
    return "\n".join(rows)


def test_the_table_of_what_does_not_hold_is_measured(tmp_path):
    """Renew it with: python -m tests.test_readme"""
    assert TABLE.findall(README) == [claims_table(tmp_path)]


if __name__ == "__main__":
    renewed = commands_block([sys.executable, "-m", "quiz"])
    text = re.sub(r"(```text\n).*?(```)", lambda m: m[1] + renewed + m[2], README, flags=re.DOTALL)
    with tempfile.TemporaryDirectory() as cache:
        text = TABLE.sub(lambda _: claims_table(Path(cache)), text)
    (ROOT / "README.md").write_text(text, encoding="utf-8")
