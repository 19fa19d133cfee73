"""What spectra really depend on: labels, and the chemistry that joins them (CO first, then C2, CN and TiO)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellarview.domain.arrays import FloatArray
from stellarview.synthesis.labels import C_FE, FEH, K_FE, LOGG, N_FE, O_FE, TEFF, TI_FE

# Solar log10(X/H) (Asplund et al. 2009); only the shape of the features depends on it, not what is learned.
_SOLAR = {"C": -3.57, "N": -4.17, "O": -3.31, "Ti": -7.05}
# Dissociation of CO, log10 of dyn/cm2 against 5040/T (Tsuji 1973, shortened), at 0.88 Teff where bands form.
_LAYER = 0.88
_LEAST = 1e-30


def features(labels_BL: NDArray[Any], has_tio: NDArray[Any]) -> NDArray[Any]:
    """Inputs of the Gaussian processes. Analytic in the complex plane, so that derivatives are exact to rounding.

    Potassium is not among them: it has no line in the windows, and what its label taught would be noise.
    `has_tio` is 1 where the synthesis knew TiO, 0 where it did not: the training spectra above 4600 K lack it.
    """
    teff, logg, feh = labels_BL[:, TEFF], labels_BL[:, LOGG], labels_BL[:, FEH]
    carbon = 10.0 ** (_SOLAR["C"] + feh + labels_BL[:, C_FE])
    oxygen = 10.0 ** (_SOLAR["O"] + feh + labels_BL[:, O_FE])
    theta = 5040.0 / (_LAYER * teff)
    log_pressure = 4.9 + 0.4 * (logg - 4.4)
    free_carbon, free_oxygen = _after_carbon_monoxide(
        carbon, oxygen, 10.0 ** (13.6 - 12.26 * theta + 0.42 * theta**2 - log_pressure)
    )
    nitrogen = _SOLAR["N"] + feh + labels_BL[:, N_FE]
    titanium = _SOLAR["Ti"] + feh + labels_BL[:, TI_FE]
    chemistry = (
        free_carbon,
        free_oxygen,
        2.0 * free_carbon + 6.3 * theta + log_pressure,  # C2, by its dissociation energy in eV
        free_carbon + nitrogen + 7.8 * theta + log_pressure,  # CN
        titanium + free_oxygen + 6.9 * theta + log_pressure,  # TiO
        has_tio + 0.0 * teff,
    )
    lines = np.delete(labels_BL, [TEFF, K_FE], axis=1)
    return np.stack([5040.0 / teff, *lines.T, *chemistry], axis=1)


def feature_derivatives(labels_L: FloatArray) -> FloatArray:
    """d(feature)/d(label), D x L, by a step along the imaginary axis: no difference is taken, so nothing cancels."""
    step = 1e-20
    shifted = labels_L[None, :] + 1j * step * np.eye(labels_L.size)
    return np.asarray(features(shifted, np.zeros(labels_L.size)).imag.T / step)


def _after_carbon_monoxide(carbon: Any, oxygen: Any, dissociation: Any) -> tuple[Any, Any]:
    """log10 of the carbon and the oxygen that CO leaves: x with (C - x)(O - x) = x k."""
    # The smaller root, written so that nothing cancels where nearly all of the scarcer element is bound.
    difference = carbon - oxygen
    root = np.sqrt((difference - dissociation) ** 2 + 4.0 * carbon * dissociation)
    free_carbon = _positive_root(difference - dissociation, root, carbon * dissociation)
    root = np.sqrt((-difference - dissociation) ** 2 + 4.0 * oxygen * dissociation)
    free_oxygen = _positive_root(-difference - dissociation, root, oxygen * dissociation)
    return np.log10(free_carbon + _LEAST), np.log10(free_oxygen + _LEAST)


def _positive_root(linear: Any, root: Any, constant: Any) -> Any:
    """The positive y of y^2 - linear y - constant = 0."""
    return np.where(np.real(linear) > 0, 0.5 * (linear + root), 2.0 * constant / (root - linear))
