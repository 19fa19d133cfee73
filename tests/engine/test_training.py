"""The jobs of the training tab, without its window."""

from __future__ import annotations

from pathlib import Path

import pytest
from models import write_toy_model
from training_sets import write_toy_set

from stellarview.domain.errors import StellarViewError
from stellarview.engine.pipe import Progress
from stellarview.engine.training import RunSetup, check, prepare_run, sort_given
from stellarview.training.label_set import LabelSet
from stellarview.training.preflight import Preflight
from stellarview.training.tuning import TuningChoices

NOTHING = Preflight("toy", 0, 0, 0)


def test_that_a_folder_brings_its_table_and_a_set_its_labels(tmp_path: Path) -> None:
    write_toy_set(tmp_path / "set.h5", 4)
    (tmp_path / "labels.csv").write_text("obsid,teff\n0,5000\n")
    given = sort_given(Progress(), [str(tmp_path)], ())
    assert (given.sources, given.tables) == ((str(tmp_path),), (str(tmp_path / "labels.csv"),))
    assert (given.n_spectra, given.has_labels, given.instrument) == (4, True, "MRS")


def test_that_of_two_tables_in_a_folder_none_is_taken_unasked(tmp_path: Path) -> None:
    write_toy_set(tmp_path / "set.h5", 4)
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("obsid,teff\n0,5000\n")
    assert sort_given(Progress(), [str(tmp_path)], ()).tables == ()


def test_that_a_table_comes_to_the_spectra_that_are_there(tmp_path: Path) -> None:
    spectra, table = write_toy_set(tmp_path / "set.h5", 4), tmp_path / "labels.vot"
    table.write_text("<VOTABLE/>")
    given = sort_given(Progress(), [str(table), str(spectra)], (str(spectra),))
    assert (given.sources, given.tables, given.n_spectra) == ((str(spectra),), (str(table),), 4)


@pytest.mark.parametrize(("name", "mark"), [("labels.txt", "\t"), ("labels.dat", "  "), ("labels", ";")])
def test_that_a_text_is_a_table_whatever_it_is_called(tmp_path: Path, name: str, mark: str) -> None:
    spectra, table = write_toy_set(tmp_path / "set.h5", 4), tmp_path / name
    table.write_text("\n".join(mark.join(line) for line in (("obsid", "teff"), ("0", "5000"))))
    listed = tmp_path / "list.txt"
    listed.write_text(f"{spectra}\n")
    given = sort_given(Progress(), [str(table), str(spectra)], ())
    assert (given.sources, given.tables) == ((str(spectra),), (str(table),))
    assert sort_given(Progress(), [str(listed)], ()).sources == (str(listed),)


def test_that_shares_that_cannot_be_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(StellarViewError, match="split"):
        check(Progress(), tmp_path, LabelSet((), ()), "toy", TuningChoices(train=0.9))


def test_that_a_run_that_cannot_be_written_leaves_no_folder(tmp_path: Path) -> None:
    parent = write_toy_model(tmp_path / "toy")
    setup = RunSetup(tmp_path, LabelSet((), ()), NOTHING, str(parent), TuningChoices())
    with pytest.raises(StellarViewError, match="label"):
        prepare_run(Progress(), setup, tmp_path / "runs")
    assert not (tmp_path / "runs").exists()
