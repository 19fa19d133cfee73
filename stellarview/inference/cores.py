"""The processor's cores, each with work of its own: torch's way, all cores in one small operation, waits at its end.

Splitting each operation costs more than it gains for networks as small as ours, and on a busy machine every operation
waits until the other program lets go of its core (measured: 8 ms for a tanh of 360 values). Here each thread takes a
whole job, a member with a few spectra, and computes it alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from typing import TypeVar

import torch

Result = TypeVar("Result")


def side_by_side(jobs: Sequence[Callable[[], Result]]) -> list[Result]:
    """The jobs' results in their order, from as many threads as torch may use, but never more than there are cores."""
    threads = min(torch.get_num_threads(), n_cores(), len(jobs))
    if threads < 2:
        return [job() for job in jobs]
    with _one_thread_an_operation():
        return list(_pool(threads).map(lambda job: job(), jobs))


def n_cores() -> int:
    """Those that this process may use, which can be fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def use_threads(most: int | None = None) -> int:
    """Never more threads than cores: on a busy machine two threads can be a hundred times slower than one."""
    threads = max(1, min(n_cores(), most or n_cores()))
    torch.set_num_threads(threads)
    return threads


@contextmanager
def _one_thread_an_operation() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@lru_cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="core")
