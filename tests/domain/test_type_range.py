"""A type that no training star had is said, whatever a network tells of the star."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import told_star

from stellarview.domain.prediction import Mixture, Prediction
from stellarview.domain.type_range import contradicted, file_class_beyond, no_mk_type, no_star, subtype_beyond
from stellarview.inspection.summary import doubts

EXAMPLE = Path(__file__).resolve().parents[2] / "resources" / "examples" / "spec-synthetic-G2V.fits.gz"
RANGE_K = (4112.0, 13357.0)


@pytest.mark.parametrize(("subclass", "is_beyond"), [
    *(("M2", True), ("dM4", True), ("gM0", True), ("DB", True), ("O9", True)),
    *(("K7", False), ("G2", False), ("A1", False), ("B9", False), ("", False), ("Galaxy", False)),
])  # fmt: skip
def test_that_a_survey_class_beyond_the_training_range_is_said(subclass: str, is_beyond: bool) -> None:
    said = file_class_beyond(subclass, RANGE_K)
    assert bool(said) == is_beyond
    assert not said or said.startswith(f"the file's class {subclass}, about ")


def test_that_words_tell_both_temperatures() -> None:
    told = "the file's class M2, about 3500 K, lies beyond the training range of Teff 4112 to 13357 K"
    assert file_class_beyond("M2", RANGE_K) == told


@pytest.mark.parametrize(("number", "sigma", "is_beyond"), [
    *((0.97, 0.19, True), (6.28, 0.18, True), (6.28, 0.6, False), (4.2, 0.2, False), (5.9, 0.2, False)),
])  # fmt: skip
def test_that_a_told_subtype_counts_with_its_sigma(number: float, sigma: float, is_beyond: bool) -> None:
    assert bool(subtype_beyond(Mixture(np.full(3, number), np.full(3, sigma)), RANGE_K)) == is_beyond


@pytest.mark.parametrize(("object_class", "is_said"), [
    *(("GALAXY", True), ("galaxy ", True), ("QSO", True), ("STAR", False), ("Unknown", False), ("", False)),
])  # fmt: skip
def test_that_stellar_labels_of_what_the_survey_calls_no_star_are_denied(object_class: str, is_said: bool) -> None:
    assert bool(no_star(object_class)) == is_said


@pytest.mark.parametrize(("subclass", "is_said"), [
    *(("DB", True), ("WDMagnetic", True), ("Carbon", True), ("CV", True), ("sdB", True)),
    *(("dM4", False), ("sdM1", False), ("G5", False), ("Non", False), ("", False)),
])  # fmt: skip
def test_that_kinds_of_stars_beside_the_mk_sequence_have_no_mk_type(subclass: str, is_said: bool) -> None:
    assert bool(no_mk_type(subclass)) == is_said


@pytest.mark.parametrize(("subclass", "number", "said"), [
    *(("G5", 3.02, "6.4 sigma from the file's class G5"), ("M0", 4.5, "6.5 sigma from the file's class M0")),
    *(("G5", 4.0, ""), ("DB", 1.0, ""), ("", 1.0, "")),
])  # fmt: skip
def test_that_a_told_type_many_sigma_from_the_files_is_contradicted(subclass: str, number: float, said: str) -> None:
    assert contradicted(subclass, Mixture(np.full(3, number), np.full(3, 0.23))) == said


def test_that_an_inspection_doubts_a_sure_answer_that_its_own_type_denies() -> None:
    """As the real white dwarf of type DB that was told 5880 K with 36 K, without a flag."""
    star = replace(told_star.inspection(EXAMPLE), ranges={"teff": RANGE_K})
    assert star.beyond_by_type == ""
    white = Prediction("types", labels={"subtype": Mixture(np.full(3, 0.97), np.full(3, 0.19))})
    dwarf = replace(star, predictions={**star.predictions, "types": white})
    assert dwarf.flags[-1].startswith("extrapolation: the MK type O9.7, about ")
    assert any(doubt.startswith("The MK type O9.7") for doubt in doubts(dwarf))
