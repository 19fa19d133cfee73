"""How the label changes when a window of the spectrum is masked: the map that the user asked for."""

from __future__ import annotations

import numpy as np

from stellarview.scene.marks import BandMark, CurveMark, Mark
from stellarview.scene.shown import ShownArm


def occlusion(context: ShownArm) -> list[Mark]:
    """One value a window, at its centre, with the scatter of the members' own changes."""
    told = context.view.occlusion
    if told is None:
        return []
    x = context.view.axis.place(told.wavelength_angstrom_L, told.medium, "rest")
    inside = (x >= context.x_limits[0]) & (x <= context.x_limits[1])
    if not inside.any():
        return []
    x, values, scatter = x[inside], np.where(told.is_good_L, told.values_L, np.nan)[inside], told.scatter_L[inside]
    marks: list[Mark] = [CurveMark(x, values, "third", told.method)]
    if np.nan_to_num(scatter).any():
        marks.insert(0, BandMark(x, values - scatter, values + scatter, "error", "scatter of the members"))
    return marks
