"""What a pack's digest covers: any change of a byte, a name or a link, and nothing besides."""

import os

import pytest

from quiz.lab.trust import survey


@pytest.fixture
def pack(tmp_path):
    root = tmp_path / "mine"
    for path, text in {
        "content/scaling/why.yaml": "id: why\n",
        "demos/scaling/drift.py": "x = 1\n",
        "demos/scaling/table.csv": "1,2\n",
        "README.md": "about\n",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def test_what_would_run_is_every_file_below_demos(pack):
    assert survey(pack).code == {"scaling/drift.py": b"x = 1\n", "scaling/table.csv": b"1,2\n"}


def test_the_digest_does_not_depend_on_where_the_pack_lies(pack, tmp_path):
    before = survey(pack).digest
    assert survey(pack.rename(tmp_path / "elsewhere")).digest == before


CHANGES = {
    "a byte of a demo": lambda p: (p / "demos/scaling/drift.py").write_text("x = 2\n"),
    "a byte of a question": lambda p: (p / "content/scaling/why.yaml").write_text("id: whz\n"),
    "a new file": lambda p: (p / "demos/scaling/new.py").touch(),
    "a new file outside demos": lambda p: (p / "data.bin").touch(),
    "a file that is gone": lambda p: (p / "README.md").unlink(),
    "a new name": lambda p: (p / "README.md").rename(p / "README.txt"),
    "a file moved": lambda p: (p / "demos/scaling/drift.py").rename(p / "demos/drift.py"),
    "a link": lambda p: (p / "demos/scaling/link.py").symlink_to("drift.py"),
    "a pipe": lambda p: os.mkfifo(p / "demos/scaling/pipe.py"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_is_another_digest(pack, change):
    before = survey(pack).digest
    CHANGES[change](pack)
    assert survey(pack).digest != before


def test_a_link_counts_as_what_it_says_and_is_not_followed(pack, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("x")
    (pack / "demos/scaling/link.py").symlink_to(secret)
    before = survey(pack)
    secret.write_text("y")
    assert survey(pack) == before
    assert "scaling/link.py" not in before.code
    (pack / "demos/scaling/link.py").unlink()
    (pack / "demos/scaling/link.py").symlink_to(tmp_path)
    assert survey(pack).digest != before.digest


def test_bytes_that_move_from_one_file_to_the_next_are_a_change(pack):
    def digest(first: str, second: str) -> str:
        (pack / "a").write_text(first)
        (pack / "b").write_text(second)
        return survey(pack).digest

    assert len({digest("xy", "z"), digest("x", "yz"), digest("xyz", "")}) == 3


@pytest.mark.parametrize("path", [".git/index", "__pycache__/drift.pyc", "demos/.drift.py.swp"])
def test_what_is_never_read_is_not_covered_and_never_runs(pack, path):
    before = survey(pack)
    (pack / path).parent.mkdir(exist_ok=True)
    (pack / path).write_text("anything")
    assert survey(pack) == before
