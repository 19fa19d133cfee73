"""Overlays: pure functions from a context to marks. `OVERLAYS` is the table; its order is the order of drawing."""

from __future__ import annotations

from collections.abc import Callable

from stellarview.scene.context import ArmContext
from stellarview.scene.marks import Mark
from stellarview.scene.overlays.continuum import continuum
from stellarview.scene.overlays.error_band import error_band
from stellarview.scene.overlays.flux import flux
from stellarview.scene.overlays.line_labels import line_labels
from stellarview.scene.overlays.masked_pixels import masked_pixels

Overlay = Callable[[ArmContext], list[Mark]]

OVERLAYS: dict[str, Overlay] = {
    "masked_pixels": masked_pixels,
    "error_band": error_band,
    "flux": flux,
    "continuum": continuum,
    "line_labels": line_labels,
}
