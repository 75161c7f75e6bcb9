"""The laboratories of all packs as one: a demo is found by its name, `pack:name` if need be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from quiz.evidence import Run
from quiz.lab.pack import PackLab
from quiz.lab.run import DemoError, Lab, Ticket


class Labs:
    """The built-in demos under their names, those of packs as `pack:name`."""

    def __init__(self, builtin: Lab, packs: Sequence[PackLab] = ()):
        self.builtin, self.packs = builtin, {lab.name: lab for lab in packs}

    def __enter__(self) -> Labs:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def on_reply(self) -> Callable[[], None]:
        return self.builtin.on_reply

    @on_reply.setter
    def on_reply(self, call: Callable[[], None]) -> None:
        for lab in (self.builtin, *self.packs.values()):
            lab.on_reply = call

    def paths(self) -> dict[str, Path]:
        """Demo name -> its file."""
        others = {
            f"{lab.name}:{demo}": file
            for lab in self.packs.values()
            for demo, file in lab.paths().items()
        }
        return self.builtin.paths() | others

    def resolve(self, demo: str, pack: str = "") -> str:
        """The full name of what a text of `pack` means by `demo`.

        That is its own demo, else the built-in one, else the only pack's that has it.
        """
        known = self.paths()
        own = f"{pack}:{demo}"
        if own in known:
            return own
        others = [name for name in known if name.partition(":")[2] == demo]
        return others[0] if demo not in known and len(others) == 1 else demo

    def _find(self, demo: str) -> tuple[Lab | PackLab, str]:
        full = self.resolve(demo)
        pack, _, name = full.rpartition(":")
        lab = self.packs.get(pack) if pack else self.builtin
        if lab is None or name not in lab.paths():
            raise DemoError("unknown", demo, known=list(self.paths()))
        return lab, name

    def path(self, demo: str) -> Path:
        """Raises DemoError when there is no demo of that name."""
        lab, name = self._find(demo)
        return lab.paths()[name]

    def start(self, demo: str, params: Mapping[str, object] = {}, seed: int = 0) -> Ticket:
        """Ask for a run. Raises DemoError when there is no demo of that name."""
        lab, name = self._find(demo)
        return lab.start(name, params, seed)

    def run(self, demo: str, params: Mapping[str, object] = {}, seed: int = 0) -> Run:
        return self.start(demo, params, seed).wait()

    def describe(self) -> list[Run]:
        """Every demo's title and knobs; packs that are not trusted, or fail, are left out."""
        found = self.builtin.describe()
        for lab in self.packs.values():
            try:
                found += lab.describe()
            except DemoError:
                continue
        return found

    def untrusted(self) -> list[PackLab]:
        """Those of the packs that have demos which may not run."""
        return [lab for lab in self.packs.values() if lab.paths() and not lab.is_trusted()]

    def stop(self) -> None:
        for lab in (self.builtin, *self.packs.values()):
            lab.stop()
