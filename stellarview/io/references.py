"""The reference of a model on the disk: beside its weights, for only a judgement needs it and old models have none."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.errors import StellarViewError
from stellarview.io.atomic import write_atomically
from stellarview.io.names import display_name

REFERENCE_FILE = "reference.safetensors"
LARGEST_REFERENCE_BYTES = 4 << 20


def write_reference(folder: Path, weights_sha256: str, input_CL: FloatArray) -> None:
    """Inputs as the network is fed with, bound to the weights that they are for."""
    from safetensors.numpy import save

    arrays = {"input": np.ascontiguousarray(input_CL, dtype=np.float16)}
    write_atomically(folder / REFERENCE_FILE, save(arrays, {"weights_sha256": weights_sha256}))


def read_reference(folder: Path, weights_sha256: str) -> FloatArray | None:
    """The inputs (C, L) in single precision; None where there are none, or they belong to other weights."""
    path = folder / REFERENCE_FILE
    if not path.is_file():
        return None
    return parse_reference(_bounded(path), weights_sha256, display_name(path))


def parse_reference(data: bytes, weights_sha256: str, name: str) -> FloatArray | None:
    """From the bytes of such a file."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        input_CL = load(data)["input"]
        length = int.from_bytes(data[:8], "little")
        is_ours = f'"{weights_sha256}"'.encode() in data[8 : 8 + length]
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise _refused(name, f"It is damaged: {error}.") from error
    if input_CL.dtype.kind != "f" or input_CL.ndim != 2 or not np.isfinite(input_CL).all():
        raise _refused(name, "It holds no spectra.")
    return np.asarray(input_CL, dtype=np.float32) if is_ours else None


def _bounded(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_REFERENCE_BYTES:
            raise _refused(display_name(path), f"It is larger than {LARGEST_REFERENCE_BYTES >> 20} MB.")
        return path.read_bytes()
    except OSError as error:
        raise _refused(display_name(path), f"It cannot be read: {error.strerror or error}.") from error


def _refused(name: str, why: str) -> StellarViewError:
    return StellarViewError(f"The reference {name} is refused.", why, "Remove the file; judging goes on without it.")
