"""Measures one line of a spectrum: its continuum, its equivalent width, and its profile where one is asked for."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from stellarview.domain.arrays import BoolArray
from stellarview.domain.errors import StellarViewError
from stellarview.domain.line_measurement import ContinuumKind, LineFit, LineMeasurement, Measured, Profile
from stellarview.domain.lines import Line
from stellarview.domain.rest_frame import is_at_rest, own_wavelengths, rest_factor, rest_wavelengths
from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, Arm, Spectrum
from stellarview.measurement.continuum import Band, Continuum, global_continuum, local_continuum, usable_pixels
from stellarview.measurement.equivalent_width import equivalent_width
from stellarview.measurement.fit import Fitted, fit_profile, least_pixels
from stellarview.recipes.mask_bad_pixels import MaskBadPixels

_LEAST_BAND_PIXELS = 6
_POOR_CHI2 = 3.0


def measure_line(
    spectrum: Spectrum,
    start_angstrom: float,
    stop_angstrom: float,
    profile: Profile = "none",
    line: Line | None = None,
    *,
    continuum: ContinuumKind = "local",
    bands: tuple[Band, Band] | None = None,
) -> LineMeasurement:
    """The line between two rest wavelengths in vacuum, in the arm that has most good pixels there.

    A local continuum is drawn through `bands` at rest, by default each half as wide as the region and beside it. Bad
    pixels, cosmic rays among them, are bridged for the equivalent width and left out of the fit.
    """
    seen = _look(spectrum, (start_angstrom, stop_angstrom), continuum, bands)
    arm, level = seen.arm, seen.level
    chosen = seen.usable & seen.region
    if chosen.sum() < (3 if profile == "none" else least_pixels(profile)):
        raise _cannot(
            f"The line from {start_angstrom:.1f} to {stop_angstrom:.1f} A cannot be measured.",
            "The spectrum has too few good pixels there.",
        )
    width = equivalent_width(arm, level, seen.usable, start_angstrom, stop_angstrom)
    measured = Measured(width.value, math.hypot(width.sigma_noise, width.sigma_continuum))
    fitted = None if profile == "none" else fit_profile(arm, level, chosen, profile)
    return LineMeasurement(
        file=spectrum.source.file_name,
        line_name=line.name if line else "",
        line_angstrom=line.wavelength_vacuum_angstrom if line else None,
        start_angstrom=start_angstrom,
        stop_angstrom=stop_angstrom,
        continuum=continuum,
        equivalent_width_angstrom=measured,
        sigma_noise_angstrom=width.sigma_noise,
        sigma_continuum_angstrom=width.sigma_continuum,
        n_pixels=int(seen.region.sum()),
        n_bad_pixels=int((seen.region & ~seen.usable).sum()),
        fit=_with_velocity(fitted.fit, line, rest_factor(spectrum)) if fitted else None,
        flags=(*_flags(spectrum, seen, measured), *(_flags_of_fit(fitted) if fitted else ())),
        wavelength_angstrom_N=spectrum.arm(arm.name).wavelength_angstrom[seen.shown],
        continuum_flux_N=level.flux_N[seen.shown],
        profile_flux_N=fitted.flux_N[seen.shown] if fitted else None,
    )


class _Seen(NamedTuple):
    """The arm at rest, its continuum and usable pixels, and which pixels are the region's and which are drawn."""

    arm: Arm
    level: Continuum
    usable: BoolArray
    region: BoolArray
    shown: BoolArray


def _look(spectrum: Spectrum, ends: Band, kind: ContinuumKind, bands: tuple[Band, Band] | None) -> _Seen:
    if not 0.0 < ends[0] < ends[1] < math.inf:
        raise _cannot(
            f"A line from {ends[0]:g} to {ends[1]:g} A cannot be measured.", "A region starts before it stops."
        )
    masked = MaskBadPixels()(spectrum)
    arm = _arm_at_rest(masked, *ends)
    sides = bands or _beside(arm, *ends)
    level = _continuum(masked, arm, kind, sides)
    shown = _between(arm, (min(sides[0][0], ends[0]), max(sides[1][1], ends[1])))
    return _Seen(arm, level, usable_pixels(arm) & (level.flux_N > 0), _between(arm, ends), shown)


def _arm_at_rest(masked: Spectrum, start: float, stop: float) -> Arm:
    """The arm that sees the region best, its wavelengths at rest in vacuum."""
    arms = [replace(arm, wavelength_angstrom=rest_wavelengths(masked, arm.wavelength_angstrom)) for arm in masked.arms]
    return max(arms, key=lambda arm: int((usable_pixels(arm) & _between(arm, (start, stop))).sum()))


def _between(arm: Arm, ends: Band) -> BoolArray:
    return np.asarray((arm.wavelength_angstrom >= ends[0]) & (arm.wavelength_angstrom <= ends[1]))


def _beside(arm: Arm, start: float, stop: float) -> tuple[Band, Band]:
    pixel = (arm.wavelength_angstrom[-1] - arm.wavelength_angstrom[0]) / (len(arm) - 1)
    width = max(0.5 * (stop - start), _LEAST_BAND_PIXELS * float(pixel))
    return (start - width, start), (stop, stop + width)


def _continuum(masked: Spectrum, arm: Arm, kind: ContinuumKind, sides: tuple[Band, Band]) -> Continuum:
    if kind == "local":
        found = local_continuum(arm, *sides) if sides[0][0] < sides[0][1] <= sides[1][0] < sides[1][1] else None
    else:
        found = global_continuum(masked, arm.name, own_wavelengths(masked, sides[0][0], sides[1][1]))
    if found is not None:
        return found
    raise _cannot(
        "The line has no continuum to be measured against.",
        f"Arm {arm.name} has too few good pixels from {sides[0][0]:.1f} to {sides[0][1]:.1f} A "
        f"or from {sides[1][0]:.1f} to {sides[1][1]:.1f} A."
        if kind == "local"
        else f"The pseudo-continuum of arm {arm.name} does not reach here.",
    )


def _with_velocity(fit: LineFit, line: Line | None, factor: float) -> LineFit:
    if line is None:
        return fit
    ratio = fit.centre_angstrom.value / line.wavelength_vacuum_angstrom
    sigma = SPEED_OF_LIGHT_KM_S * fit.centre_angstrom.sigma / line.wavelength_vacuum_angstrom
    return replace(
        fit,
        shift_km_s=Measured(SPEED_OF_LIGHT_KM_S * (ratio - 1.0), sigma),
        velocity_km_s=Measured(SPEED_OF_LIGHT_KM_S * (ratio * factor - 1.0), sigma * factor),
    )


def _flags(spectrum: Spectrum, seen: _Seen, width: Measured) -> list[str]:
    bad, inside = int((seen.region & ~seen.usable).sum()), np.flatnonzero(seen.region)
    said = {
        "equivalent width not significant: below 3 sigma": not width.is_significant,
        f"{bad} of {inside.size} pixels are bad: bridged": bad > 0,
        "the region reaches beyond the spectrum": inside[0] == 0 or inside[-1] == len(seen.arm) - 1,
        "no reliable radial velocity: wavelengths are taken as they are": not is_at_rest(spectrum),
    }
    return [words for words, is_so in said.items() if is_so]


def _flags_of_fit(fitted: Fitted) -> list[str]:
    fit = fitted.fit
    no_core = "narrower than the pixels can tell" if fit.profile == "gaussian" else "a Lorentzian without Gaussian core"
    poor = f"the profile does not fit: errors are too small for a reduced chi2 of {fit.reduced_chi2:.2g}"
    said = {
        "the fit did not converge": not fit.has_converged,
        "profile not significant: below 3 sigma": not fitted.is_significant,
        poor: fit.reduced_chi2 > _POOR_CHI2,
        "the centre is at an edge of the region": fitted.is_at_edge,
        no_core: fitted.has_no_core,
        "no Lorentzian wings: a Gaussian says the same": fitted.has_no_wings,
    }
    return [words for words, is_so in said.items() if is_so]


def _cannot(what: str, why: str) -> StellarViewError:
    return StellarViewError(what, why, "Choose another region or other side bands (rest wavelengths, vacuum).")
