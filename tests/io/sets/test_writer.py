"""A spectrum set appears when it is complete, or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import Arm, HeaderFacts, Source, Spectrum
from stellarview.io.sets import SpectrumSetWriter, open_spectrum_set, write_spectrum_set


def a_spectrum(n: int = 20, flux: float = 1.0, ivar: float = 1.0, name: str = "LRS") -> Spectrum:
    ones = np.ones(n)
    arm = Arm(name, 4000.0 + np.arange(n), flux * ones, ivar * ones, np.zeros(n, np.uint16))
    return Spectrum((arm,), "vacuum", "observed", Source("a.fits", "a.fits", "", "made"))


@pytest.fixture
def old_set(tmp_path: Path) -> Path:
    """A complete set with one spectrum, in a folder of its own."""
    write_spectrum_set(tmp_path / "set.h5", [a_spectrum()])
    return tmp_path / "set.h5"


def assert_untouched(path: Path) -> None:
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    with open_spectrum_set(path) as stored:
        assert len(stored) == 1


def test_that_the_file_appears_only_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "set.h5"
    with SpectrumSetWriter(path) as writer:
        writer.append([a_spectrum()])
        assert not path.exists()
        assert len(writer) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["set.h5"]


def test_that_a_new_set_replaces_the_old_one(old_set: Path) -> None:
    write_spectrum_set(old_set, [a_spectrum(), a_spectrum()])
    with open_spectrum_set(old_set) as stored:
        assert len(stored) == 2


def test_that_a_set_can_be_copied_onto_itself(old_set: Path) -> None:
    with open_spectrum_set(old_set) as stored:
        write_spectrum_set(old_set, (replace(s, exposure="2") for s in stored), stored.labels)
    with open_spectrum_set(old_set) as stored:
        assert stored[0].exposure == "2"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_that_an_exception_leaves_the_old_file_and_nothing_else(old_set: Path, error: type[BaseException]) -> None:
    with pytest.raises(error), SpectrumSetWriter(old_set) as writer:
        writer.append([a_spectrum(), a_spectrum()])
        raise error
    assert_untouched(old_set)


def test_that_a_set_of_nothing_is_refused(old_set: Path) -> None:
    with pytest.raises(StellarViewError, match="no spectrum to write"):
        write_spectrum_set(old_set, [])
    assert_untouched(old_set)


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        ({"teff": [1.0]}, "for 2 spectra"),
        ({"teff": [1.0, 2.0, 3.0]}, "for 2 spectra"),
        ({"teff": 5.0}, "for 2 spectra"),
        ({"teff": [[1.0], [2.0]]}, "for 2 spectra"),
        ({"teff": ["hot", "cold"]}, "no column of numbers"),
        ({"": [1.0, 2.0]}, "for 2 spectra"),
    ],
)
def test_that_labels_which_do_not_fit_are_refused(old_set: Path, labels: dict[str, object], why: str) -> None:
    with pytest.raises(StellarViewError, match=why):
        write_spectrum_set(old_set, [a_spectrum(), a_spectrum()], labels)  # type: ignore[arg-type]
    assert_untouched(old_set)


def test_that_a_refused_chunk_does_not_spoil_the_set(old_set: Path) -> None:
    with SpectrumSetWriter(old_set) as writer:
        writer.append([a_spectrum(21)])
        for stranger in (replace(a_spectrum(), medium="air"), a_spectrum(name="B"), a_spectrum(ivar=1e40)):
            with pytest.raises(StellarViewError):
                writer.append([a_spectrum(), stranger])
        with pytest.raises(StellarViewError, match="for 1 spectra"):
            writer.append([a_spectrum()], {"teff": [1.0, 2.0]})
        writer.append([a_spectrum(22)])
    with open_spectrum_set(old_set) as stored:
        assert [len(s.arms[0]) for s in stored] == [21, 22]


@pytest.mark.parametrize(("flux", "ivar"), [(1e39, 1e-30), (1e-40, 1.0), (1e-19, 1e39)])
def test_that_units_beyond_single_precision_are_refused(old_set: Path, flux: float, ivar: float) -> None:
    with pytest.raises(StellarViewError, match="handier unit"):
        write_spectrum_set(old_set, [a_spectrum(flux=flux, ivar=ivar)])
    assert_untouched(old_set)


def test_that_spectra_of_very_different_lengths_are_refused(old_set: Path) -> None:
    with pytest.raises(StellarViewError, match="very different lengths"):
        write_spectrum_set(old_set, [a_spectrum(20), a_spectrum(2000)])
    assert_untouched(old_set)


def test_that_an_error_while_writing_makes_the_set_incomplete(old_set: Path) -> None:
    impossible = replace(a_spectrum(), header=HeaderFacts(obsid=2**70))
    with pytest.raises(StellarViewError, match=r"Python int|too large"), SpectrumSetWriter(old_set) as writer:
        writer.append([impossible])
    assert_untouched(old_set)


@pytest.mark.parametrize("recipe", ["{", "not json", '"' + "x" * 70_000 + '"'])
def test_that_a_recipe_must_be_short_json(old_set: Path, recipe: str) -> None:
    with pytest.raises(StellarViewError, match="recipe"):
        write_spectrum_set(old_set, [a_spectrum()], recipe_json=recipe)
    assert_untouched(old_set)


def test_that_a_folder_or_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StellarViewError, match="folder of this name"):
        write_spectrum_set(tmp_path, [a_spectrum()])
    with pytest.raises(StellarViewError, match="Check that the folder exists"):
        write_spectrum_set(tmp_path / "nowhere" / "set.h5", [a_spectrum()])
    assert [file.name for file in tmp_path.iterdir()] == []


@pytest.mark.parametrize("name", ["", "."])
def test_that_an_empty_path_is_refused(name: str) -> None:
    with pytest.raises(StellarViewError, match="folder of this name"):
        write_spectrum_set(name, [a_spectrum()])


def test_that_only_spectrum_sets_are_replaced(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_bytes(b"obsid,teff")
    with pytest.raises(StellarViewError, match="another kind"):
        write_spectrum_set(path, [a_spectrum()])
    assert path.read_bytes() == b"obsid,teff"
    path.write_bytes(b"")
    write_spectrum_set(path, [a_spectrum()])
    assert_untouched(path)


def test_that_a_pipe_is_refused_and_a_link_stays_a_link(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StellarViewError, match="pipe"):
        write_spectrum_set(tmp_path / "pipe", [a_spectrum()])
    (tmp_path / "there").mkdir()
    (tmp_path / "link.h5").symlink_to(tmp_path / "there" / "set.h5")
    write_spectrum_set(tmp_path / "link.h5", [a_spectrum()])
    assert (tmp_path / "link.h5").is_symlink()
    assert_untouched(tmp_path / "there" / "set.h5")


def test_that_messages_name_the_set_and_never_its_temporary_file(tmp_path: Path) -> None:
    with pytest.raises(StellarViewError, match=r"set\.h5") as caught:
        write_spectrum_set(tmp_path / "nowhere" / "set.h5", [a_spectrum()])
    assert ".part" not in str(caught.value)


def test_that_texts_which_hdf5_cannot_hold_are_made_storable(tmp_path: Path) -> None:
    odd = replace(a_spectrum(), source=Source("bad\udcff\0name.fits", "", "", ""))
    write_spectrum_set(tmp_path / "set.h5", [odd])
    with open_spectrum_set(tmp_path / "set.h5") as stored:
        assert stored[0].source.file_name.startswith("bad")
        assert stored[0].source.file_name.endswith("name.fits")


@pytest.fixture
def full_disk() -> Iterator[None]:
    """No file may grow beyond 200 kB, which is what a full disk looks like."""
    resource = pytest.importorskip("resource", reason="this system cannot limit files")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("full_disk")
def test_that_a_full_disk_leaves_the_old_set(old_set: Path) -> None:
    rng = np.random.default_rng(1)
    noise = [
        replace(s, arms=(replace(s.arms[0], flux=rng.normal(size=4000)),))
        for s in [a_spectrum(4000) for _ in range(64)]
    ]
    with pytest.raises(StellarViewError, match="Cannot write the spectrum set"):
        write_spectrum_set(old_set, noise)
    assert_untouched(old_set)
