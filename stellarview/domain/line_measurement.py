"""A line as it was measured: equivalent width, fitted profile, velocity, each with its error and with what to know."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from stellarview.domain.arrays import FloatArray, read_only
from stellarview.domain.results import Column

Profile = Literal["none", "gaussian", "voigt"]
ContinuumKind = Literal["local", "global"]
LEAST_SIGNIFICANCE = 3.0


@dataclass(frozen=True)
class Measured:
    """A value and one standard deviation."""

    value: float
    sigma: float

    @property
    def is_significant(self) -> bool:
        """Three sigmas or more from nothing."""
        return abs(self.value) >= LEAST_SIGNIFICANCE * self.sigma

    def text(self, unit: str) -> str:
        """`1.234 ± 0.012 A`: as many digits as two of the error."""
        if not (math.isfinite(self.sigma) and self.sigma > 0):
            return f"{self.value:.4g} {unit}".rstrip()
        digits = max(0, 1 - math.floor(math.log10(self.sigma)))
        return f"{self.value:.{digits}f} ± {self.sigma:.{digits}f} {unit}".rstrip()


@dataclass(frozen=True, eq=False)
class LineFit:
    """A profile that was fitted together with its continuum; widths are as observed, the instrument's included.

    The depth is a share of the continuum; depth and equivalent width are positive in absorption. `shift_km_s` is the
    centre against the line of a star at the spectrum's velocity, `velocity_km_s` the line's own radial velocity; both
    None without a named line. The Lorentzian part is that of a Voigt profile alone.
    """

    profile: Profile
    has_converged: bool
    centre_angstrom: Measured
    fwhm_angstrom: Measured
    depth: Measured
    equivalent_width_angstrom: Measured
    reduced_chi2: float
    lorentzian_fwhm_angstrom: Measured | None = None
    shift_km_s: Measured | None = None
    velocity_km_s: Measured | None = None


@dataclass(frozen=True, eq=False)
class LineMeasurement:
    """One line of one spectrum between two rest wavelengths (vacuum).

    Equivalent widths are at rest, positive in absorption. For drawing there are the spectrum's own wavelengths over
    region and side bands, with the continuum and (else None) the fitted profile in the unit of its flux.
    """

    file: str
    line_name: str
    line_angstrom: float | None
    start_angstrom: float
    stop_angstrom: float
    continuum: ContinuumKind
    equivalent_width_angstrom: Measured
    sigma_noise_angstrom: float
    sigma_continuum_angstrom: float
    n_pixels: int
    n_bad_pixels: int
    fit: LineFit | None
    flags: tuple[str, ...]
    wavelength_angstrom_N: FloatArray
    continuum_flux_N: FloatArray
    profile_flux_N: FloatArray | None = None

    def __post_init__(self) -> None:
        for name in ("wavelength_angstrom_N", "continuum_flux_N", "profile_flux_N"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, read_only(getattr(self, name), np.float64))

    @property
    def name(self) -> str:
        """The line's, or the region's."""
        return self.line_name or f"{self.start_angstrom:.1f}-{self.stop_angstrom:.1f} A"

    @property
    def sentence(self) -> str:
        """`Na D1: equivalent width 0.812 ± 0.011 A (absorption is positive); Gaussian: ...`."""
        parts = [
            f"{self.name}: equivalent width {self.equivalent_width_angstrom.text('A')} (absorption is positive)",
            *([_words(self.fit)] if self.fit else []),
            *self.flags,
        ]
        return "; ".join(parts)


def _words(fit: LineFit) -> str:
    velocity = f", radial velocity {fit.velocity_km_s.text('km/s')}" if fit.velocity_km_s else ""
    return (
        f"{fit.profile.capitalize()}: equivalent width {fit.equivalent_width_angstrom.text('A')}, "
        f"centre {fit.centre_angstrom.text('A')}, FWHM {fit.fwhm_angstrom.text('A')}, "
        f"depth {fit.depth.text('')}{velocity}, reduced chi2 {fit.reduced_chi2:.2g}"
    )


def _pair(name: str, words: str, unit: str = "") -> tuple[Column, Column]:
    return (
        Column(name, "number", words, unit),
        Column(f"{name}_sigma", "number", f"one standard deviation of {name}", unit),
    )


# The parts of a fit that are a value and its error: (column, field, description, unit).
_FITTED = (
    ("fit_ew", "equivalent_width_angstrom", "equivalent width of the profile at rest, absorption positive", "Angstrom"),
    ("centre", "centre_angstrom", "centre of the profile at rest, vacuum", "Angstrom"),
    ("fwhm", "fwhm_angstrom", "full width at half maximum of the profile, instrument included", "Angstrom"),
    ("depth", "depth", "depth of the profile as a share of the continuum, absorption positive", ""),
    ("lorentz_fwhm", "lorentzian_fwhm_angstrom", "full width at half maximum of a Voigt profile's wings", "Angstrom"),
    ("shift", "shift_km_s", "centre against the line at the spectrum's velocity", "km/s"),
    ("line_rv", "velocity_km_s", "radial velocity of the line", "km/s"),
)

LINE_COLUMNS: tuple[Column, ...] = (
    Column("file", "text", "the file"),
    Column("line", "text", "name of the line"),
    Column("line_wavelength", "number", "rest wavelength of the line, vacuum", "Angstrom"),
    Column("start", "number", "where the region starts, at rest, vacuum", "Angstrom"),
    Column("stop", "number", "where the region stops, at rest, vacuum", "Angstrom"),
    Column("continuum", "text", "local: through side bands; global: the spectrum's pseudo-continuum"),
    *_pair("ew", "equivalent width between start and stop at rest, absorption positive", "Angstrom"),
    Column("ew_sigma_noise", "number", "part of ew_sigma that the noise of the pixels makes", "Angstrom"),
    Column("ew_sigma_continuum", "number", "part of ew_sigma that the place of the continuum makes", "Angstrom"),
    Column("pixels", "whole", "pixels between start and stop"),
    Column("bad_pixels", "whole", "of these masked, and bridged"),
    Column("profile", "text", "profile that was fitted: none, gaussian or voigt"),
    *(column for name, _, words, unit in _FITTED for column in _pair(name, words, unit)),
    Column("reduced_chi2", "number", "chi2 of the fit per degree of freedom"),
    Column("flags", "text", "what to know before believing this row"),
)


def line_row(measurement: LineMeasurement) -> dict[str, Any]:
    """One value a column of LINE_COLUMNS; None for what is not known."""
    whole, fit = measurement.equivalent_width_angstrom, measurement.fit
    facts: dict[str, Any] = {
        "file": measurement.file,
        "line": measurement.line_name or None,
        "line_wavelength": measurement.line_angstrom,
        "start": measurement.start_angstrom,
        "stop": measurement.stop_angstrom,
        "continuum": measurement.continuum,
        "ew": whole.value,
        "ew_sigma": whole.sigma,
        "ew_sigma_noise": measurement.sigma_noise_angstrom,
        "ew_sigma_continuum": measurement.sigma_continuum_angstrom,
        "pixels": measurement.n_pixels,
        "bad_pixels": measurement.n_bad_pixels,
        "profile": fit.profile if fit else "none",
        "reduced_chi2": fit.reduced_chi2 if fit else None,
        "flags": list(measurement.flags),
    }
    for name, field, _, _ in _FITTED:
        part = getattr(fit, field) if fit else None
        facts |= {name: part.value, f"{name}_sigma": part.sigma} if part else {}
    return {column.name: _known(facts.get(column.name)) for column in LINE_COLUMNS}


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
