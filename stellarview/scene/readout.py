"""What the crosshair of the spectrum view says of the pixel under it."""

from __future__ import annotations

import numpy as np

from stellarview.domain.attribution import Attribution
from stellarview.domain.plausible_lines import is_plausible
from stellarview.domain.spectrum import Frame, MaskReason
from stellarview.scene.explanation import label_text, unit_of_map
from stellarview.scene.inspect import layout
from stellarview.scene.layers.cam import NETWORK_PIXEL
from stellarview.scene.shown import ShownArm, SpectrumView

# So many resolution elements away a line is still the nearest one.
_NEAR_ELEMENTS = 5.0
_USUAL_RESOLUTION = 1800.0


def readout(view: SpectrumView, panel: int, x: float) -> str:
    """Wavelength, flux with its sigma, pixel, the nearest line, what the explanation says, and why a pixel is bad."""
    arm, _ = layout(view)[panel]
    if not arm.x_limits[0] <= x <= arm.x_limits[1]:
        return ""
    pixel = int(np.searchsorted((arm.x[1:] + arm.x[:-1]) / 2, x))
    parts = [
        _wavelengths(view, float(arm.x[pixel])),
        _flux(arm, pixel),
        f"{arm.arm.name}, {view.spectrum.exposure}, pixel {pixel}",
        _nearest_line(arm, float(arm.x[pixel])),
        _explanation(arm, pixel),
        MaskReason(int(arm.arm.mask[pixel])).words,
    ]
    return "   ".join(part for part in parts if part)


def _wavelengths(view: SpectrumView, x: float) -> str:
    axis, digits = view.axis, 2 if view.axis.unit == "angstrom" else 3
    said = f"{x:.{digits}f} {axis.unit_words} {axis.frame} ({axis.medium})"
    if axis.star_factor == 1.0:
        return said
    other: Frame = "observed" if axis.frame == "rest" else "rest"
    there = axis.wavelength_angstrom(np.array([x]), axis.medium, other)[0] * axis.per_angstrom
    return f"{said}, {there:.{digits}f} {axis.unit_words} {other}"


def _flux(arm: ShownArm, pixel: int) -> str:
    flux, sigma = float(arm.arm.flux[pixel]), float(arm.arm.sigma[pixel])
    if not np.isfinite(flux):
        return "no flux"
    return f"flux {flux:.4g} ± {sigma:.2g}" if np.isfinite(sigma) else f"flux {flux:.4g}, error not known"


def _nearest_line(arm: ShownArm, x: float) -> str:
    """The nearest line that such a star can show, if it is near."""
    reach = _NEAR_ELEMENTS * x / arm.x_per_angstrom / (arm.arm.resolution or _USUAL_RESOLUTION)
    for index in np.argsort(np.abs(arm.line_x - x)):
        line, offset = arm.lines[index], (x - float(arm.line_x[index])) / arm.x_per_angstrom
        if abs(offset) > reach:
            break
        if is_plausible(line, arm.teff_k, arm.balmer, arm.arm.resolution):
            return f"{line.name} {offset:+.2f} Å"
    return ""


def _explanation(arm: ShownArm, pixel: int) -> str:
    """The map that colours the flux, and the attribution with its scatter; nothing where the network saw nothing."""
    said = []
    if arm.view.colour is not None and arm.colour_values is not None:
        unit = unit_of_map(arm.view.colour, NETWORK_PIXEL)
        said.append(_value(arm.view.colour, unit, float(arm.colour_values[pixel]), 0.0))
    if arm.view.attribution is not None and arm.strip_values is not None:
        values, scatter = arm.strip_values
        unit = arm.view.attribution.unit
        said.append(_value(arm.view.attribution, unit, float(values[pixel]), float(scatter[pixel])))
    return "   ".join(filter(None, said))


def _value(attribution: Attribution, unit: str, value: float, scatter: float) -> str:
    if not np.isfinite(value):
        return ""
    sigma = f" ± {scatter:.2g}" if scatter > 0 else ""
    return f"{attribution.method} for {label_text(attribution.label_key)} {value:+.3g}{sigma} {unit}".rstrip()
