"""Rubrics of `explain` questions, tried on answers as candidates speak them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from quiz.model import LANGS
from quiz.study.grade import found_points
from quiz.study.han import simplified
from quiz.study.wording import mentions, normal

SAMPLES = yaml.safe_load(
    Path(__file__).with_name("explain_samples.yaml").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def asked(content):
    return {q.id: q for q in content.of("explain")}


def share(question, answer: str) -> float:
    return len(found_points(question, answer)) / len(question.points)


def test_every_explain_question_has_sample_answers(asked):
    assert SAMPLES.keys() == asked.keys()


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("id", SAMPLES)
def test_a_good_answer_makes_three_quarters_of_the_points(id, lang, asked):
    assert share(asked[id], SAMPLES[id]["good"][lang]) >= 0.75


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("id", SAMPLES)
def test_fluent_nonsense_makes_two_fifths_at_most(id, lang, asked):
    assert share(asked[id], SAMPLES[id]["poor"][lang]) <= 0.4


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("id", SAMPLES)
def test_samples_are_speech_and_no_list_of_accepted_wordings(id, lang, asked):
    answer = SAMPLES[id]["good"][lang]
    assert len(re.findall(r"[.?!;:。？！；：]", answer)) >= 3
    rest = normal(answer)
    wordings = {normal(w) for point in asked[id].points for w in point.accept}
    for wording in sorted(wordings, key=len, reverse=True):
        rest = rest.replace(wording, "")
    assert len(rest) >= len(normal(answer)) / 2


@pytest.mark.parametrize("lang", LANGS)
def test_good_answers_on_other_topics_make_few_points(lang, asked):
    """The wordings are those of the matter, not words that every answer has."""
    for question in asked.values():
        others = [s["good"][lang] for id, s in SAMPLES.items() if asked[id].topic != question.topic]
        assert sum(share(question, other) for other in others) / len(others) <= 0.2, question.id


def test_rubrics_have_four_to_seven_points_with_wordings_in_both_languages(asked):
    for question in asked.values():
        assert 4 <= len(question.points) <= 7, question.id
        for point in question.points:
            assert any(re.search(r"[a-zA-Z0-9]", w) for w in point.accept), point.text.en
            assert any(re.search(r"[\u4e00-\u9fff]", w) for w in point.accept), point.text.en


def test_a_wording_stands_once_in_simplified_characters(asked):
    """Spelling, hyphens and traditional characters are `wording.normal`'s affair."""
    for question in asked.values():
        for point in question.points:
            forms = [normal(wording) for wording in point.accept]
            assert len(set(forms)) == len(forms), (question.id, point.text.en)
            assert [w for w in point.accept if simplified(w) != w] == [], question.id


def test_denying_a_point_does_not_make_it(asked):
    for question in asked.values():
        for wording in {w for point in question.points for w in point.accept}:
            assert not mentions(f"It has no {wording}", wording), (question.id, wording)
            assert not mentions(f"没有{wording}", wording), (question.id, wording)
