"""Columns of a user's table are guessed by name and by what stands in them, and every guess can be corrected."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.training.label_columns import LabelColumn, guess_label_columns, read_stars


def table(folder: Path, text: str, name: str = "labels.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("column", "cells", "unit"),
    [
        ("Teff", ("5770", "4200"), "K"),
        ("log_teff", ("3.7612", "3.6232"), "log K"),
        ("Teff", ("3.7612", "3.6232"), "log K"),
        ("theta", ("0.8735", "1.2"), "5040 K/Teff"),
        ("Teff", ("0.8735", "1.2"), "5040 K/Teff"),
        ("Teff", ("5.77", "4.2"), "1000 K"),
    ],
)
def test_that_a_temperature_is_kelvin_whatever_it_was_given_in(
    tmp_path: Path, column: str, cells: tuple[str, str], unit: str
) -> None:
    path = table(tmp_path, f"obsid,{column}\n1,{cells[0]}\n2,{cells[1]}\n")
    guess = guess_label_columns(path)
    (label,) = guess.columns.labels
    assert (label.key, label.column, label.unit) == ("teff", column, unit)
    np.testing.assert_allclose(read_stars(path, guess.columns).labels["teff"], (5770, 4200), rtol=1e-3)


@pytest.mark.parametrize(
    ("header", "way"),
    [
        ("filename,obsid,teff", ("obsid", "obsid")),
        ("filename,teff", ("file", "filename")),
        ("RAJ2000,DEJ2000,teff", ("position", "")),
        ("Star,teff", ("name", "Star")),
    ],
)
def test_that_what_tells_the_star_is_found(tmp_path: Path, header: str, way: tuple[str, str]) -> None:
    cells = ",".join(
        {"teff": "5000", "obsid": "7", "RAJ2000": "10.5", "DEJ2000": "41"}.get(n, "a b") for n in header.split(",")
    )
    guess = guess_label_columns(table(tmp_path, f"{header}\n{cells}\n{cells}\n"))
    assert guess.ways[0] == way
    assert (guess.columns.match_by, guess.columns.key_column) == way


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("obsid,teff\n", "has the names of columns, but no rows"),
        ("12,5777,4.4\n13,5000,4.0\n", "has no names of columns: its first line is 12, 5777, 4.4"),
        ("obsid,teff\n1,nan\n2,-9999\n", "numbers stand in obsid of its columns obsid, teff"),
        ("star,teff\na,hot\n", "numbers stand in none of its columns star, teff"),
    ],
)
def test_that_a_table_without_labels_says_what_it_has_instead(tmp_path: Path, text: str, why: str) -> None:
    path = table(tmp_path, text)
    with pytest.raises(StellarViewError, match=why):
        read_stars(path, guess_label_columns(path).columns)


def test_that_commas_are_points_where_semicolons_part_the_fields(tmp_path: Path) -> None:
    path = table(tmp_path, "obsid;name;teff;logg\n1;HD 5,6;5777,0;4,438\n2;b;4200;-1,5e0\n")
    guess = guess_label_columns(path)
    assert [one.key for one in guess.columns.labels] == ["teff", "logg"]
    labels = read_stars(path, guess.columns).labels
    assert {key: values.tolist() for key, values in labels.items()} == {"teff": [5777, 4200], "logg": [4.438, -1.5]}
    assert guess.sample[0][1] == "HD 5,6"


def test_that_uncertainties_go_with_their_label_in_its_unit(tmp_path: Path) -> None:
    path = table(tmp_path, "obsid,logTeff,e_logTeff,logg,logg_err\n1,3.7612,0.005,4.44,0.1\n2,3.6,0.01,2,-9999\n")
    stars = read_stars(path, guess_label_columns(path).columns)
    np.testing.assert_allclose(stars.sigmas["teff"][0], np.log(10) * 5770 * 0.005, rtol=1e-3)
    assert np.isnan(stars.sigmas["logg"][1])


def test_that_cells_which_stand_for_nothing_are_counted(tmp_path: Path) -> None:
    path = table(tmp_path, "obsid,teff,feh\n1,5770,0\n2,-9999,99.99\n3,nan,-999\n4,,-0.5\n")
    stars = read_stars(path, guess_label_columns(path).columns)
    assert stars.n_bad == {"teff": 3, "feh": 2}
    assert np.isfinite(stars.labels["feh"]).tolist() == [True, False, False, True]


def test_that_a_guess_can_be_corrected_and_a_new_label_named(tmp_path: Path) -> None:
    path = table(tmp_path, "obsid,teff,vmic\n1,5770,1.1\n2,5000,1.4\n")
    guess = guess_label_columns(path)
    assert "vmic" in guess.numeric_names
    columns = guess.columns.with_label(LabelColumn("vmic", "vmic", unit="km/s"))
    assert read_stars(path, columns).labels["vmic"].tolist() == [1.1, 1.4]
    with pytest.raises(StellarViewError, match="has no column 'speed'"):
        read_stars(path, columns.with_label(LabelColumn("vmic", "speed")))
    with pytest.raises(StellarViewError, match="no label that was chosen"):
        read_stars(path, replace(columns, labels=()))


def test_that_two_columns_that_fit_alike_are_named(tmp_path: Path) -> None:
    guess = guess_label_columns(table(tmp_path, "obsid,teff_a,teff_b\n1,5770,5800\n"))
    assert any("teff_a or teff_b" in note for note in guess.notes)


def test_that_the_first_rows_are_shown_as_they_stand(tmp_path: Path) -> None:
    guess = guess_label_columns(table(tmp_path, "obsid,teff\n" + "".join(f"{i},5000\n" for i in range(9))))
    assert (guess.n_rows, len(guess.sample), guess.sample[1]) == (9, 5, ("1", "5000"))
