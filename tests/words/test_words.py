import ast
import re
import string
from pathlib import Path

import pytest

from quiz import words
from quiz.words.en import WORDS as EN
from quiz.words.zh import WORDS as ZH

QUIZ = Path(words.__file__).resolve().parent.parent


def places(wording: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(wording) if name}


def test_both_languages_say_the_same_things():
    assert set(EN) == set(ZH)
    for key in EN:
        assert places(EN[key]) == places(ZH[key]), key


def test_every_wording_is_used_and_every_key_exists():
    """Keys appear in the code whole, or as a prefix of an f-string: words(f"kind.{kind}")."""
    whole, prefixes = set(), set()
    for path in QUIZ.rglob("*.py"):
        if path.parent.name == "words":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                prefixes.add(node.values[0].value)
    unused = {
        k for k in EN if k not in whole and not any(k.startswith(p) for p in prefixes if "." in p)
    }
    assert not {key for key in unused if key.removesuffix(".one") in unused or key[-4:] != ".one"}


@pytest.mark.parametrize("key", sorted(ZH))
def test_chinese_is_set_as_chinese(key):
    wording = re.sub(r"\{[^}]*\}", "x", ZH[key])
    assert not re.search(r"[\u4e00-\u9fff][,;!?]|[,;!?][\u4e00-\u9fff]", wording), "half-width mark"
    assert not re.search(
        r"[\u4e00-\u9fff](?!x)[A-Za-z0-9]|(?<!x)[A-Za-z0-9][\u4e00-\u9fff]", wording
    )


@pytest.mark.parametrize(
    ("environ", "config", "lang"),
    [
        ({}, "", "en"),
        ({"LANG": "zh_CN.UTF-8"}, "", "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "", "en"),
        ({"LANG": "en_US.UTF-8"}, "zh", "zh"),
        ({"QUIZ_LANG": "en", "LANG": "zh_CN.UTF-8"}, "zh", "en"),
        ({"QUIZ_LANG": "fr", "LANG": "zh_TW.UTF-8"}, "", "zh"),
    ],
)
def test_the_language_is_the_most_deliberate_choice(environ, config, lang):
    assert words.chosen_lang(environ, config) == lang
