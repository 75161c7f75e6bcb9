"""What may be loaded before the first question can be read, and what `--version` may load."""

import os
import subprocess
import sys

HEAVY = {"yaml", "pydantic", "numpy", "fsrs", "markdown_it", "pygments", "tomllib",
         "multiprocessing", "concurrent", "quiz.bank.build"}  # fmt: skip


def loaded_at_first_question(folder, command) -> set[str]:
    from tests.terminal import Terminal

    out = folder / "modules"
    script = folder / "first.py"
    script.write_text(
        "import sys\n"
        "from quiz.screen.keys import Terminal\n"
        "def draw(self, rows, cursor=None):\n"
        f"    open({str(out)!r}, 'w').write('\\n'.join(sys.modules))\n"
        "    raise SystemExit\n"
        "Terminal.draw = draw\n"
        "from quiz.cli import main\n"
        "main()\n"
    )
    with Terminal([sys.executable, str(script)], env=dict(os.environ)) as terminal:
        assert terminal.end() == 0, terminal.text
    return set(out.read_text().split("\n"))


def test_nothing_heavy_is_loaded_before_the_first_question(home, command, tmp_path):
    # The first start compiles the bank, which needs YAML and pydantic; a history is there too.
    subprocess.run([*command, "practice", "--count", "1"], input=b"1\n", check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    loaded = loaded_at_first_question(tmp_path, command)
    assert "quiz.play.practice" in loaded
    assert not HEAVY & loaded


def test_version_loads_neither_a_screen_nor_a_database(command):
    code = "import sys; sys.argv[1:] = ['--version']\nfrom quiz.cli import main\n"
    code += "try: main()\nexcept SystemExit: print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not (HEAVY | {"sqlite3", "rich", "quiz.model"}) & loaded


def test_completion_is_not_loaded_until_asked_for(command, home):
    done = subprocess.run(
        command, env=os.environ | {"_QUIZ_COMPLETE": "complete_bash", "COMP_WORDS": "quiz top",
                                   "COMP_CWORD": "1"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert "topics" in done.stdout
