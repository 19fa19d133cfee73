"""A star of given labels as a `Spectrum` like any other, so that it can be drawn, prepared and compared."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.spectrum import Arm, HeaderFacts, MaskReason, Source, Spectrum
from stellarview.synthesis.broadening import LineSpread
from stellarview.synthesis.emulator import Emulator, labels_array
from stellarview.synthesis.labels import FEH, LOGG, TEFF, VMIC

# Half a line's width at the ends, where the kernel has lost its pixels.
_EDGE_ANGSTROM = 1.0


def synthetic_spectrum(
    emulator: Emulator,
    labels: Mapping[str, float] | FloatArray,
    resolution: float = 7500.0,
    v_sini_km_s: float = 0.0,
) -> Spectrum:
    """Both arms at rest in vacuum; sigma is the emulator's own error, and what is not believed is masked."""
    labels_L = labels_array(labels)
    card = emulator.card
    flux_P, error_P = emulator.flux(labels_L), emulator.error(labels_L)
    arms = []
    for place, grid in enumerate(card.arms):
        inside = np.abs(grid.wavelength_angstrom - grid.wavelength_angstrom.mean())
        wavelength = grid.wavelength_angstrom[inside < inside.max() - _EDGE_ANGSTROM]
        spread = LineSpread(card.arms, card.resolution, resolution, v_sini_km_s, wavelength)
        error = np.maximum(spread.apply(error_P), 1e-4)
        believed = spread.apply(emulator.is_believed_P.astype(float), outside=0.0) > 0.5
        mask = np.where(believed, 0, int(MaskReason.USER)).astype(np.uint16)
        name = card.arms[place].name
        arms.append(Arm(name, wavelength, spread.apply(flux_P), error**-2.0, mask, resolution=resolution))
    name = (
        f"synthetic star, Teff {labels_L[TEFF]:.0f} K, log g {labels_L[LOGG]:.2f}, [Fe/H] {labels_L[FEH]:+.2f}, "
        f"microturbulence {labels_L[VMIC]:.2f} km/s"
    )
    source = Source(card.name, card.name, card.weights_sha256, "emulator")
    return Spectrum(tuple(arms), "vacuum", "rest", source, HeaderFacts(object_name=name))
