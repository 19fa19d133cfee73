"""Builds the HR (Kiel) view: isochrones in colours, a catalogue behind them, stars with the contours of their PDFs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.isochrones import Isochrone
from stellarview.domain.label_pdf import LabelPdf
from stellarview.domain.placement import Estimate, Placement
from stellarview.scene.marks import (
    BandMark,
    ColourScale,
    ContourMark,
    CurveMark,
    DensityMark,
    Mark,
    Panel,
    PointsMark,
    Scene,
    Weight,
)

# What a Gaussian in two dimensions holds within its 2- and 1-sigma ellipses.
_HELD = (0.8647, 0.3935)
_GRID, _FINEST_GRID, _REACH_SIGMAS, _MOST_POINTS = 121, 601, 4.0, 3000
# Core helium ignites between these evolutionary points: no star is seen there, and a line across would look like one.
_FLASH_EEPS = (605, 631)
_LAST_DRAWN_PHASE = 4
_DEFAULT_TEFF, _DEFAULT_LOGG, _DEFAULT_LUMINOSITY = (3300.0, 7400.0), (-0.2, 5.3), (-2.0, 3.6)
_MOST_TICKS = 8
_BOLD: Weight = "bold"
_PLAIN: Weight = "plain"


@dataclass(frozen=True, eq=False)
class HrStar:
    """One star on the diagram. Its contours are those of the labels, or of the placement where luminosity is shown."""

    name: str
    labels: LabelPdf
    placement: Placement | None = None


@dataclass(frozen=True, eq=False)
class HrContext:
    """What the overlays are given. `catalogue` holds Teff (K) and log g, or log luminosity, of other stars.

    So does `others`, which are stars that can be chosen, each a point; of the curves `chosen` stands out.
    """

    isochrones: tuple[Isochrone, ...]
    stars: tuple[HrStar, ...] = ()
    catalogue: tuple[FloatArray, FloatArray] | None = None
    colour_by: Literal["age", "feh"] = "age"
    vertical: Literal["logg", "luminosity"] = "logg"
    others: tuple[FloatArray, FloatArray] | None = None
    chosen: Isochrone | None = None

    @property
    def curves(self) -> tuple[Isochrone, ...]:
        """All of them, the one that stands out on top."""
        return (*self.isochrones, *([self.chosen] if self.chosen is not None else []))

    def value(self, curve: Isochrone) -> float:
        """What a curve is coloured by."""
        return curve.feh if self.colour_by == "feh" else curve.age_gyr


def build_hr_scene(context: HrContext, title: str, provenance: str) -> Scene:
    """The diagram, and under it the age of the star where there is one that was placed."""
    marks = tuple(mark for overlay in HR_OVERLAYS.values() for mark in overlay(context))
    x, y = _limits(context)
    y_label = "log g (cm/s²)" if context.vertical == "logg" else "log luminosity (L☉)"
    diagram = Panel(marks, "Effective temperature (K)", y_label, x, y, height=1.5, colour_scale=_colour_scale(context))
    placed = [star.placement for star in context.stars if star.placement is not None and star.placement.is_on_grid]
    return Scene((diagram, *(_age_panel(one) for one in placed[:1])), title, provenance)


def _catalogue(context: HrContext) -> list[Mark]:
    if context.catalogue is None:
        return []
    (x, y), (x_limits, y_limits) = context.catalogue, _limits(context)
    if len(x) <= _MOST_POINTS:
        return [PointsMark(x, y, "catalogue", f"{len(x)} stars of the catalogue")]
    ranges = (sorted(y_limits), sorted(x_limits))
    counts, y_edges, x_edges = np.histogram2d(y, x, bins=(160, 160), range=ranges)
    return [DensityMark(x_edges, y_edges, counts, "catalogue")]


def _isochrones(context: HrContext) -> list[Mark]:
    marks: list[Mark] = []
    for curve in context.curves:
        shown = (curve.phase_E <= _LAST_DRAWN_PHASE) & (curve.phase_E >= 0)
        broken = (curve.eep_E > _FLASH_EEPS[0]) & (curve.eep_E < _FLASH_EEPS[1])
        y = np.where(broken, np.nan, curve.logg_E if context.vertical == "logg" else curve.log10_luminosity_E)[shown]
        if np.isfinite(y).any():
            teff = 10.0 ** curve.log10_teff_E[shown].astype(float)
            is_chosen = curve is context.chosen
            legend, weight = (curve.name, _BOLD) if is_chosen else ("", _PLAIN)
            marks.append(CurveMark(teff, y, "isochrone", legend, context.value(curve), weight))
    return marks


def _others(context: HrContext) -> list[Mark]:
    if context.others is None or not len(context.others[0]):
        return []
    return [PointsMark(*context.others, "flux")]


def _stars(context: HrContext) -> list[Mark]:
    marks: list[Mark] = []
    for place, star in enumerate(context.stars):
        legend = "" if place else "1 and 2 sigma (39%, 86%)"
        if context.vertical == "logg":
            x, y, density = _kiel(star.labels)
            at = star.labels.mean[:2]
        elif star.placement is not None and star.placement.samples and star.placement.is_on_grid:
            x, y, density = _from_samples(star.placement)
            at = np.array([star.labels.mean[0], np.log10(star.placement.luminosity_lsun.median)])
        else:
            continue  # labels alone tell no luminosity, and a model that is not the star's tells a wrong one
        marks.append(ContourMark(x, y, density, sigma_levels(density), "star", legend))
        marks.append(PointsMark(at[:1], at[1:], "star"))
    return marks


HR_OVERLAYS: dict[str, Callable[[HrContext], list[Mark]]] = {
    "catalogue": _catalogue,
    "others": _others,
    "isochrones": _isochrones,
    "stars": _stars,
}


def _kiel(labels: LabelPdf) -> tuple[FloatArray, FloatArray, FloatArray]:
    low, high = labels.reach(_REACH_SIGMAS)
    sigma = labels.sigma_M3.min(axis=0)
    x, y = (grid_between(float(low[k]), float(high[k]), float(sigma[k])) for k in (0, 1))
    return x, y, labels.kiel_density(x, y)


def grid_between(low: float, high: float, sigma: float) -> FloatArray:
    """As fine as the narrowest Gaussian needs: members of a doubtful star lie far apart."""
    return np.linspace(low, high, int(np.clip(2.0 * (high - low) / sigma, _GRID, _FINEST_GRID)))


def _from_samples(placement: Placement) -> tuple[FloatArray, FloatArray, FloatArray]:
    """A smooth density of draws from a posterior (Gaussian kernels, Silverman's width)."""
    teff, luminosity = placement.samples["teff"], np.log10(placement.samples["luminosity_lsun"])
    axes, kernels = [], []
    for values in (teff, luminosity):
        width = max(float(values.std()), 1e-3) * len(values) ** (-1 / 6)
        axis = np.linspace(values.min() - 3 * width, values.max() + 3 * width, _GRID)
        axes.append(axis)
        kernels.append(np.exp(-0.5 * ((axis[:, None] - values) / width) ** 2))
    return axes[0], axes[1], np.asarray(kernels[1] @ kernels[0].T)


def sigma_levels(density: FloatArray) -> tuple[float, ...]:
    """Densities above which lies what 2 and 1 sigma hold in two dimensions; rising, as contours want them."""
    ordered = np.sort(density, axis=None)[::-1]
    share = np.cumsum(ordered) / ordered.sum()
    return tuple(sorted({float(ordered[np.searchsorted(share, held)]) for held in _HELD}))


def _limits(context: HrContext) -> tuple[tuple[float, float], tuple[float, float]]:
    """As astronomers draw it: hot stars on the left, bright ones at the top; every star inside."""
    x_low, x_high = _DEFAULT_TEFF
    y_low, y_high = _DEFAULT_LOGG if context.vertical == "logg" else _DEFAULT_LUMINOSITY
    for star in context.stars:
        low, high = star.labels.reach(_REACH_SIGMAS)
        x_low, x_high = min(x_low, float(low[0])), max(x_high, float(high[0]))
        if context.vertical == "logg":
            y_low, y_high = min(y_low, float(low[1])), max(y_high, float(high[1]))
    return (x_high, x_low), ((y_high, y_low) if context.vertical == "logg" else (y_low, y_high))


def _colour_scale(context: HrContext) -> ColourScale | None:
    if not context.curves:
        return None
    values = sorted({round(context.value(curve), 3) for curve in context.curves})
    ticks = tuple(values) if len(values) <= _MOST_TICKS else tuple(np.linspace(values[0], values[-1], 5))
    if context.colour_by == "age":  # what a star looks like follows the logarithm of its age
        factor = 1.0 if len(values) > 1 else 1.5
        return ColourScale("Age (Gyr)", values[0] / factor, values[-1] * factor, ticks, is_log=True)
    room = 0.0 if len(values) > 1 else 0.5
    return ColourScale("[Fe/H] (dex)", values[0] - room, values[-1] + room, ticks)


def _age_panel(placement: Placement) -> Panel:
    """The posterior of the age, and within it the central 68%."""
    edges = placement.age_edges_gyr
    wide = np.diff(edges) > 0
    x = np.append(edges[:-1][wide], edges[1:][wide][-1:])
    density = placement.age_probability_B[wide] / np.diff(edges)[wide]
    steps_x, steps_y = np.repeat(x, 2)[1:-1], np.repeat(density, 2)
    within = np.clip(steps_x, placement.age_gyr.low, placement.age_gyr.high)
    marks = (
        BandMark(within, np.zeros_like(steps_y), steps_y, "error", "central 68%"),
        CurveMark(steps_x, steps_y, "star"),
    )
    limits = (0.0, float(x[-1])), (0.0, 1.15 * float(density.max()))
    age, mass = placement.age_gyr, placement.mass_msun
    doubt = "" if placement.is_age_constrained else " (unconstrained)"
    title = f"age {_with_interval(age)} Gyr{doubt}, mass {_with_interval(mass)} M☉"
    return Panel(marks, "Age (Gyr)", "Probability per Gyr", *limits, title, height=0.5)


def _with_interval(one: Estimate) -> str:
    return f"{one.median:.3g} +{one.high - one.median:.2g} −{one.median - one.low:.2g}"
