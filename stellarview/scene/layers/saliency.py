"""How the label answers to each pixel, signed, with the scatter of the members."""

from __future__ import annotations

import numpy as np

from stellarview.scene.marks import BandMark, CurveMark, Mark
from stellarview.scene.shown import ShownArm


def saliency(context: ShownArm) -> list[Mark]:
    """The attribution on the star's own pixels; no band where there is one member only."""
    attribution, found = context.view.attribution, context.strip_values
    if attribution is None or found is None:
        return []
    values, scatter = found
    marks: list[Mark] = [CurveMark(context.x, values, "continuum", attribution.method)]
    if np.nan_to_num(scatter).any():
        marks.insert(0, BandMark(context.x, values - scatter, values + scatter, "error", "scatter of the members"))
    return marks
