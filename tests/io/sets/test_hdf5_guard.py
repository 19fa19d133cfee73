"""HDF5 files that are damaged, foreign or malicious end in one sentence each, and never in another exception."""

from __future__ import annotations

import os
import random
import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import Arm, Source, Spectrum
from stellarview.io.sets import SpectrumSet, open_spectrum_set, write_spectrum_set


@pytest.fixture
def good_set(tmp_path: Path) -> Path:
    """A small set of our own layout, to be spoiled."""
    rng = np.random.default_rng(5)
    spectra = []
    for n in (40, 40, 38):
        arm = Arm("LRS", 4000.0 + np.arange(n), rng.normal(size=n), np.ones(n), np.zeros(n, np.uint16))
        spectra.append(Spectrum((arm,), "vacuum", "observed", Source("a.fits", "a.fits", "", "made")))
    write_spectrum_set(tmp_path / "set.h5", spectra, {"teff": np.arange(3.0)})
    return tmp_path / "set.h5"


def read_everything(stored: SpectrumSet) -> None:
    for _ in stored.stacks():
        pass
    for name in stored.columns:
        stored.header_column(name)
    assert stored.labels is not None
    assert len(list(stored)) == len(stored)


def refusal(path: Path) -> StellarViewError:
    """The error that reading everything in this file ends in; it names the file."""
    with pytest.raises(StellarViewError) as caught, open_spectrum_set(path) as stored:
        read_everything(stored)
    assert path.name in caught.value.what
    assert all(sentence.endswith(".") for sentence in (caught.value.why, caught.value.what_to_do))
    return caught.value


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"SIMPLE  =                    T", "not an HDF5 file"),
        (b"\x89HDF\r\n\x1a\n", "damaged or cut short"),
        (b"\0" * 4096, "not an HDF5 file"),
    ],
)
def test_that_what_is_no_hdf5_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "no.h5").write_bytes(content)
    assert why in refusal(tmp_path / "no.h5").why


def test_that_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "nowhere.h5").why
    assert "folder" in refusal(tmp_path).why
    assert "system says" in refusal(tmp_path / ("n" * 300)).why


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_that_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.h5")
    assert "device" in refusal(tmp_path / "pipe.h5").why


def test_that_a_file_without_permission_is_refused(good_set: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", forbidden)  # root may read everything
    assert "permission" in refusal(good_set).why


Change = Callable[[h5py.File], None]
SPOILED: list[Any] = []


def spoil(name: str, why: str) -> Callable[[Change], None]:
    """A row of the table of spoiled files: what is done to a good one, and what the user is told."""
    return lambda change: SPOILED.append(pytest.param(change, why, id=name))


@spoil("external link", "external or symbolic link")
def external_link(file: h5py.File) -> None:
    del file["arms/LRS/flux"]
    file["arms/LRS/flux"] = h5py.ExternalLink("/etc/passwd", "flux")


@spoil("soft link", "external or symbolic link")
def soft_link(file: h5py.File) -> None:
    file["labels/logg"] = h5py.SoftLink("/labels/teff")


@spoil("external data", "lies in other files")
def external_data(file: h5py.File) -> None:
    del file["labels/teff"]
    file["labels"].create_dataset("teff", shape=(3,), dtype="f8", external=[("/etc/passwd", 0, 24)])


@spoil("virtual data", "lies in other files")
def virtual_data(file: h5py.File) -> None:
    layout = h5py.VirtualLayout(shape=(3,), dtype="f8")
    layout[:] = h5py.VirtualSource("/tmp/other.h5", "teff", shape=(3,))
    del file["labels/teff"]
    file["labels"].create_virtual_dataset("teff", layout)


@spoil("128 GB claimed", "claims 1.28e+11 bytes")
def huge_claim(file: h5py.File) -> None:
    del file["arms/LRS/flux"]
    file["arms/LRS"].create_dataset("flux", shape=(4_000_000, 8_000), dtype="f4", chunks=(1, 8000), compression="gzip")


@spoil("128 GB claimed without chunks", "claims")
def huge_contiguous_claim(file: h5py.File) -> None:
    del file["arms/LRS/flux"]
    file["arms/LRS"].create_dataset("flux", shape=(1000, 32_000_000), dtype="f4")


@spoil("large chunks", "too large")
def large_chunks(file: h5py.File) -> None:
    del file["arms/LRS/ivar"]
    file["arms/LRS"].create_dataset(
        "ivar", shape=(3, 40), maxshape=(None, None), dtype="f4", chunks=(3, 2**25), compression="gzip"
    )


@spoil("bomb in a chunk", "does not inflate to its size")
def bomb(file: h5py.File) -> None:
    file["arms/LRS/flux"].id.write_direct_chunk((0, 0), zlib.compress(bytes(1_000_000)))


@spoil("large chunk stored", "larger than its content")
def stored_large(file: h5py.File) -> None:
    file["arms/LRS/flux"].id.write_direct_chunk((0, 0), zlib.compress(bytes(50_000_000)))


@spoil("short chunk", "incomplete")
def short_chunk(file: h5py.File) -> None:
    file["arms/LRS/flux"].id.write_direct_chunk((0, 0), zlib.compress(bytes(100)))


@spoil("cut chunk", "does not inflate to its size")
def cut_chunk(file: h5py.File) -> None:
    file["arms/LRS/flux"].id.write_direct_chunk((0, 0), zlib.compress(bytes(64 * 64 * 4))[:-3])


@spoil("garbage chunk", "damaged or cut short")
def garbage_chunk(file: h5py.File) -> None:
    file["arms/LRS/flux"].id.write_direct_chunk((0, 0), b"garbage")


@spoil("other compression", "not compressed with gzip")
def other_compression(file: h5py.File) -> None:
    values = file["arms/LRS/ivar"][:]
    del file["arms/LRS/ivar"]
    file["arms/LRS"].create_dataset("ivar", data=values, compression="lzf")


@spoil("objects for numbers", "which is not what is due")
def objects(file: h5py.File) -> None:
    del file["labels/teff"]
    file["labels"].create_dataset("teff", data=["a", "b", "c"], dtype=h5py.string_dtype())


@spoil("heap texts", "which is not what is due")
def heap_texts(file: h5py.File) -> None:
    del file["header/file_name"]
    file["header"].create_dataset("file_name", data=["a", "b", "c"], dtype=h5py.string_dtype())


@spoil("compound numbers", "which is not what is due")
def compound(file: h5py.File) -> None:
    del file["labels/teff"]
    file["labels"].create_dataset("teff", data=np.zeros(3, dtype=[("a", "f8"), ("b", "f8")]))


@spoil("wide texts", "which is not what is due")
def wide_texts(file: h5py.File) -> None:
    del file["header/file_name"]
    file["header"].create_dataset("file_name", shape=(3,), dtype="S1000000")


@spoil("a cube", "neither columns nor rows")
def cube(file: h5py.File) -> None:
    del file["arms/LRS/flux"]
    file["arms/LRS"].create_dataset("flux", data=np.zeros((3, 4, 5)))


@spoil("many objects", "far more objects")
def many_objects(file: h5py.File) -> None:
    for group in range(101):
        file.create_group(f"more/{group}", track_order=False)
        for name in range(100):
            file[f"more/{group}/{name}"] = file["labels"]


@spoil("other hdf5", "none of the layouts")
def other_hdf5(file: h5py.File) -> None:
    del file.attrs["stellarview_set"]


@spoil("newer layout", "newer StellarView")
def newer(file: h5py.File) -> None:
    file.attrs["stellarview_set"] = 2


@spoil("text for a version", "plain type")
def odd_version(file: h5py.File) -> None:
    file.attrs["stellarview_set"] = "one"


@spoil("unknown medium", "where air or vacuum is due")
def medium(file: h5py.File) -> None:
    file.attrs.create("medium", np.bytes_(b"water"))


@spoil("no frame", "where observed or rest is due")
def frame(file: h5py.File) -> None:
    del file.attrs["frame"]


@spoil("no flux", "no dataset")
def no_flux(file: h5py.File) -> None:
    del file["arms/LRS/flux"]


@spoil("no arm", "no arm")
def no_arm(file: h5py.File) -> None:
    del file["arms"]


@spoil("arms of different lengths", "different numbers of spectra")
def unequal_arms(file: h5py.File) -> None:
    file.copy("arms/LRS", "arms/B")
    for name in file["arms/B"]:
        if name != "wavelength":
            file["arms/B"][name].resize(2, axis=0)


@spoil("a dataset for an arm", "no dataset")
def dataset_for_an_arm(file: h5py.File) -> None:
    file["arms/B"] = np.zeros(3)


@spoil("descending wavelengths", "strictly increasing")
def descending(file: h5py.File) -> None:
    file["arms/LRS/wavelength"][:] = np.arange(40.0)[::-1]


@spoil("wavelengths that are no number", "strictly increasing")
def nan_wavelengths(file: h5py.File) -> None:
    file["arms/LRS/wavelength"][7] = np.nan


@spoil("short columns", "is due")
def short_column(file: h5py.File) -> None:
    file["header/redshift"].resize((2,))


@spoil("no pixels", "between 2 and 40")
def no_pixels(file: h5py.File) -> None:
    file["arms/LRS/n_pixels"][1] = 0


@spoil("a velocity from nowhere", "a source that StellarView does not know")
def odd_velocity(file: h5py.File) -> None:
    file["header/rv"][0] = 5.0


@pytest.mark.parametrize(("change", "why"), SPOILED)
def test_that_a_spoiled_set_is_refused_in_words(good_set: Path, change: Change, why: str) -> None:
    with h5py.File(good_set, "r+") as file:
        change(file)
    assert why in refusal(good_set).why


def test_that_groups_in_a_circle_end(good_set: Path) -> None:
    with h5py.File(good_set, "r+") as file:
        file["labels"].create_group("loop")["again"] = file["/"]
    assert "'labels/loop'" in refusal(good_set).why


def test_that_a_signalling_nan_is_only_a_masked_pixel(good_set: Path) -> None:
    with h5py.File(good_set, "r+") as file:
        file["arms/LRS/flux"][0, :2] = np.array([0x7FA00000, 0x3F800000], dtype=np.uint32).view(np.float32)
    with open_spectrum_set(good_set) as stored:
        assert stored.stack(0, 1).arms[0].good_BN[0, :2].tolist() == [False, True]


def test_that_a_chunk_that_was_never_written_is_padding(good_set: Path) -> None:
    with h5py.File(good_set, "r+") as file:
        del file["labels/teff"]
        file["labels"].create_dataset("teff", shape=(3,), dtype="f8", chunks=(2,), fillvalue=np.nan, compression="gzip")
    with open_spectrum_set(good_set) as stored:
        assert np.isnan(stored.labels["teff"]).all()


def test_that_columns_nobody_wrote_are_unknown_facts(good_set: Path) -> None:
    with h5py.File(good_set, "r+") as file:
        for name in ("header", "labels"):
            del file[name]
        for name in ("n_pixels", "snr", "resolution"):
            del file["arms/LRS"][name]
    with open_spectrum_set(good_set) as stored:
        read_everything(stored)
        assert stored[2].source.file_name == f"{good_set.name}#2"
        assert (len(stored[2].arms[0]), stored.columns, stored.labels) == (40, (), {})


def test_that_a_set_which_is_cut_short_says_so(good_set: Path) -> None:
    data = good_set.read_bytes()
    for part in np.linspace(1, len(data) - 1, 40).astype(int):
        good_set.write_bytes(data[:part])
        refusal(good_set)


def test_that_a_mutated_set_reads_or_is_refused(good_set: Path) -> None:
    data, dice, refused = good_set.read_bytes(), random.Random(11), 0
    for _ in range(200):
        mutant = bytearray(data)
        for place in dice.sample(range(len(data)), dice.choice([1, 5, 20])):
            mutant[place] = dice.choice([0, 255, dice.randrange(256)])
        good_set.write_bytes(mutant)
        try:
            with open_spectrum_set(good_set) as stored:
                read_everything(stored)
        except StellarViewError as error:
            refused += 1
            assert re.search(r"set\.h5", error.what)
    assert 20 < refused < 200
