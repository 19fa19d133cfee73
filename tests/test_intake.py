"""Whatever is dropped on the program becomes rows, labels, a session or one line of words; nothing is an error."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dropped import dropped, entries, paths, touched, words
from hypothesis import given
from hypothesis import strategies as st
from spectra import spectrum

from stellarview.domain.errors import StellarViewError
from stellarview.engine.work import the_star
from stellarview.intake import take_in
from stellarview.io.sets import write_spectrum_set
from stellarview.io.spectra import read_spectra
from stellarview.session.arrivals import NewLabels, NewStars, Notice, OpenSession
from stellarview.session.session import Session, StarEntry
from stellarview.session.store import save_session


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


def test_that_a_prepared_set_is_one_row_whose_reading_says_why(tmp_path: Path) -> None:
    write_spectrum_set(tmp_path / "ready.h5", [spectrum()] * 3, recipe_json='{"name": "rrnet"}')
    (row,) = entries(dropped(tmp_path / "ready.h5"))
    with pytest.raises(StellarViewError, match=r"ready.h5 were prepared already with the recipe rrnet\."):
        the_star(row)


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
