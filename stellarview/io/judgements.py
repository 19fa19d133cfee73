"""A judgement in its run's folder: what was found as JSON, the points of its figure as arrays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from stellarview.domain.errors import StellarViewError
from stellarview.domain.judgement import Evidence, Judged, Judgement
from stellarview.io.atomic import write_atomically
from stellarview.io.names import display_name

JUDGEMENT_FILE, EVIDENCE_FILE = "judgement.json", "judgement.safetensors"
_KEYS = ("keys", "drift_keys")
_ARRAYS = ("snr_B", "truth_BK", "after_BK", "before_BK", "reference_CK", "drift_CK", "near_C")


def write_judgement(run_folder: Path, judged: Judged) -> None:
    """The points first: a judgement never stands beside those of another."""
    from safetensors.numpy import save

    arrays = {name: np.ascontiguousarray(getattr(judged.evidence, name)) for name in _ARRAYS}
    facts = {name: json.dumps(getattr(judged.evidence, name)) for name in _KEYS}
    write_atomically(run_folder / EVIDENCE_FILE, save(arrays, facts))
    write_atomically(run_folder / JUDGEMENT_FILE, judgement_bytes(judged.judgement))


def judgement_bytes(judgement: Judgement) -> bytes:
    """As it is written."""
    return f"{json.dumps(judgement.to_json(), indent=1, ensure_ascii=False, allow_nan=False)}\n".encode()


def read_judgement(run_folder: Path) -> Judged | None:
    """What was found before; None where the run was not judged."""
    if not (run_folder / JUDGEMENT_FILE).is_file():
        return None
    judgement = parse_judgement(_bytes(run_folder / JUDGEMENT_FILE), display_name(run_folder / JUDGEMENT_FILE))
    return Judged(judgement, _read_evidence(run_folder / EVIDENCE_FILE))


def parse_judgement(data: bytes, name: str) -> Judgement:
    """From the bytes of such a file."""
    try:
        facts = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _damaged(name, str(error)) from error
    return Judgement.from_json(facts, name)


def _read_evidence(path: Path) -> Evidence:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "numpy") as file:
            keys: dict[str, Any] = {name: tuple(map(str, json.loads(file.metadata()[name]))) for name in _KEYS}
            return Evidence(**keys, **{name: file.get_tensor(name) for name in _ARRAYS})
    except (SafetensorError, OSError, ValueError, TypeError, KeyError) as error:
        raise _damaged(display_name(path), str(error)) from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _damaged(display_name(path), str(error.strerror or error)) from error


def _damaged(name: str, why: str) -> StellarViewError:
    return StellarViewError(f"The judgement {name} cannot be read.", f"{why}.", "Judge the run again.")
