"""Where packs are, and what they are called."""

from __future__ import annotations

import os

import pytest

from quiz.bank.packs import Pack, builtin, pack_at, pack_of, packs
from quiz.refusal import Refusal


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "My_Bank" / "content" / "scaling").mkdir(parents=True)
    return tmp_path / "My_Bank"


def test_a_checkout_is_the_built_in_pack():
    pack = builtin()
    assert pack.builtin and (pack.root / "content").is_dir() and (pack.root / "demos").is_dir()


def test_built_in_ids_stand_alone_and_others_carry_their_packs_name(folder):
    assert builtin().key("scaling-why") == "scaling-why"
    assert pack_at(folder).key("scaling-why") == "my-bank:scaling-why"


def test_quiz_packs_lists_folders_as_path_does(folder, tmp_path):
    (tmp_path / "other" / "content").mkdir(parents=True)
    environ = {"QUIZ_PACKS": os.pathsep.join([str(folder), "", str(tmp_path / "other")])}
    assert [pack.name for pack in packs(environ)] == ["builtin", "my-bank", "other"]
    assert [pack.name for pack in packs({}, [folder])] == ["builtin", "my-bank"]


def test_a_pack_listed_twice_counts_once(folder):
    environ = {"QUIZ_PACKS": f"{folder}{os.pathsep}{folder}/"}
    assert len(packs(environ, [folder, builtin().root])) == 2


def test_a_folder_without_content_is_refused(tmp_path):
    with pytest.raises(Refusal, match="holds content/"):
        packs({"QUIZ_PACKS": str(tmp_path)})


def test_two_packs_of_one_name_are_refused(folder, tmp_path):
    twin = tmp_path / "elsewhere" / "my-bank" / "content"
    twin.mkdir(parents=True)
    with pytest.raises(Refusal, match="same name"):
        packs({}, [folder, twin.parent])


@pytest.mark.parametrize("name", ["builtin", "中文", "9lives", "a:b"])
def test_a_name_that_could_not_stand_before_an_id_is_refused(tmp_path, name):
    (tmp_path / name / "content").mkdir(parents=True)
    with pytest.raises(Refusal, match="rename"):
        pack_at(tmp_path / name)


def test_the_pack_of_a_path_is_the_nearest_folder_above_with_content(folder):
    root = pack_at(folder)
    assert pack_of(folder) == root
    assert pack_of(folder / "content") == root
    assert pack_of(folder / "content" / "scaling" / "not-yet.yaml") == root


def test_files_are_listed_by_topic_and_hidden_ones_left_out(folder):
    for name in ("b.yaml", "a.yaml", ".swp.yaml", "_draft.yaml", "note.md", "c.yml"):
        (folder / "content" / "scaling" / name).touch()
    (folder / "content" / "stray.yaml").touch()
    expected = [f"content/scaling/{name}" for name in ("a.yaml", "b.yaml", "c.yml")]
    assert list(pack_at(folder).files()) == expected


def test_demos_go_by_their_files_names(folder):
    for path in ("scaling/logit_variance.py", "scaling/_helper.py", "ops/softmax.py", "kit.py"):
        (folder / "demos" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "demos" / path).touch()
    assert list(Pack("mine", folder).demos()) == ["logit-variance"]
