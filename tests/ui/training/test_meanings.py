"""Corrections of what the columns of a table mean."""

from __future__ import annotations

import pytest

from stellarview.training.label_columns import LabelColumn, LabelColumns, TableGuess
from stellarview.ui.training.meanings import (
    choices_for,
    matched_by,
    meaning_of,
    ways_of,
    with_meaning,
    with_unit,
)

TEFF = LabelColumn("teff", "T", "T_err", "K")
COLUMNS = LabelColumns("obsid", (TEFF,), key_column="id", ra_column="ra", dec_column="dec", velocity_column="rv")
GUESS = TableGuess(
    COLUMNS, (("obsid", "id"), ("position", "")), ("id", "T", "T_err", "ra", "dec", "rv", "who", "V sin i"),
    ("id", "T", "T_err", "ra", "dec", "rv", "V sin i"), {}, (), 3,
)  # fmt: skip


@pytest.mark.parametrize(
    ("column", "meaning"),
    [
        ("id", "obsid"),
        ("T", "label:teff"),
        ("T_err", "sigma:teff"),
        ("ra", "ra"),
        ("dec", "dec"),
        ("rv", "velocity"),
        ("who", ""),
    ],
)
def test_that_each_column_has_its_meaning_and_keeps_it_when_it_is_given_anew(column: str, meaning: str) -> None:
    assert meaning_of(column, COLUMNS) == meaning
    again = with_meaning(COLUMNS, column, meaning)
    assert all(meaning_of(name, again) == meaning_of(name, COLUMNS) for name in GUESS.column_names)


def test_that_a_column_takes_the_meaning_of_another() -> None:
    moved = with_meaning(COLUMNS, "V sin i", "label:teff")
    assert moved.labels == (LabelColumn("teff", "V sin i", "T_err", "K"),)
    assert meaning_of("T", moved) == ""
    assert with_meaning(COLUMNS, "T_err", "").labels[0].sigma_column == ""
    assert with_meaning(COLUMNS, "who", "name").match_by == "name"


def test_that_a_new_label_is_called_as_its_column_and_has_a_sigma() -> None:
    choices = choices_for("V sin i", GUESS, COLUMNS)
    assert choices["label:v_sin_i"] == "new label “v_sin_i”"
    wider = with_meaning(COLUMNS, "V sin i", "label:v_sin_i")
    assert "sigma:v_sin_i" in choices_for("T_err", GUESS, wider)


def test_that_words_are_no_labels() -> None:
    assert set(choices_for("who", GUESS, COLUMNS)) == {"", "obsid", "file", "name"}


def test_that_the_way_and_the_unit_are_chosen() -> None:
    assert list(ways_of(GUESS, COLUMNS).values()) == ["observation number (id)", "position in the sky (ra, dec)"]
    assert matched_by(COLUMNS, ("position", "")).match_by == "position"
    assert with_unit(COLUMNS, "T", "log K").labels[0].unit == "log K"
