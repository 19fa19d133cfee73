"""A second star behind the first, at the same level, so that lines can be compared."""

from __future__ import annotations

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.spectrum import Arm, Spectrum
from stellarview.scene.marks import CurveMark, Mark
from stellarview.scene.shown import ShownArm, displayed
from stellarview.scene.wavelength_axis import axis_of


def ghost(context: ShownArm) -> list[Mark]:
    """Its arms where they reach into this one, each star at its own rest or observed wavelengths."""
    star, name = context.view.ghost, context.view.ghost_name
    if star is None:
        return []
    marks: list[Mark] = []
    for arm in star.arms:
        if mark := _curve(context, star, displayed(arm, context.view.choices), name if not marks else ""):
            marks.append(mark)
    return marks


def _curve(context: ShownArm, star: Spectrum, arm: Arm, name: str) -> CurveMark | None:
    choices = context.view.choices
    axis = axis_of(star, choices.x_unit, choices.medium, context.view.axis.frame)
    x = axis.place(arm.wavelength_angstrom, star.medium, star.frame)
    inside = (x >= context.x_limits[0]) & (x <= context.x_limits[1])
    seen = inside & arm.is_good & np.isfinite(arm.flux)
    if seen.sum() < 2:
        return None
    scale = 1.0 if choices.flux == "normalised" else _level(context, x[seen]) / float(np.median(arm.flux[seen]))
    scale = scale if np.isfinite(scale) else 1.0
    y = np.where(arm.is_good, arm.flux, np.nan)[inside] * scale
    times = "" if scale == 1.0 else f" × {scale:.3g}"
    return CurveMark(x[inside], y, "ghost", f"{name}{times}" if name else "")


def _level(context: ShownArm, x: FloatArray) -> float:
    """The median of this star's good flux over the same stretch."""
    good = context.arm.is_good & np.isfinite(context.arm.flux) & (context.x >= x[0]) & (context.x <= x[-1])
    return float(np.median(context.arm.flux[good])) if good.any() else np.nan
