"""Finds the files that travel with the program, in a checkout and in an installed wheel alike."""

from __future__ import annotations

from pathlib import Path

from stellarview.domain.errors import StellarViewError

_PACKAGE = Path(__file__).resolve().parents[1]


def resource_path(name: str) -> Path:
    """The path of a bundled file, for example `lines.ecsv`."""
    for folder in (_PACKAGE / "resources", _PACKAGE.parent / "resources"):
        if (folder / name).exists():
            return folder / name
    raise StellarViewError(
        f"The program's own file {name} is missing.",
        "The installation is incomplete.",
        "Install StellarView again; `stellarview doctor` lists what is there.",
    )
