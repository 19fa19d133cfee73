"""Guards what the user has: no command writes over its own input."""

from __future__ import annotations

from pathlib import Path

from stellarview.domain.errors import StellarViewError


def refuse_to_replace(source: Path, target: Path | None) -> None:
    """An error where a result would be written over the file that it is made from."""
    if target is not None and target.exists() and source.exists() and target.samefile(source):
        raise StellarViewError(
            f"{target.name} would be written over.",
            "It is the file that is read: it would be lost.",
            "Choose another name.",
        )
