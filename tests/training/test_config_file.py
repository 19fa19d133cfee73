"""Configurations come back as they were written, and slips of the pen are found and named."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stellarview.domain.errors import StellarViewError
from stellarview.training import config as tables
from stellarview.training.config import TrainingConfig
from stellarview.training.config_file import config_facts, config_from, read_config, toml_text, write_config
from stellarview.training.setting import about

SMALLEST: dict[str, Any] = {"data": {"sets": ["a.h5"], "labels": ["teff"]}, "recipe": {"name": "rrnet"}}
RICH: dict[str, Any] = SMALLEST | {
    "model": {"name": "lrs-stellar", "about": 'says "Teff" \\ and 恒星', "cite": ["one", "two"]},
    "data": {"sets": ["a.h5", "b c.h5"], "labels": ["teff", "feh"], "ranges": {"teff": [4000, 6500.5]}},
    "network": {"architecture": "StarNet", "config": {"dense": [64, 32], "dropout": 0.1}, "freeze": ["dense.0"]},
    "augment": [{"step": "noise_at_snr", "least": 5.0}, {"step": "dead_columns"}],
    "split": {"folds": 5, "fold": 2},
}


@pytest.mark.parametrize("facts", [SMALLEST, RICH])
def test_that_a_configuration_comes_back_as_it_was_written(facts: dict[str, Any], tmp_path: Path) -> None:
    config = config_from(facts)
    write_config(tmp_path / "run.toml", config)
    again = read_config(tmp_path / "run.toml")
    assert config_facts(again) == config_facts(config)
    assert config_from(config_facts(config)) == again


plain = st.one_of(st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.text())
values = st.one_of(plain, st.lists(plain), st.dictionaries(st.text(min_size=1), plain))


@given(st.dictionaries(st.text(min_size=1), values))
def test_that_any_table_comes_back_as_it_was_written(facts: dict[str, Any]) -> None:
    assert tomllib.loads(toml_text({"table": facts})) == {"table": facts}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"lopp": {}}, "it knows no lopp: did you mean loop?"),
        ({"loop": {"epoch": 3}}, "it knows no loop.epoch: did you mean epochs?"),
        ({"optimiser": {"xyzzy": 3}}, "known are name, rate"),
        ({"loop": {"epochs": "many"}}, "loop.epochs is 'many', not int"),
        ({"loop": {"epochs": 0}}, "loop has a count below 1"),
        ({"loop": 3}, "loop is 3, not a table"),
        ({"split": {"train": 0.9}}, "do not add up to 1"),
        ({"split": {"folds": 3, "fold": 3}}, "split.fold is 3 of 3"),
        ({"data": {"sets": ["a.h5"]}}, "either labels or classes"),
        ({"data": {"sets": [], "labels": ["teff"]}}, "names no spectrum set"),
        ({"data": {"sets": ["a"], "labels": ["teff"], "ranges": {"logg": [1, 2]}}}, "no label of data.labels"),
        ({"data": {"sets": ["a"], "labels": ["teff"], "ranges": {"teff": [2, 1]}}}, "not \\[low, high\\]"),
        ({"augment": [{"step": "noise"}]}, "none of noise_at_snr"),
        ({"optimiser": {"schedule": "cosinus"}}, "not one of"),
        ({"loop": {"balance": "logg"}}, "loop.balance is 'logg'"),
        ({"model": {"name": "My Model"}}, "model.name is 'My Model'"),
        ({"model": {"misfit": {"teff": -60.0}}}, "model.misfit.teff is -60.0, not a sigma"),
        ({"model": {"misfit": {"teff": "60 K"}}}, "model.misfit.teff is '60 K', not a sigma"),
        ({"model": {"misfit": {"tefff": 60.0}}}, "model.misfit.tefff is no label of data.labels"),
        ({"network": {"members": 0}}, "network.members is 0"),
    ],
)
def test_that_slips_are_named(change: dict[str, Any], why: str, tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text(toml_text(SMALLEST | change), encoding="utf-8")
    with pytest.raises(StellarViewError, match=why):
        read_config(tmp_path / "run.toml")


def test_that_a_missing_table_a_missing_file_and_broken_toml_are_told(tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text("[data]\nsets = ['a']\nlabels = ['teff']\n", encoding="utf-8")
    with pytest.raises(StellarViewError, match=r"it has no \[recipe\]"):
        read_config(tmp_path / "run.toml")
    (tmp_path / "run.toml").write_text("[data\n", encoding="utf-8")
    with pytest.raises(StellarViewError, match="It is broken"):
        read_config(tmp_path / "run.toml")
    with pytest.raises(StellarViewError, match="No such file"):
        read_config(tmp_path / "none.toml")


def test_that_every_field_says_what_it_does() -> None:
    kinds = [kind for kind in vars(tables).values() if dataclasses.is_dataclass(kind) and kind is not TrainingConfig]
    assert len(kinds) == 7
    for kind in kinds:
        for field in dataclasses.fields(kind):
            assert about(kind, field.name).endswith((".", ")")), f"{kind.__name__}.{field.name}"
