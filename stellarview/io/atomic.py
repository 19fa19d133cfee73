"""Writes files so that a crash or a full disk never costs what was there before."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from stellarview.domain.errors import StellarViewError


def write_atomically(path: Path, content: bytes) -> None:
    """Write a temporary file beside the target, force it to the disk, then put it in the target's place."""
    temporary: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = Path(file.name)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise StellarViewError(
            f"Cannot write {path.name}.", f"The system says: {error.strerror or error}.", "Choose another folder."
        ) from error


def _umask() -> int:
    """The user's mask for new files; temporary files are private until they have it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
