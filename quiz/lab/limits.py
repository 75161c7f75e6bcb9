"""What one run of a pack's demo may use."""

from __future__ import annotations

from typing import NamedTuple


class Limits(NamedTuple):
    """Seconds and bytes. A demo is asked to take 0.25 s and 200 MB; the rest is patience."""

    wall: float = 15.0  # less than a session waits for a reply
    cpu: int = 10
    memory: int = 1 << 30  # addresses: NumPy and its BLAS alone take a quarter of it
    file: int = 1 << 24  # the size of any one file that it writes
    output: int = 1 << 23  # its result: a heat map of 512 x 512 takes 5 MB
    processes: int = 0  # none besides its own, nor threads; root is exempt from this one


LIMITS = Limits()
