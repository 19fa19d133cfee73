r"""Makes `resources/rv_templates.h5`: mean spectra at rest for the radial velocities of LRS and MRS.

    python resources/make/make_rv_templates.py --synthetic mrs_synthetic.h5 --empirical stellar_templates.h5 \
        --calibrate lamost_dr10_lrs.h5

MRS: weighted means of Turbospectrum (LTE) spectra around points of the HR diagram, blurred from R 20000 to 7500.
LRS: means of the empirical templates of Kesseli et al. (2017, SDSS, R 2000) over neighbouring subclasses. The single
empirical templates are off by up to 10 km/s, so each is first brought to rest: F0 to M0 against synthetic spectra of
their temperature, hotter ones by the cores of their Balmer lines, M1 and later against the type before.

`--calibrate lamost_dr10_lrs.h5` then measures how far the velocities of LAMOST's LRS pipeline lie from these line
positions (F, G and K stars at S/N > 50) and stores the offset, which our LRS velocities are corrected by.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter1d, uniform_filter1d

from stellarview.domain.velocity_templates import TemplateArm, VelocityTemplates
from stellarview.io.sets import open_spectrum_set
from stellarview.recipes.mask_bad_pixels import MaskBadPixels
from stellarview.recipes.radial_velocity import measure_velocity

Array = NDArray[np.float64]
SPEED_OF_LIGHT_KM_S = 299792.458
SYNTHETIC_RESOLUTION = 20000.0
LRS_STEP, MRS_STEP = 2.5e-5, 5e-6
LRS_RANGE = (3660.0, 9280.0)
LRS_GRID: Array = np.arange(np.log10(LRS_RANGE[0]), np.log10(LRS_RANGE[1]), LRS_STEP)

# name, Teff, log g, [Fe/H] of the centre; a Gaussian of 250 K, 0.5, 0.3 dex around it weighs the spectra.
MRS_GROUPS = (
    ("giant 4000 K", 4000, 1.2, -0.3),
    ("giant 4600 K", 4600, 2.3, 0.0),
    ("giant 4600 K metal-poor", 4600, 1.8, -1.3),
    ("giant 5000 K", 5000, 3.0, -0.2),
    ("dwarf 4100 K", 4100, 4.7, 0.0),
    ("dwarf 4900 K", 4900, 4.6, 0.0),
    ("dwarf 5700 K", 5700, 4.4, 0.0),
    ("dwarf 5800 K metal-poor", 5800, 4.3, -1.3),
    ("dwarf 6500 K", 6500, 4.2, 0.0),
)
_MRS_EMPIRICAL = (("A", ("A0", "A1", "A2", "A3", "A4", "A6")), ("B", ("B1", "B2", "B3", "B4", "B5", "B6", "B8", "B9")))

# The order is the chain of alignment: from the types that the synthetic spectra cover outwards.
SYNTHETIC_TYPES = {
    "F0": 7000, "F1": 6900, "F2": 6800, "F3": 6700, "F4": 6600, "F5": 6500, "F6": 6350, "F7": 6250, "F8": 6150,
    "F9": 6050, "G0": 5930, "G1": 5860, "G2": 5770, "G3": 5700, "G4": 5650, "G5": 5600, "G6": 5550, "G7": 5500,
    "G8": 5400, "G9": 5300, "K0": 5200, "K1": 5050, "K2": 4900, "K3": 4700, "K4": 4550, "K5": 4350, "K7": 4050,
    "M0": 3850,
}  # fmt: skip
HOT_TYPES = ("A9", "A8", "A7", "A6", "A4", "A3", "A2", "A1", "A0",
             "B9", "B8", "B6", "B5", "B4", "B3", "B2", "B1", "B0", "O9", "O8", "O7", "O5")  # fmt: skip
LATE_TYPES = ("M1", "M2", "M3", "M4", "M5", "M6", "M7")
BALMER_VACUUM_ANGSTROM = (6564.61, 4862.68, 4341.68, 4102.89)
LRS_GROUPS = (
    ("O", ("O5", "O7", "O8", "O9"), None),
    ("B0-B3", ("B0", "B1", "B2", "B3"), None),
    ("B4-B9", ("B4", "B5", "B6", "B8", "B9"), None),
    ("A0-A2", ("A0", "A1", "A2"), None),
    ("A3-A6", ("A3", "A4", "A6"), None),
    ("A7-F1", ("A7", "A8", "A9", "F0", "F1"), "rich"),
    ("F2-F5", ("F2", "F3", "F4", "F5"), "rich"),
    ("F6-F9", ("F6", "F7", "F8", "F9"), "rich"),
    ("F metal-poor", ("F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9"), "poor"),
    ("G0-G4", ("G0", "G1", "G2", "G3", "G4"), "rich"),
    ("G5-G9", ("G5", "G6", "G7", "G8", "G9"), "rich"),
    ("G metal-poor", ("G0", "G1", "G2", "G3", "G4", "G5", "G6", "G7", "G8", "G9"), "poor"),
    ("K0-K2", ("K0", "K1", "K2"), "rich"),
    ("K3-K5", ("K3", "K4", "K5"), "rich"),
    ("K7-M0", ("K7", "M0"), "rich"),
    ("M1-M2", ("M1", "M2"), "rich"),
    ("M3-M4", ("M3", "M4"), "rich"),
    ("M5-M7", ("M5", "M6", "M7"), "rich"),
)


@dataclass(frozen=True)
class Synthetic:
    """The synthetic set: labels and one flux array an arm."""

    teff: Array
    logg: Array
    feh: Array
    arms: dict[str, tuple[Array, Array]]

    def mean(self, teff: float, logg: float, feh: float) -> dict[str, tuple[Array, Array]]:
        """The weighted mean around a point of the HR diagram, arm by arm."""
        distance = ((self.teff - teff) / 250) ** 2 + ((self.logg - logg) / 0.5) ** 2 + ((self.feh - feh) / 0.3) ** 2
        weight = np.exp(-0.5 * distance)
        weight[np.argsort(-weight)[25:]] = 0.0
        return {arm: (wave, weight @ flux / weight.sum()) for arm, (wave, flux) in self.arms.items()}


def read_synthetic(path: Path) -> Synthetic:
    """Labels and fluxes of the synthetic MRS set."""
    with h5py.File(path) as file:
        labels = file["labels"][:].astype(float)
        blue, red, flux = file["wavelength_blue"][:], file["wavelength_red"][:], file["flux"][:].astype(float)
    arms = {"B": (blue, flux[:, : blue.size]), "R": (red, flux[:, blue.size :])}
    return Synthetic(labels[:, 0], labels[:, 1], labels[:, 2], arms)


def on_log_grid(wave: Array, flux: Array, step: float, resolution: float) -> tuple[float, Array]:
    """Onto a log-linear grid at a lower resolution: log10 of the first wavelength, and the flux."""
    start = float(np.ceil(np.log10(wave[0]) / step) * step)
    grid = np.arange(start, np.log10(wave[-1]), step)
    width = np.sqrt(resolution**-2 - SYNTHETIC_RESOLUTION**-2) / 2.3548 / np.log(10.0) / step
    return start, gaussian_filter1d(CubicSpline(wave, flux)(10**grid), width, mode="nearest")


def high_pass(flux: Array, pixels: int) -> Array:
    """Flux over its running mean (twice), minus one."""
    smooth = uniform_filter1d(uniform_filter1d(flux, pixels, mode="nearest"), pixels, mode="nearest")
    return np.asarray(flux / smooth - 1.0)


def shift_km_s(log10_wave: Array, moved: Array, reference: tuple[Any, Array]) -> tuple[float, float]:
    """Velocity of `moved` against `reference` (both high-passed), and the height of their correlation."""
    spline = CubicSpline(*reference)
    inside = (log10_wave > reference[0][0] + 1e-3) & (log10_wave < reference[0][-1] - 1e-3)
    velocities = np.arange(-150.0, 151.0, 5.0)
    scores = []
    for velocity in velocities:
        slid = spline(log10_wave[inside] - np.log10(1 + velocity / SPEED_OF_LIGHT_KM_S))
        scores.append((slid @ moved[inside]) / np.sqrt((slid @ slid) * (moved[inside] @ moved[inside])))
    best = int(np.clip(np.argmax(scores), 1, velocities.size - 2))
    a, b, _ = np.polyfit(velocities[best - 1 : best + 2], scores[best - 1 : best + 2], 2)
    return float(-b / (2 * a)), float(scores[best])


@dataclass
class Empirical:
    """The empirical templates; `at_rest` collects those that are aligned, on a fine log grid."""

    log10_wave: Array
    flux: Array
    subclass: list[str]
    feh: Array
    at_rest: dict[int, Array]

    def align(self, index: int, velocity: float) -> None:
        """Move one template by minus its velocity onto the fine grid of the LRS templates."""
        slid = np.clip(LRS_GRID + np.log10(1 + velocity / SPEED_OF_LIGHT_KM_S), self.log10_wave[0], self.log10_wave[-1])
        flux = CubicSpline(self.log10_wave, self.flux[index])(slid)
        smooth = uniform_filter1d(uniform_filter1d(flux, 1600, mode="nearest"), 1600, mode="nearest")
        self.at_rest[index] = np.asarray(flux / smooth)

    def of_type(self, subclass: str) -> list[int]:
        """Rows of one subclass, without the extreme metallicities whose lines are too weak to align."""
        return [i for i, name in enumerate(self.subclass) if name == subclass and not self.feh[i] < -1.6]


def align_with_synthetic(empirical: Empirical, synthetic: Synthetic) -> None:
    """Bring F0 to M0 to rest against synthetic spectra of their temperature and metallicity."""
    for subclass, teff in SYNTHETIC_TYPES.items():
        for index in empirical.of_type(subclass):
            feh = float(np.nan_to_num(empirical.feh[index]))
            arms = synthetic.mean(teff, 4.4 if teff > 4500 else 4.6, feh)
            velocities, weights = [], []
            for wave, flux in arms.values():
                start, blurred = on_log_grid(wave, flux, 1e-5, 1900.0)
                grid = start + 1e-5 * np.arange(blurred.size)
                moved = high_pass(empirical.flux[index], 80)
                velocity, height = shift_km_s(empirical.log10_wave, moved, (grid, high_pass(blurred, 800)))
                velocities.append(velocity)
                weights.append(max(height, 0.0) ** 4)
            empirical.align(index, float(np.average(velocities, weights=weights)))


def align_by_balmer_cores(empirical: Empirical) -> None:
    """Bring O, B and A to rest: correlating a type with its neighbour drifts by 10 km/s, line cores do not."""
    for index in (i for subclass in HOT_TYPES for i in empirical.of_type(subclass)):
        velocities = []
        for line in BALMER_VACUUM_ANGSTROM:
            velocity = (10**empirical.log10_wave / line - 1) * SPEED_OF_LIGHT_KM_S
            core = np.abs(velocity) < 450
            a, b, _ = np.polyfit(velocity[core], empirical.flux[index][core], 2)
            if a > 0:
                velocities.append(-b / (2 * a))
        empirical.align(index, float(np.mean(velocities)))


def align_late_types(empirical: Empirical) -> None:
    """Bring M1 to M7 to rest against the type before, in the red, where sodium and calcium lines outshine the bands."""
    grid = LRS_GRID
    red = (grid > np.log10(8100)) & (grid < np.log10(8900))
    before = "M0"
    for subclass in LATE_TYPES:
        reference = high_pass(np.mean([empirical.at_rest[i] for i in empirical.of_type(before)], axis=0), 160)[red]
        for index in empirical.of_type(subclass):
            moved = high_pass(empirical.flux[index], 40)
            velocity, _ = shift_km_s(empirical.log10_wave, moved, (grid[red], reference))
            empirical.align(index, velocity)
        before = subclass


def read_empirical(path: Path) -> Empirical:
    """The Kesseli et al. templates."""
    with h5py.File(path) as file:
        subclass = [name.decode() for name in file["subclass"][:]]
        log10_wave, flux = file["log10_wavelength"][:], file["flux"][:].astype(float)
        return Empirical(log10_wave, flux, subclass, file["feh"][:], {})


def lrs_templates(empirical: Empirical) -> tuple[list[str], Array]:
    """Group means, rich and poor in metals apart where the types are known apart."""
    names, fluxes = [], []
    for name, types, metals in LRS_GROUPS:
        rows = [i for t in types for i in empirical.of_type(t)]
        if metals:
            rows = [i for i in rows if (np.nan_to_num(empirical.feh[i]) < -0.9) == (metals == "poor")]
        names.append(name)
        fluxes.append(np.mean([empirical.at_rest[i] for i in rows], axis=0))
    return names, np.array(fluxes)


def mrs_templates(synthetic: Synthetic, empirical: Empirical) -> tuple[list[str], dict[str, tuple[float, Array]]]:
    """Synthetic means, and A and B stars from the empirical templates, whose lines are broad anyway."""
    names = [group[0] for group in MRS_GROUPS] + [name for name, _ in _MRS_EMPIRICAL]
    arms = {}
    for arm, (wave, _) in synthetic.arms.items():
        rows, start = [], 0.0
        for _, teff, logg, feh in MRS_GROUPS:
            start, flux = on_log_grid(wave, synthetic.mean(teff, logg, feh)[arm][1], MRS_STEP, 7500.0)
            rows.append(flux)
        grid = start + MRS_STEP * np.arange(rows[0].size)
        for _, types in _MRS_EMPIRICAL:
            mean = np.mean([empirical.at_rest[i] for t in types for i in empirical.of_type(t)], axis=0)
            rows.append(CubicSpline(LRS_GRID, mean)(grid))
        arms[arm] = (start, np.array(rows))
    return names, arms


def survey_offset_km_s(training_set: Path, templates: VelocityTemplates) -> float:
    """Median of (our velocity - the survey's) over F, G and K stars of good signal."""
    differences = []
    with open_spectrum_set(training_set) as spectra:
        teff, snr = spectra.labels["teff"], spectra.header_column("snr_g")
        redshift, start = spectra.header_column("redshift"), 0
        for stack in spectra.stacks(64):
            rows = slice(start, start + len(stack))
            start = rows.stop
            fit = measure_velocity(MaskBadPixels().apply(stack), templates)
            chosen = (teff[rows] > 4500) & (teff[rows] < 6400) & (snr[rows] > 50)
            differences.append((fit.value_km_s_B - redshift[rows] * SPEED_OF_LIGHT_KM_S)[chosen])
    pooled = np.concatenate(differences)
    print(f"{pooled.size} stars: median offset {np.median(pooled):.2f} km/s")
    return float(np.median(pooled))


def write(group: Any, names: Sequence[str], arms: dict[str, tuple[float, Array]], step: float) -> None:
    """One kind of templates into the file, half precision: 5e-4 is far below any template's own error."""
    group.attrs["survey_offset_km_s"] = 0.0
    group["names"] = np.array([name.encode() for name in names])
    for arm, (start, flux) in arms.items():
        data = group.create_dataset(
            arm, data=flux.astype(np.float16), compression="gzip", compression_opts=9, shuffle=True
        )
        data.attrs["log10_start"], data.attrs["log10_step"] = start, step


def main() -> None:
    """Make the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--synthetic", type=Path, required=True)
    parser.add_argument("--empirical", type=Path, required=True)
    parser.add_argument("--calibrate", type=Path, help="LRS training set; without it the offset is written as 0")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "rv_templates.h5")
    arguments = parser.parse_args()
    synthetic, empirical = read_synthetic(arguments.synthetic), read_empirical(arguments.empirical)
    align_with_synthetic(empirical, synthetic)
    align_by_balmer_cores(empirical)
    align_late_types(empirical)
    with h5py.File(arguments.out, "w") as file:
        file.attrs["about"] = (
            "Radial-velocity templates, rest frame, vacuum; made by resources/make/make_rv_templates.py"
        )
        file.attrs["sources"] = "Kesseli et al. 2017 (SDSS); Turbospectrum 20 (Plez 2012), MARCS"
        names, flux = lrs_templates(empirical)
        write(file.create_group("LRS"), names, {"LRS": (float(np.log10(LRS_RANGE[0])), flux)}, LRS_STEP)
        mrs_names, arms = mrs_templates(synthetic, empirical)
        write(file.create_group("MRS"), mrs_names, arms, MRS_STEP)
    if arguments.calibrate:
        lrs = TemplateArm(float(np.log10(LRS_RANGE[0])), LRS_STEP, flux)
        offset = survey_offset_km_s(arguments.calibrate, VelocityTemplates("LRS", tuple(names), {"LRS": lrs}))
        with h5py.File(arguments.out, "a") as file:
            file["LRS"].attrs["survey_offset_km_s"] = round(offset, 2)
    print(f"{arguments.out}: {len(names)} LRS and {len(mrs_names)} MRS templates")


if __name__ == "__main__":
    main()
