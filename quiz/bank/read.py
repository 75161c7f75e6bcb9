"""YAML text in, plain trees out: every scalar is the text that was written.

No constructor ever runs. Parse events are walked once into dicts, lists and
strings; the field that a value lands in decides its type later. Positions are
looked up only when a problem needs one, since nearly every file has none.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml
from yaml._yaml import CParser

from quiz.bank.problem import Problem

MAX_BYTES = 1_000_000
MAX_DEPTH = 20

Tree = str | list["Tree"] | dict[str, "Tree"]
Steps = Sequence[str | int]
"""Where a value sits in a tree: the keys and indices that lead to it."""

# C0 but for tab (which YAML uses) and line ends, DEL, C1, and the marks that reorder text.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_UNSEEN_OR_TAB = re.compile(_UNSEEN.pattern[:-1] + "\t]")
# YAML folds a line break into a space; Chinese has none between its characters.
_HAN, _STOP, _QUOTE = "\u3400-\u9fff", "\u3001-\u301f\uff01-\uff60", "“”‘’…—"
_FOLD = re.compile(
    f"(?<=[{_STOP}]) (?=[^ ])|(?<=[^ ]) (?=[{_STOP}])"
    f"|(?<=[{_HAN}]) (?=[{_HAN}{_QUOTE}])|(?<=[{_QUOTE}]) (?=[{_HAN}])"
)
_TAB_INDENT = re.compile(r"^ *\t+[ \t]*(?=[^ \t\r\n])", re.MULTILINE)


class Unreadable(Exception):
    """The file can't be turned into trees; `problems` says why."""

    def __init__(self, problems: list[Problem]):
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class Document(NamedTuple):
    """One YAML document: its tree, and where it is."""

    source: Source
    index: int
    line: int
    tree: Tree

    def problem(self, steps: Steps, code: str, message: str, *, key: bool = False) -> Problem:
        """A problem at the value that `steps` lead to, or at its key."""
        return self.source.problem(self.index, steps, code, message, key=key)


class Source:
    """The text of one file, under the name that problems give it."""

    def __init__(self, name: str, text: str):
        self.name, self.text = name, text
        self._roots: list[yaml.Node] | None = None

    def at(self, mark: yaml.Mark, code: str, message: str) -> Problem:
        if not message.isprintable():  # it quotes the file
            message = "".join(c if c.isprintable() else "�" for c in " ".join(message.split()))
        return Problem(self.name, mark.line + 1, mark.column + 1, code, message)

    def problem(
        self, document: int, steps: Steps, code: str, message: str, *, key: bool = False
    ) -> Problem:
        return self.at(self._node(document, steps, key).start_mark, code, message)

    def duplicates(self) -> Iterator[Problem]:
        """Each key that its mapping has already, with the line of the first."""
        nodes = list(self._documents())
        while nodes:
            node = nodes.pop()
            if isinstance(node, yaml.SequenceNode):
                nodes += node.value
            elif isinstance(node, yaml.MappingNode):
                nodes += [value for _, value in node.value]
                first: dict[str, yaml.Node] = {}
                for key, _ in node.value:
                    other = first.setdefault(key.value, key)
                    if other is not key:
                        line = other.start_mark.line + 1
                        message = f"'{key.value}' is already on line {line}; keep one of the two"
                        yield self.at(key.start_mark, "duplicate-key", message)

    def _documents(self) -> list[yaml.Node]:
        if self._roots is None:
            # Composing recurses in C: safe, because the walk before has bounded the depth.
            self._roots = list(yaml.compose_all(self.text, Loader=yaml.CSafeLoader))
        return self._roots

    def _node(self, document: int, steps: Steps, key: bool) -> yaml.Node:
        """The node that `steps` lead to; where they leave the tree, the last one on the way."""
        node = self._documents()[document]
        for i, step in enumerate(steps):
            found = None
            if isinstance(node, yaml.MappingNode):
                found = next((pair for pair in node.value if pair[0].value == step), None)
                if found and key and i == len(steps) - 1:
                    return found[0]
                found = found and found[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
                found = node.value[step] if step < len(node.value) else None
            if found is None:
                break
            node = found
        return node


def read_bytes(path: Path, name: str) -> bytes:
    """The content of a regular file of at most MAX_BYTES. Raises Unreadable."""

    def refuse(code: str, message: str) -> Unreadable:
        return Unreadable([Problem(name, 1, 1, code, message)])

    try:
        # Looked at before it is opened: opening a FIFO or a device may block or act.
        about = os.stat(path)
        if not stat.S_ISREG(about.st_mode):
            raise refuse("not-a-file", "is not a regular file; move it out of content/")
        if about.st_size > MAX_BYTES:
            raise refuse("too-big", "is over 1 MB; split it into one question a file")
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with open(handle, "rb", buffering=0) as file:
            return file.read(about.st_size)
    except OSError as problem:
        message = f"can't be read ({problem.strerror}); check the path and its permissions"
        raise refuse("unreadable", message) from None


def parse(data: bytes, name: str) -> list[Document]:
    """Every document of a file. Raises Unreadable with all that is wrong with its YAML."""
    return _trees(Source(name, _decode(data, name)))


def _decode(data: bytes, name: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        before = data[: problem.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8-sig", "replace")) + 1
        message = f"is not UTF-8 (byte 0x{data[problem.start]:02x}); save it again as UTF-8"
        raise Unreadable([Problem(name, line, column, "not-utf8", message)]) from None
    if unseen := _UNSEEN.search(text):
        code, message = "control-character", _unseen(unseen[0])
        if unseen[0] == "\0":
            code, message = "not-utf8", "holds a NUL byte; save it again as UTF-8 text"
        raise Unreadable([_at_index(name, text, unseen.start(), code, message)])
    if tabs := list(_TAB_INDENT.finditer(text)):
        advice = "is indented with a tab; YAML takes spaces only"
        raise Unreadable(
            [_at_index(name, text, text.index("\t", t.start()), "tab", advice) for t in tabs]
        )
    return text


def _at_index(name: str, text: str, index: int, code: str, message: str) -> Problem:
    line = text.count("\n", 0, index) + 1
    return Problem(name, line, index - text.rfind("\n", 0, index), code, message)


def _unseen(character: str) -> str:
    advice = "write 'single quotes' or a | block, where a backslash is only a backslash"
    if character == "\t":
        return f"holds a tab; use spaces, or, if a backslash was meant (\\theta), {advice}"
    what = "text-direction mark" if character > "\xff" else "control character"
    return f"holds the {what} U+{ord(character):04X}; take it out, or {advice}"


def _trees(source: Source) -> list[Document]:
    """Walk the parser's events into trees.

    libyaml's event parser keeps its own stack, so depth costs it nothing; its
    composer recurses and is reached only after this walk has passed.
    """
    # Only escapes and tabs can put an unseen character into a scalar: the rest was looked at.
    suspicious = "\\" in source.text or "\t" in source.text
    documents: list[Document] = []
    problems: list[Problem] = []
    twice = False
    stack: list[tuple[dict | list, str | None]] = []
    box: dict | list = []  # the container being filled; at the top, a list for the root
    key: str | None = None  # of the value to come, when the box is a dict
    parser = CParser(source.text)
    Scalar, MappingStart, SequenceStart = (
        yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent)  # fmt: skip
    try:
        while (event := parser.get_event()) is not None:
            kind = type(event)
            if kind is Scalar or kind is MappingStart or kind is SequenceStart:
                if event.anchor is not None or event.tag is not None:
                    problems.append(_extra(source, event))
                if kind is Scalar:
                    value = event.value
                    if suspicious and (unseen := _UNSEEN_OR_TAB.search(value)):
                        message = _unseen(unseen[0])
                        mark = event.start_mark
                        problems.append(source.at(mark, "control-character", message))
                    if (
                        not value.isascii()
                        and event.style != "|"
                        and event.end_mark.line != event.start_mark.line
                    ):
                        value = _FOLD.sub("", value)
                    if key is None and type(box) is dict:
                        key = value
                        if value in box:
                            twice = True
                        elif value == "<<" and event.implicit[0]:  # unquoted
                            message = "merge keys are not read; write the fields out"
                            problems.append(source.at(event.start_mark, "merge-key", message))
                        continue
                elif key is None and type(box) is dict:
                    message = "a key must be plain text; quote it if it starts with [ or {"
                    raise Unreadable([*problems, source.at(event.start_mark, "key", message)])
                else:
                    value = {} if kind is MappingStart else []
                if type(box) is dict:
                    box[key] = value
                    key = None
                else:
                    box.append(value)
                if kind is not Scalar:
                    if len(stack) == MAX_DEPTH:
                        message = f"is nested over {MAX_DEPTH} deep; no field needs that"
                        raise Unreadable([*problems, source.at(event.start_mark, "deep", message)])
                    stack.append((box, key))
                    box = value
                    key = None
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                box, key = stack.pop()
            elif kind is yaml.AliasEvent:
                problems.append(_extra(source, event))
                # An alias as a key is already refused; its value still needs a place.
                if type(box) is not dict:
                    box.append("")
                elif key is None:
                    key = "*"
                else:
                    box[key], key = "", None
            elif kind is yaml.DocumentStartEvent:
                box, line = [], event.start_mark.line + 1
            elif kind is yaml.DocumentEndEvent:
                documents.append(Document(source, len(documents), line, box[0]))
    except yaml.YAMLError as problem:
        raise Unreadable([*problems, _syntax(source, problem)]) from None
    if problems:
        raise Unreadable(problems)
    if twice:
        raise Unreadable(sorted(source.duplicates()))
    if not documents:
        raise Unreadable([Problem(source.name, 1, 1, "empty", "holds nothing; write a question")])
    return documents


def _extra(source: Source, event: yaml.Event) -> Problem:
    mark = event.start_mark
    if getattr(event, "tag", None) is not None:
        message = f"the tag {event.tag} is not read; each field knows its own type: leave it out"
        return source.at(mark, "tag", message)
    message = f"anchors and aliases ({event.anchor}) are not read; write the text out"
    return source.at(mark, "anchor", message)


_ADVICE = {
    "mapping values are not allowed": "text that holds ': ' needs 'single quotes' or a | block",
    "cannot start any token": "text that starts with @, ` or % needs 'single quotes'",
    "unknown escape character": "use 'single quotes', where a backslash is only a backslash",
    "unexpected end of stream": "a quote or bracket was opened and not closed",
    "expected ',' or": "a bracket was not closed, or text with a , ] or } needs quotes",
    "expected <block end>": "check the indentation, and quote text that starts with a quote",
    "expected '-' indicator": "the items of a list line up, each after '- '",
    "could not find expected ':'": "check the indentation, and put 'key: value' on one line",
}


def _syntax(source: Source, problem: yaml.YAMLError) -> Problem:
    mark = getattr(problem, "problem_mark", None) or getattr(problem, "context_mark", None)
    said = getattr(problem, "problem", None) or getattr(problem, "reason", None) or str(problem)
    advice = next((words for part, words in _ADVICE.items() if part in said), "correct the YAML")
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Problem(source.name, line, column, "syntax", f"is not YAML ({said}): {advice}")
