"""`quiz plan` as it is drawn."""

import io
import re
from datetime import date
from types import SimpleNamespace as Of

import pytest
from rich.cells import cell_len
from rich.console import Console

from quiz.screen.plan import Shown, shown
from quiz.words import Catalogue

TOPICS = ("dot-product", "scaling", "masking")


def forecast(end):
    every = ("", *TOPICS)
    return Of(
        days={topic: (0.2, (0.2 + end) / 2, end) for topic in every},
        low=dict.fromkeys(every, end - 0.05),
        high=dict.fromkeys(every, end + 0.05),
        minutes={topic: 30.0 if topic == "" else 10.0 for topic in every},
        on_the_date=lambda topic="": end,
    )


def facts(*, plan=True, present=True):
    return Shown(
        by=date(2026, 12, 12),
        left=20,
        goal=0.85,
        plan=Of(minutes=42, new_per_day=9, threshold=0.8) if plan else None,
        expected=forecast(0.87),
        present=forecast(0.56) if present else None,
        learner=Of(pace=10.4, reviews=321, typical=0.8187),
        days=[0, 10, 20],
        runs=60,
    )


def drawn(what, width, encoding="utf-8") -> list[str]:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace")
    console = Console(file=file, width=width, markup=False, emoji=False, highlight=False)
    console.print(what)
    file.flush()
    return [line.rstrip() for line in file.buffer.getvalue().decode(encoding).splitlines()]


@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_it_says_what_it_takes_and_draws_a_curve_a_topic(lang, width):
    lines = drawn(shown(facts(), Catalogue(lang)), width)
    assert max(map(cell_len, lines)) <= width
    text = re.sub(r"\s+", "", "".join(lines))
    for figure in ("30", "42", "9", "80%", "87%", "82%", "92%", "10", "56%", "321", "0.8"):
        assert figure in text, figure
    for topic in TOPICS:  # once in the table, once over its curve
        assert text.count(topic) == 2
    beside = [line for line in lines if sum(topic in line for topic in TOPICS) > 1]
    assert bool(beside) == (width >= 80)
    total = next(line for line in lines if line.startswith(Catalogue(lang)("total")))
    if width >= 80:
        assert total.split()[1:] == ["20%", "56%", "87%", "82%..92%", "30.0"]


def test_without_a_record_there_is_no_present_pace():
    words = Catalogue("en")
    text = "\n".join(drawn(shown(facts(present=False), words), 80))
    assert "At your present" not in text
    assert "–" in text  # its column is empty


def test_what_is_out_of_reach_is_said():
    text = " ".join(drawn(shown(facts(plan=False), Catalogue("en")), 80))
    assert "Not every topic can reach 85%" in text and "42" not in text


def test_in_ascii_it_is_drawn_with_ascii():
    lines = drawn(shown(facts(), Catalogue("en")), 80, "ascii")
    assert any("|" in line for line in lines)
