"""The demos of somebody else's pack: run only when trusted, each run in a process of its own.

They run with the user's permissions, under the limits of `quiz.lab.limits`. What
runs is a copy of the very bytes that the trust was checked on.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from quiz.evidence import Run
from quiz.lab.limits import LIMITS, Limits
from quiz.lab.run import DemoError, Ticket
from quiz.lab.sound import cleaned, conforms, fault, printable
from quiz.lab.trust import Survey, survey
from quiz.lab.wire import described, finished

_FILE = re.compile(r"[a-z][a-z0-9_]*\.py")
_HERE = Path(__file__).parent
_GRACE = 8.0  # seconds beyond its limit that a run's guard may take to clean up
_AT_ONCE = 2  # processes


class PackLab:
    """The demos of the pack `name` at `root`; `demos.ops` and `demos.kit` are those of `builtin`.

    `trusted()` gives the digest that the user trusts, if any. `on_reply` is called
    from another thread whenever a reply has arrived.
    """

    def __init__(
        self,
        name: str,
        root: Path,
        builtin: Path,
        trusted: Callable[[], str | None],
        *,
        limits: Limits = LIMITS,
        on_reply: Callable[[], None] = lambda: None,
    ):
        self.name, self.root, self.on_reply = name, root, on_reply
        self._builtin, self._trusted, self._limits = builtin, trusted, limits
        self._guards: set[subprocess.Popen] = set()
        self._threads: set[threading.Thread] = set()
        self._lock = threading.Lock()
        self._turns = threading.Semaphore(_AT_ONCE)
        self._stopping = False

    def paths(self) -> dict[str, Path]:
        """Demo name -> its file."""
        files = sorted((self.root / "demos").glob("*/*.py"))
        return {f.stem.replace("_", "-"): f for f in files if _FILE.fullmatch(f.name)}

    @property
    def folder(self) -> str:
        """Where the pack is, as a word of a shell."""
        return shlex.quote(printable(str(self.root)))

    def is_trusted(self) -> bool:
        return survey(self.root).digest == self._trusted()

    def start(self, demo: str, params: Mapping[str, object] = {}, seed: int = 0) -> Ticket:
        """Ask for a run. Raises DemoError when there is no demo of that name."""
        known = self.paths()
        if demo not in known:
            raise DemoError("unknown", demo, known=list(known))
        path = known[demo].relative_to(self.root / "demos").as_posix()
        return self._send({"op": "run", "path": path, "params": dict(params), "seed": seed}, demo)

    def run(self, demo: str, params: Mapping[str, object] = {}, seed: int = 0) -> Run:
        return self.start(demo, params, seed).wait()

    def describe(self) -> list[Run]:
        """Every demo's title and knobs. Raises DemoError, also when the pack is not trusted."""
        folder = self.root / "demos"
        paths = [file.relative_to(folder).as_posix() for file in self.paths().values()]
        reply = self._send({"op": "describe", "paths": paths}, "").reply()
        return [described(demo) for demo in reply["demos"]]

    def stop(self) -> None:
        """End every run; the next request starts anew."""
        with self._lock:
            self._stopping = True
            guards, threads = list(self._guards), list(self._threads)
            for guard in guards:
                guard.stdin.close()
        for thread in threads:
            thread.join(_GRACE)
        self._stopping = False

    # --- one run ---

    def _send(self, request: dict, demo: str) -> Ticket:
        ticket = Ticket(self, f"{self.name}:{demo}")

        def work() -> None:
            with self._turns:
                try:
                    reply = self._reply(request, demo)
                except OSError as problem:
                    reply = {"failed": str(problem)}
            ticket.arrive(reply)
            with self._lock:
                self._threads.discard(threading.current_thread())
            self.on_reply()

        thread = threading.Thread(target=work, daemon=True)
        with self._lock:
            self._threads.add(thread)
        thread.start()
        return ticket

    def _reply(self, request: dict, demo: str) -> dict:
        found = survey(self.root)
        if found.digest != self._trusted():
            return {"untrusted": self.folder}
        # Python's own way to remove a folder gives up on names that others may not enter.
        folder = Path(tempfile.mkdtemp(prefix="quiz-"))
        try:
            how, said = self._guarded(folder, found, request)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return self._judged(how, said, demo)

    def _guarded(self, folder: Path, found: Survey, request: dict) -> tuple[dict, bytes]:
        """Run the request in a process of its own: how it ended, and what it wrote."""
        work = folder / "work"
        work.mkdir()
        for path, data in found.code.items():
            file = folder / "demos" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        (folder / "request").write_text(json.dumps(request | {"id": 0}) + "\n", encoding="utf-8")
        python = [sys.executable, "-I", "-B"]
        plan = {
            "command": [
                *python,
                str(_HERE / "child.py"),
                str(self._builtin),
                str(folder / "demos"),
            ],
            "stdin": str(folder / "request"),
            "folder": str(work),
            "limits": self._limits._asdict(),
        }
        guard = subprocess.Popen(
            [*python, str(_HERE / "guard.py"), json.dumps(plan)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=work,
            env=_environment(work),
            start_new_session=True,  # Ctrl-C is for the session, not for its demo
        )
        with self._lock:
            self._guards.add(guard)
            if self._stopping:
                guard.stdin.close()
        try:
            return _told(guard, self._limits.wall + _GRACE)
        finally:
            with self._lock:
                self._guards.discard(guard)
                guard.stdin.close()
            guard.stdout.close()

    def _judged(self, how: dict, said: bytes, demo: str) -> dict:
        """The reply in what the process wrote; how it ended matters only if there is none."""
        if how["ended"] == "time":
            return {"timeout": self._limits.wall}
        if how["ended"] == "output":
            return {"failed": f"its result has over {self._limits.output >> 20} MB"}
        if how["status"] == -24:  # SIGXCPU
            return {"timeout": float(self._limits.cpu)}
        try:
            reply = cleaned(json.loads(said))
            if "run" in reply:
                run = reply["run"]
                run["demo"] = f"{self.name}:{demo}"
                wrong = fault(finished(run))
                return {"failed": wrong} if wrong else {"run": run}
            if "demos" in reply:
                for each in reply["demos"]:
                    each["demo"] = f"{self.name}:{each['demo']}"
                sound = all(conforms(described(each), Run) for each in reply["demos"])
                return {"demos": reply["demos"]} if sound else {"failed": "not made by demos.kit"}
            if "refused" in reply and set(reply["refused"]) == {
                "knob",
                "value",
                "allowed",
                "known",
            }:
                return {"refused": reply["refused"]}
            return {"failed": str(reply["failed"])}
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return {"failed": f"its process ended without a result (status {how['status']})"}


def _environment(work: Path) -> dict[str, str]:
    """Nothing of the user's own environment, but for where libraries are."""
    given = {"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": str(work), "TMPDIR": str(work)}
    threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    libraries = {k: os.environ[k] for k in ("LD_LIBRARY_PATH",) if k in os.environ}
    return given | threads | libraries


def _told(guard: subprocess.Popen, seconds: float) -> tuple[dict, bytes]:
    """What the guard says of the run, and what the run wrote."""
    late = threading.Timer(seconds, guard.kill)
    late.daemon = True
    late.start()
    try:
        head, _, said = guard.stdout.read().partition(b"\n")
    finally:
        late.cancel()
        guard.kill()
        guard.wait()
    try:
        return json.loads(head), said
    except ValueError:  # the run has killed its guard
        return {"ended": "exit", "status": guard.returncode}, b""
