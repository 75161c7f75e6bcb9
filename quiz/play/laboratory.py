"""`quiz demo`: list the demos, run one, sweep a knob, show the code, or play."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.segment import Segment, Segments
from rich.text import Text

from quiz.evidence import Run
from quiz.lab.labs import Labs
from quiz.lab.run import DemoError
from quiz.play.data import as_json, print_json
from quiz.play.refusals import demo_problem
from quiz.play.sweep import curve, settings, tables, values
from quiz.refusal import Refusal
from quiz.screen import theme
from quiz.screen.demo import report, spaced
from quiz.screen.keys import Terminal, is_terminal


def list_demos(lab: Labs, console: Console, words, *, json: bool) -> None:
    demos = lab.describe()
    if json:
        print_json(
            [
                {
                    "demo": demo.demo,
                    "topic": demo.topic,
                    "title": demo.title.pick(words.lang),
                    "knobs": [knob.name for knob in demo.knobs],
                }
                for demo in demos
            ]
        )
        return
    width = max(len(demo.demo) for demo in demos)
    topic = ""
    for demo in demos:
        if demo.topic != topic:
            topic = demo.topic
            console.print(Text(topic, theme.ACCENT))
        line = Text(f"  {demo.demo:<{width}}  ", "bold")
        line.append(demo.title.pick(words.lang), theme.QUIET)
        console.print(line, no_wrap=True, overflow="ellipsis")
    for pack in lab.untrusted():
        console.print(Text(pack.name, theme.ACCENT))
        line = words("demo-untrusted-pack", folder=pack.folder)
        console.print(Text(f"  {line}", theme.HINT), soft_wrap=True)
    console.print(Text(f"\n{words('demo.run-one')}", theme.QUIET))


def run_all(lab: Labs, console: Console, words, *, json: bool) -> None:
    """Every demo that may run, at its defaults; a claim that fails is the news."""
    blocked = {pack.name for pack in lab.untrusted()}
    names = [name for name in lab.paths() if name.rpartition(":")[0] not in blocked]
    runs = [_run(lab, name, {}, 0, words) for name in names]
    if json:
        print_json([as_json(run, words.lang) for run in runs])
        return
    from quiz.screen.theme import signs

    for run in runs:
        console.print(report(run, signs(console), words), Text(""), sep="\n")


def show_source(lab: Labs, console: Console, words, name: str) -> None:
    from rich.syntax import Syntax

    from quiz.lab.source import listing

    try:
        code = listing(lab.path(name), lab.builtin.root / "demos" / "ops")
    except DemoError as problem:
        raise Refusal(demo_problem(problem, words)) from None
    if not console.is_terminal:
        print(code, end="")
        return
    console.print(Syntax(code, "python", theme="ansi_dark", background_color="default"))


def _run(lab: Labs, name: str, params: dict, seed: int, words) -> Run:
    try:
        return lab.run(name, params, seed)
    except DemoError as problem:
        raise Refusal(demo_problem(problem, words)) from None


def run(
    lab: Labs,
    console: Console,
    words,
    name: str,
    given: Sequence[str],
    *,
    seed: int,
    once: bool,
    json: bool,
) -> None:
    """One demo, as the words on the command line ask. Raises Refusal."""
    if "vs" in given:
        _compare(lab, console, words, name, given, seed=seed, once=once, json=json)
        return
    params, sweeps = settings(given, words)
    if sweeps:
        _sweep(lab, console, words, name, params, sweeps, seed=seed, json=json)
        return
    first = _run(lab, name, params, seed, words)
    if json:
        print_json(as_json(first, words.lang))
    elif once or not is_terminal():
        from quiz.screen.theme import signs

        console.print(report(first, signs(console), words))
    else:
        _play(lab, console, words, name, params, seed)


def _compare(lab, console, words, name, given, *, seed: int, once: bool, json: bool) -> None:
    """Two settings side by side: `scaled=on vs scaled=off`."""
    at = list(given).index("vs")
    sides = [settings(words_, words) for words_ in (given[:at], given[at + 1 :])]
    if len(given) == 1 or any(sweeps for _, sweeps in sides) or "vs" in given[at + 1 :]:
        raise Refusal(words("error.vs"))
    a, b = (_run(lab, name, params, seed, words) for params, _ in sides)
    if json:
        print_json([as_json(run, words.lang) for run in (a, b)])
    elif once or not is_terminal():
        from quiz.screen.compare import column, figures
        from quiz.screen.frame import WIDE, beside
        from quiz.screen.theme import signs

        marks = signs(console)
        columns = [column("A", a, b, marks, words), column("B", b, a, marks, words)]
        if console.width >= WIDE:
            for line in beside(console, *columns, console.width):
                console.print(Segments([*line, Segment.line()]), end="", soft_wrap=True)
        else:
            console.print(columns[0], Text(""), columns[1], sep="\n")
        console.print(Text(""), figures(a, b), sep="\n")
    else:
        _play(lab, console, words, name, dict(b.params), seed, pinned=dict(a.params))


def _play(
    lab: Labs,
    console: Console,
    words,
    name: str,
    params: dict,
    seed: int,
    pinned: dict | None = None,
) -> None:
    from quiz.play.desk import Desk
    from quiz.play.knobs import Knobs

    desk = Desk(None, console, words, lab=lambda: lab, seed=seed)
    with Terminal(console) as terminal:
        view = Knobs(terminal, desk, name, params)
        if pinned is not None:
            view.pin(pinned)
        view.run()


def _sweep(lab, console, words, name, params, sweeps, *, seed: int, json: bool) -> None:
    if len(sweeps) > 1:
        knobs = ", ".join(sweep.knob for sweep in sweeps)
        raise Refusal(words("error.two-sweeps", demo=name, knobs=knobs))
    (sweep,) = sweeps
    # The demo itself says which knobs it has, and refuses an unknown one.
    knobs = {knob.name: knob for knob in _run(lab, name, params, seed, words).knobs}
    if sweep.knob not in knobs:
        _run(lab, name, {sweep.knob: sweep.low}, seed, words)
    knob = knobs[sweep.knob]
    runs = [
        _run(lab, name, params | {knob.name: value}, seed, words)
        for value in values(knob, sweep, name, words)
    ]
    if json:
        print_json([as_json(run, words.lang) for run in runs])
        return
    from quiz.screen.plots import draw

    title = words("demo.sweep", demo=name, knob=knob.name)
    over = draw(curve(knob, runs, title), words.lang, height=16)
    every = tables(knob, runs, console.width)
    console.print(spaced([over, *(draw(each, words.lang) for each in every)]))
