"""What is wrong with a command line, in the reader's language and with the nearest right word."""

from __future__ import annotations

import re

from quiz.play.refusals import nearest

# The parser's own sentences, and ours for them. Others are passed on as they are.
_SENTENCES = (
    (re.compile(r"No such command '(?P<name>.*?)'"), "usage.command"),
    (re.compile(r"No such option: (?P<name>\S+)"), "usage.option"),
    (re.compile(r"Option '(?P<name>.*?)' requires an argument"), "usage.value"),
    (re.compile(r"Missing argument '(?P<name>.*?)'"), "usage.missing"),
    (re.compile(r"Option '(?P<name>.*?)' does not take a value"), "usage.no-value"),
    (re.compile(r"Missing (?P<name>command)"), "usage.which"),
    (re.compile(r"unexpected extra arguments? ?\(?s?\)? ?\((?P<name>.*)\)"), "usage.extra"),
    (re.compile(r"Invalid value for '(?P<name>.*?)'"), "usage.invalid"),
)


def told(problem, words) -> str:
    """One line for an exception of the command-line parser (typer.TyperException)."""
    sentence = " ".join(problem.format_message().split())
    for pattern, word in _SENTENCES:
        if found := pattern.search(sentence):
            name = found["name"]
            if word == "usage.which":
                return words(word, known=", ".join(sorted(problem.ctx.command.commands)))
            if word != "usage.invalid":
                return words(word, name=name) + _nearest(word, name, problem, words)
            if takes := _range(problem):
                whole = all(isinstance(end, int) for end in takes)
                word = "usage.whole" if whole else "usage.number"
                return words(word, name=name, low=takes[0], high=takes[1])
    return sentence


def _range(problem) -> tuple[float, float] | None:
    """The least and the greatest number that the parameter takes, if it takes one."""
    kind = problem.param.type if getattr(problem, "param", None) else None
    low, high = getattr(kind, "min", None), getattr(kind, "max", None)
    return None if low is None or high is None else (low, high)


def _nearest(word: str, name: str, problem, words) -> str:
    command = problem.ctx.command if problem.ctx else None
    if word == "usage.command":
        return nearest(name, sorted(command.commands), words) or words("usage.help")
    if word == "usage.option":
        known = [opt for param in command.params for opt in param.opts if opt.startswith("--")]
        return nearest(name, [*known, "--help"], words)
    return ""
