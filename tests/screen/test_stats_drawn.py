"""`quiz stats` as it is drawn, at the widths of real terminals, in both languages."""

import io
import re
from datetime import date, timedelta
from types import SimpleNamespace as Of

import pytest
from rich.cells import cell_len
from rich.console import Console

from quiz.screen.columns import Columns
from quiz.screen.stats import Shown, Stats
from quiz.screen.theme import ASCII, UNICODE
from quiz.screen.year import Year
from quiz.words import Catalogue

TODAY = date(2026, 11, 22)  # a Sunday
FIRST = date(2025, 11, 17)


def drawn(what, width=80, *, colour=None, encoding="utf-8") -> list[str]:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace")
    console = Console(
        file=file, width=width, color_system=colour, force_terminal=colour is not None,
        markup=False, emoji=False, highlight=False,
    )  # fmt: skip
    console.print(what)
    file.flush()
    text = file.buffer.getvalue().decode(encoding)
    return [re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in text.splitlines()]


def year(counts, lang="en", width=80, **device):
    return drawn(Year(counts, FIRST, TODAY, Catalogue(lang)), width, **device)


def test_each_day_of_the_year_stands_in_its_week_and_row():
    counts = {FIRST: 1, FIRST + timedelta(days=8): 4, TODAY: 2}
    lines = year(counts)
    assert lines[1][4] == "░"  # the first Monday
    assert lines[2][5] == "█"  # the second Tuesday, the busiest
    assert lines[7][4 + 52] == "▒"  # the last Sunday
    assert sum(line.count("·") for line in lines[1:8]) == 53 * 7 - 3


def test_no_day_of_the_future_is_drawn():
    wednesday = TODAY - timedelta(days=4)
    lines = drawn(Year({}, FIRST, wednesday, Catalogue("en")))
    assert [len(line) for line in lines[1:8]] == [57] * 3 + [56] * 4


def test_months_stand_over_the_week_of_their_first_day():
    lines = year({})
    # 2026-01-01 is in the week of 2025-12-29, the seventh.
    assert lines[0].index("Jan") == 4 + 6
    assert " ".join(lines[0].split()) == "Dec Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov"
    chinese = year({}, "zh")
    assert chinese[0].split()[:4] == ["月", "12", "1", "2"]
    assert chinese[1].startswith("一") and chinese[3].startswith("三")


def test_wide_windows_give_a_day_two_columns_and_narrow_ones_show_fewer_weeks():
    assert max(map(len, year({}, width=140)[1:8])) == 4 + 52 * 2 + 1
    narrow = year({TODAY: 1}, width=40)
    assert max(map(len, narrow)) <= 40 and narrow[7][-1] == "█"


def test_without_block_characters_ink_is_ascii():
    lines = year({TODAY: 1, FIRST: 4}, encoding="ascii")
    assert lines[1][4] == "#" and lines[7][-1] == "."
    assert all(line.isascii() for line in lines)


def test_the_highest_column_fills_the_rows_and_numbers_stand_above():
    lines = drawn(Columns([("Mon", "1", 8), ("Tue", "2", 4), ("Wed", "3", 0), ("Thu", "4", 1)]))
    assert lines[0].split() == ["8"]
    assert [line[:5] for line in lines[1:5]] == ["█████"] * 4
    assert lines[2].split()[1] == "4" and lines[3][6:11] == "█████"
    assert lines[4][18:23] == "▄▄▄▄▄"  # 1 of 8 is half a row
    assert lines[5].split() == ["Mon", "Tue", "Wed", "Thu"]
    assert lines[6].split() == ["1", "2", "3", "4"]


def test_nothing_due_is_drawn_as_nothing():
    lines = drawn(Columns([("Mon", "1", 0), ("Tue", "2", 0)]))
    assert "".join(lines[:5]) == ""


def shown(lang):
    standing = Of(topic="scaling", questions=29, seen=20, due=4, correct=0.5, recall=0.87)
    overall = Of(topic="", questions=345, seen=20, due=4, correct=0.5, recall=0.87, answers=41)
    empty = Of(topic="complexity", questions=31, seen=0, due=0, correct=None, recall=None)
    said = {"en": "Low-rank logits make blurred attention, they say.", "zh": "低秩的打分会模糊。"}
    calibration = Of(
        points=(Of(confidence=95, right=0.75, answers=4),), confidence=0.95, right=0.75,
        brier=0.2275, word="over",
    )  # fmt: skip
    return Shown(
        report=Of(topics=(standing, empty), overall=overall, streak=3),
        counts={TODAY: 3},
        first=FIRST,
        today=TODAY,
        forecast=[4, *[0] * 12, 2],
        time=Of(today=600, week=4000, total=90_000, each=31.6),
        hardest=[(Of(question="scaling-why", right=1, answers=7, leech=True), said[lang])],
        held=[(Of(id="narrow", times=2, dropped=None), said[lang])],
        dropped=[(Of(id="scale", times=1, dropped=5), said[lang])],
        calibration=calibration,
    )


@pytest.mark.parametrize("colour", [None, "standard", "truecolor"])
@pytest.mark.parametrize("width", [40, 80, 140])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_everything_is_shown_and_nothing_is_wider_than_the_window(lang, width, colour):
    words = Catalogue(lang)
    lines = drawn(Stats(shown(lang), UNICODE, words, unicode=True), width, colour=colour)
    assert max(map(cell_len, lines)) <= width
    text = re.sub(r"\s+", "", "".join(lines))
    for key in ("stats.forecast", "stats.hardest", "stats.held", "stats.dropped", "stats.hunt"):
        assert re.sub(r"\s+", "", words(key)) in text, key
    assert words("stats.streak", count=3).replace(" ", "") in text
    if width == 80:
        brier = words("stats.brier", brier="0.23")
        assert brier.replace(" ", "") in text
        topic = next(line for line in lines if line.startswith("scaling"))
        assert topic.split()[1:6] == ["29", "20", "4", "50%", "87%"]
        assert topic.endswith("█" * 17 + "▍")  # 0.87 of 20 columns
    if width == 140:  # beside each other
        assert any("scaling " in line and words("stats.hardest") in line for line in lines) or any(
            words("stats.held") in line[40:] for line in lines
        )


def test_in_ascii_the_whole_screen_is_ascii():
    lines = drawn(Stats(shown("en"), ASCII, Catalogue("en"), unicode=False), encoding="ascii")
    assert "scaling" in "".join(lines) and "#" * 17 in "".join(lines)
