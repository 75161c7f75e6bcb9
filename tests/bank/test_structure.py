"""Trees become dataclasses: the field decides the type, and faults are said in plain words."""

from __future__ import annotations

import pytest
from conftest import filled

from quiz.bank import structure
from quiz.bank.read import parse
from quiz.model import DemoCall, Question, Reject, Text, Topic


def built(fragment: str) -> Question:
    (document,) = parse(filled(fragment).encode(), "x.yaml")
    question = structure.question(document, topic="scaling", pack="mine", line=document.line)
    assert isinstance(question, Question), question
    return question


def problems(fragment: str) -> list[tuple[int, int, str, str]]:
    (document,) = parse(filled(fragment).encode(), "x.yaml")
    found = structure.question(document)
    assert isinstance(found, list)
    return [problem[1:] for problem in found]


def test_the_bank_adds_what_it_knows():
    question = built("id: scaling-why")
    assert (question.topic, question.pack, question.line) == ("scaling", "mine", 1)


@pytest.mark.parametrize("word", ["no", "on", "012", "1:30", "1e3", "2024-13-45", "null", "~"])
def test_text_is_as_it_was_written_whatever_yaml_would_make_of_it(word):
    question = built(f"prompt: {word}\nkind: short\naccept: [{word}]\nreject: {{{word}: {word}}}")
    assert question.prompt == Text(en=word)
    assert question.accept == (word,)
    assert question.reject == {word: Reject(Text(en=word))}


def test_numbers_and_booleans_are_read_where_the_field_asks_for_them():
    question = built("kind: numeric\nvalue: 1e-3\ntolerance: 012")
    assert question.value == 0.001 and question.tolerance == "012"
    options = "options:\n  - {text: a, why: b, correct: yes}\n  - {text: c, why: d, correct: off}"
    assert [option.correct for option in built(options).options] == [True, False]


def test_ranges_may_be_open():
    text = "kind: predict\noptions:\n  - {text: a, why: b, range: [-inf, 1.5]}"
    assert built(text).options[0].range == (float("-inf"), 1.5)


def test_a_plain_text_is_chinese_if_it_has_a_chinese_character():
    assert built("prompt: 为什么除以 √d_k？").prompt == Text(zh="为什么除以 √d_k？")
    assert built("prompt: Why √d_k?").prompt == Text(en="Why √d_k?")


def test_a_block_loses_its_last_line_end_and_keeps_its_first_spaces():
    assert built("answer:\n  en: |2\n      q\n    k\n").answer == Text(en="  q\nk")


@pytest.mark.parametrize("why", ["It is d_k.", "{en: It is d_k.}", "{why: It is d_k.}"])
def test_a_rejected_answer_may_give_just_its_why(why):
    question = built(f"kind: short\nreject: {{'8': {why}}}")
    assert question.reject == {"8": Reject(Text(en="It is d_k."))}


def test_knobs_are_written_under_with_and_stay_text():
    question = built("demo: {name: logit-variance, with: {d_k: 512, scaled: on}}")
    assert question.demo == DemoCall("logit-variance", {"d_k": "512", "scaled": "on"})


def test_a_demo_may_run_with_its_own_settings():
    assert built("demo: {name: logit-variance}").demo == DemoCall("logit-variance", {})


def test_a_near_miss_of_a_key_is_suggested():
    (found,) = problems("sorces: [x]")
    assert found == (1, 1, "unknown-key", "'sorces' is no field; is 'sources' meant?")


def test_the_keys_that_fit_there_are_listed_when_nothing_is_near():
    (found,) = problems("demo: {name: logit-variance, zzz: 1}")
    assert found[:3] == (1, 30, "unknown-key")
    assert found[3].endswith("known here: name, with, claims")


def test_inner_keys_are_compared_with_the_fields_of_their_place():
    (found,) = problems("demo: {name: logit-variance, params: {d_k: 3}}")
    assert found[:3] == (1, 30, "unknown-key") and "'with'" not in found[3]
    (found,) = problems("kind: explain\npoints:\n  - {text: a, accepts: [b]}")
    assert found == (3, 15, "unknown-key", "'accepts' is no field; is 'accept' meant?")


@pytest.mark.parametrize("name", ["topic", "pack", "file", "line", "revision"])
def test_what_the_bank_fills_in_is_no_field_of_a_file(name):
    (found,) = problems(f"{name}: 3")
    assert found[:3] == (1, 1, "unknown-key")


def test_all_faults_of_structure_come_at_once():
    found = problems("hints: x\nvalue: many\nprompt: [a]\nzzz: 1\ndemo: {with: {d_k: [1]}}")
    assert [(line, code) for line, _, code, _ in sorted(found)] == [
        (1, "type"),
        (2, "type"),
        (3, "type"),
        (4, "unknown-key"),
        (5, "missing-key"),
        (5, "type"),
    ]


@pytest.mark.parametrize(
    ("fragment", "message"),
    [
        ("value: many", "'value' takes a number, not 'many'"),
        ("hints: x", "'hints' takes a list: [..., ...] or a line with '- ' for each, not 'x'"),
        ("level: [core]", "'level' takes one line or block of text, not a list"),
        ("level: {a: b}", "'level' takes one line or block of text, not fields"),
        ("demo:", "'demo' is empty; fill it in or take the line out"),
        ("prompt: [a]", "'prompt' takes text, or text by language: {en: ..., zh: ...}, not a list"),
        ("options: [{text: a}]", "has no 'why': say in a sentence or two why it is right or wrong"),
        ("options: [{text: a, why: b, range: [1]}]", "'range' takes two numbers: [low, high]"),
        (
            "options: [{text: a, why: b, range: [1, 2, 3]}]",
            "'range' takes two numbers: [low, high], not a list",
        ),
    ],
)
def test_messages_say_what_to_write(fragment, message):
    assert [found[3] for found in problems(fragment)] == [message]


def test_no_message_speaks_pydantic():
    wrong = ["x", "[]", "{}", "[[]]", "{a: {b: c}}", "[{a: b}]", "''"]
    fields = [f for f in structure.field_names(Question) if f != "id"]
    for field in fields:
        for value in wrong:
            (document,) = parse(filled(f"{field}: {value}").encode(), "x.yaml")
            found = structure.question(document)
            for problem in found if isinstance(found, list) else ():
                assert not any(word in problem.message for word in ("Input", "valid ", "instance"))


def test_a_topic_is_built_with_all_its_parts():
    text = """\
requires: [dot-product]
follow_ups: [{question: Why?, answer: Because.}]
traps: [Overflow.]
whiteboard: 'q  k'
demo: {name: logit-variance}
"""
    (document,) = parse(filled(text, topic=True).encode(), "topic.yaml")
    topic = structure.topic(document, pack="mine")
    assert isinstance(topic, Topic)
    assert topic.order == 4 and topic.requires == ("dot-product",)
    assert topic.statements[0].verdict == "wrong"
    assert topic.follow_ups[0].answer == Text(en="Because.")
    assert topic.sources == {"vaswani2017": "Attention Is All You Need"}


def test_a_document_that_is_a_list_is_one_problem():
    (document,) = parse(b"- a\n- b\n", "x.yaml")
    (problem,) = structure.question(document)
    assert problem[1:4] == (1, 1, "type")
