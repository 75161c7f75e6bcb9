"""The interactive view of a demo: turn a knob, and pictures and claims follow."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from rich.console import Group, RenderableType
from rich.text import Text

from quiz.evidence import Claim, Knob, Run
from quiz.lab.run import DemoError
from quiz.play.desk import Desk
from quiz.play.sweep import Sweep, curve, tables, values
from quiz.refusal import Refusal
from quiz.screen import demo as shown
from quiz.screen import theme
from quiz.screen.editor import Editor
from quiz.screen.frame import WIDE, Frame, compose
from quiz.screen.keys import Terminal
from quiz.screen.prose import Prose
from quiz.screen.question import Header, keys_line


def stepped(knob: Knob, value: object, direction: int) -> object:
    """The next value up (1) or down (-1): doubled, counted on, or the next in its list."""
    if knob.type == "bool":
        return not value
    if knob.values:
        at = knob.values.index(value) + direction
        return knob.values[min(max(at, 0), len(knob.values) - 1)]
    if knob.log:
        new = value * 2.0**direction
        if knob.type == "int":
            # From 1 on, so that halving 3 and doubling again comes back to a round number.
            new = max(1, 2 ** round(math.log2(new))) if new >= 1 else 0
    else:
        new = value + direction * step_of(knob)
    new = min(max(new, knob.low), knob.high)
    return int(new) if knob.type == "int" else float(f"{new:.6g}")


def step_of(knob: Knob) -> float:
    """A round step that crosses the range in about twenty."""
    rough = (knob.high - knob.low) / 20
    if knob.type == "int" and rough <= 1:
        return 1
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in (1, 2, 5, 10) if s * power >= rough * 0.999)
    return max(1, round(step)) if knob.type == "int" else step


class Knobs:
    """One demo on screen until the learner goes back. Needs a terminal already taken over."""

    def __init__(
        self,
        terminal: Terminal,
        desk: Desk,
        demo: str,
        params: Mapping[str, object] = {},
        seed: int | None = None,
    ):
        self.terminal, self.desk, self.demo = terminal, desk, demo
        self.words, self.console = desk.words, desk.console
        self.params, self.seed = dict(params), desk.seed if seed is None else seed
        self.run_shown: Run | None = None
        self.pointer = self.scroll = 0
        self.editor: Editor | None = None
        self.notice = ""
        self.broken: list[Claim] = []  # by the last change of a knob
        self.pinned: Run | None = None  # stands beside the current run, to compare
        self.swept: tuple[Knob, list[Run]] | None = None
        self.saving = False

    def pin(self, params: Mapping[str, object]) -> None:
        """Put a run at these knobs beside the current one. Raises DemoError."""
        self.pinned = self.desk.lab.run(self.demo, params, self.seed)

    def run(self) -> None:
        """Raises DemoError when the demo can't run even once."""
        self.run_shown = self.desk.lab.run(self.demo, self.params, self.seed)
        self.params = dict(self.run_shown.params)
        self.show()
        while (key := self.terminal.read()) != "ctrl-d":
            busy = self.editor or self.swept
            if key == "q" and not busy:
                return
            if key == "esc" and not (busy or self.saving):
                return
            self.press(key)
            if self.notice:
                self.scroll = 0  # it stands at the top
            self.show()
        self.terminal.unread(key)  # it leaves all there is, not this screen alone

    @property
    def knob(self) -> Knob:
        return self.run_shown.knobs[self.pointer]

    # --- keys ---

    def press(self, key: str) -> None:
        if key in ("resize", "wake"):
            return
        self.notice = ""
        if self.editor:
            self._edit(key)
        elif self.saving:
            self._save(key)
        elif key in ("pageup", "pagedown"):
            page = max(1, self.console.size.height - 6)
            self.scroll += page if key == "pagedown" else -page
        elif self.swept and key in ("up", "down"):
            self.scroll += 1 if key == "down" else -1
        elif self.swept:
            self.swept, self.scroll = None, 0
        elif key == "?":
            from quiz.play.listed import list_keys
            from quiz.screen.help import TURNING

            list_keys(self.terminal, self.console, {"turning": TURNING}, self.words)
        elif key == "f":
            self.saving = True
        elif key == "c":
            self.pinned = None if self.pinned else self.run_shown
        elif key == "w" and self.run_shown.knobs:
            self._sweep()
        elif key in ("up", "down") and self.run_shown.knobs:
            step = 1 if key == "down" else -1
            self.pointer = (self.pointer + step) % len(self.run_shown.knobs)
        elif key in ("left", "right", " ") and self.run_shown.knobs:
            value = stepped(self.knob, self.params[self.knob.name], -1 if key == "left" else 1)
            self._try({self.knob.name: value})
        elif key == "r":
            self._try({knob.name: knob.default for knob in self.run_shown.knobs}, seed=0)
        elif key == "n":
            self._try({}, seed=self.seed + 1)
        elif key == "enter" and self.run_shown.knobs:
            self.editor = Editor()
        elif len(key) == 1 and (key.isdecimal() or key in "-.") and self.run_shown.knobs:
            self.editor = Editor(key)

    def _edit(self, key: str) -> None:
        if key == "enter":
            typed, self.editor = self.editor.text.strip(), None
            if typed:
                self._try({self.knob.name: typed})
        elif key == "esc":
            self.editor = None
        else:
            self.editor.press(key)

    def _save(self, key: str) -> None:
        from quiz.play.export import KINDS, save

        self.saving = False
        if key in ("1", "2", "3"):
            try:
                path = save(self.run_shown, KINDS[int(key) - 1], Path.cwd(), self.words)
                self.notice = self.words("export.done", path=path.name)
            except Refusal as refusal:
                self.notice = str(refusal)

    def _sweep(self) -> None:
        """Run over the whole range of the chosen knob."""
        knob = self.knob
        if knob.type not in ("int", "float"):
            self.notice = self.words("sweep.no-numbers", knob=knob.name, allowed=allowed(knob))
            return
        low, high = (knob.values[0], knob.values[-1]) if knob.values else (knob.low, knob.high)
        try:
            chosen = values(knob, Sweep(knob.name, str(low), str(high)), self.demo, self.words)
            runs = []
            for value in chosen:
                runs.append(
                    self.desk.lab.run(self.demo, self.params | {knob.name: value}, self.seed)
                )
                self.notice = self.words("demo.sweeping", done=len(runs), count=len(chosen))
                self.show()
            self.notice, self.scroll, self.swept = "", 0, (knob, runs)
        except (Refusal, DemoError) as problem:
            is_demos = isinstance(problem, DemoError)
            self.notice = self.desk.problem_line(problem) if is_demos else str(problem)

    def _try(self, change: Mapping[str, object], seed: int | None = None) -> None:
        """Run with a change of knobs; when that is refused, say why and stay."""
        params, seed = self.params | change, self.seed if seed is None else seed
        try:
            run = self.desk.lab.run(self.demo, params, seed)
        except DemoError as problem:
            self.notice = self.desk.problem_line(problem)
            return
        held = {claim.name for claim in self.run_shown.claims if claim.holds}
        self.broken = [c for c in run.claims if not c.holds and c.name in held]
        self.run_shown, self.params, self.seed = run, dict(run.params), seed

    # --- the screen ---

    def show(self) -> None:
        frame = self.frame()
        result = compose(self.console, frame, self.scroll, self.words("more-below"))
        self.scroll = result.scroll
        self.terminal.draw(result.rows, result.cursor)

    def frame(self) -> Frame:
        run, words = self.run_shown, self.words
        facts = f"{words('seed', seed=run.seed)} · {words('took', ms=f'{run.seconds * 1000:.0f}')}"
        header = Header(
            Text.assemble(
                (run.title.pick(words.lang), theme.TITLE), (f"  {run.demo}", theme.QUIET)
            ),
            Text(facts, theme.QUIET),
        )
        wide = self.console.size.width >= WIDE
        height = max(8, min(18, self.console.size.height - 12)) if wide else 10
        pictures = shown.spaced(shown.views(run, words, height=height))
        claims = shown.claims(run, None, self.desk.signs, words)
        text = [self._knobs(), Text("")]
        if self.notice:
            text += [Prose(self.notice, style=theme.HINT), Text("")]
        elif self.broken:
            for claim in self.broken:
                said = words("demo.broken", claim=claim.statement.pick(words.lang))
                text.append(Prose(said, style=theme.HINT))
            text.append(Text(""))
        footer, cursor = [self._keys()], None
        if self.editor:
            label = words("demo.typing", knob=self.knob.name)
            footer.insert(0, Text.assemble((label, theme.POINTER), self.editor.text))
            cursor = (len(label) + self.editor.rows(10**6)[1][0], 0)
        elif self.scroll > self.pointer and run.knobs:
            footer.insert(0, self._knob_row(self.pointer))  # scrolled away above
        if self.saving:
            footer = [
                keys_line([("1", "SVG"), ("2", "JSON"), ("3", "CSV"), ("Esc", words("key.back"))])
            ]
        if self.swept:
            return self._sweep_frame(header)
        if self.pinned:
            return self._compare_frame(header, text, footer, cursor)
        if wide:
            body = Group(*text, shown.look(run, words), Text(""), claims)
            return Frame(header, body, footer, pictures, cursor)
        body = Group(*text, pictures, Text(""), shown.look(run, words), Text(""), claims)
        return Frame(header, body, footer, cursor=cursor)

    def _sweep_frame(self, header: Header) -> Frame:
        from quiz.screen.plots import draw

        knob, runs = self.swept
        title = self.words("demo.sweep", demo=self.demo, knob=knob.name)
        over = draw(curve(knob, runs, title), self.words.lang, height=14)
        every = tables(knob, runs, self.console.size.width - 2)
        footer = [
            keys_line([("PgUp PgDn", self.words("key.scroll")), ("q", self.words("key.back"))])
        ]
        parts = [over, *(draw(each, self.words.lang) for each in every)]
        return Frame(header, shown.spaced(parts), footer)

    def _compare_frame(self, header: Header, text: list, footer: list, cursor) -> Frame:
        from quiz.screen.compare import column, figures

        a, b, signs = self.pinned, self.run_shown, self.desk.signs
        left = Group(*text, column("A", a, b, signs, self.words))
        right = Group(figures(a, b), Text(""), column("B", b, a, signs, self.words))
        return Frame(header, left, footer, right, cursor)

    def _knobs(self) -> RenderableType:
        return Group(*(self._knob_row(i) for i in range(len(self.run_shown.knobs))))

    def _knob_row(self, place: int) -> Text:
        knobs = self.run_shown.knobs
        knob, here = knobs[place], place == self.pointer
        line = Text(no_wrap=True, overflow="ellipsis")
        line.append(f"{self.desk.signs.pointer if here else ' '} ", theme.POINTER)
        wide = max(len(knob.name) for knob in knobs)
        line.append(f"{knob.name:<{wide}}  ", "bold" if here else "")
        changed = self.params[knob.name] != knob.default
        style = theme.PARTLY if changed else theme.ACCENT
        line.append(f"{shown.value(self.params[knob.name]):<10}", style)
        line.append(f" {allowed(knob)}", theme.QUIET)
        return line

    def _keys(self) -> RenderableType:
        words = self.words
        pairs = []
        if self.editor:
            pairs = [("Enter", words("key.confirm")), ("Esc", words("key.back"))]
        else:
            if self.run_shown.knobs:
                pairs = [("↑↓←→", words("key.knob"))]
                pairs += [("0-9", words("key.type")), ("r", words("key.reset"))]
                pairs += [("w", words("key.sweep"))]
            pairs += [("c", words("key.compare")), ("n", words("key.reseed"))]
            pairs += [("f", words("key.save")), ("?", words("key.keys"))]
            pairs += [("q", words("key.back"))]
        return keys_line(pairs)


def allowed(knob: Knob) -> str:
    """The values a knob takes, as they are typed."""
    if knob.type == "bool":
        return "on, off"
    if knob.values:
        return ", ".join(shown.value(v) for v in knob.values)
    return f"{knob.low:g}..{knob.high:g}"
