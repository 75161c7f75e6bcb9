"""Playing with a demo: stepping knobs, comparing, sweeping, saving."""

import csv
import json
import os
import subprocess
from dataclasses import dataclass
from io import StringIO

import pytest
from rich.console import Console

from quiz.evidence import Knob
from quiz.play.knobs import stepped
from quiz.play.sweep import Sweep, tables, values
from quiz.refusal import Refusal
from quiz.screen.plots import draw
from quiz.words import Catalogue
from tests.player import squeezed
from tests.terminal import Terminal

WORDS = Catalogue("en")
SIZE = Knob("d_k", "int", 64, 1, 512, log=True)
SHARE = Knob("rho", "float", 0.0, 0.0, 1.0)
COUNT = Knob("n", "int", 12, 4, 32)
HEADS = Knob("heads", "int", 8, values=(1, 2, 4, 8))


@pytest.mark.parametrize(
    ("knob", "value", "up", "down"),
    [
        (SIZE, 64, 128, 32),
        (SIZE, 512, 512, 256),
        (SIZE, 1, 2, 1),
        (SHARE, 0.5, 0.55, 0.45),
        (SHARE, 0.0, 0.05, 0.0),
        (COUNT, 12, 14, 10),
        (HEADS, 8, 8, 4),
        (Knob("scaled", "bool", False), False, True, True),
        (Knob("fill", "choice", "0", values=("0", "-inf")), "0", "-inf", "0"),
    ],
)
def test_a_step_stays_in_the_range_and_on_round_numbers(knob, value, up, down):
    assert stepped(knob, value, 1) == up
    assert stepped(knob, value, -1) == down


def test_the_values_of_a_sweep_cover_its_range():
    assert values(SIZE, Sweep("d_k", "8", "128"), "demo", WORDS)[::8] == [8, 128]
    assert values(HEADS, Sweep("heads", "2", "8"), "demo", WORDS) == [2, 4, 8]
    assert values(COUNT, Sweep("n", "4", "6"), "demo", WORDS) == [4, 5, 6]
    for low, high in (("8", "9999"), ("9", "2"), ("a", "b"), ("0", "8")):
        with pytest.raises(Refusal):
            values(SIZE, Sweep("d_k", low, high), "demo", WORDS)


@pytest.mark.parametrize("width", [40, 80, 140])
def test_a_sweeps_numbers_stand_in_tables_that_fit_each_with_the_knob(width):
    @dataclass
    class Ran:
        params: dict
        figures: dict

    names = [f"a_figure_{'with_a_name_' * (i % 3)}{i}" for i in range(9)]
    runs = [Ran({"d_k": d}, {name: -d / 7 for name in names}) for d in (1, 512)]
    every = tables(SIZE, runs, width)
    heads = [[text.en for text in each.header] for each in every]
    assert [name for head in heads for name in head[1:]] == names
    assert all(head[0] == "d_k" for head in heads)
    out = Console(file=StringIO(), width=width)
    for each in every:
        out.print(draw(each, "en"))
    # A name that is broken over lines, or rows turned into records, would not come out whole.
    assert all(name in out.file.getvalue() for name in names)


@pytest.fixture
def play(home, command, tmp_path, monkeypatch):
    """play(*words) opens a demo in a terminal, in an empty folder."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    open_ = []

    def start(*words: str, lang: str = "en", size=(140, 50)) -> Terminal:
        env = dict(os.environ, QUIZ_LANG=lang)
        open_.append(Terminal([*command, "demo", *words], columns=size[0], rows=size[1], env=env))
        open_[-1].until(Catalogue(lang)("key.knob"))
        return open_[-1]

    start.folder = folder
    yield start
    for terminal in open_:
        terminal.__exit__()


def test_a_knob_is_chosen_turned_typed_and_reset(play):
    terminal = play("logit-variance")
    terminal.until("▸ d_k     64")
    terminal.press("\x1b[C")
    terminal.until("▸ d_k     128")
    terminal.press("100\r")
    terminal.until("▸ d_k     100")
    terminal.press("9999\r")
    terminal.until("d_k takes 1..512")
    terminal.press("r")
    terminal.until("▸ d_k     64")
    terminal.press("\x1b[B")
    terminal.until("▸ rho")
    terminal.press("q")
    assert terminal.end() == 0


def test_the_view_says_which_claim_a_knob_has_broken_and_why(play):
    terminal = play("logit-variance")
    assert "✘" not in terminal.settle()
    terminal.press("\x1b[A")  # up from the first knob: the last one, `scaled`
    terminal.until("▸ scaled")
    terminal.press("\x1b[C")
    terminal.until("broke a claim")
    terminal.until("✘")
    assert "dividesthevariance" in squeezed(terminal.settle())


def test_two_settings_stand_side_by_side(play):
    terminal = play("logit-variance", "scaled=on", "vs", "scaled=off")
    terminal.until("A  scaled=on")
    terminal.until("B  scaled=off")
    terminal.press("c")
    terminal.until_gone("A  scaled=on")


def test_a_sweep_over_the_chosen_knob(play):
    terminal = play("logit-variance")
    terminal.press("w")
    terminal.until("logit-variance over d_k")
    terminal.press("q")
    terminal.until("▸ d_k")


def test_a_sweep_scrolls_with_the_arrows_and_closes_with_q(play):
    terminal = play("logit-variance", size=(80, 24))
    terminal.press("w")
    terminal.until("logit-variance over d_k")
    terminal.press("\x1b[B" * 3)
    terminal.until_gone("logit-variance over d_k")
    assert "PgUp PgDn" in terminal.settle()  # still the sweep, three rows further down
    terminal.press("q")
    terminal.until("▸ d_k")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_knob_without_numbers_says_that_it_cannot_be_swept(play, lang):
    terminal = play("logit-variance", lang=lang)
    terminal.press("\x1b[A")
    terminal.until("▸ scaled")
    terminal.press("w")
    said = Catalogue(lang)("sweep.no-numbers", knob="scaled", allowed="on, off")
    assert squeezed(said)[:30] in squeezed(terminal.settle())


def test_a_refused_value_is_told_however_far_the_view_is_scrolled(play):
    terminal = play("logit-variance", size=(80, 24))
    terminal.press("\x1b[6~" * 3)
    terminal.until_gone("   rho")
    terminal.press("9999\r")
    terminal.until("d_k takes 1..512")


def test_the_knob_being_turned_stays_in_sight_when_scrolled(play):
    terminal = play("logit-variance", size=(80, 24))
    terminal.press("\x1b[6~" * 3)
    terminal.until_gone("   rho")
    terminal.press("\x1b[C")
    terminal.until("▸ d_k     128")


def test_two_seeds_are_compared_in_the_readers_language(play):
    terminal = play("logit-variance", lang="zh")
    terminal.press("cn")
    terminal.until("A  种子 0")


def test_a_run_is_saved_as_picture_numbers_and_table_and_never_overwritten(play):
    terminal = play("logit-variance")
    for kind, suffix in (("1", ".svg"), ("2", ".json"), ("3", ".csv"), ("3", "-2.csv")):
        terminal.press("f")
        terminal.until("1 SVG")
        terminal.press(kind)
        terminal.until(f"Saved as logit-variance{suffix}")
    names = sorted(file.name for file in play.folder.iterdir())
    assert names == [
        "logit-variance-2.csv", "logit-variance.csv", "logit-variance.json", "logit-variance.svg",
    ]  # fmt: skip
    saved = json.loads((play.folder / "logit-variance.json").read_text())
    rows = list(csv.DictReader((play.folder / "logit-variance.csv").read_text().splitlines()))
    assert {row["figure"]: float(row["value"]) for row in rows} == saved["figures"]
    assert "<svg" in (play.folder / "logit-variance.svg").read_text()


def test_two_settings_must_be_there_to_be_compared(home, command):
    done = subprocess.run(
        [*command, "demo", "logit-variance", "vs"], stdin=subprocess.DEVNULL, capture_output=True
    )
    assert done.returncode == 2
    assert done.stderr.decode().strip() == f"quiz: {WORDS('error.vs')}"


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_view_fits_small_windows(play, lang, size):
    terminal = play("rope-decay-myth", lang=lang, size=size)
    terminal.settle()
    terminal.press("\x1b[6~")
    assert terminal.settle()


def test_the_keys_of_a_demo_are_listed_and_give_the_place_back(home, command):
    env = os.environ | {"QUIZ_LANG": "en"}
    with Terminal([*command, "demo", "logit-variance"], columns=80, rows=24, env=env) as terminal:
        terminal.until(WORDS("key.reset"))
        before = terminal.settle()
        terminal.press("?")
        terminal.until(WORDS("help.sweep"))
        terminal.press("\x1b[6~x")
        terminal.until(WORDS("key.reset"))
        assert terminal.settle() == before
        terminal.press("q")
        assert terminal.end() == 0
