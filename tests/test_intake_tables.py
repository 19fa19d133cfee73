"""Tables that are dropped: which spectra they bring, and what they say of stars that are here already."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from astropy.table import Table
from dropped import dropped, entries, labels, paths, told, touched, words
from lamost_files import write_lrs_image, write_lrs_table, write_mrs

from stellarview.domain.spectrum import HeaderFacts
from stellarview.session.arrivals import match_labels, star_names
from stellarview.session.session import CatalogueValue, Session

TABLE = """file,obsid,teff,teff_err,logg,feh,rv,rv_err,class
a.fits,101,5772.5,10,4.44,0.0,-20.5,0.5,G2
nights/b.fits,102,-9999,20,1.5,,,,K5
"""
VALUES = [
    {"teff": (5772.5, 10.0), "logg": (4.44, 0.0), "feh": (0.0, 0.0), "rv": (-20.5, 0.5)},
    {"logg": (1.5, 0.0)},
]


def as_fits(path: Path) -> None:
    Table.read(TABLE.splitlines(), format="ascii.csv").filled(-9999).write(path)


TABLES = {
    "t.csv": lambda path: path.write_text(TABLE, encoding="utf-8"),
    "t.tsv": lambda path: path.write_text(TABLE.replace(",", "\t"), encoding="utf-8"),
    "t.txt": lambda path: path.write_text(TABLE, encoding="utf-16"),
    "t.csv.gz": lambda path: path.write_bytes(gzip.compress(TABLE.encode())),
    "t.ecsv": lambda path: Table.read(TABLE.splitlines(), format="ascii.csv").write(path, format="ascii.ecsv"),
    "t.vot": lambda path: Table.read(TABLE.splitlines(), format="ascii.csv").write(path, format="votable"),
    "t.fits": as_fits,
}


@pytest.mark.parametrize("name", TABLES)
def test_that_a_table_brings_its_spectra_and_what_it_says_of_them(tmp_path: Path, name: str) -> None:
    files = [touched(tmp_path / "a.fits"), touched(tmp_path / "nights" / "b.fits")]
    TABLES[name](tmp_path / name)
    found = dropped(tmp_path / name)
    assert paths(found) == [str(path) for path in files]
    assert [told(entry, name) for entry in entries(found)] == VALUES


@pytest.mark.parametrize("name", TABLES)
def test_that_a_table_whose_files_are_elsewhere_is_for_stars_that_are_here(tmp_path: Path, name: str) -> None:
    TABLES[name](tmp_path / name)
    found = dropped(tmp_path / name)
    assert entries(found) == []
    names = {"1": ("a",), "2": ("other", "102"), "3": ("101000",)}
    matched = match_labels(labels(found).catalogue, names)
    assert set(matched) == {"1", "2"}
    assert matched["2"] == (CatalogueValue("logg", 1.5, 0.0, name),)


def test_that_spectra_that_a_table_names_and_that_are_not_here_are_counted(tmp_path: Path) -> None:
    TABLES["t.csv"](tmp_path / "t.csv")
    touched(tmp_path / "a.fits")
    found = dropped(tmp_path / "t.csv")
    assert len(entries(found)) == 1
    assert words(found) == ["1 of 2 spectra that t.csv names are not here."]
    assert len(labels(found).catalogue) == 2


NAMED = {
    "packed": ("a.fits", "a.fits.gz"),
    "without its ending": ("a", "a.fits"),
    "from another machine": ("/far/away/a.fits", "a.fits"),
    "of Windows": ("C:\\nights\\a.fits", "a.fits"),
}


@pytest.mark.parametrize(("name", "file"), NAMED.values(), ids=NAMED)
def test_that_files_are_found_under_the_names_that_tables_use(tmp_path: Path, name: str, file: str) -> None:
    path = touched(tmp_path / file)
    table = touched(tmp_path / "t.csv", f"filename,teff\n{name},5000\n".encode())
    assert paths(dropped(table)) == [str(path)]


@pytest.mark.parametrize("kind", ["spec", "med"])
def test_that_the_survey_s_own_numbers_name_a_file(tmp_path: Path, kind: str) -> None:
    path = touched(tmp_path / f"{kind}-55862-B6212_sp06-014.fits.gz")
    table = touched(tmp_path / "t.csv", b"obsid,lmjd,planid,spid,fiberid,teff\n906014,55862,B6212,6,14,8403\n")
    (entry,) = entries(dropped(table))
    assert entry.path == str(path)
    assert told(entry, "t.csv") == {"teff": (8403.0, 0.0)}


MATCHES = [
    ("designation", "J064024.91+271557.4", "LAMOST J064024.91+271557.4"),
    ("star", "alf Tau", "alfTau"),
    ("gaia_source_id", "3378039847561", "Gaia DR3 3378039847561"),
    ("KIC", "8098300", "KIC 8098300"),
]


@pytest.mark.parametrize(("column", "cell", "name"), MATCHES)
def test_that_a_table_without_files_is_matched_by_the_names_of_stars(
    tmp_path: Path, column: str, cell: str, name: str
) -> None:
    table = touched(tmp_path / "t.csv", f"{column},teff\n{cell},5000\n".encode())
    names = star_names("/nights/spec-1.fits.gz", HeaderFacts(obsid=8098300, designation=name))
    assert match_labels(labels(dropped(table)).catalogue, {"7": names, "8": ()})["7"][0].value == 5000.0


def test_that_a_number_is_no_name_without_its_catalogue(tmp_path: Path) -> None:
    """HD 906114 is another star than observation 906114, and a table's third row none of a file 3.fits."""
    table = touched(tmp_path / "t.csv", b"HD,id,teff\n906114,3,5000\n")
    catalogue = labels(dropped(table)).catalogue
    assert match_labels(catalogue, {"1": ("906114",), "2": ("3",)}) == {}


def test_that_of_two_rows_of_one_star_the_first_counts(tmp_path: Path) -> None:
    table = touched(tmp_path / "t.csv", b"obsid,teff\n5,5000\n5,6000\n")
    matched = match_labels(labels(dropped(table)).catalogue, {"1": ("5",)})
    assert [value.value for value in matched["1"]] == [5000.0]


def test_that_a_damaged_table_says_why_in_one_line(tmp_path: Path) -> None:
    table = touched(tmp_path / "t.csv", b"obsid,teff\n5,warm\n")
    (line,) = words(dropped(table))
    assert "'warm'" in line
    assert "\n" not in line


def test_that_a_table_is_told_from_spectra_in_tables(tmp_path: Path) -> None:
    made = [
        write_lrs_image(tmp_path / "one.fits"),
        write_lrs_table(tmp_path / "two.fits"),
        write_mrs(tmp_path / "three.fits", ["COADD_B", "COADD_R"]),
    ]
    TABLES["t.fits"](tmp_path / "stars.fits")
    found = dropped(tmp_path)
    assert sorted(paths(found)) == sorted(str(path) for path in made)
    assert len(labels(found).catalogue) == 2


def test_that_a_table_dropped_with_its_spectra_still_tells_of_them(tmp_path: Path) -> None:
    files = [touched(tmp_path / "a.fits"), touched(tmp_path / "nights" / "b.fits")]
    TABLES["t.csv"](tmp_path / "t.csv")
    session = Session().with_stars(entries(dropped(*files)))
    session = session.with_stars(entries(dropped(*files, tmp_path / "t.csv")))
    assert [star.key for star in session.stars] == ["1", "2"]
    assert [told(star, "t.csv") for star in session.stars] == VALUES
    again = session.with_stars(entries(dropped(tmp_path / "t.csv")))
    assert again.stars == session.stars


@pytest.mark.parametrize(
    ("folder", "table"),
    [("lamost_lrs", "labels.csv"), ("lamost_lrs_old", "labels.csv"), ("benchmark", "stars.csv")],
)
def test_that_the_tables_of_real_spectra_find_all_of_them(shared_data: Path, folder: str, table: str) -> None:
    found = dropped(shared_data / folder / table)
    stars = entries(found)
    assert stars
    assert words(found) == []
    assert all(Path(star.path).is_file() and {"teff", "feh"} <= set(told(star, table)) for star in stars)
