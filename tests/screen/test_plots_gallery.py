import re
from pathlib import Path

import pytest

from tests.screen import gallery
from tests.screen.gallery import SAMPLES

PAGES = Path(gallery.__file__).parent / "gallery"


def words(svg: str) -> str:
    """The text of a page, without its spaces."""
    return re.sub(r"<[^>]*>|&#160;|\s", "", svg.partition("<body")[2] or svg)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("kind", SAMPLES)
def test_the_pages_that_are_kept_show_every_sample(kind, lang):
    page = (PAGES / f"{kind}-{lang}.svg").read_text(encoding="utf-8")
    for view in SAMPLES[kind]:
        assert re.sub(r"\s", "", view.title.pick(lang)) in words(page)


def test_the_command_writes_a_page_a_kind_and_language(tmp_path):
    gallery.main(tmp_path / "new")
    made = {path.name for path in (tmp_path / "new").iterdir()}
    assert made == {f"{kind}-{lang}.svg" for kind in SAMPLES for lang in ("en", "zh")}


def test_pages_need_no_network():
    for path in PAGES.iterdir():
        assert not re.search(r"url\(.?https?:", path.read_text(encoding="utf-8"))
