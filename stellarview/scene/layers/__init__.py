"""Layers of the spectrum view: what the user can show and hide. `LAYERS` is the table, its order that of drawing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from stellarview.scene.layers.cam import cam
from stellarview.scene.layers.edits import edits
from stellarview.scene.layers.fits import fits
from stellarview.scene.layers.flux import flux
from stellarview.scene.layers.ghost import ghost
from stellarview.scene.layers.lines import lines
from stellarview.scene.layers.occlusion import occlusion
from stellarview.scene.layers.physics import physics
from stellarview.scene.layers.saliency import saliency
from stellarview.scene.layers.sky import sky
from stellarview.scene.marks import Mark
from stellarview.scene.overlays.continuum import continuum
from stellarview.scene.overlays.error_band import error_band
from stellarview.scene.overlays.masked_pixels import masked_pixels
from stellarview.scene.shown import ShownArm


@dataclass(frozen=True)
class Layer:
    """Words for the menu and the tooltip, whether it is on at first, which panel it lies in, and what draws it."""

    words: str
    tooltip: str
    is_default: bool
    panel: Literal["flux", "strip", "occlusion"]
    marks: Callable[[ShownArm], list[Mark]]


LAYERS: dict[str, Layer] = {
    "sky": Layer(
        "Earth's atmosphere", "Bands of oxygen and water, and lines of the night sky", False, "flux", sky
    ),
    "masked": Layer("Masked pixels", "Pixels not to be trusted; point at one to see why", True, "flux", masked_pixels),
    "edits": Layer("What-if changes", "The stretches that you masked, scaled or shifted", True, "flux", edits),
    "error": Layer("Error band", "One standard deviation to both sides of the flux", True, "flux", error_band),
    "ghost": Layer("Second star", "The star chosen for comparison, at the same level", True, "flux", ghost),
    "flux": Layer("Flux", "The spectrum itself", True, "flux", flux),
    "cam": Layer(
        "Colour by activation map", "Colours the flux by what raises (or lowers) the label", True, "flux", cam
    ),
    "continuum": Layer(
        "Pseudo-continuum", "The smooth curve that a normalised flux was divided by", False, "flux", continuum
    ),
    "fits": Layer("Fitted lines", "What was fitted to the lines that you measured", True, "flux", fits),
    "lines": Layer("Line names", "With shares those that stand out, grey others that are seen", True, "flux", lines),
    "physics": Layer(
        "Physics", "What synthetic spectra say of the same pixels, scaled to compare (MRS)", False, "strip", physics
    ),
    "saliency": Layer(
        "Saliency", "How the label answers to each pixel's flux, with the members' scatter", True, "strip", saliency
    ),
    "occlusion": Layer(
        "Occlusion map", "How the label changes when a window is masked; asked for in the menu Spectrum", True,
        "occlusion", occlusion,
    ),
}  # fmt: skip
