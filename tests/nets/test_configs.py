"""Configurations: from JSON and back, and nonsense refused in words."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from toy_networks import SMALL

from stellarview.domain.errors import StellarViewError
from stellarview.nets import ARCHITECTURES
from stellarview.nets.rrnet import RRNetConfig

every_architecture = pytest.mark.parametrize("name", ARCHITECTURES)


@every_architecture
def test_that_a_configuration_survives_json(name: str) -> None:
    row = ARCHITECTURES[name]
    for facts in ({}, SMALL[name]):
        config = row.config_from(facts)
        assert row.config_from(json.loads(json.dumps(dataclasses.asdict(config)))) == config


@every_architecture
def test_that_a_configuration_cannot_be_changed(name: str) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        ARCHITECTURES[name].config_from({}).input_length = 1


@every_architecture
@pytest.mark.parametrize(
    "nonsense",
    [
        {"input_length": "7200"},
        {"input_length": 7200.0},
        {"input_length": True},
        {"input_length": 0},
        {"input_length": -5},
        {"input_length": 10**12},
        {"input_length": None},
        {"colour": "blue"},
        {"input_length": 1},
        {3: 4},
        [],
        None,
    ],
    ids=str,
)
def test_that_nonsense_is_refused(name: str, nonsense: Any) -> None:
    row = ARCHITECTURES[name]
    if nonsense == {"input_length": 1} and name == "SubtypeResNet":
        nonsense = {"channels": [8, 4]}  # padded convolutions make something of a single pixel
    with pytest.raises(StellarViewError, match="cannot be built") as caught:
        row.config_from(nonsense)
    assert caught.value.what_to_do


@pytest.mark.parametrize(
    ("name", "nonsense", "why"),
    [
        ("RRNet", {"mode": "sideways"}, "not one of"),
        ("RRNet", {"n_sub_bands": 7}, "14400 values cannot be cut into 7"),
        ("RRNet", {"mode": "pre", "n_sub_bands": 7}, "7200 values cannot be cut into 7"),
        ("RRNet", {"dense": []}, "dense is empty"),
        ("RRNet", {"dense": "256"}, "not a list"),
        ("RRNet", {"dense": [1] * 101}, "101 numbers"),
        ("RRNet", {"n_labels": 10_001}, "not 1 to 10000"),
        ("RRNet", {"dense": [256, 0]}, "dense is 0"),
        ("RRNet", {"dropout": 1.0}, "below 1"),
        ("RRNet", {"dropout": float("nan")}, "below 1"),
        ("RRNet", {"n_residual_blocks": 20}, "leave nothing"),
        ("StarNetR", {"n_sub_bands": 7}, "cannot be cut"),
        ("StarNet", {"pool": 8000}, "cannot be pooled"),
        ("RDN", {"arm_lengths": [4400, 4000]}, "do not add up"),
        ("RDN", {"arm_lengths": [8792, 8]}, "shorter than the pooling"),
        ("SPCANet", {"kernel_length": 4}, "no middle"),
        ("DenseNetSE", {"kernel_lengths": [1, 10]}, "no middle"),
        ("DenseNetSE", {"n_blocks": 40}, "leave nothing"),
        ("SubtypeResNet", {"channels": [32, 16]}, "shrink"),
    ],
)
def test_that_sizes_that_do_not_fit_are_refused_with_the_reason(name: str, nonsense: Any, why: str) -> None:
    with pytest.raises(StellarViewError, match=why):
        ARCHITECTURES[name].config_from(nonsense)


def test_that_rrnet_without_recurrence_needs_no_equal_sub_bands() -> None:
    assert ARCHITECTURES["RRNet"].config_from({"mode": "raw", "n_sub_bands": 7}) == RRNetConfig(
        mode="raw", n_sub_bands=7
    )


def test_that_a_network_is_not_built_from_the_configuration_of_another() -> None:
    with pytest.raises(StellarViewError, match="RRNetConfig, not a ResNetConfig"):
        ARCHITECTURES["RRNet"].build(ARCHITECTURES["ResNet"].config_from({}))
