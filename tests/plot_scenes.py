"""Small scenes with every kind of mark, for tests of the canvas."""

from __future__ import annotations

import numpy as np

from stellarview.scene.marks import (
    BandMark,
    ColouredCurveMark,
    ColourScale,
    ContourMark,
    CurveMark,
    DensityMark,
    HeatStripMark,
    LineLabelMark,
    Panel,
    PointsMark,
    Scene,
    SpanMark,
)

X = np.linspace(4000.0, 5000.0, 1500)
LIMITS = (4000.0, 5000.0)


def spectrum_scene(level: float = 1.0, shift: float = 0.0, names: int = 30) -> Scene:
    """A flux with everything about it over a strip that shares its axis."""
    x, limits = X + shift, (LIMITS[0] + shift, LIMITS[1] + shift)
    flux = level * (1.0 - 0.3 * np.exp(-(((x - 4500.0) / 5.0) ** 2)))
    flux[200:210] = np.nan
    labels = [LineLabelMark(at, 0.0, at, f"Fe I {at:.0f}") for at in np.linspace(4400.0, 4600.0, names)]
    above = (
        SpanMark(4100.0, 4120.0, "masked", "cosmic ray", "bad pixels"),
        SpanMark(4300.0, 4300.01, "masked", "no data"),
        BandMark(x, flux - 0.05 * level, flux + 0.05 * level, "error", "±1σ"),
        ColouredCurveMark(x, flux, np.sin(x / 30.0), 1.0, "CAM (K per pixel)"),
        CurveMark(x, np.full(x.size, level), "continuum", "pseudo-continuum"),
        HeatStripMark(x, np.sin(x / 30.0), 1.0, "CAM (K per pixel)"),
        *labels,
    )
    strip = (CurveMark(x, np.sin(x / 20.0), "continuum", "saliency"), CurveMark(np.array(limits), np.zeros(2), "zero"))
    panels = (
        Panel(above, "", "Flux", limits, (0.0, 2.0 * level), "arm B"),
        Panel(strip, "Rest wavelength (Å)", "d(Teff)/d(flux)\n(K per 1%)", limits, (-1.0, 1.0), height=0.6),
    )
    return Scene(panels, "a star", "made for a test")


def hr_scene() -> Scene:
    """Axes that run down, points, contours, a density, and curves coloured by a scale."""
    x, y = np.linspace(4000.0, 7000.0, 61), np.linspace(1.0, 5.0, 51)
    density = np.exp(-(((x - 5500.0) / 300.0) ** 2)[None, :] - ((y[:, None] - 4.0) / 0.4) ** 2)
    counts = np.round(20 * density[::5, ::5])
    curves = [CurveMark(x, 5.0 - age * 1e-4 * (7000.0 - x), "isochrone", value=age) for age in (1.0, 5.0, 10.0)]
    marks = (
        DensityMark(np.linspace(4000.0, 7000.0, 14), np.linspace(1.0, 5.0, 12), counts, "catalogue"),
        *curves,
        ContourMark(x, y, density, (0.2, 0.6), "star", "1 and 2 sigma"),
        PointsMark(np.array([5000.0, 5500.0]), np.array([3.0, 4.0]), "star", "stars"),
    )
    scale = ColourScale("Age (Gyr)", 1.0, 10.0, (1.0, 5.0, 10.0))
    panel = Panel(marks, "Teff (K)", "log g", (7000.0, 4000.0), (5.0, 1.0), colour_scale=scale)
    return Scene((panel,), "two stars", "made for a test")


def grid_scene() -> Scene:
    """Two columns, one logarithmic axis, and bars with names."""
    points = PointsMark(np.array([10.0, 100.0, 1000.0]), np.array([-1.0, 0.0, 1.0]), "flux")
    bars = tuple(BandMark(np.array([k - 0.3, k + 0.3]), np.zeros(2), np.full(2, 0.5), "label") for k in range(2))
    panels = (
        Panel((points,), "S/N", "Residual", (5.0, 2000.0), (-2.0, 2.0), x_scale="log"),
        Panel(bars, "Label", "Share", (-0.7, 1.7), (0.0, 1.0), x_names=("Teff", "log g")),
        Panel((points,), "S/N", "Residual", (5.0, 2000.0), (-2.0, 2.0), x_scale="log"),
    )
    return Scene(panels, "residuals", "made for a test", columns=2)


SCENES = {"spectrum": spectrum_scene, "hr": hr_scene, "grid": grid_scene}
