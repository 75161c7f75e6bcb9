"""A small pack to put files into."""

from __future__ import annotations

from pathlib import Path

import pytest

from quiz.bank.packs import Pack
from quiz.bank.read import Unreadable, parse

QUESTION = {
    "id": "id: scaling-why",
    "kind": "kind: single",
    "level": "level: core",
    "prompt": "prompt: {en: Why are the logits scaled?, zh: 为什么要缩放 logits？}",
    "answer": "answer: {en: Their variance is d_k., zh: 它们的方差是 d_k。}",
}
BY_KIND = {
    "single": """\
options:
  - text: {en: Their variance grows, zh: 方差会增大}
    why: {en: It is d_k., zh: 方差等于 d_k。}
    correct: true
  - text: {en: Their sum overflows, zh: 求和会溢出}
    why: {en: It does not., zh: 不会溢出。}
    misconception: scaling-is-for-overflow""",
    "multiple": """\
options:
  - {text: {en: Mean, zh: 均值}, why: {en: Yes., zh: 对。}, correct: true}
  - {text: {en: Sum, zh: 总和}, why: {en: Yes., zh: 对。}, correct: true}
  - text: {en: Median, zh: 中位数}
    why: {en: No., zh: 不对。}
    misconception: scaling-is-for-overflow""",
    "numeric": "value: 64",
    "predict": """\
demo: {name: logit-variance}
figure: raw_variance
options:
  - {text: {en: Small, zh: 小}, why: {en: No., zh: 不对。}, range: [-inf, 15]}
  - {text: {en: Large, zh: 大}, why: {en: Yes., zh: 对。}, range: [15, inf]}""",
    "short": "accept: [variance, 方差]",
    "order": "items: [{en: one, zh: 一}, {en: two, zh: 二}, {en: three, zh: 三}]",
    "explain": """\
points:
  - {text: {en: Variance, zh: 方差}, accept: [variance]}
  - {text: {en: Softmax, zh: softmax 饱和}, accept: [saturates]}""",
}
TOPIC = {
    "id": "id: scaling",
    "order": "order: 4",
    "title": "title: {en: Scaling, zh: 缩放}",
    "question": "question: {en: Why scale?, zh: 为什么缩放？}",
    "short": "short: {en: Variance., zh: 方差。}",
    "full": "full: {en: The variance is d_k., zh: 方差等于 d_k。}",
    "statements": """\
statements:
  - id: T4.1
    text: {en: Scaling is cosmetic., zh: 缩放只是形式。}
    verdict: wrong
    correction: {en: It keeps the variance at 1., zh: 缩放使方差为 1。}
    sources: [vaswani2017 §3.2.1]""",
    "misconceptions": """\
misconceptions:
  - id: scaling-is-for-overflow
    belief: {en: Scaling avoids overflow., zh: 缩放是为了防溢出。}
    truth: {en: The variance is the reason., zh: 原因在于方差。}
    sources: [vaswani2017 §3.2.1]""",
    "sources": "sources: {vaswani2017: Attention Is All You Need}",
}


def _kind(fragment: str) -> str:
    for line in fragment.splitlines():
        if line.startswith("kind:") and (kind := line.split()[1]) in BY_KIND:
            return kind
    return "single"


def _keys(fragment: str) -> set[str]:
    return {line.partition(":")[0] for line in fragment.splitlines() if line[:1].isalpha()}


def filled(fragment: str, *, topic: bool = False) -> str:
    """A fragment with the fields that it lacks, so that nothing else is wrong with it."""
    documents = []
    for document in fragment.strip("\n").split("\n---\n"):
        base = dict(TOPIC) if topic else dict(QUESTION)
        if not topic:
            special = BY_KIND[_kind(document)]
            base |= {_keys(part).pop(): part for part in _split(special)}
        if document.startswith("- "):
            base = {}
        elif "claim" in _keys(document):
            base.pop("figure", None)
        missing = [text for key, text in base.items() if key not in _keys(document)]
        documents.append("\n".join([document, *missing]) + "\n")
    return "---\n".join(documents)


def _split(text: str) -> list[str]:
    """Top-level fields of a block of YAML."""
    parts: list[str] = []
    for line in text.splitlines():
        if line[0] == " ":
            parts[-1] += "\n" + line
        else:
            parts.append(line)
    return parts


class PackMaker:
    """Writes files into a pack that has one topic, one question and one demo."""

    def __init__(self, root: Path):
        self.root = root
        self.pack = Pack(root.name, root)
        demo = root / "demos" / "scaling" / "logit_variance.py"
        demo.parent.mkdir(parents=True)
        demo.write_text("# the demo\n", encoding="utf-8")
        self.topic("scaling")

    def write(self, path: str, text: str | bytes) -> Path:
        file = self.root / "content" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def topic(self, id: str, fragment: str = "") -> Path:
        """A topic.yaml with what is given, and what a topic needs besides."""
        # Statements, misconceptions and their citations are in the first topic only.
        parts = {} if id == "scaling" else {"statements": "statements: []", "order": "order: 9",
                                            "misconceptions": "misconceptions: []"}  # fmt: skip
        text = "\n".join(
            [f"id: {id}", fragment, *(parts[k] for k in parts if k not in _keys(fragment))]
        )
        if "id" in _keys(fragment):
            text = text.partition("\n")[2]
        return self.write(f"{id}/topic.yaml", filled(text, topic=True))

    def question(self, fragment: str = "", *, topic: str = "scaling", name: str = "") -> Path:
        """A question file with what is given, and what a question needs besides."""
        text = filled(fragment)
        id = next(line.split()[1] for line in text.splitlines() if line.startswith("id:"))
        return self.write(f"{topic}/{name or id}.yaml", text)


@pytest.fixture
def maker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PackMaker:
    """A pack beside an empty built-in one, so that what the latter holds changes no test."""
    (tmp_path / "builtin" / "content").mkdir(parents=True)
    empty = Pack("builtin", tmp_path / "builtin", builtin=True)
    monkeypatch.setattr("quiz.bank.check.builtin", lambda: empty)
    return PackMaker(tmp_path / "mine")


@pytest.fixture
def problems_of():
    """The problems that reading YAML text reports, as (line, column, code)."""

    def problems(text: str | bytes) -> list[tuple[int, int, str]]:
        data = text if isinstance(text, bytes) else text.encode()
        try:
            parse(data, "x.yaml")
        except Unreadable as refused:
            return [problem[1:4] for problem in refused.problems]
        return []

    return problems
