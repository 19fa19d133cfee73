"""The line list says what the laboratory says, and the lines of stars are where it says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import h5py
import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from stellarview.domain.arrays import FloatArray
from stellarview.domain.errors import StellarViewError
from stellarview.domain.lines import Line, air_to_vacuum, vacuum_to_air
from stellarview.io.line_list import read_lines
from stellarview.io.resources import resource_path

Spectra = Sequence[tuple[FloatArray, FloatArray]]  # (wavelength, flux) in vacuum at rest

LABELLED = ["C", "N", "O", "Mg", "Al", "Si", "S", "K", "Ca", "Ti", "Cr", "Mn", "Fe", "Ni", "Cu"]
MRS_BLUE, MRS_RED = (4953.0, 5349.0), (6304.0, 6799.0)
# Seen in hot stars alone, or (nitrogen, by its reference) not at all: no check of F to K stars can find them.
HOT = {"He I", "He II", "C II", "C III", "Mg II"}


# --- the table -------------------------------------------------------------------------------------------------------


def test_that_the_list_is_long_sorted_and_in_its_range() -> None:
    wavelengths = [line.wavelength_vacuum_angstrom for line in read_lines()]
    assert len(wavelengths) >= 250
    assert wavelengths == sorted(wavelengths)
    assert 3700 <= wavelengths[0] < wavelengths[-1] <= 9100


def test_that_nothing_stands_in_the_list_twice() -> None:
    names = Counter(line.name for line in read_lines())
    places = Counter((line.species, round(line.wavelength_vacuum_angstrom, 1)) for line in read_lines())
    assert [entry for entry, count in [*names.items(), *places.items()] if count > 1] == []


def test_that_every_element_with_a_label_has_at_least_three_lines() -> None:
    lines = Counter(line.element for line in read_lines() if line.kind == "line")
    assert {element: lines[element] for element in [*LABELLED, "H", "He", "Na", "Ba"] if lines[element] < 3} == {}


def test_that_the_molecules_of_cool_stars_are_bands() -> None:
    bands = {line.species for line in read_lines() if line.kind == "band"}
    assert bands == {"TiO", "VO", "CN", "CH", "C2", "MgH", "CaH"}


def test_that_the_mrs_windows_are_dense_and_say_where_every_number_comes_from() -> None:
    windows = [line for line in read_lines() if in_window(line, MRS_BLUE) or in_window(line, MRS_RED)]
    assert len(windows) >= 150
    assert all(line.reference for line in read_lines())


@pytest.mark.parametrize(
    ("name", "vacuum_angstrom"),
    [
        ("H-alpha", 6564.61),
        ("H-beta", 4862.69),
        ("Mg b1", 5185.05),
        ("Na D2", 5891.58),
        ("Na D1", 5897.56),
        ("Ca II K", 3934.78),
        ("Ca II H", 3969.59),
        ("Ca II 8498", 8500.36),
        ("Ca II 8542", 8544.44),
        ("Ca II 8662", 8664.52),
        ("K I 7699", 7701.09),
        ("Li I 6708", 6709.66),
        ("Fe I 6302", 6304.24),
    ],
)
def test_that_well_known_lines_have_their_vacuum_wavelengths(name: str, vacuum_angstrom: float) -> None:
    (line,) = (line for line in read_lines() if line.name == name)
    assert line.wavelength_vacuum_angstrom == pytest.approx(vacuum_angstrom, abs=0.02)


def test_that_the_number_in_a_name_is_the_air_wavelength() -> None:
    numbers = {line: float(number[1]) for line in read_lines() if (number := re.search(r"(\d{4}(\.\d)?)$", line.name))}
    assert len(numbers) > 350
    assert [line for line, number in numbers.items() if abs(line.wavelength_angstrom("air") - number) >= 1] == []


def test_that_astropy_reads_the_same_table_with_its_unit() -> None:
    table = Table.read(resource_path("lines.ecsv"))
    assert table["wavelength_vacuum"].unit == "Angstrom"
    assert [Line(*row) for row in table.iterrows()] == list(read_lines())
    assert {"source", "verification"} <= table.meta.keys()


def test_that_a_table_written_by_astropy_is_read_too(tmp_path: Path) -> None:
    Table.read(resource_path("lines.ecsv")).write(tmp_path / "mine.ecsv")
    assert read_lines(tmp_path / "mine.ecsv") == read_lines()


def test_that_the_bundled_list_is_read_once() -> None:
    assert read_lines() is read_lines()


HEADER = "species,wavelength_vacuum,name,kind,reference\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no table"),
        ("# only a comment\n", "no table"),
        ("species,name\nFe I,mine\n", "no column wavelength_vacuum"),
        (HEADER + "Fe I,5000.0,mine,line\n", "Line 2 has 4 cells for 5 columns"),
        (HEADER + "# a remark\nFe I,five thousand,mine,line,me\n", "Line 3 has the wavelength 'five thousand'"),
        (HEADER + "Fe I,nan,mine,line,me\n", "Line 2 has the wavelength 'nan'"),
        (HEADER + "Fe I,-5000,mine,line,me\n", "Line 2 has the wavelength '-5000'"),
        (HEADER + "Fe I,,mine,line,me\n", "Line 2 has the wavelength ''"),
        (HEADER + ",5000,mine,line,me\n", "Line 2 has no species"),
        (HEADER + "Fe I,5000,mine,edge,me\n", "Line 2 is of the kind 'edge'"),
        (HEADER + '"Fe I,5000,mine,line,me\n', "Line 2 is broken"),
        ("# - {name: wavelength_vacuum, unit: nm, datatype: float64}\n" + HEADER, "in nm, not in Angstrom"),
        (b"\xff\xfe\x00\x01", "not a text file"),
    ],
)
def test_that_a_broken_table_is_refused_with_its_reason(tmp_path: Path, text: str | bytes, why: str) -> None:
    path = tmp_path / "mine.ecsv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(StellarViewError, match=r"Cannot read the line list mine\.ecsv") as refusal:
        read_lines(path)
    assert why in refusal.value.why
    assert "columns" in refusal.value.what_to_do


def test_that_a_missing_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StellarViewError, match="Cannot read the line list"):
        read_lines(tmp_path / "absent.ecsv")


# --- the stars -------------------------------------------------------------------------------------------------------


def find_minima(wavelength: FloatArray, flux: FloatArray, least_depth: float) -> FloatArray:
    """Where the flux has a local minimum that lies deeper than both maxima beside it."""
    slope = np.diff(flux)
    turns = np.flatnonzero(slope[:-1] * slope[1:] < 0) + 1
    ends = np.concatenate([[0], turns, [len(flux) - 1]])
    valley = np.flatnonzero(slope[turns] > 0) + 1
    walls = np.minimum(flux[ends[valley - 1]], flux[ends[valley + 1]])
    i = ends[valley][walls - flux[ends[valley]] > least_depth]
    # The vertex of the parabola through three pixels.
    shift = (flux[i - 1] - flux[i + 1]) / (flux[i - 1] - 2 * flux[i] + flux[i + 1]) / 2
    found: FloatArray = wavelength[i] + shift * np.gradient(wavelength)[i]
    return found


def share_on_minima(lines: FloatArray, spectra: Spectra, tolerance_angstrom: float, least_depth: float) -> float:
    """The share of lines with a minimum within the tolerance in at least one of the spectra."""
    distance = [np.abs(lines[:, None] - find_minima(*spectrum, least_depth)).min(axis=1) for spectrum in spectra]
    return float(np.mean(np.min(distance, axis=0) <= tolerance_angstrom))


def flatten(flux: FloatArray, width: int = 101) -> FloatArray:
    smooth = np.convolve(flux, np.ones(width) / width, mode="same")
    return flux / np.where(smooth > 0, smooth, np.nan)


def synthetic_arm(data: Path, first: int, grid: str) -> Spectra:
    """Means of near-solar F and G dwarfs, K dwarfs and K giants, R 20000."""
    with h5py.File(data / "train" / "mrs_synthetic.h5") as file:
        wavelength = file[grid][:]
        flux = file["flux"][:, first : first + len(wavelength)].astype(np.float64)
        teff, logg, feh = file["labels"][:, :3].T
    solar, dwarf = np.abs(feh) < 0.4, logg > 3.8
    groups = [teff > 6200, (np.abs(teff - 5800) < 400) & dwarf, (teff < 5000) & dwarf, (teff < 5000) & (logg < 3.3)]
    return [(wavelength, flux[solar & group].mean(axis=0)) for group in groups]


def mrs_blue(data: Path) -> Spectra:
    return synthetic_arm(data, 0, "wavelength_blue")


def mrs_red(data: Path) -> Spectra:
    return synthetic_arm(data, 3980, "wavelength_red")


def giant(data: Path) -> Spectra:
    """The Indo-US spectrum of the K0 III star HD 107418, R 5000, in air, at rest."""
    wavelength = air_to_vacuum(3465 + 0.4 * np.arange(15011))
    return [(wavelength, flatten(fits.getdata(data / "foreign" / "K0III__107418.fits").astype(np.float64)))]


def survey(data: Path) -> Spectra:
    """Median LAMOST LRS spectra of A, F, G and K stars at rest."""
    grid = np.arange(3.5705, 3.9580, 1e-4)
    with h5py.File(data / "train" / "lamost_dr10_lrs.h5") as file:
        teff, feh, snr = (file[name][:] for name in ("teff", "feh", "snrg"))
        start = file["log10_wavelength0"][:] - np.log10(1 + file["z"][:])
        groups = [(teff > 8000) & (snr > 80), (np.abs(teff - 6200) < 200) & (snr > 90) & (feh > -0.4)]
        groups += [(np.abs(teff - 5700) < 200) & (snr > 80) & (feh > -0.4), (teff < 5150) & (snr > 35) & (feh > -0.6)]
        return [
            (10**grid, np.median([at_rest(file, star, start[star], grid) for star in np.flatnonzero(group)[:80]], 0))
            for group in groups
        ]


def at_rest(file: h5py.File, star: int, start: float, grid: FloatArray) -> FloatArray:
    flux = file["flux"][star, : file["npix"][star]].astype(np.float64)
    return np.interp(grid, start + 1e-4 * np.arange(len(flux)), flatten(flux))


def templates(data: Path, *names: str) -> tuple[FloatArray, FloatArray]:
    """The mean of some empirical templates, relative flux."""
    with h5py.File(data / "train" / "stellar_templates.h5") as file:
        known = [name.decode() for name in file["name"][:]]
        flux = file["flux"][:][[known.index(name) for name in names]].astype(np.float64)
        return 10 ** file["log10_wavelength"][:], np.mean(flux / np.median(flux, axis=1, keepdims=True), axis=0)


@dataclass(frozen=True)
class Check:
    """An instrument, and the share of lines that must have a minimum: blends hide the rest at its resolution."""

    spectra: Callable[[Path], Spectra]
    windows: tuple[tuple[float, float], ...]
    tolerance_angstrom: float
    least_depth: float
    least_share: float

    def share(self, data: Path, medium: Callable[[FloatArray], FloatArray] = np.asarray, shift: float = 0.0) -> float:
        lines = [line for line in read_lines() if line.kind == "line" and line.species not in HOT]
        seen = [line for line in lines if "not seen" not in line.reference]
        wavelengths = [
            line.wavelength_vacuum_angstrom for line in seen if any(in_window(line, window) for window in self.windows)
        ]
        assert len(wavelengths) > 60
        lines_angstrom = medium(np.array(wavelengths)) + shift
        return share_on_minima(lines_angstrom, load(self, data), self.tolerance_angstrom, self.least_depth)


@cache
def load(check: Check, data: Path) -> Spectra:
    return check.spectra(data)


def in_window(line: Line, window: tuple[float, float]) -> bool:
    return window[0] < line.wavelength_vacuum_angstrom < window[1]


OUTSIDE = ((3760.0, 4950.0), (5350.0, 6300.0), (6800.0, 8900.0))
CHECKS = {
    "MRS blue, synthetic": Check(mrs_blue, (MRS_BLUE,), 0.15, 0.02, 0.95),
    "MRS red, synthetic": Check(mrs_red, (MRS_RED,), 0.15, 0.02, 0.95),
    "K0 III of R 5000": Check(giant, OUTSIDE, 0.35, 0.01, 0.80),
    "LAMOST LRS": Check(survey, OUTSIDE, 1.2, 0.003, 0.75),
}
instruments = pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS.keys())


@instruments
def test_that_lines_fall_on_minima_of_the_flux(check: Check, shared_data: Path) -> None:
    assert check.share(shared_data) >= check.least_share


@instruments
def test_that_the_check_would_notice_a_list_in_air(check: Check, shared_data: Path) -> None:
    assert check.share(shared_data, medium=vacuum_to_air) < check.least_share - 0.25


@pytest.mark.parametrize("check", [CHECKS["MRS blue, synthetic"], CHECKS["MRS red, synthetic"]], ids=["blue", "red"])
@pytest.mark.parametrize("shift", [-1.0, -0.5, 0.5, 1.0])
def test_that_the_check_would_notice_a_shifted_list(check: Check, shift: float, shared_data: Path) -> None:
    assert check.share(shared_data, shift=shift) < check.least_share - 0.25


def test_that_helium_lines_are_minima_of_hot_stars(shared_data: Path) -> None:
    stars = [templates(shared_data, *names) for names in (["O7", "O8", "O9"], ["B0", "B1", "B2"], ["B3", "B4", "B5"])]
    flat = [(wavelength, flatten(flux)) for wavelength, flux in stars]
    helium = [line for line in read_lines() if line.element == "He"]
    hidden = [
        line.name
        for line in helium
        if not share_on_minima(np.array([line.wavelength_vacuum_angstrom]), flat, 1.2, 0.003)
    ]
    assert len(helium) >= 12
    assert hidden == []


# The flux of these drops bluewards of their head, that of the other bands redwards.
SHADED_TO_VIOLET = {"CN 3883", "CN 4216", "CH G band", "C2 5129", "C2 5165", "MgH 5211", "CaH 6389", "CaH 6921"}


def drop_at_head(line: Line, wavelength: FloatArray, flux: FloatArray, near: float, far: float) -> FloatArray:
    """By how much, in log flux, the absorbed side of a head is lower than the free one; for one spectrum or many."""
    offset = wavelength - line.wavelength_vacuum_angstrom
    into_band = -offset if line.name in SHADED_TO_VIOLET else offset
    free, absorbed = (-far < into_band) & (into_band < -near), (near < into_band) & (into_band < far)
    drop: FloatArray = np.log(flux[..., free].mean(axis=-1) / flux[..., absorbed].mean(axis=-1))
    return drop


def bands(species: str) -> list[Line]:
    return [line for line in read_lines() if line.species == species]


@pytest.mark.parametrize(
    ("species", "stars", "least_drop"),
    [
        ("TiO", ["M6_+0.0_Dwarf", "M7_+0.0_Dwarf", "M8_+0.0_Dwarf"], 0.10),
        ("CaH", ["M3_+0.0_Dwarf", "M4_+0.0_Dwarf", "M5_+0.0_Dwarf"], 0.05),
        ("VO", ["M8_+0.0_Dwarf", "M9", "L0", "L1"], 0.05),
        ("MgH", ["K3_+0.0_Dwarf", "K4_+0.0_Dwarf", "K5_+0.0_Dwarf"], 0.20),
        ("CH", ["G2_+0.0_Dwarf", "K1_+0.0_Dwarf"], 0.20),
    ],
)
def test_that_the_flux_drops_at_band_heads(
    species: str, stars: list[str], least_drop: float, shared_data: Path
) -> None:
    star = templates(shared_data, *stars)
    assert [line.name for line in bands(species) if drop_at_head(line, *star, 1, 9) < least_drop] == []


def test_that_the_flux_of_a_giant_drops_at_the_violet_heads_of_cn(shared_data: Path) -> None:
    ((wavelength, flux),) = giant(shared_data)
    violet = [line for line in bands("CN") if line.name in SHADED_TO_VIOLET]
    assert [line.name for line in violet if drop_at_head(line, wavelength, flux, 1, 5) > 0.1] == ["CN 3883", "CN 4216"]


@pytest.mark.parametrize(("name", "least"), [("C2 5129", 0.1), ("C2 5165", 0.1), ("CN 6332", 0.02), ("CN 6478", 0.02)])
def test_that_carbon_deepens_the_band_at_its_head(name: str, least: float, shared_data: Path) -> None:
    (line,) = (line for line in read_lines() if line.name == name)
    with h5py.File(shared_data / "train" / "mrs_synthetic.h5") as file:
        labels, wavelength = file["labels"][:], np.concatenate([file["wavelength_blue"][:], file["wavelength_red"][:]])
        teff, logg, feh = labels[:, :3].T
        giants = (np.abs(teff - 4800) < 500) & (logg < 3.3) & (feh > -0.8)
        flux = file["flux"][:][giants].astype(np.float64)
    # The drop as a linear function of a constant, Teff, log g, [Fe/H], [C/Fe].
    design = np.column_stack([np.ones(giants.sum()), labels[giants][:, [0, 1, 2, 4]]])
    slopes = np.linalg.lstsq(design, drop_at_head(line, wavelength, flux, 0.3, 2.3))[0]
    assert slopes[4] > least
