"""Lines of known equivalent width on a tilted continuum, with noise."""

from __future__ import annotations

import numpy as np
from scipy.special import voigt_profile

from stellarview.domain.lines import Line
from stellarview.domain.spectrum import Arm, Source, Spectrum

CENTRE = 5100.0
LINE = Line("X I", CENTRE, "X I 5100", "line", "made up")


def star_with_line(
    width: float,
    sigma: float = 0.5,
    gamma: float = 0.0,
    *,
    snr: float = 50.0,
    step: float = 0.1,
    seed: int | None = 0,
    bad: slice | None = None,
) -> Spectrum:
    """At rest, from 5050 to 5150 A, in steps of an MRS pixel; without a seed there are errors but no noise."""
    x = np.arange(5050.0, 5150.0, step)
    continuum = 1000.0 * (1.0 + 1e-3 * (x - CENTRE))
    error = continuum / snr
    noise = 0.0 if seed is None else np.random.default_rng(seed).normal(0.0, error)
    flux = continuum * (1.0 - width * voigt_profile(x - CENTRE, sigma, gamma)) + noise
    mask = np.zeros(x.size, dtype=np.uint16)
    if bad is not None:
        mask[bad], flux[bad] = 1, 1e6
    arm = Arm("B", x, flux, error**-2, mask, resolution=7500.0)
    return Spectrum((arm,), "vacuum", "rest", Source("made.fits", "made.fits", "", "mrs"))
