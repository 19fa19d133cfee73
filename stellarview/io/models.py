"""Models on the disk: `card.json` and `weights.safetensors` in a folder, checked before anything is believed.

Weights are plain arrays, never pickled objects: loading a stranger's model runs none of his code.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellarview.domain.errors import StellarViewError
from stellarview.domain.model_card import ModelCard
from stellarview.domain.spectrum import Instrument
from stellarview.io.atomic import write_atomically
from stellarview.io.user_folders import models_folder

CARD_FILE, WEIGHTS_FILE = "card.json", "weights.safetensors"
_LARGEST_CARD_BYTES = 4 << 20
_LARGEST_WEIGHTS_BYTES = 4 << 30

Tensors = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class StoredModel:
    """A verified model: its card, and its weights by name (the members stacked along the first axis)."""

    folder: Path
    card: ModelCard
    tensors: Tensors


def model_folders() -> list[Path]:
    """Where models are looked for: the user's own first, then those that came with the program."""
    package = Path(__file__).resolve().parents[1]
    roots = [models_folder(), package / "models", package.parent / "models"]
    return [root for root in roots if root.is_dir()]


def list_models() -> list[Path]:
    """The folders of all models; of two with one name the user's own counts."""
    found: dict[str, Path] = {}
    for root in model_folders():
        for card in sorted(root.glob(f"*/{CARD_FILE}")):
            found.setdefault(card.parent.name, card.parent)
    return [found[name] for name in sorted(found)]


def find_model(name_or_folder: str) -> Path:
    """The folder of a model, by its name or by its path."""
    for folder in (Path(name_or_folder), *list_models()):
        if (folder / CARD_FILE).is_file() and name_or_folder in (folder.name, str(folder)):
            return folder
    names = ", ".join(folder.name for folder in list_models())
    raise StellarViewError(
        f"There is no model {name_or_folder!r}.",
        f"The models here are {names}." if names else "No model is installed.",
        "Choose one of these, or give the folder of a model.",
    )


def model_stamp(folder: Path) -> tuple[int, ...]:
    """Another one for whoever comes to lie in this folder later: the card is written last, and knows the weights."""
    try:
        card = (folder / CARD_FILE).stat()
    except OSError as error:
        raise _refused(folder, f"{CARD_FILE} cannot be read: {error.strerror or error}.") from error
    return card.st_ino, card.st_mtime_ns, card.st_size


def usual_model(instrument: Instrument, outputs: Collection[str]) -> str:
    """The model for these labels where a user names none: the first that is for the instrument and tells them all."""
    cards = {folder.name: read_card(folder) for folder in list_models() if not _is_emulator(folder)}
    for name, card in cards.items():
        if card.instrument == instrument and set(outputs) <= set(card.outputs):
            return name
    known = [f"{name} ({card.instrument}: {', '.join(card.outputs)})" for name, card in cards.items()]
    raise StellarViewError(
        f"No model for LAMOST {instrument} tells {', '.join(outputs)}.",
        f"There is {'; '.join(known)}." if known else "No model is installed.",
        "Name a model with --model, or train one.",
    )


def _is_emulator(folder: Path) -> bool:
    return read_facts(folder).get("kind") == "emulator"


def read_facts(folder: Path) -> dict[str, Any]:
    """What the card's file says, not yet believed."""
    return parse_facts(_bounded_bytes(folder / CARD_FILE, _LARGEST_CARD_BYTES), folder)


def parse_facts(text: bytes, folder: Path) -> dict[str, Any]:
    """The object in the bytes of a card; `folder` is named in the error."""
    try:
        facts = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _refused(folder, f"{CARD_FILE} is no JSON: {error}.") from error
    if not isinstance(facts, dict):
        raise _refused(folder, f"{CARD_FILE} is no JSON object.")
    return facts


def read_card(folder: Path) -> ModelCard:
    """The card alone: quick, and enough to list models."""
    facts = read_facts(folder)
    if facts.get("kind") == "emulator":
        raise StellarViewError(
            f"{folder.name} is an emulator.",
            "It makes spectra of labels; it tells no labels of spectra.",
            "Choose a model that predicts: `stellarview models list`. An emulator serves `stellarview synthesise`.",
        )
    return ModelCard.from_json(facts, str(folder / CARD_FILE))


def read_model(folder: Path) -> StoredModel:
    """Card and weights, refused unless the checksum agrees, all numbers are finite and every member is there."""
    card = read_card(folder)
    tensors = read_tensors(folder, card.weights_sha256)
    _check_members(folder, card, tensors)
    return StoredModel(folder, card, tensors)


def read_tensors(folder: Path, sha256: str) -> Tensors:
    """The arrays beside a card, if they have this checksum and every number is one."""
    data = _bounded_bytes(folder / WEIGHTS_FILE, _LARGEST_WEIGHTS_BYTES)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise _refused(folder, "The checksum of its weights is not that of its card: one of the two was changed.")
    tensors = _parse(folder, data)
    _check_numbers(folder, tensors)
    return tensors


def write_model(folder: Path, card: ModelCard, tensors: Mapping[str, NDArray[Any]]) -> ModelCard:
    """Write weights, then the card with their checksum: a card never stands beside weights that it does not know."""
    _check_members(folder, card, tensors)
    data = packed(folder, tensors)
    card = replace(card, weights_sha256=hashlib.sha256(data).hexdigest())
    write_folder(folder, card.name, card.to_json(), data)
    return card


def packed(folder: Path, tensors: Mapping[str, NDArray[Any]]) -> bytes:
    """Arrays as they are stored, checked first."""
    from safetensors.numpy import save

    _check_numbers(folder, tensors)
    return save({name: np.ascontiguousarray(array) for name, array in tensors.items()})


def write_folder(folder: Path, name: str, facts: Mapping[str, Any], weights: bytes) -> None:
    """Weights first, then the card that knows them."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StellarViewError(
            f"Cannot write the model {name}.", f"The system says: {error.strerror}.", "Choose another folder."
        ) from error
    write_atomically(folder / WEIGHTS_FILE, weights)
    text = json.dumps(facts, indent=1, ensure_ascii=False, allow_nan=False)
    write_atomically(folder / CARD_FILE, f"{text}\n".encode())


def _parse(folder: Path, data: bytes) -> Tensors:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        tensors: Tensors = load(data)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise _refused(folder, f"{WEIGHTS_FILE} is damaged: {error}.") from error
    return tensors


def _check_members(folder: Path, card: ModelCard, tensors: Mapping[str, NDArray[Any]]) -> None:
    """Members stacked along the first axis."""
    members = {name: array for name, array in tensors.items() if name.startswith("members.")}
    if not members:
        raise _refused(folder, "Its weights hold no member.")
    for name, array in members.items():
        if array.ndim == 0 or array.shape[0] != card.members:
            raise _refused(folder, f"{name} has the shape {array.shape}, not {card.members} members.")


def _check_numbers(folder: Path, tensors: Mapping[str, NDArray[Any]]) -> None:
    """Not a NaN among them: safetensors loads those without a word."""
    for name, array in tensors.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise _refused(folder, f"{name} holds values that are no numbers.")


def _bounded_bytes(path: Path, limit: int) -> bytes:
    try:
        if path.stat().st_size > limit:
            raise _refused(path.parent, f"{path.name} is larger than {limit >> 20} MB.")
        return path.read_bytes()
    except OSError as error:
        raise _refused(path.parent, f"{path.name} cannot be read: {error.strerror or error}.") from error


def _refused(folder: Path, why: str) -> StellarViewError:
    return StellarViewError(f"The model in {folder.name} is refused.", why, "Download it again, or train it anew.")
