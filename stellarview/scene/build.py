"""Builds the scene of one spectrum: its panels, their axes, and the marks of every overlay."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.lines import Line
from stellarview.domain.rest_frame import rest_factor
from stellarview.domain.spectrum import Arm, Spectrum
from stellarview.scene.context import ArmContext, axis_label
from stellarview.scene.marks import Panel, Scene
from stellarview.scene.overlays import OVERLAYS

# An arm longer than this is cut in two panels, or a paper's column could not hold its lines.
_WIDEST_PANEL_ANGSTROM = 2800.0
_MOST_PANELS = 4
_ROOM_FOR_NAMES = 0.48


def build_spectrum_scene(spectrum: Spectrum, lines: tuple[Line, ...], provenance: str) -> Scene:
    """Flux, error, continuum, bad pixels and line names of all arms, blue above red."""
    panels = []
    for arm in sorted(spectrum.arms, key=lambda arm: float(arm.wavelength_angstrom[0])):
        panels += [_panel(spectrum, arm, lines, limits) for limits in _cut(spectrum, arm)]
    return Scene(tuple(panels), title_of(spectrum), provenance)


def _cut(spectrum: Spectrum, arm: Arm) -> list[tuple[float, float]]:
    first, last = arm.wavelength_angstrom[[0, -1]] / rest_factor(spectrum)
    return cut(float(first), float(last))


def cut(first: float, last: float) -> list[tuple[float, float]]:
    """The stretches of the axis that a long arm is drawn in, one panel each."""
    pieces = min(max(1, int(np.ceil((last - first) / _WIDEST_PANEL_ANGSTROM))), _MOST_PANELS)
    return [(float(a), float(b)) for a, b in pairwise(np.linspace(first, last, pieces + 1))]


def _panel(spectrum: Spectrum, arm: Arm, lines: tuple[Line, ...], limits: tuple[float, float]) -> Panel:
    context = ArmContext(spectrum, arm, lines, limits)
    marks = tuple(mark for overlay in OVERLAYS.values() for mark in overlay(context))
    x_label = axis_label(spectrum)
    title = f"arm {arm.name}" + snr_text(spectrum, arm)
    return Panel(marks, x_label, "Flux (relative)", limits, _y_limits(context), title)


def snr_text(spectrum: Spectrum, arm: Arm) -> str:
    """An LRS spectrum has five ratios, each for its band; an MRS arm has one."""
    bands = {band: value for band, value in spectrum.header.snr.known().items() if band in "ugriz"}
    if bands:
        return ", S/N " + "  ".join(f"{band} {value:.0f}" for band, value in bands.items())
    return "" if arm.snr is None else f", S/N {arm.snr:.0f}"


def _y_limits(context: ArmContext) -> tuple[float, float]:
    """All line cores, all good flux but the last outliers above, and room for names."""
    shown = context.is_shown & context.arm.is_good
    return flux_limits(context.arm.flux[shown] if shown.any() else context.arm.flux)


def flux_limits(flux: FloatArray, room: float = _ROOM_FOR_NAMES) -> tuple[float, float]:
    """All line cores and all but the last outliers above, with this share of room for names."""
    if not flux.size:
        return 0.0, 1.0
    # A dip of one pixel is noise, one of two is a line's core.
    cores = np.maximum(np.minimum(flux[:-2], flux[2:]), flux[1:-1]) if flux.size > 2 else flux
    low, high = min(float(cores.min()), float(np.percentile(flux, 0.1))), float(np.percentile(flux, 99.8))
    span = (high - low) or abs(high) or 1.0
    return low - 0.08 * span, high + room * span


def title_of(spectrum: Spectrum) -> str:
    """Whose spectrum it is: name, class, velocity."""
    header, velocity = spectrum.header, spectrum.velocity
    words = [header.designation or header.object_name or spectrum.source.file_name]
    if header.object_class:
        words.append(" ".join(filter(None, (header.object_class, header.subclass))))
    if velocity is not None:
        digits = 2 if velocity.sigma_km_s is not None and velocity.sigma_km_s < 1 else 1
        sigma = "" if velocity.sigma_km_s is None else f" ± {velocity.sigma_km_s:.{digits}f}"
        doubt = "" if velocity.is_reliable else ", unreliable"
        words.append(f"RV {velocity.value_km_s:+.{digits}f}{sigma} km/s ({velocity.source}{doubt})")
    if spectrum.exposure != "coadd":
        words.append(f"exposure {spectrum.exposure}")
    return "   ".join(words)
