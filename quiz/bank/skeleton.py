"""What `quiz new` writes: files with a comment where a choice is to be made and a TODO in each gap.

`quiz check` names every gap; nothing else is wrong with a skeleton.
"""

from __future__ import annotations

from collections.abc import Sequence

MODELINE = "# yaml-language-server: $schema=../../schema/{name}.json"

# What is to be written there, by language.
_GAPS = {
    "prompt": ("what is asked", "题面"),
    "right": ("the right answer", "正确选项"),
    "right-too": ("another right answer", "另一个正确选项"),
    "wrong": ("what an able candidate gets wrong", "容易答错的选项"),
    "wrong-too": ("another tempting answer", "另一个容易答错的选项"),
    "why-right": ("why it is right", "为什么对"),
    "why-wrong": ("what it mixes up", "错在哪里"),
    "low": ("below a half", "不到一半"),
    "high": ("a half or more", "一半或更多"),
    "why-low": ("who would expect that, and why it is not so", "谁会这么想，错在哪里"),
    "why-high": ("why the run shows it", "为什么实测如此"),
    "reject": ("what is wrong with this number", "这个数错在哪里"),
    "first": ("first", "第一步"),
    "second": ("second", "第二步"),
    "third": ("third", "第三步"),
    "point": ("a point that a good answer makes", "好答案的一个要点"),
    "point-too": ("another point", "另一个要点"),
    "hint": ("what to notice, without giving it away", "提示注意什么，不要说破"),
    "answer": ("the explanation", "解释"),
    "title": ("its title", "标题"),
    "question": ("the question as an interviewer asks it", "面试官的原话"),
    "short": ("the answer in thirty seconds", "30 秒的回答"),
    "full": ("the model answer", "完整的回答"),
}  # fmt: skip


class _Writer:
    """Lines of YAML in the languages of a pack."""

    def __init__(self, langs: Sequence[str]):
        self.langs = langs

    def gap(self, what: str, *, extra: str = "") -> str:
        """A text to be written, as the value of a key: `TODO …`, or one by language."""
        by_lang = dict(zip(("en", "zh"), _GAPS[what], strict=True))
        texts = {lang: f"TODO {by_lang[lang]}{extra}" for lang in self.langs}
        if len(texts) == 1:
            return f"'{texts.popitem()[1]}'"
        return "{" + ", ".join(f"{lang}: '{text}'" for lang, text in texts.items()) + "}"

    def option(self, text: str, why: str, extra: str = "") -> str:
        lines = [f"  - text: {self.gap(text)}", f"    why: {self.gap(why)}"]
        return "\n".join(lines + ([f"    {extra}"] if extra else []))


def question(
    id: str, topic: str, kind: str, *, langs: Sequence[str], demo: str = "", beliefs: bool = False
) -> str:
    """A question file. `beliefs`: wrong options must name one, as in the built-in pack."""
    write = _Writer(langs)
    belief = "misconception: TODO  # its id in topic.yaml" if beliefs else ""
    body = {
        "single": [
            "options:  # two to six; shown in any order",
            write.option("right", "why-right", "correct: true"),
            write.option("wrong", "why-wrong", belief),
        ],
        "multiple": [
            "options:  # two to six, two or more of them correct",
            write.option("right", "why-right", "correct: true"),
            write.option("right-too", "why-right", "correct: true"),
            write.option("wrong", "why-wrong", belief),
        ],
        "numeric": [
            "value: TODO  # a number: 64, 1e-3",
            "tolerance: 1%  # or absolute: 0.5",
            "# unit: MB",
            "# reject:  # tempting wrong numbers, each with what is wrong with it",
            f"#   '8': {write.gap('reject')}",
        ],
        "predict": [
            f"figure: {'top_weight' if demo else 'TODO'}  # of the demo's run, which decides",
            "options:  # right is the one in whose range the figure falls",
            write.option("low", "why-low", "range: [-inf, 0.5]"),
            write.option("high", "why-high", "range: [0.5, inf]"),
        ],
        "short": [
            "accept: [TODO]  # every wording that is right, in both languages",
            "# reject:  # tempting wrong answers",
            f"#   variance: {write.gap('why-wrong')}",
        ],
        "order": [
            "items:  # three to nine, in the right order",
            *(f"  - {write.gap(what)}" for what in ("first", "second", "third")),
        ],
        "explain": [
            "points:  # two to nine",
            *(
                f"  - text: {write.gap(what)}\n    accept: [TODO]  # wordings that make the point"
                for what in ("point", "point-too")
            ),
        ],
    }[kind]
    name = demo or ("TODO" if kind == "predict" else "")
    figure = " {{ top_weight | .3f }}" if demo else ""
    rests_on = [
        "# What the text rests on: a demo, its knobs, and the claims that must hold.",
        f"demo: {{name: {name}, with: {{n: 8}}, claims: [weight-follows-from-the-lead]}}"
        if demo
        else f"demo: {{name: {name}}}"
        if name
        else "# demo: {name: logit-variance, with: {d_k: 64}, claims: [variance-grows-with-dk]}",
    ]
    return "\n".join([
        MODELINE.format(name="question"),
        f"# On {topic}. Replace each TODO, then run: quiz check",
        f"id: {id}  # histories key on it: keep it; the file is called after it",
        f"kind: {kind}  # single multiple numeric predict short order explain",
        "level: core  # warm-up core senior",
        f"prompt: {write.gap('prompt')}",
        *body,
        "hints:  # up to three: what to notice, its name, the key step",
        f"  - {write.gap('hint')}",
        "# Markdown; {{ figure | .2f }} is filled by the demo's run.",
        f"answer: {write.gap('answer', extra=figure)}",
        *rests_on,
        "# covers: [T4.1]  # statements of topic.yaml that this examines",
        "# sources: [vaswani2017 §3.2.1]  # a key of topic.yaml's sources, and the place",
        "",
    ])  # fmt: skip


def topic(id: str, order: int, *, langs: Sequence[str]) -> str:
    """A topic.yaml."""
    write = _Writer(langs)
    return "\n".join([
        MODELINE.format(name="topic"),
        f"id: {id}",
        f"order: {order}",
        "# requires: [scaling]  # topics that come before it",
        f"title: {write.gap('title')}",
        f"question: {write.gap('question')}",
        f"short: {write.gap('short')}",
        f"full: {write.gap('full')}",
        "# What people say, and whether it is so; a question `covers` each.",
        "statements: []",
        "#  - id: N1.1",
        "#    text: What candidates say.",
        "#    verdict: misleading  # true conditional misleading wrong",
        "#    correction: What is so instead.",
        "#    sources: [vaswani2017 §3.2.1]",
        "# sources:",
        "#   vaswani2017: 'Vaswani et al. 2017, Attention Is All You Need, arXiv:1706.03762'",
        "",
    ])  # fmt: skip


def demo(topic: str) -> str:
    """A demo that runs as it is: the softmax weight of a logit that leads n - 1 equal ones."""
    return _DEMO.replace("TOPIC", topic)


DEMO_MAIN = """

if __name__ == "__main__":
    run.main()
"""
"""What a demo of the built-in pack ends with: there `python -m demos.TOPIC.NAME` runs it."""


_DEMO = '''\
"""The softmax weight of a logit that leads all others. (Put your own measurement here.)"""

from typing import Annotated

import numpy as np

from demos.kit import Bars, Claim, Near, Range, Result, demo
from demos.ops import softmax


@demo(
    topic="TOPIC",
    title={"en": "The weight of the leading key", "zh": "领先的 key 得到多少权重"},
    look={"en": "The first bar against the rest.", "zh": "比较第一根柱子与其余各根。"},
)
def run(
    rng,
    *,
    n: Annotated[int, Range(2, 64, log=True)] = 8,
    lead: Annotated[float, Range(0.0, 8.0)] = 2.0,
    temperature: Annotated[float, Range(0.25, 4.0, log=True)] = 1.0,
) -> Result:
    logits = np.zeros(n)
    logits[0] = lead
    weights = softmax(logits / temperature)  # [n]
    return Result(
        # Questions quote these: {{ top_weight | .3f }}.
        figures={"top_weight": weights[0], "other_weight": weights[1]},
        views=[
            Bars(
                {"en": "Attention weights", "zh": "注意力权重"},
                [(f"key {i}", weight) for i, weight in enumerate(weights[:8])],
            )
        ],
        # A claim is decided by a number, and some knob must be able to break it.
        claims=[
            Claim(
                "weight-follows-from-the-lead",
                {"en": "The leading key gets e^lead / (e^lead + n - 1).",
                 "zh": "领先的 key 得到 e^lead / (e^lead + n - 1)。"},
                kind="exact",
                measured=weights[0],
                expected=Near(np.exp(lead) / (np.exp(lead) + n - 1), rel=1e-9),
                broken_by={"temperature": 2.0},
                because={"en": "Dividing by a temperature shrinks the lead.",
                         "zh": "除以温度，领先的幅度就变小。"},
            ),
        ],
    )  # fmt: skip
'''
