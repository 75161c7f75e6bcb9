"""Runs one command under limits and leaves nothing of it behind. Started as a script:

    python -I guard.py '{"command": [..], "stdin": PATH, "folder": PATH, "limits": {..}}'

The command gets a session of its own, `folder` to work in and the limits of
`quiz.lab.limits`. On stdout come a line of JSON that says how it ended, then what
it wrote. The end of our own stdin, also when the app is killed, ends everything.

On Linux whatever the command starts stays below this process in the tree of
processes, even what leaves its group and session (PR_SET_CHILD_SUBREAPER), and is
stopped, then killed with it. On other systems only its process group is killed, and
the limits are those that the system takes.
This keeps accidents in. It is no wall against malice: the command has the user's
permissions, and may kill this process.
"""

import contextlib
import ctypes
import json
import os
import resource
import select
import signal
import sys
import time

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
LINUX = sys.platform == "linux"
SWEEP = 5.0  # seconds that killing may take


def prctl(option: int, value: int) -> None:
    if LINUX:
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def limit(limits: dict) -> None:
    """Put this process, which is about to become the command, under the limits."""
    for kind, most in (
        (resource.RLIMIT_CPU, limits["cpu"]),
        (resource.RLIMIT_AS, limits["memory"]),
        (resource.RLIMIT_FSIZE, limits["file"]),
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        # At the soft limit of time comes SIGXCPU, which tells why; the hard one is SIGKILL.
        ceiling = most + 1 if kind == resource.RLIMIT_CPU else most
        if hard != resource.RLIM_INFINITY:
            ceiling = min(ceiling, hard)
        try:
            resource.setrlimit(kind, (most, ceiling))
        except (ValueError, OSError):
            if LINUX:  # elsewhere some can't be set: macOS refuses that of memory
                raise


def become(plan: dict, stdout: int) -> None:
    """Turn the forked process into the command. Never returns."""
    try:
        os.setsid()
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.chdir(plan["folder"])
        nothing = os.open(os.devnull, os.O_RDWR)
        for number, to in ((os.open(plan["stdin"], os.O_RDONLY), 0), (stdout, 1), (nothing, 2)):
            os.dup2(number, to)
        limit(plan["limits"])
        os.execv(plan["command"][0], plan["command"])
    finally:
        os._exit(127)


def descendants() -> set[int]:
    """Every live process below this one."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdecimal():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    state, parent = file.read().rpartition(b")")[2].split()[:2]
            except OSError:
                continue  # it has just ended
            if state not in (b"Z", b"X"):
                children.setdefault(int(parent), []).append(int(name))
    found, left = set(), [os.getpid()]
    while left:
        below = children.get(left.pop(), [])
        found.update(below)
        left += below
    return found


def send(number: int, pids: set[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def reap() -> dict[int, int]:
    """Exit status by process of all children that have ended; -n for signal n."""
    ended = {}
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if pid == 0:
            return ended
        ended[pid] = os.waitstatus_to_exitcode(status)


def sweep(command: int) -> dict[int, int]:
    """Kill all that is left of the command; what `reap` saw of it."""
    if not LINUX:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(command, signal.SIGKILL)
        time.sleep(0.05)
        return reap()
    # What is stopped can't start others: stop until nobody new is met, then kill.
    ended, stopped, end = {}, set(), time.monotonic() + SWEEP
    while (found := descendants()) and time.monotonic() < end:
        if new := found - stopped:
            send(signal.SIGSTOP, new)
            stopped |= new
        else:
            send(signal.SIGKILL, found)
            time.sleep(0.002)
            stopped.clear()
        ended |= reap()
    return ended | reap()


def watch(command: int, output: int, limits: dict) -> tuple[str, int, bytes]:
    """How the command ended: exit, time, output or stopped; its status; what it wrote."""
    ring, bell = os.pipe()
    for end in (ring, bell, output):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(bell)
    os.write(bell, b"!")  # it may have ended already
    said, why, ended = bytearray(), "", {}
    deadline = time.monotonic() + limits["wall"]
    sources = [0, output, ring]
    while not why:
        ready, _, _ = select.select(sources, [], [], max(0, deadline - time.monotonic()))
        if not ready:
            why = "time"
        if output in ready:
            data = os.read(output, 1 << 16)
            said += data
            if not data:
                sources.remove(output)
        if ring in ready:
            os.read(ring, 1 << 10)
            ended |= reap()
            why = why or ("exit" if command in ended else "")
        if 0 in ready and not os.read(0, 1):
            why = "stopped"
        if len(said) > limits["output"]:
            why = "output"
    ended |= sweep(command)
    while len(said) <= limits["output"]:
        try:
            data = os.read(output, 1 << 16)
        except BlockingIOError:
            break
        if not data:
            break
        said += data
    return why, ended.get(command, 0), bytes(said[: limits["output"]])


def main() -> None:
    plan = json.loads(sys.argv[1])
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    output, writer = os.pipe()
    command = os.fork()
    if command == 0:
        become(plan, writer)
    os.close(writer)
    why, status, said = watch(command, output, plan["limits"])
    with os.fdopen(1, "wb") as out:
        out.write(json.dumps({"ended": why, "status": status}).encode() + b"\n" + said)


if __name__ == "__main__":
    main()
