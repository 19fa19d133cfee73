"""Whatever is dropped on the program becomes rows, labels, a session or one line of words; nothing is an error."""

from __future__ import annotations

import gzip
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.table import Table
from hypothesis import given
from hypothesis import strategies as st
from lamost_files import write_lrs_image, write_lrs_table, write_mrs
from spectra import spectrum

from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import HeaderFacts
from stellarview.intake import Intake, NewLabels, NewStars, Notice, OpenSession, match_labels, star_names, take_in
from stellarview.io import read_spectra
from stellarview.io.sets import write_spectrum_set
from stellarview.session.session import CatalogueValue, Session, StarEntry
from stellarview.session.store import save_session


def touched(path: Path, content: bytes = b"SIMPLE  =") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def entries(found: Sequence[Intake]) -> list[StarEntry]:
    return [entry for one in found if isinstance(one, NewStars) for entry in one.entries]


def paths(found: Sequence[Intake]) -> list[str]:
    return [entry.path for entry in entries(found)]


def words(found: Sequence[Intake]) -> list[str]:
    return [one.words for one in found if isinstance(one, Notice)]


def labels(found: Sequence[Intake]) -> NewLabels:
    (one,) = (one for one in found if isinstance(one, NewLabels))
    return one


def dropped(*given: Path | str) -> list[Intake]:
    return list(take_in(given))


def test_that_files_become_rows_in_their_order(tmp_path: Path) -> None:
    files = [touched(tmp_path / name) for name in ("b.fits", "a.fits.gz", "星 é.fit")]
    assert dropped(*files) == [NewStars(tuple(StarEntry("", str(path)) for path in files))]


def test_that_what_is_not_there_or_no_spectrum_is_a_row_whose_reading_says_why(tmp_path: Path) -> None:
    picture = touched(tmp_path / "a.png", b"\x89PNG\0")
    letter = touched(tmp_path / "letter.txt", b"Dear colleague,\n\nthe star\n")
    empty, absent = touched(tmp_path / "empty.fits", b""), tmp_path / "absent.fits"
    found = dropped(picture, letter, empty, absent)
    assert paths(found) == [str(path) for path in (picture, letter, empty, absent)]
    assert words(found) == []
    for path in paths(found):
        with pytest.raises(StellarViewError):
            read_spectra(path)


def test_that_a_folder_is_walked_by_name_without_what_is_hidden(tmp_path: Path) -> None:
    wanted = [touched(tmp_path / name) for name in ("a.FITS", "b.fits", "deep/er/c.fits.gz", "more/d.fit")]
    for name in (".hidden.fits", ".folder/x.fits", "notes.txt", "picture.png"):
        touched(tmp_path / name)
    assert paths(dropped(tmp_path)) == [str(path) for path in wanted]


def test_that_links_in_a_circle_end(tmp_path: Path) -> None:
    path = touched(tmp_path / "deep" / "a.fits")
    (tmp_path / "deep" / "back").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "nowhere.fits").symlink_to(tmp_path / "gone")
    assert sorted(paths(dropped(tmp_path))) == sorted([str(path), str(tmp_path / "nowhere.fits")])


def test_that_an_empty_folder_says_so(tmp_path: Path) -> None:
    assert words(dropped(tmp_path)) == [f"The folder {tmp_path.name} holds no spectra."]


def test_that_a_closed_folder_is_told_and_the_others_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed").mkdir()
    path = touched(tmp_path / "open" / "a.fits")
    scandir = os.scandir

    def refusing(folder: Path) -> Any:
        if folder.name == "closed":
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr("stellarview.io.folder_walk.os.scandir", refusing)
    found = dropped(tmp_path)
    assert paths(found) == [str(path)]
    assert words(found) == ["The folder closed cannot be read."]


def test_that_the_first_rows_of_a_large_folder_come_before_it_was_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An endless folder: only a generator that is never ahead of its reader gets anything out of it."""

    def endless(folder: Path, refused: list[Path]) -> Any:
        number = 0
        while True:
            yield folder / f"spec-{number}.fits"
            number += 1

    monkeypatch.setattr("stellarview.intake.walk_spectra", endless)
    pieces = take_in([tmp_path])
    sizes = []
    for _ in range(10):
        piece = next(pieces)
        assert isinstance(piece, NewStars)
        sizes.append(len(piece.entries))
    assert sizes == [64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 16384]


def test_that_what_is_dropped_twice_is_one_row(tmp_path: Path) -> None:
    path = touched(tmp_path / "a.fits")
    assert paths(dropped(path, tmp_path, str(tmp_path / "x" / ".." / "a.fits"), path.as_uri())) == [str(path)]


LISTS = {
    "names alone": "a.fits\nb c.fits\n",
    "comments, blanks and blank lines": "# my stars\n\n  a.fits \n\nb c.fits\n",
    "quotes and commas": '"a.fits",\n"b c.fits",\n',
    "a header": "filename\na.fits\nb c.fits\n",
    "Windows lines": "a.fits\r\nb c.fits\r\n",
    "percent signs": "a.fits\nb%20c.fits\n",
    "twice": "a.fits\nb c.fits\n./a.fits\n",
}


@pytest.mark.parametrize("ending", [".txt", ".lst", ".csv"])
@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS)
def test_that_a_list_names_files_from_where_it_lies(tmp_path: Path, text: str, ending: str) -> None:
    files = [touched(tmp_path / "night" / name) for name in ("a.fits", "b c.fits")]
    listed = touched(tmp_path / "night" / f"list{ending}", text.encode())
    assert paths(dropped(listed)) == [str(path) for path in files]


def test_that_a_list_may_name_folders_addresses_and_what_is_missing_but_no_lists(tmp_path: Path) -> None:
    inside, other = touched(tmp_path / "folder" / "in.fits"), touched(tmp_path / "o ther.fits")
    lines = [other.as_uri(), "folder", "missing.fits", "https://example.org/a.fits", "list.txt", str(inside)]
    listed = touched(tmp_path / "list.txt", "\n".join(lines).encode())
    found = dropped(listed)
    assert paths(found) == [str(path) for path in (other, inside, tmp_path / "missing.fits", listed)]
    assert words(found) == ["https://example.org/a.fits is on another machine: download it first."]


def test_that_addresses_and_percent_signs_are_understood(tmp_path: Path) -> None:
    blank, percent = touched(tmp_path / "a b é.fits"), touched(tmp_path / "50%20.fits")
    found = dropped(blank.as_uri(), str(tmp_path / "a%20b%20%C3%A9.fits"), str(percent), percent.as_uri(), "")
    assert paths(found) == [str(blank), str(percent)]


def test_that_a_session_is_opened(tmp_path: Path) -> None:
    save_session(Session(), tmp_path / "s.stellarview")
    assert dropped(tmp_path / "s.stellarview") == [OpenSession(tmp_path / "s.stellarview")]


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


def told(entry: StarEntry, source: str) -> dict[str, tuple[float, float]]:
    assert {value.source for value in entry.catalogue} == {source}
    return {value.label_key: (value.value, value.sigma) for value in entry.catalogue}


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


def test_that_each_spectrum_of_a_set_is_a_row_with_its_labels(tmp_path: Path) -> None:
    teff = {"teff": [5000.0, np.nan, 6000.0], "teff_sigma": [50.0, 50.0, np.nan]}
    write_spectrum_set(tmp_path / "night.h5", [spectrum()] * 3, teff)
    found = entries(dropped(tmp_path / "night.h5"))
    assert [entry.row for entry in found] == [0, 1, 2]
    known = [[(value.label_key, value.value, value.sigma) for value in entry.catalogue] for entry in found]
    assert known == [[("teff", 5000.0, 50.0)], [], [("teff", 6000.0, 0.0)]]


def test_that_of_a_long_set_the_first_rows_are_shown_and_the_rest_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stellarview.intake._MOST_ROWS", 2)
    write_spectrum_set(tmp_path / "night.h5", [spectrum()] * 5)
    found = dropped(tmp_path)
    assert [entry.row for entry in entries(found)] == [0, 1]
    assert words(found) == ["night.h5 holds 5 spectra; the first 2 are shown."]


def test_that_a_damaged_set_is_one_row(tmp_path: Path) -> None:
    path = touched(tmp_path / "night.h5", b"\x89HDF\r\n\x1a\n and nothing more")
    assert dropped(path) == dropped(tmp_path) == [NewStars((StarEntry("", str(path)),))]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are of Unix")
def test_that_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    for name in ("a.fits", "b.h5", "c.txt"):
        os.mkfifo(tmp_path / name)
    given = [tmp_path / name for name in ("a.fits", "b.h5", "c.txt")]
    assert paths(dropped(*given)) == [str(path) for path in given]
    assert paths(dropped(tmp_path)) == [str(path) for path in given[:2]]


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


def test_that_real_foreign_spectra_are_rows_and_no_tables(shared_data: Path) -> None:
    found = dropped(shared_data / "foreign")
    assert len(found) == 1
    assert len(entries(found)) == 10


BEGINNINGS = [
    b"",
    b"SIMPLE  =",
    b"# %ECSV 1.0\n",
    b"<?xml?><VOTABLE>",
    b"\x1f\x8b",
    b"\xff\xfe",
    b"file,teff\n",
    b"\x89HDF\r\n\x1a\n",
]


@given(name=st.sampled_from(["a.fits", "a.csv", "a.txt", "a.vot", "a.h5", "a.stellarview"]), data=st.data())
def test_that_no_content_is_an_error(tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject) -> None:
    content = data.draw(st.sampled_from(BEGINNINGS)) + data.draw(st.one_of(st.binary(), st.text().map(str.encode)))
    path = touched(tmp_path_factory.getbasetemp() / "any" / name, content)
    for found in (dropped(path), dropped(path.parent)):
        assert all(isinstance(one, NewStars | NewLabels | Notice | OpenSession) for one in found)
    path.unlink()


@given(st.text())
def test_that_no_text_is_an_error(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.getbasetemp() / "nothing"
    folder.mkdir(exist_ok=True)
    name = text.replace("/", "").replace(".", "")
    assert len(dropped(f"{folder}/x{name}")) == 1
    assert len(dropped(f"file://{folder}/x{name}")) == 1
