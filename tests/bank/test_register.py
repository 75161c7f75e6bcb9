"""Which packs are added and trusted, kept in one file."""

import pytest

from quiz.bank.register import Register
from quiz.refusal import Refusal


def test_what_is_added_and_trusted_is_there_the_next_time(tmp_path):
    file, root = tmp_path / "data" / "packs.json", tmp_path / "mine"
    Register(file).add(root)
    Register(file).trust(root, "abc")
    assert Register(file).added == [str(root)]
    assert Register(file).digest(root) == "abc"
    assert Register(file).digest(tmp_path / "other") is None


def test_a_pack_that_is_removed_is_not_trusted_when_it_comes_back(tmp_path):
    register = Register(tmp_path / "packs.json")
    register.add(tmp_path / "mine")
    register.trust(tmp_path / "mine", "abc")
    register.remove(tmp_path / "mine")
    again = Register(register.path)
    again.add(tmp_path / "mine")
    assert again.digest(tmp_path / "mine") is None


def test_a_pack_added_twice_is_there_once(tmp_path):
    register = Register(tmp_path / "packs.json")
    register.add(tmp_path / "mine")
    register.add(tmp_path / "mine")
    assert register.added == [str(tmp_path / "mine")]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"added": 3, "trusted": {}}', '{"added": [], "trusted": []}', "\x00"]
)
def test_a_damaged_file_is_refused_in_one_line_and_left_alone(tmp_path, text):
    file = tmp_path / "packs.json"
    file.write_text(text)
    with pytest.raises(Refusal, match=r"packs\.json: damaged; delete it"):
        Register(file)
    assert file.read_text() == text
