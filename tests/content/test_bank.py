"""The bank as a whole: how much of what there is, and that nothing lacks its reason."""

from __future__ import annotations

from collections import Counter

import pytest

from quiz.model import LEVELS, Misconception, Statement, Text

# What the interview notes say, statement by statement, and how each stands. Four had no verdict
# of their own, because the notes ask without answering (T7.4, T9.4) or leave the point out
# (T11.3, T11.4); the bank puts a candidate's sentence in their place.
NOTES = {
    "true": "T2.1 T3.2 T5.2 T5.6 T6.2 T6.4 T6.12 T7.1 T8.1 T8.4 T8.5 T10.1 T10.2 T10.4 T11.3",
    "conditional": "T1.1 T1.2 T2.2 T4.1 T4.3 T4.4 T5.1 T5.3 T5.4 T6.1 T6.3 T6.6 T6.7 T6.8 T6.9"
    " T6.11 T7.3 T7.4 T8.2 T8.3 T8.7 T8.8 T9.3 T10.3 T10.6 T11.1",
    "misleading": "T1.4 T3.1 T3.3 T9.1 T9.4 T11.2",
    "wrong": "T1.3 T4.2 T4.5 T5.5 T5.7 T6.5 T6.10 T7.2 T8.6 T9.2 T10.5 T11.4",
}


def texts(item: object) -> list[Text]:
    """Every Text inside an item, however deep."""
    if isinstance(item, Text):
        return [item]
    if isinstance(item, dict):
        item = tuple(item.values())
    elif hasattr(item, "__dataclass_fields__"):
        item = tuple(vars(item).values())
    return [text for part in item for text in texts(part)] if isinstance(item, tuple) else []


def test_there_are_enough_questions_of_every_topic_kind_and_level(content):
    questions = content.questions
    assert len(content.topics) == 11
    assert len(questions) >= 150
    topics = Counter(q.topic for q in questions)
    assert all(topics[topic.id] >= 12 for topic in content.topics)
    levels = Counter(q.level for q in questions)
    assert all(levels[level] >= len(questions) / 4 for level in LEVELS)
    kinds = Counter(q.kind for q in questions)
    asked = {"predict": 22, "explain": 22, "numeric": 20, "short": 15, "order": 11, "multiple": 20}
    assert all(kinds[kind] >= least for kind, least in asked.items())


def test_every_topic_has_questions_of_each_level_and_a_prediction(content):
    for topic in content.topics:
        own = [q for q in content.questions if q.topic == topic.id]
        assert {q.level for q in own} == set(LEVELS), topic.id
        assert any(q.kind == "predict" for q in own), topic.id
        assert any(q.kind == "explain" for q in own), topic.id


def test_everything_is_said_in_both_languages(content):
    for item in (*content.topics, *content.questions):
        for text in texts(item):
            if any(len(word) > 3 and word.isalpha() for word in text.en.split()):
                assert text.zh, f"{item.id}: {text.en}"  # it is more than a formula or a unit
            assert text.en or not text.zh, f"{item.id}: {text.zh}"


def test_every_statement_of_the_notes_has_its_verdict(content):
    verdicts = {said.id: said.verdict for said in content.parts("statements")}
    for verdict, ids in NOTES.items():
        for id in ids.split():
            assert verdicts.get(id) == verdict, id


def test_every_statement_is_corrected_evidenced_and_examined(content):
    covered = {id for q in content.questions for id in q.covers}
    for said in content.parts("statements"):
        assert said.correction, said.id
        assert rests_on_something(said), said.id
        assert said.id in covered, said.id


def test_every_misconception_is_refuted_and_some_wrong_answer_shows_it(content):
    beliefs = content.parts("misconceptions")
    assert len(beliefs) >= 40
    shown = {option.misconception for q in content.questions for option in q.options}
    shown |= {r.misconception for q in content.questions for r in (q.reject or {}).values()}
    for belief in beliefs:
        assert rests_on_something(belief), belief.id
        assert belief.id in shown, belief.id
    assert shown - {""} <= {belief.id for belief in beliefs}


def rests_on_something(part: Statement | Misconception) -> bool:
    return bool(part.sources or (part.demo and part.demo.claims))


def test_every_option_and_every_tempting_answer_says_why(content):
    for question in content.questions:
        for part in (*question.options, *(question.reject or {}).values()):
            assert part.why.en and part.why.zh, question.id


def test_every_wrong_option_names_the_belief_that_it_catches(content, keys):
    for question in content.of("single", "multiple", "predict"):
        for i, option in enumerate(question.options):
            wrong = i not in keys[question.id]
            assert bool(option.misconception) == wrong, f"{question.id}: {option.text.en}"


@pytest.mark.parametrize("kind", ["single", "predict"])
def test_exactly_one_option_is_right(kind, content, keys):
    for question in content.of(kind):
        if question.options:
            assert len(keys[question.id]) == 1, question.id


def test_ticking_every_option_or_none_but_one_is_never_right(content, keys):
    for question in content.of("multiple"):
        right, wrong = len(keys[question.id]), len(question.options) - len(keys[question.id])
        assert right >= 2, question.id
        assert (right - wrong) / right < 0.5, question.id  # all ticked: no credit


def test_every_topic_is_ready_to_be_read(content):
    for topic in content.topics:
        for part in ("short", "full", "whiteboard"):
            text = getattr(topic, part)
            assert text.en and text.zh, f"{topic.id}: {part}"
        assert len(topic.follow_ups) >= 3, topic.id
        assert len(topic.traps) >= 3, topic.id


def test_a_source_is_cited_under_the_same_key_everywhere(content):
    """arXiv number -> one key, and one spelling of its citation."""
    known: dict[str, set[tuple[str, str]]] = {}
    for topic in content.topics:
        for key, citation in (topic.sources or {}).items():
            known.setdefault(citation.partition("arXiv:")[2] or citation, set()).add(
                (key, citation)
            )
    assert [pairs for pairs in known.values() if len(pairs) > 1] == []
