"""Each rule's documentation is true: its first example fails, its second passes."""

from __future__ import annotations

import re
import shutil
import textwrap

import pytest
from conftest import QUESTION, filled
from test_bad_files import run

from quiz.bank.check import check
from quiz.bank.packs import Pack
from quiz.bank.rules import RULES, documentation
from quiz.bank.rules.kit import suggest

DOCS = documentation()
WITH_EXAMPLES = sorted(code for code, doc in DOCS.items() if "Fails:" in doc)
BUILTIN_ONLY = {"languages", "misconception-named", "number-parent"}


def examples(doc: str) -> dict[str, str]:
    parts = re.split(r"^(Fails|Passes):\n", doc, flags=re.MULTILINE)
    return {
        name: textwrap.dedent(text) for name, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def written(maker, example: str) -> None:
    """Write an example into the pack: `# content/...` starts a file, else it is a question."""
    shutil.rmtree(maker.root / "content")
    maker.topic("scaling")
    parts = re.split(r"^# content/(.*)\n", example, flags=re.MULTILINE)
    files = list(zip(parts[1::2], parts[2::2], strict=True))
    if parts[0].strip():
        id = re.search("^id: (.*)", example, re.MULTILINE)
        files.append((f"scaling/{id[1] if id else 'scaling-why'}.yaml", parts[0]))
    for path, text in files:
        if path.startswith("masking/"):
            text = text.rstrip() + "\nstatements: []\nmisconceptions: []\n"
        maker.write(path, filled(text, topic=path.endswith("topic.yaml")))


@pytest.mark.parametrize("code", WITH_EXAMPLES)
def test_the_examples_in_the_documentation_fail_and_pass(maker, code, monkeypatch):
    if code in BUILTIN_ONLY:
        pack = Pack("builtin", maker.root, builtin=True)
        monkeypatch.setattr("quiz.bank.check.builtin", lambda: pack)
        monkeypatch.setattr("quiz.bank.packs.builtin", lambda: pack)
    found = {}
    for name, example in examples(DOCS[code]).items():
        written(maker, example)
        found[name] = [p for p in check([maker.root]) if p.code != "uncovered" or p.code == code]
    assert code in {p.code for p in found["Fails"]}
    # The examples are in one language; that the built-in pack asks for two is one rule's matter.
    others = [p for p in found["Passes"] if p.code != "languages" or p.code == code]
    assert others == []


def test_every_rule_has_both_examples():
    for rule in RULES:
        assert examples(DOCS[rule.code]).keys() == {"Fails", "Passes"}, rule.code


def test_every_code_is_documented_in_a_sentence():
    for code, doc in DOCS.items():
        assert re.match(r"[A-Z`].*\.\Z", doc.partition("\n\n")[0], re.DOTALL), code


@pytest.mark.parametrize(
    ("kind", "field"),
    [("single", "options"), ("multiple", "options"), ("numeric", "value"), ("predict", "demo"),
     ("short", "accept"), ("order", "items"), ("explain", "points")],
)  # fmt: skip
def test_each_kind_needs_its_fields(maker, kind, field):
    fields = QUESTION | {"kind": f"kind: {kind}"}
    file = maker.write("scaling/scaling-why.yaml", "\n".join(fields.values()))
    problems = check([file], run=run)
    assert ("kind-fields", f"a {kind} question needs '{field}'") in [p[3:] for p in problems]


def test_zero_is_a_value(maker):
    assert check([maker.question("kind: numeric\nvalue: 0")]) == []


CHINESE = {
    "除以 √d_k 之后，方差为 1。": None,
    "用 softmax(QKᵀ/√d_k)·V 得到输出（见 §3.2.1）": None,
    "方差从 64 降到 1（缩放 8 倍）；约 50%": None,
    "**为什么缩放？** 因为方差": None,
    "先看 `q·k` 的方差": None,
    "方差为 {{ v | .2f }} 左右": None,
    "他说“缩放”，我说“方差”": None,
    "比例是 3:1，即 O(n²) 的复杂度": None,
    "- （一）方差\n- “二”均值": None,
    "……之后——再除": None,
    "除以√d_k": "no space",
    "方差是1": "no space",
    "d_k倍": "no space",
    "约 50%的": "no space",
    "使用`q·k`之后": "no space",
    "为{{ v }}左右": "no space",
    "使用**softmax** 之后": "no space",
    "方差,均值": "half-width punctuation",
    "方差: 1": "half-width punctuation",
    "为什么?": "half-width punctuation",
    "方差为 d_k 。": "space beside",
    "方差， 均值": "space beside",
    "方差.": "full stop",
    "矩阵(n×n)": "bracket",
    '所谓"缩放"': "straight quotes",
}


@pytest.mark.parametrize("text", CHINESE)
def test_chinese_typography(maker, text):
    block = textwrap.indent(text, "    ")
    file = maker.question(f"demo: {{name: logit-variance}}\nanswer:\n  zh: |\n{block}\n")
    problems = check([file])
    assert [p.code for p in problems] == ["typography"] * bool(CHINESE[text])
    assert all(CHINESE[text] in p.message for p in problems)


def test_english_may_use_curly_quotes(maker):
    assert check([maker.question("answer: {en: 'He said “yes” — and left…'}")]) == []


def test_a_source_may_be_a_web_address(maker):
    assert check([maker.question("sources: [https://arxiv.org/abs/1706.03762 §3]")]) == []


def test_near_misses_are_suggested_and_otherwise_what_is_known():
    assert suggest("scalling", {"scaling", "masking"}) == "is 'scaling' meant?"
    assert suggest("xyz", {"scaling", "masking"}) == "known: masking, scaling"
    assert suggest("xyz", ()) == "there is none so far"
    assert suggest("xyz", [f"a{i}" for i in range(10)]).endswith("a7, ...")
