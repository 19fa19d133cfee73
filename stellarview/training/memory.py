"""How many spectra go into one step: a good number for the set, and half of it where memory runs out."""

from __future__ import annotations

import math

import torch

# Fewer steps than these an epoch learn little, and a batch above the largest gains nothing.
_GOOD_STEPS = 30
_SMALLEST, _LARGEST = 16, 256
# Below this, statistics of a batch are noise, and the memory is too small for the network anyway.
LEAST_BATCH = 4


def good_batch(n_spectra: int) -> int:
    """A power of two that gives some thirty steps an epoch."""
    wanted = 1 << round(math.log2(max(n_spectra / _GOOD_STEPS, 1)))
    return min(max(wanted, _SMALLEST), _LARGEST)


def is_out_of_memory(error: BaseException) -> bool:
    """True for what torch raises of an accelerator, of a processor, and what Python raises."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or (
        isinstance(error, RuntimeError) and ("can't allocate memory" in str(error) or "out of memory" in str(error))
    )
