"""The commands, each a few lines: what they need is imported when they run."""

from __future__ import annotations

import os
import sys
from itertools import pairwise
from typing import Annotated

import typer

from quiz import __version__
from quiz.refusal import Refusal

app = typer.Typer(
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Transformer interview preparation: predict, run the demo, compare.",
)


# --- what the options and arguments are ---


def _complete_topic(incomplete: str) -> list[str]:
    with _bank() as bank:
        return [row.id for row in bank.topics() if row.id.startswith(incomplete)]


def _complete_question(incomplete: str) -> list[str]:
    with _bank() as bank:
        return [row.key for row in bank.rows() if row.key.startswith(incomplete)]


def _complete_subject(incomplete: str) -> list[str]:
    return _complete_topic(incomplete) + _complete_question(incomplete)


def _complete_demo(incomplete: str) -> list[str]:
    return [name for name in _lab().paths() if name.startswith(incomplete)]


Lang = Annotated[str, typer.Option("--lang", metavar="en|zh", help="Language of this command.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Plain = Annotated[
    bool, typer.Option("--plain", help="Line by line, without pictures: for screen readers.")
]
Seed = Annotated[
    int, typer.Option("--seed", min=0, max=2**32 - 1, help="Seed of all that is random.")
]
AnySeed = Annotated[
    int | None, typer.Option("--seed", min=0, max=2**32 - 1, help="Seed of the order.")
]
Pack = Annotated[
    str, typer.Option("--pack", metavar="DIR", help="Load this pack too.", show_default=False)
]
Trust = Annotated[
    bool,
    typer.Option("--trust", help="Run the pack's demos this once: they have your permissions."),
]
Count = Annotated[int, typer.Option("--count", min=1, max=999, help="Questions in this session.")]
New = Annotated[
    int | None, typer.Option("--new", min=0, max=999, help="New questions a day at most.")
]
Due = Annotated[int, typer.Option("--due", min=0, max=9999, help="Due questions a day at most.")]
Kinds = Annotated[
    list[str] | None,
    typer.Option("--kind", help="Only questions of this kind; several may be given."),
]
Levels = Annotated[
    list[str] | None,
    typer.Option("--level", help="warm-up, core or senior; several may be given."),
]
Subject = Annotated[
    str, typer.Argument(metavar="TOPIC|ID", autocompletion=_complete_subject, show_default=False)
]


# --- practising ---


@app.callback(invoke_without_command=True)
def today(
    context: typer.Context,
    lang: Lang = "",
    plain: Plain = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Today's session: what is due, then new questions."""
    if version:
        print(f"quiz {__version__}")
    elif context.invoked_subcommand is None:
        _practise(lang=lang, plain=plain)
    elif lang:
        os.environ["QUIZ_LANG"] = _known_lang(lang)


@app.command()
def practice(
    topics: Annotated[
        list[str] | None, typer.Argument(metavar="[TOPIC..]", autocompletion=_complete_topic)
    ] = None,
    count: Count = 12,
    new: New = None,
    due: Due = 100,
    kind: Kinds = None,
    level: Levels = None,
    cram: Annotated[
        bool, typer.Option("--cram", help="Whatever is weakest, due or not; moves no dates.")
    ] = False,
    beliefs: Annotated[
        bool, typer.Option("--beliefs", help="What can catch the misconceptions you hold.")
    ] = False,
    seed: AnySeed = None,
    pack: Pack = "",
    lang: Lang = "",
    plain: Plain = False,
) -> None:
    """A session of your choosing: topics, kinds, levels, or cramming."""
    _use(pack)
    _practise(
        topics=tuple(topics or ()), kinds=tuple(kind or ()), levels=tuple(level or ()),
        count=count, new=new, due=due, cram=cram, beliefs=beliefs, seed=seed, lang=lang,
        plain=plain,
    )  # fmt: skip


def _practise(*, lang: str, plain: bool, seed: int | None = None, **choice) -> None:
    from quiz.play.choice import Choice
    from quiz.play.start import practise

    words = _words(lang)
    with _bank() as bank:
        practise(bank, words, _lab, Choice(**choice), seed=seed, plain=plain)


@app.command()
def explain(subject: Subject, pack: Pack = "", lang: Lang = "", plain: Plain = False) -> None:
    """The model answer of a topic, its demos running alongside.

    With the id of a question: that question, solved.
    """
    from quiz.play.start import explain

    _use(pack)
    words = _words(lang)
    with _bank() as bank:
        explain(bank, words, _lab, subject, plain=plain)


@app.command()
def undo(json: Json = False, lang: Lang = "") -> None:
    """Take the last answer back."""
    from quiz.play.reports import undo

    words = _words(lang)
    with _history() as history:
        undo(history, _console(), words, json)


# --- demos ---


@app.command()
def demo(
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", autocompletion=_complete_demo, show_default=False)
    ] = "",
    knobs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KNOB=VALUE..]", help="d_k=64 scaled=on; d_k=8..512 sweeps."),
    ] = None,
    seed: Seed = 0,
    once: Annotated[bool, typer.Option("--once", help="Print once instead of playing.")] = False,
    source: Annotated[
        bool, typer.Option("--source", help="Show the code and its kernels.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="Run every demo.")] = False,
    pack: Pack = "",
    json: Json = False,
    lang: Lang = "",
) -> None:
    """Run a demo and play with its knobs; without a name, list all."""
    from quiz.play import laboratory

    _use(pack)
    words, console = _words(lang), _console()
    with _lab() as lab:
        if every:
            laboratory.run_all(lab, console, words, json=json)
        elif not name:
            laboratory.list_demos(lab, console, words, json=json)
        elif source:
            laboratory.show_source(lab, console, words, name)
        else:
            laboratory.run(lab, console, words, name, knobs or [], seed=seed, once=once, json=json)


# --- looking things up ---


@app.command()
def topics(
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Each statement: what examines and what shows it.")
    ] = False,
    pack: Pack = "",
    json: Json = False,
    lang: Lang = "",
) -> None:
    """The eleven topics and what there is on each."""
    from quiz.play import reports

    _use(pack)
    words = _words(lang)
    with _bank() as bank:
        if coverage:
            reports.coverage(bank, _console(), words, json)
        else:
            reports.topics(bank, _lab(), _console(), words, json)


@app.command("list")
def list_(
    topic: Annotated[
        str, typer.Argument(metavar="[TOPIC]", autocompletion=_complete_topic, show_default=False)
    ] = "",
    kind: Kinds = None,
    level: Levels = None,
    pack: Pack = "",
    json: Json = False,
    lang: Lang = "",
) -> None:
    """The questions of the bank."""
    from quiz.play.reports import listing

    _use(pack)
    words = _words(lang)
    with _bank() as bank:
        listing(bank, _console(), words, json, topic=topic, kinds=kind or (), levels=level or ())


@app.command()
def show(
    id: Annotated[str, typer.Argument(autocompletion=_complete_question)],
    pack: Pack = "",
    json: Json = False,
    lang: Lang = "",
) -> None:
    """One question as it is written, with its key."""
    from quiz.play.reports import show

    _use(pack)
    words = _words(lang)
    with _bank() as bank:
        show(bank, _lab, _console(), words, json, id)


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(metavar="WORDS..", show_default=False)],
    count: Annotated[
        int, typer.Option("--count", min=1, max=999, help="How many to show at most.")
    ] = 10,
    pack: Pack = "",
    json: Json = False,
    lang: Lang = "",
) -> None:
    """Find questions by what they and their answers say."""
    from quiz.play.search import search

    _use(pack)
    wording = _words(lang)
    with _bank() as bank:
        search(bank, _console(), wording, words, most=count, json=json)


@app.command()
def stats(json: Json = False, lang: Lang = "") -> None:
    """What you have seen, what is due, what you would remember now."""
    from quiz.play.standing import stats

    words = _words(lang)
    with _bank() as bank, _history(bank) as history:
        stats(bank, history, _console(), words, json)


@app.command()
def plan(
    by: Annotated[str, typer.Option("--by", metavar="DATE", help="The day, as 2026-12-31.")] = "",
    recall: Annotated[
        float, typer.Option("--recall", min=0.5, max=0.97, help="What to know on that day.")
    ] = 0.9,
    drop: Annotated[bool, typer.Option("--drop", help="Follow the plan no longer.")] = False,
    json: Json = False,
    lang: Lang = "",
) -> None:
    """Minutes a day to be ready by a date; sessions follow the plan."""
    from quiz.config import places
    from quiz.play.plan import report

    words, path = _words(lang), places().plan
    with _bank() as bank, _history(bank) as history:
        report(bank, history, path, _console(), words, by=by, goal=recall, drop=drop, json=json)


@app.command()
def optimize(
    yes: Annotated[bool, typer.Option("--yes", help="Keep what helps, unasked.")] = False,
    reset: Annotated[bool, typer.Option("--reset", help="Back to the usual weights.")] = False,
    json: Json = False,
    lang: Lang = "",
) -> None:
    """Fit the schedule to how fast you forget.

    Fits the weights of FSRS to your earlier reviews, says how much better they predict
    the later ones, and asks before keeping them.
    """
    from quiz.config import places
    from quiz.play.optimize import optimize

    words, path = _words(lang), places().weights
    with _bank() as bank, _history(bank) as history:
        optimize(history, path, _console(), words, yes=yes, reset=reset, json=json)


# --- keeping house ---


@app.command()
def config(
    key: Annotated[str, typer.Argument(metavar="[KEY]", show_default=False)] = "",
    value: Annotated[str, typer.Argument(metavar="[VALUE]", show_default=False)] = "",
    json: Json = False,
    lang: Lang = "",
) -> None:
    """The settings: show them, or set one."""
    from quiz.config import places
    from quiz.play.settings import configure

    words = _words(lang, strict=False)
    configure(places().settings, key, value, _console(), words, json)


@app.command()
def sync(
    folder: Annotated[str, typer.Argument(metavar="DIR", show_default=False)],
    json: Json = False,
    lang: Lang = "",
) -> None:
    """Exchange answers with your other machines through a folder."""
    from quiz.play.sync import exchange

    words = _words(lang)
    with _bank() as bank, _history(bank) as history:
        exchange(history, folder, _console(), words, json)


@app.command()
def doctor(
    rescue: Annotated[
        bool, typer.Option("--rescue", help="Bring back what damaged files and backups hold.")
    ] = False,
    json: Json = False,
    lang: Lang = "",
) -> None:
    """Check history, clock, packs and terminal, and explain."""
    from quiz.play.doctor import report

    raise typer.Exit(report(_console(), _words(lang, strict=False), json=json, rescue=rescue))


# --- writing questions ---


@app.command()
def check(
    paths: Annotated[list[str] | None, typer.Argument(metavar="[PATH..]")] = None,
    form: Annotated[
        str, typer.Option("--format", metavar="text|github", help="How to print what is wrong.")
    ] = "text",
    codes: Annotated[
        bool, typer.Option("--codes", help="List what is checked, with examples.")
    ] = False,
    pack: Annotated[
        str, typer.Option("--pack", metavar="DIR", help="Check this pack.", show_default=False)
    ] = "",
    trust: Trust = False,
    json: Json = False,
    lang: Lang = "",
) -> None:
    """Check content: structure, references, style, and the runs."""
    from quiz.play import authoring

    words, console = _words(lang), _console()
    if codes:
        authoring.codes(console, json=json)
        return
    chosen = [*(paths or []), *([pack] if pack else [])]
    raise typer.Exit(authoring.report(chosen, console, words, json=json, form=form, trust=trust))


@app.command()
def new(
    topic: Annotated[
        str, typer.Argument(metavar="TOPIC", autocompletion=_complete_topic, show_default=False)
    ],
    slug: Annotated[str, typer.Argument(metavar="SLUG", show_default=False)],
    kind: Annotated[str, typer.Option("--kind", help="single, numeric, predict, ...")] = "single",
    with_demo: Annotated[
        bool, typer.Option("--with-demo", help="Write a demo for it, too.")
    ] = False,
    pack: Annotated[
        str,
        typer.Option("--pack", metavar="DIR", help="Write into this pack.", show_default=False),
    ] = "",
    lang: Lang = "",
) -> None:
    """Write the skeleton of a new question and open the editor."""
    from quiz.play.writing import new

    new(topic, slug, _console(), _words(lang), kind=kind, with_demo=with_demo, folder=pack)


@app.command()
def edit(
    id: Annotated[str, typer.Argument(autocompletion=_complete_question, show_default=False)],
    pack: Pack = "",
    lang: Lang = "",
) -> None:
    """Open a question in your editor, then check it."""
    from quiz.play.writing import edit

    _use(pack)
    with _bank() as bank:
        raise typer.Exit(edit(bank, id, _console(), _words(lang)))


@app.command()
def preview(
    file: Annotated[str, typer.Argument(show_default=False)],
    trust: Trust = False,
    lang: Lang = "",
) -> None:
    """Show a question as a session would, anew at every save."""
    from quiz.play.preview import preview

    preview(file, _console(), _words(lang), trust=trust)


@app.command()
def schema(
    which: Annotated[str, typer.Argument(metavar="[question|topic]")] = "question",
    write: Annotated[
        str, typer.Option("--write", metavar="DIR", help="Write both.", show_default=False)
    ] = "",
    lang: Lang = "",
) -> None:
    """Print the JSON Schema that editors complete and check by."""
    from quiz.play.authoring import print_schema, write_schemas

    if write:
        from pathlib import Path

        for path in write_schemas(Path(write)):
            print(path)
        return
    print_schema(which, _words(lang))


# --- packs ---

packs = typer.Typer(help="Packs: banks of your own and of others.", rich_markup_mode=None)
app.add_typer(packs, name="pack")
Yes = Annotated[bool, typer.Option("--yes", help="Trust without being asked.")]


def _complete_pack(incomplete: str) -> list[str]:
    from quiz.play.access import the_packs

    return [pack.name for pack in the_packs() if pack.name.startswith(incomplete)]


PackName = Annotated[str, typer.Argument(autocompletion=_complete_pack, show_default=False)]


@packs.command("list")
def pack_list(json: Json = False, lang: Lang = "") -> None:
    """The packs that are loaded, and whether their demos may run."""
    from quiz.play.packs import listing

    listing(_console(), _words(lang), json=json)


@packs.command("add")
def pack_add(
    folder: Annotated[str, typer.Argument(metavar="DIR", show_default=False)], lang: Lang = ""
) -> None:
    """Load a pack from now on. Its questions are usable at once; its demos need trust."""
    from quiz.play.packs import add

    add(folder, _console(), _words(lang))


@packs.command("remove")
def pack_remove(name: PackName, lang: Lang = "") -> None:
    """Load a pack no longer; its files stay."""
    from quiz.play.packs import remove

    remove(name, _console(), _words(lang))


@packs.command("trust")
def pack_trust(name: PackName, yes: Yes = False, lang: Lang = "") -> None:
    """Show a pack's code and let it run with your permissions, until a file changes."""
    from quiz.play.packs import trust

    trust(name, _console(), _words(lang), yes=yes)


@packs.command("untrust")
def pack_untrust(name: PackName, lang: Lang = "") -> None:
    """Let a pack's code run no longer."""
    from quiz.play.packs import untrust

    untrust(name, _console(), _words(lang))


# --- what commands share ---


def _known_lang(lang: str) -> str:
    from quiz.model import LANGS

    if lang not in LANGS:
        raise Refusal(f"no language “{lang}”: en or zh")
    return lang


def _words(lang: str, *, strict: bool = True):
    """The wording; `strict` refuses a settings file with a fault, as all but its menders do."""
    from quiz.play.access import settings
    from quiz.words import Catalogue, chosen_lang

    config = settings(strict=strict).lang
    return Catalogue(_known_lang(lang) if lang else chosen_lang(config=config))


def _words_of(command_line: list[str]):
    """The wording for a command line that can't be read, its --lang perhaps among the rest."""
    from quiz.model import LANGS

    langs = [b for a, b in pairwise(command_line) if a == "--lang" and b in LANGS]
    return _words(langs[0] if langs else "", strict=False)


def _bank():
    from quiz.play.access import the_bank

    return the_bank(sys.stderr)


def _history(bank=None):
    from quiz.play.access import the_history

    history = the_history(bank, sys.stderr)
    # Who has to write says in a line of its own that nothing can be written.
    if notices := [each for each in history.notices if each.code != "read-only"]:
        from quiz.play.notices import told

        print(*told(notices, _words_of(sys.argv)), sep="\n", file=sys.stderr)
    return history


def _lab():
    from quiz.play.access import the_labs

    return the_labs()


def _use(pack: str) -> None:
    if pack:
        from quiz.play.packs import use

        use(pack)


def _console():
    from quiz.play.access import console

    return console()


def _only_what_is_asked_for(words: list[str]) -> None:
    """Leave just the commands named on the command line.

    Typer builds the parser of every command before it runs one, which costs as
    much as all that quiz itself does until the first question is on the screen.
    """
    groups = [(app.registered_commands, lambda c: c.name or c.callback.__name__.rstrip("_"))]
    groups.append((app.registered_groups, lambda g: g.name))
    named = {name(each) for registered, name in groups for each in registered} & set(words)
    if named or all(word in ("--version", "--plain") for word in words):
        for registered, name in groups:
            registered[:] = [each for each in registered if name(each) in named]


def main() -> None:
    """Run a command. Exit status 0 done, 2 bad usage or input, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a Latin-1 terminal shows ? for 中文
    try:
        if "_QUIZ_COMPLETE" not in os.environ:
            _only_what_is_asked_for(sys.argv[1:])
        status = app(prog_name="quiz", standalone_mode=False)
        if sys.stdout is not None:  # closed from the start (`>&-`)
            sys.stdout.flush()
    except (BrokenPipeError, SystemExit) as left:
        # Where the reader has gone (`| head`) typer wraps stdout and leaves with 1.
        if not isinstance(left, BrokenPipeError) and not hasattr(sys.stdout, "wrapped"):
            raise
        # Nothing more may be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        status = 0
    except (KeyboardInterrupt, typer.Abort):
        status = 130
    except Exception as problem:
        line = _one_line(problem)
        if line is None:
            raise
        print(f"quiz: {line}", file=sys.stderr)
        status = 2
    sys.exit(status or 0)


def _one_line(problem: Exception) -> str | None:
    """What to say of a problem that is somebody's to mend; None for a defect of ours."""
    if isinstance(problem, typer.TyperException):
        from quiz.play.usage import told

        return told(problem, _words_of(sys.argv))
    if isinstance(problem, OSError):
        from quiz.play.refusals import file_problem

        return file_problem(problem, _words_of(sys.argv))
    return str(problem) if isinstance(problem, Refusal) else None
