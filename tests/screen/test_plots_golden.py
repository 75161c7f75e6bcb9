"""Every sample picture, character by character, as it was last looked at.

After a change that is meant, look at the gallery, then

    python -m tests.screen.test_plots_golden

rewrites the files of tests/golden/plots.
"""

from pathlib import Path

import pytest

from tests.screen.gallery import SAMPLES, printed, terminal

GOLDEN = Path(__file__).parent.parent / "golden" / "plots"
SECTIONS = {
    "140 columns": terminal(140),
    "80 columns": terminal(80),
    "40 columns": terminal(40),
    "80 columns, no braille": terminal(80, plain=True),
    "80 columns, colours left out here": terminal(80, "truecolor"),
}
each_page = pytest.mark.parametrize("lang", ["en", "zh"])


def characters(kind: str, lang: str) -> str:
    parts = []
    for name, console in SECTIONS.items():
        for view in SAMPLES[kind]:
            lines = printed(view, lang, console)
            text = "\n".join("".join(s.text for s in line).rstrip() for line in lines)
            parts.append(f"── {name} ──\n{text}\n")
    return "\n".join(parts)


@each_page
@pytest.mark.parametrize("kind", SAMPLES)
def test_pictures_are_as_they_were_looked_at(kind, lang):
    golden = (GOLDEN / f"{kind}-{lang}.txt").read_text(encoding="utf-8")
    assert characters(kind, lang) == golden


if __name__ == "__main__":
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for kind in SAMPLES:
        for lang in ("en", "zh"):
            path = GOLDEN / f"{kind}-{lang}.txt"
            path.write_text(characters(kind, lang), encoding="utf-8")
