"""Models on the disk: what goes in comes out, and nothing tampered with gets in."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.domain.model_card import LabelScale, ModelCard
from stellarview.io.models import read_card, read_model, write_model

CARD = ModelCard(
    name="toy",
    about="a toy",
    architecture="StarNet",
    config={"input_length": 64, "n_labels": 1},
    recipe={"name": "rrnet", "steps": []},
    instrument="LRS",
    members=2,
    labels=(LabelScale("teff", 5500.0, 800.0, 3800.0, 7500.0),),
    metrics={"mae": {"teff": 85.0}},
    cite=("LAMOST",),
)
LABEL = {"key": "teff", "mean": 1.0, "std": 1.0, "low": 0.0, "high": 1.0}
TENSORS = {"members.weight": np.arange(12, dtype=np.float32).reshape(2, 6), "novelty.mean": np.zeros(3)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_model(tmp_path / "toy", CARD, TENSORS)
    return tmp_path / "toy"


def test_that_a_model_comes_back_as_it_was_written(folder: Path) -> None:
    stored = read_model(folder)
    assert replace(stored.card, weights_sha256="") == CARD
    assert {name: array.tolist() for name, array in stored.tensors.items()} == {
        name: array.tolist() for name, array in TENSORS.items()
    }
    assert stored.tensors["members.weight"].dtype == np.float32


def test_that_a_flipped_bit_in_the_weights_is_refused(folder: Path) -> None:
    data = bytearray((folder / "weights.safetensors").read_bytes())
    data[-5] ^= 1
    (folder / "weights.safetensors").write_bytes(bytes(data))
    with pytest.raises(StellarViewError, match="checksum"):
        read_model(folder)


def test_that_truncated_weights_are_refused(folder: Path) -> None:
    data = (folder / "weights.safetensors").read_bytes()
    (folder / "weights.safetensors").write_bytes(data[:-3])
    with pytest.raises(StellarViewError, match="refused"):
        read_model(folder)


@pytest.mark.parametrize(
    "change",
    [
        {"members": 3},
        {"members": 0},
        {"members": "two"},
        {"surprise": 1},
        {"name": "../evil"},
        {"labels": []},
        {"labels": [{"key": "teff", "mean": 1.0, "std": 0.0, "low": 0.0, "high": 1.0}]},
        {"labels": [{**LABEL, "sigma_factor_by_snr": [[50.0, 1.0], [20.0, 1.5]]}]},
        {"labels": [{**LABEL, "sigma_factor_by_snr": [[20.0, 1.5, 2.0]]}]},
        {"labels": [{**LABEL, "sigma_factor_by_snr": [[20.0, 0.0]]}]},
        {"card_version": 99},
        {"instrument": "JWST"},
        {"config": [1]},
        {"weights_sha256": "abc"},
    ],
    ids=str,
)
def test_that_a_card_which_was_changed_is_refused(folder: Path, change: dict[str, object]) -> None:
    facts = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    (folder / "card.json").write_text(json.dumps(facts | change), encoding="utf-8")
    with pytest.raises(StellarViewError) as caught:
        read_model(folder)
    assert all(caught.value.as_dict().values())


@pytest.mark.parametrize("content", [b"", b"not json", b"[1, 2]", b"\xff\xfe", b"[" * 100000])
def test_that_a_card_that_is_no_card_is_refused(folder: Path, content: bytes) -> None:
    (folder / "card.json").write_bytes(content)
    with pytest.raises(StellarViewError):
        read_card(folder)


def test_that_weights_that_are_no_numbers_are_not_written_and_leave_the_old_model(folder: Path) -> None:
    with pytest.raises(StellarViewError, match="no numbers"):
        write_model(folder, CARD, {"members.weight": np.full((2, 6), np.nan)})
    assert read_model(folder).tensors["members.weight"][1, 5] == 11.0


@pytest.mark.parametrize("name", ["card.json", "weights.safetensors"])
def test_that_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(StellarViewError, match=name):
        read_model(folder)
