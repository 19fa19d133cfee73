"""What synthetic spectra say of the same label and pixels, laid over what the network looked at."""

from __future__ import annotations

import numpy as np

from stellarview.domain.attribution import Attribution
from stellarview.scene.marks import CurveMark, Mark
from stellarview.scene.physics import agreement_text
from stellarview.scene.shown import ShownArm, SpectrumView


def physics(context: ShownArm) -> list[Mark]:
    """The reading of one who knows nothing but the spectrum, scaled to the strip's own height; of one label only."""
    told, scale = context.view.physics, physics_scale(context.view)
    if told is None or scale is None:
        return []
    values, _ = context.on_pixels(told.best.attribution, told.normalised)
    legend = f"physics × {scale:.2g} ({agreement_text(told.best)} with the saliency)"
    return [CurveMark(context.x, scale * values, "label", legend)]


def physics_scale(view: SpectrumView) -> float | None:
    """What makes physics as strong as the attribution of the strip; None where they are not of one label."""
    told, shown = view.physics, view.attribution
    if told is None or shown is None or shown.label_key != told.network.label_key:
        return None
    return _strength(shown) / (_strength(told.best.attribution) or 1.0)


def _strength(attribution: Attribution) -> float:
    """Root mean square over good pixels."""
    good = attribution.is_good_L
    return float(np.sqrt((attribution.values_L[good] ** 2).mean())) if good.any() else 0.0
