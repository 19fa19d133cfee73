"""Spectrum sets: what is written comes back, spectrum by spectrum and in stacks, whatever grids the rows have."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import (
    Arm,
    HeaderFacts,
    MaskReason,
    RadialVelocity,
    SignalToNoise,
    Source,
    Spectrum,
)
from stellarview.domain.stack import Stack, stack_spectra
from stellarview.io.sets import SET_LAYOUTS, SpectrumSetWriter, open_spectrum_set, write_spectrum_set
from stellarview.io.sets.columns import COLUMNS

FULL_FACTS = HeaderFacts(
    obsid=1017011234,
    designation="LAMOST J171008.26+281524.8",
    object_name="星 é",
    ra_deg=257.5,
    dec_deg=-1.0,  # a fact that looks like the word for an absent whole number
    object_class="STAR",
    subclass="F5",
    redshift=-8e-5,
    redshift_sigma=1e-5,
    snr=SignalToNoise(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0),
    plan_id="HD170956N262719V01",
    observed_at="2022-06-01T18:00:00",
    release="DR10",
    pipeline="v2.9.7",
)
NO_FACTS = HeaderFacts()
FULL_VELOCITY = RadialVelocity(-1.0, 0.5, "cross-correlation", 9.5, "G2")


def an_arm(name: str = "B", n: int = 40, start: float = 4950.0, seed: int = 0, **more: Any) -> Arm:
    """An arm on a grid that depends on its start alone."""
    rng = np.random.default_rng(seed)
    flux, ivar = rng.normal(100, 10, n).astype(np.float32), rng.uniform(0, 1, n).astype(np.float32)
    mask = rng.choice([0, 1, 2, 4, 128], n).astype(np.uint16)
    return Arm(name, start + 0.1 * np.arange(n), flux, ivar, mask, **more)


def a_spectrum(*arms: Arm, header: HeaderFacts = NO_FACTS, file_name: str = "spec-1.fits.gz", **more: Any) -> Spectrum:
    source = Source(file_name, f"/nights/1/{file_name}", "ab" * 32, "lrs-table")
    return Spectrum(arms or (an_arm(),), "vacuum", "observed", source, header, **more)


def assert_same_arm(read: Arm, written: Arm) -> None:
    assert (read.name, read.snr, read.resolution) == (written.name, written.snr, written.resolution)
    for plane in ("wavelength_angstrom", "flux", "ivar", "mask"):
        np.testing.assert_array_equal(getattr(read, plane), getattr(written, plane), err_msg=plane)
    assert (read.continuum is None) == (written.continuum is None)
    if written.continuum is not None and read.continuum is not None:
        np.testing.assert_array_equal(read.continuum, written.continuum.astype(np.float32))


def assert_same(read: Spectrum, written: Spectrum) -> None:
    for one, other in zip(read.arms, written.arms, strict=True):
        assert_same_arm(one, other)
    for name in ("medium", "frame", "header", "exposure", "velocity", "is_foreign", "notes"):
        assert getattr(read, name) == getattr(written, name), name
    assert replace(read.source, path="") == replace(written.source, path="")


def assert_same_stack(one: Stack, other: Stack) -> None:
    assert (one.medium, one.frame) == (other.medium, other.frame)
    np.testing.assert_array_equal(one.velocity_km_s_B, other.velocity_km_s_B)
    for a, b in zip(one.arms, other.arms, strict=True):
        assert a.name == b.name
        for plane in ("resolution_B", "wavelength_BN", "flux_BN", "ivar_BN", "mask_BN", "n_pixels_B", "continuum_BN"):
            x, y = getattr(a, plane), getattr(b, plane)
            assert (x is None) == (y is None), plane
            if x is not None:
                assert x.dtype == y.dtype, plane
                np.testing.assert_array_equal(x, y, err_msg=plane)


def round_trip(path: Path, spectra: Sequence[Spectrum], labels: dict[str, Any] | None = None) -> list[Spectrum]:
    write_spectrum_set(path, spectra, labels)
    with open_spectrum_set(path) as stored:
        return stored.read(0, len(stored))


def test_that_every_fact_comes_back(tmp_path: Path) -> None:
    arms = (an_arm("R", snr=31.5, resolution=7500.0), an_arm("B", n=30, snr=12.0))
    full = a_spectrum(
        *arms,
        header=FULL_FACTS,
        velocity=FULL_VELOCITY,
        exposure="84061123",
        is_foreign=True,
        notes=("taken as vacuum", "ünsure\n"),
    )
    assert_same(round_trip(tmp_path / "set.h5", [full])[0], full)


def test_that_missing_facts_come_back_as_none(tmp_path: Path) -> None:
    (read,) = round_trip(tmp_path / "set.h5", [a_spectrum()])
    assert read.header == HeaderFacts()
    assert (read.velocity, read.arms[0].snr, read.arms[0].resolution) == (None, None, None)


def test_that_every_header_fact_has_a_column() -> None:
    bands = {f"snr_{band.name}" for band in fields(SignalToNoise)}
    facts = {fact.name for fact in fields(HeaderFacts)} - {"snr"}
    assert (facts | bands) <= set(COLUMNS)


def test_that_a_source_names_the_set_and_the_row(tmp_path: Path) -> None:
    path = tmp_path / "夜.h5"
    read = round_trip(path, [a_spectrum(), a_spectrum(file_name="spec-2.fits")])
    assert [s.source.path for s in read] == [f"{path}#0", f"{path}#1"]
    assert [s.source.file_name for s in read] == ["spec-1.fits.gz", "spec-2.fits"]
    assert read[0].source.sha256 == "ab" * 32


def test_that_spectra_on_one_grid_share_its_memory(tmp_path: Path) -> None:
    spectra = [a_spectrum(an_arm(seed=seed)) for seed in range(3)]
    read = round_trip(tmp_path / "set.h5", spectra)
    assert np.shares_memory(read[0].arms[0].wavelength_angstrom, read[2].arms[0].wavelength_angstrom)
    with h5py.File(tmp_path / "set.h5") as file:
        assert file["arms/B/wavelength"].shape == (40,)


def test_that_short_rows_on_the_same_grid_keep_it_shared(tmp_path: Path) -> None:
    spectra = [a_spectrum(an_arm(n=n)) for n in (38, 40, 37)]
    for read, written in zip(round_trip(tmp_path / "set.h5", spectra), spectra, strict=True):
        assert_same(read, written)
    with h5py.File(tmp_path / "set.h5") as file:
        assert file["arms/B/wavelength"].shape == (40,)
        assert file["arms/B/n_pixels"][:].tolist() == [38, 40, 37]
        assert (file["arms/B/mask"][0, 38:] == MaskReason.OUTSIDE).all()


@pytest.mark.parametrize("size", [1, 2, 100])
def test_that_a_second_grid_gives_every_row_its_own(tmp_path: Path, size: int) -> None:
    spectra = [a_spectrum(an_arm(n=n, start=start)) for n, start in ((30, 4950), (25, 4950), (33, 4950.03), (90, 4000))]
    with SpectrumSetWriter(tmp_path / "set.h5") as writer:
        for first in range(0, 4, size):
            writer.append(spectra[first : first + size])
    with open_spectrum_set(tmp_path / "set.h5") as stored:
        for read, written in zip(stored, spectra, strict=True):
            assert_same(read, written)
        assert_same_stack(stored.stack(0, 4), stack_spectra(spectra))


def test_that_one_row_may_have_a_continuum_and_the_next_none(tmp_path: Path) -> None:
    continuum = np.linspace(90, 109.5, 40)  # single precision holds these
    spectra = [a_spectrum(), a_spectrum(an_arm(continuum=continuum)), a_spectrum(an_arm(n=38))]
    for read, written in zip(round_trip(tmp_path / "set.h5", spectra), spectra, strict=True):
        assert_same(read, written)
    with open_spectrum_set(tmp_path / "set.h5") as stored:
        assert_same_stack(stored.stack(0, 3), stack_spectra(spectra))
        assert stored.stack(2, 3).arms[0].continuum_BN is None
        only = stored.stack(1, 2).arms[0].continuum_BN
        assert only is not None and only.shape == (1, 40)


def test_that_rows_of_a_stack_keep_their_own_resolution(tmp_path: Path) -> None:
    spectra = [a_spectrum(an_arm(resolution=value)) for value in (1800.0, None, 7500.0)]
    write_spectrum_set(tmp_path / "set.h5", spectra)
    with open_spectrum_set(tmp_path / "set.h5") as stored:
        np.testing.assert_array_equal(stored.stack(0, 3).arms[0].resolution_B, [1800.0, np.nan, 7500.0])


def test_that_a_stack_pads_continua_with_one(tmp_path: Path) -> None:
    spectra = [a_spectrum(an_arm(n=n, continuum=np.full(n, 2.0))) for n in (40, 36)]
    write_spectrum_set(tmp_path / "set.h5", spectra)
    with open_spectrum_set(tmp_path / "set.h5") as stored:
        assert_same_stack(next(stored.stacks()), stack_spectra(spectra))


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_that_chunks_and_stacks_of_any_size_are_the_same_spectra(tmp_path: Path, size: int) -> None:
    spectra = [a_spectrum(an_arm(n=40 - s % 3, seed=s), velocity=FULL_VELOCITY if s % 2 else None) for s in range(150)]
    write_spectrum_set(tmp_path / "set.h5", spectra)
    with open_spectrum_set(tmp_path / "set.h5") as stored:
        chunks = list(stored.iter_chunks(size))
        assert [len(chunk) for chunk in chunks[:-1]] == [size] * (len(chunks) - 1)
        for read, written in zip((s for chunk in chunks for s in chunk), spectra, strict=True):
            assert_same(read, written)
        for stack, chunk in zip(stored.stacks(size), chunks, strict=True):
            assert_same_stack(stack, stack_spectra(chunk))


def test_that_rows_are_counted_like_a_list(tmp_path: Path) -> None:
    spectra = [a_spectrum(file_name=f"{row}.fits") for row in range(5)]
    write_spectrum_set(tmp_path / "set.h5", spectra)
    with open_spectrum_set(tmp_path / "set.h5") as stored:
        assert len(stored) == 5
        assert stored[-1].source.file_name == stored[4].source.file_name == "4.fits"
        assert [s.source.file_name for s in stored.read(3, 99)] == ["3.fits", "4.fits"]
        assert stored.read(4, 2) == []
        for row in (5, -6):
            with pytest.raises(StellarViewError, match="holds 5 spectra"):
                stored[row]
        with pytest.raises(StellarViewError, match="has no spectrum 7"):
            stored.stack(7, 9)


def test_that_labels_come_back_and_unknown_ones_are_nan(tmp_path: Path) -> None:
    with SpectrumSetWriter(tmp_path / "set.h5") as writer:
        writer.append([a_spectrum()], {"teff": [5772.0]})
        writer.append([a_spectrum()], {"[Fe/H] .x": [0.1]})
        writer.append([a_spectrum()], {"teff": [4000.0]})
        writer.append([a_spectrum()])
    with open_spectrum_set(tmp_path / "set.h5") as stored:
        labels = stored.labels
    assert set(labels) == {"teff", "[Fe/H] .x"}
    np.testing.assert_array_equal(labels["teff"], [5772.0, np.nan, 4000.0, np.nan])
    np.testing.assert_array_equal(labels["[Fe/H] .x"], [np.nan, 0.1, np.nan, np.nan])


def test_that_columns_can_be_read_without_spectra(tmp_path: Path) -> None:
    write_spectrum_set(tmp_path / "set.h5", [a_spectrum(header=FULL_FACTS), a_spectrum(file_name="ü" * 60)])
    with open_spectrum_set(tmp_path / "set.h5") as stored:
        np.testing.assert_array_equal(stored.header_column("obsid"), [1017011234, -1])
        np.testing.assert_array_equal(stored.header_column("redshift"), [-8e-5, np.nan])
        assert stored.header_column("object_name").tolist() == ["星 é", ""]
        assert stored.header_column("file_name", 1).tolist() == ["ü" * 60]
        with pytest.raises(StellarViewError, match=r"has no column 'colour'.*\n.*obsid"):
            stored.header_column("colour")


def test_that_texts_may_grow_longer_with_every_chunk(tmp_path: Path) -> None:
    names = ["a" * length for length in (1, 15, 17, 200, 3, 5000)]
    with SpectrumSetWriter(tmp_path / "set.h5") as writer:
        for name in names:
            writer.append([a_spectrum(file_name=name)])
    with open_spectrum_set(tmp_path / "set.h5") as stored:
        assert stored.header_column("file_name").tolist() == names


def test_that_a_set_says_what_it_is(tmp_path: Path) -> None:
    recipe = json.dumps({"steps": ["normalise"]})
    write_spectrum_set(tmp_path / "set.h5", [replace(a_spectrum(), frame="rest", medium="air")], recipe_json=recipe)
    with open_spectrum_set(tmp_path / "set.h5") as stored:
        assert (stored.medium, stored.frame, stored.layout) == ("air", "rest", "stellarview-set")
        assert stored.recipe_json == recipe
        assert stored.creator.startswith("StellarView ")
        assert stored.arm_names == ("B",)


def test_that_arms_keep_their_order_and_any_name(tmp_path: Path) -> None:
    spectrum = a_spectrum(*(an_arm(name) for name in ("R", "../B", "a.b", "[é]")))
    (read,) = round_trip(tmp_path / "set.h5", [spectrum])
    assert [arm.name for arm in read.arms] == ["R", "../B", "a.b", "[é]"]


def test_that_numbers_which_are_none_are_masked_on_reading(tmp_path: Path) -> None:
    flux = np.array([1.0, np.nan, 3.0, 4.0], dtype=np.float32)
    ivar = np.array([1.0, 1.0, np.inf, 1.0], dtype=np.float32)
    arm = Arm("B", np.arange(4000.0, 4004.0), flux, ivar, np.zeros(4, np.uint16))
    (read,) = round_trip(tmp_path / "set.h5", [a_spectrum(arm)])
    assert read.arms[0].is_good.tolist() == [True, False, False, True]
    assert read.arms[0].flux.tolist() == [1.0, 0.0, 0.0, 4.0]
    assert MaskReason.NON_FINITE in MaskReason(int(read.arms[0].mask[1]))


def test_that_what_was_read_outlives_the_file(tmp_path: Path) -> None:
    write_spectrum_set(tmp_path / "set.h5", [a_spectrum()])
    stored = open_spectrum_set(tmp_path / "set.h5")
    spectrum = stored[0]
    stored.close()
    stored.close()
    assert_same(spectrum, a_spectrum())
    with pytest.raises(StellarViewError, match="was closed"):
        stored[0]


def test_that_the_table_of_layouts_names_each_layout_once() -> None:
    assert len({layout.name for layout in SET_LAYOUTS}) == len(SET_LAYOUTS) == 2


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
facts = st.none() | st.floats(-900, 1e6)  # below lie the words for absent facts
words = st.none() | texts.filter(bool)
headers = st.builds(
    HeaderFacts,
    obsid=st.none() | st.integers(0, 2**60),
    designation=words,
    subclass=words,
    ra_deg=facts,
    redshift=facts,
    snr=st.builds(SignalToNoise, g=facts, blue=facts),
)
velocities = st.none() | st.builds(
    RadialVelocity, st.floats(-500, 500), facts, st.sampled_from(["user", "header"]), facts, words
)
values = st.floats(-1e6, 1e6, width=32)


@st.composite
def spectra_of_one_kind(draw: st.DrawFn) -> list[Spectrum]:
    names = draw(st.lists(texts.filter(bool), min_size=1, max_size=2, unique=True))
    return [draw(spectrum_with_arms(names)) for _ in range(draw(st.integers(1, 5)))]


@st.composite
def spectrum_with_arms(draw: st.DrawFn, names: list[str]) -> Spectrum:
    arms = []
    for name in names:
        n = draw(st.integers(3, 9))
        start = draw(st.sampled_from([4000.0, 4000.5]))
        planes = [np.array(draw(st.lists(values, min_size=n, max_size=n)), np.float32) for _ in range(2)]
        mask = np.array(draw(st.lists(st.integers(0, 255), min_size=n, max_size=n)), np.uint16)
        arms.append(Arm(name, start + np.arange(n), *planes, mask, snr=draw(facts), resolution=draw(facts)))
    file_name, notes = draw(texts.filter(bool)), tuple(draw(st.lists(texts, max_size=2)))
    return a_spectrum(*arms, header=draw(headers), velocity=draw(velocities), file_name=file_name, notes=notes)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(spectra=spectra_of_one_kind())
def test_that_any_spectra_come_back_as_they_were(tmp_path: Path, spectra: list[Spectrum]) -> None:
    write_spectrum_set(tmp_path / "set.h5", spectra)
    with open_spectrum_set(tmp_path / "set.h5") as stored:
        for read, written in zip(stored.read(0, len(stored)), spectra, strict=True):
            assert_same(read, written)
        assert_same_stack(stored.stack(0, len(stored)), stack_spectra(spectra))
