"""What was fitted to measured lines, over the flux."""

from __future__ import annotations

import numpy as np

from stellarview.scene.marks import CurveMark, Mark
from stellarview.scene.shown import ShownArm


def fits(context: ShownArm) -> list[Mark]:
    """The curves of the lines that were measured in this exposure, where they lie on this arm."""
    spectrum, marks = context.view.spectrum, list[Mark]()
    for one in context.view.measured:
        if one.exposure != spectrum.exposure or not one.curve_angstrom:
            continue
        own = np.array(one.curve_angstrom)
        x = context.view.axis.place(own, spectrum.medium, spectrum.frame)
        if x[-1] < context.x_limits[0] or x[0] > context.x_limits[1] or not _is_of(context, own):
            continue
        flux = _shown(context, own, np.array(one.curve_flux))
        marks.append(CurveMark(x, flux, "second", "" if marks else "fit", weight="bold"))
    return marks


def _is_of(context: ShownArm, own: np.ndarray) -> bool:
    """Where arms overlap, a curve has the pixels of one of them."""
    pixels = context.arm.wavelength_angstrom
    nearest = pixels[np.clip(np.searchsorted(pixels, own), 0, pixels.size - 1)]
    return bool(np.abs(nearest - own).max() < 1e-6 * own[0])


def _shown(context: ShownArm, own: np.ndarray, flux: np.ndarray) -> np.ndarray:
    """In the unit of the axis: over the continuum, where the flux is."""
    if context.view.choices.flux != "normalised":
        return flux
    (arm,) = [one for one in context.view.spectrum.arms if one.name == context.arm.name]
    if arm.continuum is None:
        return flux
    return np.asarray(flux / np.interp(own, arm.wavelength_angstrom, arm.continuum))
