"""Work on many files, spread over the processors: the answers that `map` would give, in order.

Each worker is this file, run by an interpreter of its own, and speaks pickle over its
standard input and output. It is no fork, so that nothing that the program has opened is
held by another; it is no child of `multiprocessing`, which would import the program's
front and leave workers behind when the program is killed: these end with their input.
"""

from __future__ import annotations

import gc
import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import TypeVar

Job = TypeVar("Job")
Answer = TypeVar("Answer")

MOST = 4  # workers, each of which needs some 50 MB
MANY = 2000  # files from which on workers repay their start (0.4 s of a processor each)
CHUNK = 100  # files in a job: 50 ms of work
AHEAD = 16  # jobs a worker that may be answered before their turn, which bounds memory


def workers_for(files: int) -> int:
    """How many workers so many files are worth; 0 where it is quicker without."""
    if files < MANY:
        return 0
    able = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(MOST, able) if able > 1 else 0


def chunks(files: Iterable[Job], size: int = CHUNK) -> Iterator[list[Job]]:
    """The files in lists of `size`, the last one shorter."""
    files = iter(files)
    while part := list(islice(files, size)):
        yield part


def spread(work: Callable[[Job], Answer], jobs: Iterable[Job], workers: int) -> Iterator[Answer]:
    """`map(work, jobs)` by so many processes; in this one, without any.

    `work` is a function of a module. The jobs are asked for as they are needed. Closing the
    iterator ends the workers.
    """
    if not workers:
        yield from map(work, jobs)
        return
    from concurrent.futures import ThreadPoolExecutor
    from queue import SimpleQueue

    crew = [_Worker() for _ in range(workers)]
    idle: SimpleQueue[_Worker] = SimpleQueue()
    for worker in crew:
        idle.put(worker)

    def ask(job: Job) -> Answer:
        worker = idle.get()
        try:
            return worker.ask(work, job)
        finally:
            idle.put(worker)

    threads = ThreadPoolExecutor(workers)
    ahead: deque = deque()
    try:
        for job in jobs:
            ahead.append(threads.submit(ask, job))
            if len(ahead) > AHEAD * workers:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
    finally:
        for worker in crew:
            worker.end()
        threads.shutdown(cancel_futures=True)


class _Worker:
    def __init__(self) -> None:
        self._ended = False
        self._process = subprocess.Popen(
            [sys.executable, "-I", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the program, which ends its workers
        )
        with suppress(OSError):
            pickle.dump(sys.path, self._process.stdin)

    def ask(self, work: Callable[[Job], Answer], job: Job) -> Answer:
        try:
            pickle.dump((work, job), self._process.stdin)
            self._process.stdin.flush()
            return pickle.load(self._process.stdout)
        except (OSError, EOFError, ValueError, pickle.UnpicklingError):
            if self._ended:
                raise
            return work(job)  # it was killed, or has met what this process had better meet itself

    def end(self) -> None:
        self._ended = True
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                pipe.close()


def _serve() -> None:
    """Answer jobs until there are no more."""
    with open(0, "rb") as asked, open(1, "wb") as answers:
        sys.path[:] = pickle.load(asked)
        # What work makes is gone with its answer: looking for cycles in between takes a
        # quarter of the time.
        gc.disable()
        with suppress(EOFError):
            while True:
                work, job = pickle.load(asked)
                pickle.dump(work(job), answers)
                answers.flush()
                gc.collect()


if __name__ == "__main__":
    _serve()
