"""Where the work is done: the accelerator that is there, else the processor with no more threads than it has cores."""

from __future__ import annotations

import os

import torch

from stellarview.domain.errors import StellarViewError


def choose_device(name: str = "auto") -> torch.device:
    """The device of that name, or the fastest that this machine has."""
    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return torch.device(next(kind for kind, is_there in present.items() if is_there))
    if not present.get(name, False):
        raise StellarViewError(
            f"This machine has no device {name!r}.",
            f"There is {', '.join(kind for kind, is_there in present.items() if is_there)}.",
            "Choose one of these, or auto.",
        )
    return torch.device(name)


def bound_threads(most: int | None = None) -> int:
    """Never more threads than cores: on a busy machine two threads can be a hundred times slower than one."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    threads = max(1, min(cores, most or cores))
    torch.set_num_threads(threads)
    return threads
