"""Emulators on the disk: told apart from models, and refused when anything was changed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tiny_emulator import toy_card, toy_tensors

from stellarview.domain.errors import StellarViewError
from stellarview.io.emulators import is_emulator, read_emulator, read_emulator_card, write_emulator
from stellarview.io.models import find_model, read_card


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_emulator(tmp_path / "toy", toy_card(), toy_tensors())
    return tmp_path / "toy"


def test_that_an_emulator_comes_back_as_it_was_written(folder: Path) -> None:
    stored = read_emulator(folder)
    assert replace(stored.card, weights_sha256="") == toy_card()
    for name, array in toy_tensors().items():
        np.testing.assert_array_equal(stored.tensors[name], array)


def test_that_an_emulator_is_no_model_and_says_so(folder: Path) -> None:
    assert is_emulator(folder)
    with pytest.raises(StellarViewError, match="is an emulator"):
        read_card(folder)


def test_that_a_model_is_no_emulator_and_says_so(folder: Path) -> None:
    facts = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    del facts["kind"]
    (folder / "card.json").write_text(json.dumps(facts), encoding="utf-8")
    assert not is_emulator(folder)
    with pytest.raises(StellarViewError, match="is no emulator"):
        read_emulator_card(folder)


def test_that_a_flipped_bit_is_refused(folder: Path) -> None:
    data = bytearray((folder / "weights.safetensors").read_bytes())
    data[-9] ^= 4
    (folder / "weights.safetensors").write_bytes(bytes(data))
    with pytest.raises(StellarViewError, match="checksum"):
        read_emulator(folder)


@pytest.mark.parametrize(
    "change",
    [
        {"labels": []},
        {"resolution": -1.0},
        {"name": "../evil"},
        {"card_version": 2},
        {"arms": [{"name": "B", "start_angstrom": 5000.0, "step_angstrom": 0.1, "points": 10**9}]},
        {"labels": [{"key": "teff", "unit": "K", "low": 2.0, "high": 1.0}]},
        {"surprise": True},
    ],
    ids=str,
)
def test_that_a_card_which_was_changed_is_refused(folder: Path, change: dict[str, object]) -> None:
    facts = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    (folder / "card.json").write_text(json.dumps(facts | change), encoding="utf-8")
    with pytest.raises(StellarViewError, match="cannot be used"):
        read_emulator_card(folder)


def test_that_the_shipped_emulator_is_sound_and_small() -> None:
    folder = find_model("mrs-emulator")
    stored = read_emulator(folder)
    assert stored.card.metrics["held_out_rms_percent_above_4500_K"] < 0.86
    assert (folder / "weights.safetensors").stat().st_size < 25e6
