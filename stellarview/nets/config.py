"""What all network configurations share: sizes that are checked, and an error that says what is wrong with them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from stellarview.domain.errors import StellarViewError

# Above any published network by far; a model card that asks for more is broken, or means to fill the memory.
_MOST_PIXELS = 1_000_000
_LARGEST_SIZE = 10_000
_MOST_LAYERS = 100


@dataclass(frozen=True)
class NetworkConfig:
    """The sizes of a network. Every whole number is a size, thus at least 1; `dropout` is a share below 1."""

    input_length: int

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            sizes = value if isinstance(value, tuple) else (value,)
            refuse_unless(bool(sizes), f"{field.name} is empty")
            refuse_unless(len(sizes) <= _MOST_LAYERS, f"{field.name} has {len(sizes)} numbers")
            most = _MOST_PIXELS if field.name in {"input_length", "arm_lengths"} else _LARGEST_SIZE
            for size in sizes:
                if isinstance(size, int):
                    refuse_unless(1 <= size <= most, f"{field.name} is {size}, not 1 to {most}")
        dropout = getattr(self, "dropout", 0.0)
        refuse_unless(0.0 <= dropout < 1.0, f"dropout is {dropout}, not at least 0 and below 1")


def refuse_unless(holds: bool, why: str) -> None:
    """StellarViewError where a configuration makes no network."""
    if not holds:
        raise StellarViewError(
            "This network cannot be built.",
            f"Its configuration is broken: {why}.",
            "Correct the configuration, or use a model card that StellarView wrote.",
        )
