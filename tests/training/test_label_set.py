"""Spectra and a table become a training set, and nothing that is left out goes unsaid."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from training_sets import LABELS

from stellarview.domain.errors import StellarViewError
from stellarview.io.sets import open_spectrum_set, write_spectrum_set
from stellarview.io.spectra import read_spectrum
from stellarview.training.label_columns import LabelColumn, LabelColumns, MatchBy, guess_label_columns
from stellarview.training.label_set import build_label_set, read_label_set

OBSID = LabelColumns("obsid", (LabelColumn("teff", "teff", unit="K"), LabelColumn("vmic", "vmic")), "obsid")


def write_table(folder: Path, rows: range, bad: int = -1) -> Path:
    path = folder / "labels.csv"
    cells = (f"{row},{'nan' if row == bad else 5000 + row},{'' if row == bad else row / 100}" for row in rows)
    path.write_text("obsid,teff,vmic\n" + "\n".join(cells) + "\n", encoding="utf-8")
    return path


def test_that_matched_spectra_stand_in_a_set_with_their_labels(toy_set: Path, tmp_path: Path) -> None:
    made = build_label_set([toy_set], write_table(tmp_path, range(100, 600), bad=103), OBSID, tmp_path / "run")
    assert (made.n_read, made.n_matched, made.n_unmatched, made.n_without_labels) == (480, 379, 100, 1)
    assert (made.n_rows, made.n_rows_without_spectrum, made.n_bad["teff"]) == (500, 120, 1)
    assert made.without_labels == ("star 103.fits",)
    assert made.labels == ("teff", "vmic")
    with open_spectrum_set(tmp_path / "run" / made.sets[0]) as spectra:
        obsid, labels = spectra.header_column("obsid"), spectra.labels
        np.testing.assert_array_equal(labels["teff"], 5000 + obsid)
        assert len(set(labels["star"])) == made.n_stars == 379
    assert read_label_set(tmp_path / "run") == made


def test_that_a_set_may_bring_its_own_labels(toy_set: Path, tmp_path: Path) -> None:
    made = build_label_set([toy_set], None, None, tmp_path)
    assert (set(made.labels), made.n_matched) == (set(LABELS), 480)


def test_that_files_of_several_kinds_are_parted(example_lrs: Path, example_mrs: Path, tmp_path: Path) -> None:
    table = tmp_path / "labels.csv"
    table.write_text(f"file,teff\n{example_lrs.name},5000\n{example_mrs.name},6000\n", encoding="utf-8")
    made = build_label_set([example_lrs, example_mrs], table, guess_label_columns(table).columns, tmp_path / "run")
    assert (made.sets, made.n_stars) == (("spectra.h5", "spectra-2.h5"), 2)


def test_that_stars_are_matched_by_place(example_lrs: Path, tmp_path: Path) -> None:
    spectrum = read_spectrum(example_lrs)
    placed = replace(spectrum, header=replace(spectrum.header, ra_deg=359.9999, dec_deg=60.0))
    write_spectrum_set(tmp_path / "placed.h5", [placed])
    table = tmp_path / "labels.csv"
    table.write_text("ra,dec,teff\n0.0005,60.0002,5000\n10,10,6000\n", encoding="utf-8")
    made = build_label_set([tmp_path / "placed.h5"], table, guess_label_columns(table).columns, tmp_path / "run")
    assert (made.n_matched, made.rows_without_spectrum) == (1, ("row 2",))


def test_that_a_file_that_cannot_be_read_is_named_and_the_others_go_on(toy_set: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.fits"
    broken.write_bytes(b"SIMPLE  = nothing")
    made = build_label_set([broken, toy_set], None, None, tmp_path / "run")
    assert (made.n_unread, made.unread[0].file, made.n_matched) == (1, "broken.fits", 480)


@pytest.mark.parametrize("match_by", ["obsid", "position"])
def test_that_a_star_that_stands_twice_in_the_table_is_told_and_its_first_row_counts(
    example_lrs: Path, tmp_path: Path, match_by: MatchBy
) -> None:
    spectrum = read_spectrum(example_lrs)
    placed = replace(spectrum, header=replace(spectrum.header, obsid=7, ra_deg=10.0, dec_deg=20.0))
    write_spectrum_set(tmp_path / "placed.h5", [placed])
    table = tmp_path / "labels.csv"
    table.write_text("obsid,ra,dec,teff\n7,10,20,5000\n7,10,20,6000\n8,11,20,5500\n", encoding="utf-8")
    columns = replace(guess_label_columns(table).columns, match_by=match_by)
    made = build_label_set([tmp_path / "placed.h5"], table, columns, tmp_path / "run")
    assert (made.n_rows_repeated, made.n_rows_without_spectrum) == (1, 1)
    assert (made.rows_repeated, made.rows_without_spectrum) == (("7",), ("8",))
    with open_spectrum_set(tmp_path / "run" / made.sets[0]) as spectra:
        assert spectra.labels["teff"].tolist() == [5000]


def test_that_nothing_matched_is_an_error_that_counts(toy_set: Path, tmp_path: Path) -> None:
    with pytest.raises(
        StellarViewError,
        match=r"Of 480 spectra 480 are not in the table\. By obsid, the table begins with 1000, the spectra with 0\.",
    ):
        build_label_set([toy_set], write_table(tmp_path, range(1000, 1010)), OBSID, tmp_path / "run")
    with pytest.raises(StellarViewError, match="columns were not chosen"):
        build_label_set([toy_set], write_table(tmp_path, range(3)), None, tmp_path / "run")


def test_that_a_cancelled_build_leaves_the_one_before(toy_set: Path, tmp_path: Path) -> None:
    before = build_label_set([toy_set], None, None, tmp_path)
    size = (tmp_path / "spectra.h5").stat().st_size

    def enough(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_label_set([toy_set], write_table(tmp_path, range(9)), OBSID, tmp_path, enough)
    assert read_label_set(tmp_path) == before
    assert (tmp_path / "spectra.h5").stat().st_size == size
    assert list(tmp_path.glob(".*.part")) == []


def test_that_a_velocity_of_the_table_counts(toy_set: Path, tmp_path: Path) -> None:
    table = tmp_path / "labels.csv"
    table.write_text("obsid,teff,rv\n3,5000,42\n4,5100,\n", encoding="utf-8")
    columns = guess_label_columns(table).columns
    assert columns.velocity_column == "rv"
    made = build_label_set([toy_set], table, replace(columns, labels=columns.labels[:1]), tmp_path / "run")
    with open_spectrum_set(tmp_path / "run" / made.sets[0]) as spectra:
        assert spectra.header_column("rv").tolist() == [42.0, 0.0]
