"""Where the work is done: the accelerator that is there, else the processor."""

from __future__ import annotations

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
