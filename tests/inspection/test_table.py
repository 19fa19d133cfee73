"""The table of all results: one row a star, whatever became of it, read again in each format."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from astropy.table import Table
from told_star import mixture

from stellarview.domain.prediction import ClassPrediction, Prediction
from stellarview.inspection.table import Told, results_table
from stellarview.io.results import TABLE_ENDINGS, write_results

LABELS = {"teff": mixture(5772.0, 30.0), "feh": mixture(-0.5, 0.1), "mgh": mixture(-0.2, 0.1)}
MRS = Prediction("mrs", labels=LABELS)
OTHER = Prediction("other", labels={"teff": mixture(1.0, 1.0)})
CLASSES = Prediction("classes", labels={}, classes=(ClassPrediction("STAR", 0.9, 0.05),))
STARS = [
    Told(
        {"name": "HD 1", "file": "a.fits", "teff": 5772.0}, {"mrs": MRS, "other": OTHER, "classes": CLASSES}, "Größe?"
    ),
    Told({"file": "b.fits", "error": {"what": "Cannot read b.", "why": "It is cut.", "what_to_do": "Get it anew."}}),
]


def test_that_labels_and_classes_beyond_the_list_have_columns_with_sigmas() -> None:
    rows, columns = results_table(STARS)
    names = [column.name for column in columns]
    assert len(set(names)) == len(names)
    assert {"mgh", "mgh_sigma", "mg_fe", "mg_fe_sigma", "p_star", "p_star_scatter", "note", "models"} <= set(names)
    assert rows[0]["mg_fe"] == pytest.approx(0.3)
    assert (rows[0]["teff"], rows[0]["teff_sigma"]) == (5772.0, pytest.approx(30.0 * 2**0.5))  # the first that tells it
    assert rows[0]["models"] == ["mrs", "other", "classes"]
    assert rows[1]["note"] is None


@pytest.mark.parametrize("ending", TABLE_ENDINGS)
def test_that_each_format_is_read_again(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"table{ending}"
    write_results(path, *results_table(STARS))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # dex is no unit of the VO
        table = Table.read(path, format=TABLE_ENDINGS[ending][0])
    assert float(table["p_star"][0]) == pytest.approx(0.9)
    note = table["note"][0]
    assert (note.decode() if isinstance(note, bytes) else str(note)) == "Größe?"
    assert np.ma.is_masked(table["mgh"][1]) or np.isnan(table["mgh"][1])
