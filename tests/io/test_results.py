"""Tables of results, read back by astropy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.table import Table

from stellarview.domain.errors import StellarViewError
from stellarview.io.results import TABLE_ENDINGS, write_results

ROWS = [
    {"file": "天文.fits", "obsid": 7, "rv": -20.7, "teff": 5772.0, "teff_sigma": 52.0, "flags": ["low S/N: 4", "x"]},
    {"file": "bad.fits", "error": {"what": "Cannot.", "why": "It is empty.", "what_to_do": "Again."}},
]


@pytest.mark.parametrize("ending", TABLE_ENDINGS)
def test_that_every_format_holds_numbers_as_numbers_and_reasons_as_text(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"results{ending}"
    write_results(path, ROWS)
    table = Table.read(path, format=TABLE_ENDINGS[ending][0])
    teff = np.ma.filled(np.ma.asarray(table["teff"], dtype=float), np.nan)
    assert teff[0] == 5772.0
    assert np.isnan(teff[1])
    assert table["obsid"].tolist() == [7, -1]
    name = table["file"][0]
    assert (name.decode() if isinstance(name, bytes) else name) == "天文.fits"
    assert "It is empty." in str(table["error"][1])
    assert str(table["flags"][0]) == "low S/N: 4; x"


@pytest.mark.parametrize("ending", [".ecsv", ".vot", ".fits"])
def test_that_numbers_carry_their_units(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"results{ending}"
    write_results(path, ROWS[:1])
    table = Table.read(path, format=TABLE_ENDINGS[ending][0])
    assert (str(table["teff"].unit), str(table["teff_sigma"].unit), str(table["rv"].unit)) == ("K", "K", "km / s")


def test_that_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StellarViewError, match=r"\.ecsv"):
        write_results(tmp_path / "results.xlsx", ROWS)


def test_that_a_figure_is_not_written_over_by_a_table(tmp_path: Path) -> None:
    path = tmp_path / "plot.fits"
    path.write_bytes(b"\x89PNG")
    with pytest.raises(StellarViewError):
        write_results(path, ROWS[:1])
    assert path.read_bytes() == b"\x89PNG"
