"""Isochrones in a few lines of algebra that look like MIST's: evolutionary points, phases, masses that crowd in giants.

No stellar physics is claimed; what counts is that ages, masses and metallicities move a star the right way.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stellarview.domain.isochrones import Isochrone, IsochroneGrid, grid_of

Array = NDArray[np.float64]
FIRST_EEP, TERMINAL_AGE_EEP, TIP_EEP, LAST_EEP = 202, 454, 605, 807


def isochrone(log10_age_yr: float, feh: float, last_eep: int = LAST_EEP) -> Isochrone:
    """One curve from 0.1 solar masses to the last point."""
    eep = np.arange(FIRST_EEP, last_eep + 1)
    used = used_hydrogen(eep)
    # A star leaves the main sequence after 10 Gyr 10^(-3.4 x + 0.8 x^2 + 0.15 feh) if 10^x is its mass.
    lifetime = log10_age_yr - 10.0 - np.log10(used) - 0.15 * feh
    log10_mass = (3.4 - np.sqrt(np.maximum(11.56 + 3.2 * lifetime, 0.0))) / 1.6
    mass = 10.0**log10_mass
    luminosity = 4.2 * log10_mass - 0.3 * log10_mass**2 - 0.25 * feh + 0.35 * np.minimum(used, 1.0)
    teff = np.log10(5750.0) + 0.55 * log10_mass - 0.1 * log10_mass**2 - 0.03 * feh - 0.01 * np.minimum(used, 1.0)
    climb = np.clip((eep - TERMINAL_AGE_EEP) / (TIP_EEP - TERMINAL_AGE_EEP), 0.0, 1.0)
    falls = np.clip((eep - TIP_EEP) / (LAST_EEP - TIP_EEP), 0.0, None)
    luminosity = luminosity + 3.0 * climb**1.5 - np.where(falls > 0, 1.4 - 1.5 * falls, 0.0)
    giant = np.log10(5000.0) - 0.025 * feh - 0.06 * (luminosity - 0.5) + 0.02 * log10_mass
    turn = np.clip(climb / 0.3, 0.0, 1.0)
    teff = (1 - turn) * teff + turn * giant
    logg = log10_mass + 4.0 * (teff - np.log10(5772.0)) - luminosity + 4.438
    phase = np.select([eep < TERMINAL_AGE_EEP, eep <= TIP_EEP], [0, 2], 3)
    keep = (mass >= 0.1) & (mass < 60.0)
    return Isochrone(
        log10_age_yr,
        feh,
        eep[keep],
        teff[keep],
        logg[keep],
        luminosity[keep],
        mass[keep],
        mass[keep],
        phase[keep],
    )


def used_hydrogen(eep: Array | NDArray[np.int64]) -> Array:
    """The share of the main-sequence life that is over: of a thousandth to all, then a little beyond."""
    early = (eep - FIRST_EEP + 1.0) / (TERMINAL_AGE_EEP - FIRST_EEP + 1.0)
    late = np.clip(eep - TERMINAL_AGE_EEP, 0, None)
    return np.where(late > 0, 1.0 + 0.12 * (1.0 - np.exp(-late / 60.0)), np.clip(early, 1e-4, 1.0) ** 1.3)


def grid(log10_ages: Array, fehs: Array, last_eep: int = LAST_EEP) -> IsochroneGrid:
    """All curves of these ages and metallicities."""
    curves = [isochrone(float(age), float(feh), last_eep) for age in log10_ages for feh in fehs]
    return grid_of("synthetic", "algebra, not physics", curves)
