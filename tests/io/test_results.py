"""Tables of results, read back by astropy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from stellarview.domain.errors import StellarViewError
from stellarview.domain.results import Column
from stellarview.io.results import TABLE_ENDINGS, check_table, write_results

COLUMNS = (
    Column("file", "text", "the file"),
    Column("obsid", "whole", "number"),
    Column("rv", "number", "velocity", "km/s"),
    Column("teff", "number", "effective temperature", "K"),
    Column("logg", "number", "gravity", "dex"),
    Column("flags", "text", "flags"),
    Column("error", "text", "why not"),
)
ROWS = [
    {"file": "天文.fits", "obsid": 7, "rv": -20.7, "teff": 5772.0, "logg": 4.4, "flags": ["low S/N: 4", "x"]},
    {"file": "bad.fits", "error": {"what": "Cannot.", "why": "It is empty.", "what_to_do": "Again."}},
]
# dex is in no standard that astropy knows; it warns and keeps it.
pytestmark = pytest.mark.filterwarnings("ignore:.*'dex'")


def text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


@pytest.mark.parametrize("ending", TABLE_ENDINGS)
def test_that_every_format_holds_numbers_as_numbers_and_reasons_as_text(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"results{ending}"
    write_results(path, ROWS, COLUMNS)
    table = Table.read(path, format=TABLE_ENDINGS[ending][0])
    assert table.colnames == [column.name for column in COLUMNS]
    assert table["teff"][0] == 5772.0
    assert table["obsid"][0] == 7
    assert text(table["file"][0]) == "天文.fits"
    assert "It is empty." in text(table["error"][1])
    assert text(table["flags"][0]) == "low S/N: 4; x"


@pytest.mark.parametrize("name", ["obsid", "rv", "teff"])
@pytest.mark.parametrize("ending", TABLE_ENDINGS)
def test_that_what_a_row_does_not_know_is_masked(tmp_path: Path, ending: str, name: str) -> None:
    path = tmp_path / f"results{ending}"
    write_results(path, ROWS, COLUMNS)
    values = Table.read(path, format=TABLE_ENDINGS[ending][0])[name]
    assert np.ma.getmaskarray(values).tolist() == [False, True]


@pytest.mark.parametrize("ending", TABLE_ENDINGS)
def test_that_a_table_in_which_every_row_failed_keeps_its_columns(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"results{ending}"
    write_results(path, ROWS[1:], COLUMNS)
    assert Table.read(path, format=TABLE_ENDINGS[ending][0]).colnames == [column.name for column in COLUMNS]


@pytest.mark.parametrize("ending", [".ecsv", ".vot", ".fits"])
def test_that_numbers_carry_their_units_and_are_described(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"results{ending}"
    write_results(path, ROWS, COLUMNS)
    table = Table.read(path, format=TABLE_ENDINGS[ending][0])
    assert [str(table[name].unit) for name in ("rv", "teff", "logg")] == ["km / s", "K", "dex"]
    described = fits.getheader(path, 1)["TCOMM4"] if ending == ".fits" else table["teff"].description
    assert described == "effective temperature"


def test_that_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StellarViewError, match=r"\.ecsv"):
        write_results(tmp_path / "results.xlsx", ROWS, COLUMNS)


def test_that_a_figure_is_not_written_over_by_a_table(tmp_path: Path) -> None:
    path = tmp_path / "plot.fits"
    path.write_bytes(b"\x89PNG")
    for attempt in (lambda: write_results(path, ROWS, COLUMNS), lambda: check_table(path)):
        with pytest.raises(StellarViewError):
            attempt()
    assert path.read_bytes() == b"\x89PNG"


def test_that_a_folder_that_is_missing_is_told_beforehand(tmp_path: Path) -> None:
    with pytest.raises(StellarViewError, match="folder does not exist"):
        check_table(tmp_path / "no" / "results.ecsv")
    check_table(tmp_path / "results.ecsv")
    assert not (tmp_path / "results.ecsv").exists()
