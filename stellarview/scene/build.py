"""Builds the scene of one spectrum: its panels, their axes, and the marks of every overlay."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.attribution import Attribution, LineShare
from stellarview.domain.labels import LABELS
from stellarview.domain.lines import Line
from stellarview.domain.spectrum import Arm, Spectrum
from stellarview.scene.context import ArmContext, axis_label, rest_factor
from stellarview.scene.marks import BandMark, CurveMark, LineLabelMark, Mark, Panel, Scene
from stellarview.scene.overlays import OVERLAYS
from stellarview.scene.overlays.line_labels import spread

# An arm longer than this is cut in two panels, or a paper's column could not hold its lines.
_WIDEST_PANEL_ANGSTROM = 2800.0
_MOST_PANELS = 4
_ROOM_FOR_NAMES = 0.48


def build_spectrum_scene(spectrum: Spectrum, lines: tuple[Line, ...], provenance: str) -> Scene:
    """Flux, error, continuum, bad pixels and line names of all arms, blue above red."""
    panels = []
    for arm in sorted(spectrum.arms, key=lambda arm: float(arm.wavelength_angstrom[0])):
        panels += [_panel(spectrum, arm, lines, limits) for limits in _cut(spectrum, arm)]
    return Scene(tuple(panels), _title(spectrum), provenance)


_MOST_NAMED_LINES = 12


def build_explanation_scene(
    prepared: Spectrum, attribution: Attribution, shares: Sequence[LineShare], provenance: str
) -> Scene:
    """For each arm the flux as a network saw it, and under it what each pixel has to do with the output."""
    panels, start = [], 0
    for arm in prepared.arms:
        part = slice(start, start + len(arm))
        start = part.stop
        x = attribution.wavelength_angstrom_L[part]
        panels += [
            _seen_panel(x, arm, shares, axis_label(prepared)),
            _attribution_panel(x, attribution, part, axis_label(prepared)),
        ]
    meaning = attribution.label_key if attribution.label_key not in LABELS else LABELS[attribution.label_key].text
    title = f"{_title(prepared)}   {attribution.method} for {meaning}"
    return Scene(tuple(panels), title, provenance)


def _seen_panel(x: FloatArray, arm: Arm, shares: Sequence[LineShare], x_label: str) -> Panel:
    limits = (float(x[0]), float(x[-1]))
    flux = np.where(arm.is_good, arm.flux, np.nan)
    named = [one for one in shares if limits[0] < one.line.wavelength_vacuum_angstrom < limits[1]][:_MOST_NAMED_LINES]
    named.sort(key=lambda one: one.line.wavelength_vacuum_angstrom)
    places = [one.line.wavelength_vacuum_angstrom for one in named]
    labels = [
        LineLabelMark(x_line, 0.0, x_text, f"{one.line.name} {one.share:.0%}")
        for one, x_line, x_text in zip(
            named, places, spread(places, 0.022 * (limits[1] - limits[0]), limits), strict=True
        )
    ]
    low, high = (float(v) for v in np.nanpercentile(flux, [0.0, 99.9])) if arm.is_good.any() else (0.0, 1.0)
    room = _ROOM_FOR_NAMES * ((high - low) or 1.0)
    marks: tuple[Mark, ...] = (CurveMark(x, flux, "flux", "flux as the network saw it"), *labels)
    return Panel(marks, x_label, "Prepared flux", limits, (low, high + room), f"arm {arm.name}")


def _attribution_panel(x: FloatArray, attribution: Attribution, part: slice, x_label: str) -> Panel:
    values, scatter = attribution.values_L[part], attribution.scatter_L[part]
    limits = (float(x[0]), float(x[-1]))
    reach = float((np.abs(values) + scatter).max()) or 1.0
    marks = (
        BandMark(x, values - scatter, values + scatter, "error", "scatter of the members"),
        CurveMark(x, values, "continuum", attribution.method),
    )
    unit = f"Attribution ({attribution.unit})" if attribution.unit else "Attribution"
    return Panel(marks, x_label, unit, limits, (-1.05 * reach, 1.05 * reach))


def _cut(spectrum: Spectrum, arm: Arm) -> list[tuple[float, float]]:
    first, last = arm.wavelength_angstrom[[0, -1]] / rest_factor(spectrum)
    pieces = min(max(1, int(np.ceil((last - first) / _WIDEST_PANEL_ANGSTROM))), _MOST_PANELS)
    edges = np.linspace(first, last, pieces + 1)
    return [(float(a), float(b)) for a, b in pairwise(edges)]


def _panel(spectrum: Spectrum, arm: Arm, lines: tuple[Line, ...], limits: tuple[float, float]) -> Panel:
    context = ArmContext(spectrum, arm, lines, limits)
    marks = tuple(mark for overlay in OVERLAYS.values() for mark in overlay(context))
    x_label = axis_label(spectrum)
    title = f"arm {arm.name}" + _snr_text(spectrum, arm)
    return Panel(marks, x_label, "Flux (relative)", limits, _y_limits(context), title)


def _snr_text(spectrum: Spectrum, arm: Arm) -> str:
    """An LRS spectrum has five ratios, each for its band; an MRS arm has one."""
    bands = {band: value for band, value in spectrum.header.snr.known().items() if band in "ugriz"}
    if bands:
        return ", S/N " + "  ".join(f"{band} {value:.0f}" for band, value in bands.items())
    return "" if arm.snr is None else f", S/N {arm.snr:.0f}"


def _y_limits(context: ArmContext) -> tuple[float, float]:
    """All line cores, all good flux but the last outliers above, and room for names."""
    shown = context.is_shown & context.arm.is_good
    flux = context.arm.flux[shown] if shown.any() else context.arm.flux
    # A dip of one pixel is noise, one of two is a line's core.
    cores = np.maximum(np.minimum(flux[:-2], flux[2:]), flux[1:-1]) if flux.size > 2 else flux
    low, high = min(float(cores.min()), float(np.percentile(flux, 0.1))), float(np.percentile(flux, 99.8))
    span = (high - low) or abs(high) or 1.0
    return low - 0.08 * span, high + _ROOM_FOR_NAMES * span


def _title(spectrum: Spectrum) -> str:
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
