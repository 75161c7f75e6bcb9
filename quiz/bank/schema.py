"""The JSON Schema of question files and topic.yaml, for the YAML language server.

It is made from the adapters that check structure, so an editor completes and
checks exactly the fields that compiling takes. An editor sees typed YAML where
the bank sees text, so wherever text is asked, a number or a boolean will do.
"""

from __future__ import annotations

from typing import Any

from quiz.bank import structure
from quiz.bank.rules.id_format import ID
from quiz.bank.rules.kind_fields import FIELDS
from quiz.model import LEVELS, VERDICTS, Question, Topic

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_ABOUT = {
    "id": "Stable and unique: histories key on it. The file is called after it.",
    "prompt": "The question itself, in plain text.",
    "answer": "The explanation, in Markdown; {{ figure | .2f }} is filled by the demo's run.",
    "options": "Two to six; every one says why it is right or wrong.",
    "why": "Why this is right or wrong, in a sentence or two.",
    "misconception": "The id of the wrong belief that this catches (topic.yaml).",
    "range": "predict: right if low <= figure < high; -inf and inf are allowed.",
    "holds": "predict: right if the claim comes out so.",
    "hints": "Up to three: what to notice, its name, the key step.",
    "demo": "What the text rests on: the demo, its knobs under 'with', the claims quoted.",
    "with": "Knobs of the demo, by name.",
    "claims": "Claims of the demo that the text rests on.",
    "covers": "Ids of the topic's statements that this examines.",
    "sources": "A question: 'key place' of the topic's sources. A topic: key -> citation.",
    "aliases": "Former ids, so that histories go on.",
    "value": "numeric: the answer.",
    "tolerance": "numeric, predict: 0.5 (absolute) or 2% (relative).",
    "figure": "predict: the figure of the run that decides.",
    "claim": "predict: the claim of the run that decides.",
    "accept": "Wordings that count as right, in both languages.",
    "reject": "Tempting wrong answers, each with what is wrong with it.",
    "items": "order: what to put in order, in the right order.",
    "points": "explain: the points that a good answer makes.",
    "verdict": "Whether what people say is so.",
    "correction": "What is so instead, in one to three sentences.",
    "requires": "Topics that come before this one.",
    "whiteboard": "What to draw: a diagram of up to 72 columns.",
}


def schema(cls: type[Question] | type[Topic]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a question file, or of topic.yaml."""
    adapter = structure.QUESTION if cls is Question else structure.TOPIC
    made = adapter.json_schema()
    for name in structure.BANK_FIELDS[cls]:
        del made["properties"][name]
    made = _plain(made)
    fields, parts = made["properties"], made["$defs"]
    text = {"$ref": "#/$defs/Text"}
    parts["Text"] = {"anyOf": [_TEXT, parts["Text"]]}
    fields["id"] |= {"type": "string", "pattern": "^" + ID.pattern.replace(r"\Z", "$")}
    if cls is Question:
        parts["Reject"] = {"anyOf": [text, parts["Reject"]]}
        fields["kind"] = {"enum": list(FIELDS)}
        fields["level"] = {"enum": list(LEVELS)}
        made["allOf"] = [_needs(kind) for kind in FIELDS]
    else:
        # Without quotes, `true` is a boolean to an editor.
        parts["Statement"]["properties"]["verdict"]["enum"] = [*VERDICTS, True]
    title = "A quiz question" if cls is Question else "A quiz topic"
    return {"$schema": DIALECT, "title": title, **made}


_TEXT = {"type": ["string", "number", "boolean"]}


def _plain(node: Any) -> Any:
    """pydantic's schema without titles, defaults and nulls, and with text as YAML may write it."""
    if isinstance(node, list):
        return [_plain(part) for part in node]
    if not isinstance(node, dict):
        return node
    if "anyOf" in node:  # `x | None`: a field is given, or left out
        node = next(part for part in node["anyOf"] if part != {"type": "null"})
    made = {name: _plain(part) for name, part in node.items() if name not in ("title", "default")}
    if "properties" in made:
        made["properties"] = {
            name: _plain(field) | ({"description": _ABOUT[name]} if name in _ABOUT else {})
            for name, field in node["properties"].items()
        }
    if made.get("type") == "string":
        made |= _TEXT
    elif made.get("type") == "boolean":
        return {"enum": [True, False, "true", "false"]}
    elif made.get("type") in ("number", "integer"):
        made["type"] = [made["type"], "string"]  # 1e-3 and inf are strings to an editor
    return made


def _needs(kind: str) -> dict:
    needs, _ = FIELDS[kind]
    return {
        "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
        "then": {"required": sorted(needs)},
    }
