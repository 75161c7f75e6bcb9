"""Demos by name, run in a child process that is kept for the next one.

    with Lab(root) as lab:
        ticket = lab.start("logit-variance", {"d_k": "64"}, seed=0)
        ...                                   # the reader reads the question
        run = ticket.wait(seconds=5)          # an evidence.Run, or DemoError

The child starts with the first request and imports NumPy there, so a question
can be on screen while its demo runs.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from quiz.evidence import Run
from quiz.lab.wire import described, finished

LIMIT = 20.0  # seconds; the slowest built-in demo takes a quarter of a second


class DemoError(Exception):
    """A demo that can't be run: `kind` says why, `detail` carries the particulars."""

    def __init__(self, kind: str, demo: str, **detail: object):
        super().__init__(f"{demo}: {kind} {detail}")
        self.kind, self.demo, self.detail = kind, demo, detail


class Ticket:
    """A run that was asked for; `done` and `wait` may be called from any thread."""

    def __init__(self, lab: Lab, demo: str):
        self._lab, self._demo = lab, demo
        self._reply: dict | None = None
        self._arrived = threading.Event()

    @property
    def done(self) -> bool:
        return self._arrived.is_set()

    def within(self, seconds: float) -> bool:
        """Wait a little; True when the reply is there."""
        return self._arrived.wait(seconds)

    def arrive(self, reply: dict) -> None:
        self._reply = reply
        self._arrived.set()

    def reply(self, seconds: float = LIMIT) -> dict:
        """The child's reply. Raises DemoError when it failed, died or ran out of time."""
        if not self._arrived.wait(seconds):
            self._lab.stop()
            raise DemoError("timeout", self._demo, seconds=seconds)
        if "timeout" in self._reply:
            raise DemoError("timeout", self._demo, seconds=self._reply["timeout"])
        if folder := self._reply.get("untrusted"):
            remedy = f"its pack is not trusted; to look at the code: quiz pack trust {folder}"
            raise DemoError("untrusted", self._demo, folder=folder, reason=remedy)
        if "refused" in self._reply:
            raise DemoError("knob", self._demo, **self._reply["refused"])
        if "failed" in self._reply:
            raise DemoError("failed", self._demo, reason=self._reply["failed"])
        return self._reply

    def wait(self, seconds: float = LIMIT) -> Run:
        return finished(self.reply(seconds)["run"])


class Lab:
    """The demos of one pack (a folder with `demos/`) and the process that runs them.

    `on_reply` is called from the reader's thread whenever a reply has arrived.
    """

    def __init__(self, root: Path, *, on_reply: Callable[[], None] = lambda: None):
        self.root, self.on_reply = root, on_reply
        self._child: subprocess.Popen | None = None
        self._tickets: dict[int, Ticket] = {}
        self._lock = threading.Lock()
        self._count = 0

    def __enter__(self) -> Lab:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def paths(self) -> dict[str, Path]:
        """Demo name -> its file, in the order of topics' folders and names."""
        files = sorted((self.root / "demos").glob("*/[a-z]*.py"))
        return {f.stem.replace("_", "-"): f for f in files if f.parent.name != "ops"}

    def path(self, demo: str) -> Path:
        known = self.paths()
        if demo not in known:
            raise DemoError("unknown", demo, known=list(known))
        return known[demo]

    def start(self, demo: str, params: Mapping[str, object] = {}, seed: int = 0) -> Ticket:
        """Ask for a run. Raises DemoError when there is no demo of that name."""
        file = self.path(demo)
        path = f"{file.parent.name}/{file.name}"
        return self._send({"op": "run", "path": path, "params": dict(params), "seed": seed}, demo)

    def run(self, demo: str, params: Mapping[str, object] = {}, seed: int = 0) -> Run:
        return self.start(demo, params, seed).wait()

    def describe(self) -> list[Run]:
        """Every demo's title and knobs, as runs that have not happened yet."""
        paths = [f"{f.parent.name}/{f.name}" for f in self.paths().values()]
        reply = self._send({"op": "describe", "paths": paths}, "").reply()
        return [described(demo) for demo in reply["demos"]]

    def stop(self) -> None:
        """End the child, whatever it is doing; the next request starts a new one."""
        with self._lock:
            child, self._child = self._child, None
        if child:
            child.kill()
            self._reader.join()  # it sees the end, and reaps the child

    def _send(self, request: dict, demo: str) -> Ticket:
        with self._lock:
            if self._child is None:
                self._tickets = {}
                self._child = self._spawn(self._tickets)
            child = self._child
            self._count += 1
            ticket = self._tickets[self._count] = Ticket(self, demo)
            line = json.dumps(request | {"id": self._count}) + "\n"
        try:
            child.stdin.write(line)
            child.stdin.flush()
        except OSError:
            pass  # it has just ended: its reader says so to every ticket
        return ticket

    def _spawn(self, tickets: dict[int, Ticket]) -> subprocess.Popen:
        child = subprocess.Popen(
            [sys.executable, "-I", str(Path(__file__).with_name("child.py")), str(self.root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            # One BLAS thread: arrays are small, and a pool costs start-up and repeatability.
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            start_new_session=True,  # Ctrl-C is for the session, not for its demo
        )
        self._reader = threading.Thread(target=self._read, args=(child, tickets), daemon=True)
        self._reader.start()
        return child

    def _read(self, child: subprocess.Popen, tickets: dict[int, Ticket]) -> None:
        with child.stdout:
            for line in child.stdout:
                reply = json.loads(line)
                tickets.pop(reply["id"]).arrive(reply)
                self.on_reply()
        # No more replies will come from this child: the next request starts another.
        with self._lock:
            if self._child is child:
                self._child = None
            left = list(tickets.values())
        child.kill()
        child.wait()
        with contextlib.suppress(OSError):  # a request may be stuck in the pipe
            child.stdin.close()
        for ticket in left:
            ticket.arrive({"failed": "the process that runs demos has ended"})
        self.on_reply()
