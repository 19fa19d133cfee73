"""Emulators on the disk: folders like those of models, verified in the same way before anything is believed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from stellarview.domain.emulator_card import EmulatorCard
from stellarview.domain.errors import StellarViewError
from stellarview.io.models import CARD_FILE, Tensors, find_model, packed, read_facts, read_tensors, write_folder


@dataclass(frozen=True, eq=False)
class StoredEmulator:
    """A verified emulator: its card and its arrays."""

    folder: Path
    card: EmulatorCard
    tensors: Tensors


def find_emulator(name_or_folder: str) -> Path:
    """The folder of an emulator, by its name or by its path."""
    return find_model(name_or_folder)


def is_emulator(folder: Path) -> bool:
    """True where the card says so; a card that cannot be read says nothing."""
    try:
        return read_facts(folder).get("kind") == "emulator"
    except StellarViewError:
        return False


def read_emulator_card(folder: Path) -> EmulatorCard:
    """The card alone."""
    facts = read_facts(folder)
    if facts.get("kind") != "emulator":
        raise StellarViewError(
            f"{folder.name} is no emulator.",
            "It tells labels of spectra; an emulator makes spectra of labels.",
            "Use it with `stellarview predict`, or choose an emulator: `stellarview models list`.",
        )
    return EmulatorCard.from_json(facts, str(folder / CARD_FILE))


def read_emulator(folder: Path) -> StoredEmulator:
    """Card and arrays, refused unless the checksum agrees and all numbers are finite."""
    card = read_emulator_card(folder)
    return StoredEmulator(folder, card, read_tensors(folder, card.weights_sha256))


def write_emulator(folder: Path, card: EmulatorCard, tensors: Mapping[str, NDArray[Any]]) -> EmulatorCard:
    """Write the arrays, then the card with their checksum."""
    data = packed(folder, tensors)
    card = replace(card, weights_sha256=hashlib.sha256(data).hexdigest())
    write_folder(folder, card.name, card.to_json(), data)
    return card
