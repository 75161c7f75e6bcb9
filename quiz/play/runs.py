"""Several runs under way at once, for what shows more than one demo."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from quiz.lab.run import DemoError, Ticket
from quiz.model import DemoCall

if TYPE_CHECKING:
    from quiz.evidence import Run


class Runs:
    """The runs of these calls, which texts of `pack` make; each is there when it is there.

    `start` asks for one; `problems` has the DemoErrors that came of it.
    """

    def __init__(
        self,
        start: Callable[[DemoCall, str], Ticket],
        calls: Iterable[DemoCall | None],
        pack: str,
    ):
        self.tickets: dict[tuple, Ticket] = {}
        self.done: dict[tuple, Run] = {}
        self.problems: list[DemoError] = []
        for call in calls:
            if call and self._key(call) not in self.tickets:
                try:
                    self.tickets[self._key(call)] = start(call, pack)
                except DemoError as problem:
                    self.problems.append(problem)

    def _key(self, call: DemoCall) -> tuple:
        return call.name, tuple(sorted(call.params.items()))

    def collect(self, seconds: float = 0) -> None:
        """Take in what has arrived; wait for each at most `seconds`."""
        for key, ticket in self.tickets.items():
            if key in self.done or not (ticket.done or ticket.within(seconds)):
                continue
            try:
                self.done[key] = ticket.wait()
            except DemoError as problem:
                self.problems.append(problem)
        self.tickets = {k: t for k, t in self.tickets.items() if not t.done}

    def __call__(self, call: DemoCall | None) -> Run | None:
        return self.done.get(self._key(call)) if call else None
