"""The form has every setting, each with help, kind and a default that it would accept itself."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import pytest

from stellarview.nets import ARCHITECTURES
from stellarview.training.augment import AUGMENTATIONS
from stellarview.training.config import TrainingConfig
from stellarview.training.form import (
    BASIC,
    GROUPS,
    LIMITS,
    MEANING_OF_ZERO,
    FormField,
    augmentation_form,
    training_form,
)
from stellarview.training.tuning import TuningChoices, tuning_form

FIELDS = [field for group in training_form() for field in group.fields]


def test_that_every_setting_of_a_run_is_in_the_form() -> None:
    assert set(GROUPS) == {field.name for field in dataclasses.fields(TrainingConfig)} - {"augment"}
    names = {f"{table}.{field.name}" for table, (_, kind) in GROUPS.items() for field in dataclasses.fields(kind)}
    assert {field.name for field in FIELDS} == names
    assert names | {field.name for field in tuning_form()} >= {*BASIC, *LIMITS, *MEANING_OF_ZERO}


@pytest.mark.parametrize("field", [*FIELDS, *tuning_form()], ids=lambda field: field.name)
def test_that_a_field_helps_and_accepts_its_own_default(field: FormField) -> None:
    assert field.help.endswith(".")
    if field.kind in ("whole number", "number"):
        assert field.low is None or field.low <= field.default
        assert field.high is None or field.default <= field.high
    if field.kind == "choice" and field.default:
        assert field.default in field.choices


def test_that_the_form_knows_all_networks_and_augmentations() -> None:
    (network,) = (field for field in FIELDS if field.name == "network.architecture")
    assert network.choices == tuple(ARCHITECTURES)
    assert [group.name for group in augmentation_form()] == list(AUGMENTATIONS)


def test_that_the_tuning_form_is_short_and_offers_all_choices() -> None:
    assert [field.name for field in tuning_form()] == [field.name for field in dataclasses.fields(TuningChoices)]
    assert sum(field.is_basic for field in tuning_form()) <= 6


def test_that_neither_forms_nor_launches_wait_for_torch() -> None:
    modules = "form, tuning, launch, status, label_set, preflight, watched"
    code = f"import sys; from stellarview.training import {modules}; print('torch' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
