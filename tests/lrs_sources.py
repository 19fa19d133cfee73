"""Small stand-ins for the survey's stars and the published templates, from which training sets can be made."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from resources.make.lrs_telescope import WAVELENGTH, WORLDS, world_of
from stellarview.domain.spectrum import Arm, HeaderFacts, SignalToNoise, Source, Spectrum
from stellarview.io.sets import write_spectrum_set

SUBCLASSES = ("A0", "F5", "G2", "K5", "M2")
STARS_A_WORLD = 3


def star_flux(wavelength: np.ndarray, subclass: str) -> np.ndarray:
    """A slope and two lines, each a little different from type to type."""
    place = SUBCLASSES.index(subclass)
    flux = (wavelength / 5500.0) ** (place - 2.0)
    for line, depth in ((4862.7, 0.6 - 0.1 * place), (5893.0, 0.1 + 0.1 * place)):
        flux = flux * (1.0 - depth * np.exp(-0.5 * ((wavelength - line) / 6.0) ** 2))
    return np.asarray(flux)


def plates() -> list[str]:
    """One plate for each world."""
    found: dict[int, str] = {}
    for number in range(1000):
        found.setdefault(world_of(f"plate {number}"), f"plate {number}")
    return [found[world] for world in range(WORLDS)]


def write_stars(path: Path) -> Path:
    """Stars of S/N 40 on every plate, two bad pixels each."""
    random, spectra = np.random.default_rng(5), []
    for number, plate in enumerate(plates() * STARS_A_WORLD):
        subclass = SUBCLASSES[number % len(SUBCLASSES)]
        flux = 800.0 * star_flux(WAVELENGTH, subclass)
        sigma = np.full(flux.size, float(np.median(flux)) / 40.0)
        mask = np.zeros(flux.size, dtype=np.uint16)
        mask[[900, 901]] = 1
        noisy = (flux + sigma * random.normal(size=flux.size)).astype(np.float32)
        facts = HeaderFacts(
            *(number, f"star {number}"), object_class="STAR", subclass=subclass, redshift=0.0, plan_id=plate,
            snr=SignalToNoise(g=40.0),
        )  # fmt: skip
        arm = Arm("LRS", WAVELENGTH, noisy, (sigma**-2).astype(np.float32), mask)
        spectra.append(Spectrum((arm,), "vacuum", "observed", Source(f"star {number}", "", "", "made"), facts))
    write_spectrum_set(path, spectra)
    return path


def write_templates(path: Path) -> Path:
    """A template of each subclass, and an L dwarf that nobody wants."""
    log10_wavelength = 3.5625 + 1e-4 * np.arange(4060)
    flux = [star_flux(10**log10_wavelength, name) for name in SUBCLASSES]
    with h5py.File(path, "w") as file:
        file["log10_wavelength"], file["flux"] = log10_wavelength, np.array([*flux, flux[-1]], dtype=np.float32)
        file["subclass"] = np.array([name.encode() for name in (*SUBCLASSES, "L1")])
        file["feh"] = np.full(len(SUBCLASSES) + 1, np.nan)
    return path


def write_objects(path: Path) -> Path:
    """Galaxies with one emission line (in air where the template is), and a quasar with two."""
    with h5py.File(path, "w") as file:
        for name, medium, strength in (
            ("Late_Type_Emission_Galaxy", "vacuum", 2.0),
            ("Intermediate_Type_Galaxy", "air", 1.0),
            ("Transitional_Galaxy", "vacuum", 0.5),
        ):
            wavelength = np.arange(3700.0 if name.startswith("Trans") else 2400.0, 9150.0)
            line = 5008.24 if medium == "vacuum" else 5006.843
            flux = 1.0 + strength * np.exp(-0.5 * ((wavelength - line) / 4.0) ** 2)
            _write_object(file.create_group(name), wavelength, flux, "GALAXY", medium)
        wavelength = np.arange(900.0, 5750.0)
        lines = [np.exp(-0.5 * ((wavelength - line) / 25.0) ** 2) for line in (1215.67, 2800.0)]
        _write_object(file.create_group("Quasar"), wavelength, sum(lines), "QSO", "vacuum")
    return path


def _write_object(group: h5py.Group, wavelength: np.ndarray, flux: np.ndarray, kind: str, medium: str) -> None:
    group["wavelength"], group["flux"] = wavelength, flux
    group.attrs.update({"class": kind, "medium": medium, "redshift_of_template": 0.0})
