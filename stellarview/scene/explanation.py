"""Builds the scenes of explanations: the flux as a network saw it and what its pixels do; averages over many stars."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stellarview.domain.agreement import stretches
from stellarview.domain.arrays import FloatArray
from stellarview.domain.attribution import Attribution, LineShare
from stellarview.domain.derivative_average import DerivativeAverage
from stellarview.domain.explained import Explained
from stellarview.domain.labels import LABELS
from stellarview.domain.spectrum import Arm, Medium
from stellarview.scene.build import cut, title_of
from stellarview.scene.context import axis_label
from stellarview.scene.marks import BandMark, ColouredCurveMark, CurveMark, LineLabelMark, Mark, Panel, Role, Scene
from stellarview.scene.overlays.line_labels import spread

_MOST_NAMED_LINES = 12
# Names with shares are long: they begin lower than those of other figures, and the flux leaves them more room.
FOOT, ROOM_FOR_NAMES = 0.66, 0.60
_NAME_SPACING = 0.02
_STRIP_HEIGHT = 0.65
# A few pixels of a map stand out so far that all others would look alike.
_COLOUR_PERCENTILE = 99.0
_SERIES: tuple[Role, ...] = ("first", "second", "third", "fourth")


def build_explanation_scene(explained: Explained, provenance: str) -> Scene:
    """For each stretch the flux as a network saw it, coloured by a map if there is one, over the signed attribution."""
    prepared, attribution = explained.prepared, explained.attribution
    panels, start, x_label = [], 0, axis_label(prepared)
    for arm in prepared.arms:
        part = slice(start, start + len(arm))
        start = part.stop
        x = attribution.wavelength_angstrom_L[part]
        for limits in cut(float(x[0]), float(x[-1])):
            panels.append(_seen_panel(explained, arm, part, limits))
            panels.append(_strip(attribution, part, limits, x_label))
    title = f"{title_of(prepared)}   {attribution.method} for {label_text(attribution.label_key)}"
    return Scene(tuple(panels), title, provenance)


def build_average_scene(averages: Sequence[DerivativeAverage], provenance: str) -> Scene:
    """The averages of all ranges of temperature over each other, with the lines that matter most in any of them."""
    first = averages[0].attribution
    x_label = f"Rest wavelength in {first.medium} (Å)"
    panels = []
    for part in stretches(first.wavelength_angstrom_L):
        x = first.wavelength_angstrom_L[part]
        for limits in cut(float(x[0]), float(x[-1])):
            panels.append(_average_panel(x, part, averages, limits, x_label))
    source = "the set's labels" if averages[0].teff_source == "labels" else "the model's own prediction"
    title = f"Average partial derivatives of {label_text(first.label_key)}, ranges of Teff by {source}"
    return Scene(tuple(panels), title, provenance)


def _seen_panel(explained: Explained, arm: Arm, part: slice, limits: tuple[float, float]) -> Panel:
    x, colour = explained.attribution.wavelength_angstrom_L[part], explained.colour
    flux = np.where(arm.is_good, arm.flux, np.nan)
    curve: Mark = CurveMark(x, flux, "flux", "flux as the network saw it")
    if colour is not None:
        curve = ColouredCurveMark(x, flux, colour.values_L[part], colour_reach(colour), coloured_words(colour))
    seen = flux[(x >= limits[0]) & (x <= limits[1]) & arm.is_good]
    low, high = (float(v) for v in np.percentile(seen, [0.0, 99.9])) if seen.size else (0.0, 1.0)
    span = (high - low) or 1.0
    y_limits = (low - 0.05 * span, high + ROOM_FOR_NAMES * span)
    return Panel(
        (curve, *names_of_lines(explained.lines, limits, explained.attribution.medium)),
        "",
        "Prepared flux (relative)",
        limits,
        y_limits,
        f"arm {arm.name}",
    )


def colour_reach(colour: Attribution) -> float:
    """The value at the ends of a map's scale of colours."""
    return float(np.percentile(colour.magnitude_L, _COLOUR_PERCENTILE)) or 1.0


def coloured_words(colour: Attribution, pixel: str = "pixel") -> str:
    """Which map colours the flux, and its unit."""
    return f"{colour.method.upper()} for {label_text(colour.label_key)} ({unit_of_map(colour, pixel)})"


def unit_of_map(colour: Attribution, pixel: str) -> str:
    """`K per pixel`."""
    return f"{colour.unit} per {pixel}".lstrip()


def _strip(attribution: Attribution, part: slice, limits: tuple[float, float], x_label: str) -> Panel:
    x = attribution.wavelength_angstrom_L[part]
    values, scatter = with_gaps(attribution, part)
    reach = reach_of([(attribution.values_L, attribution.scatter_L)])
    marks = (
        BandMark(x, values - scatter, values + scatter, "error", "scatter of the members"),
        CurveMark(x, values, "continuum", attribution.method),
        CurveMark(np.array(limits), np.zeros(2), "zero"),
    )
    return Panel(marks, x_label, y_label_of(attribution), limits, (-reach, reach), height=_STRIP_HEIGHT)


def _average_panel(
    x: FloatArray, part: slice, averages: Sequence[DerivativeAverage], limits: tuple[float, float], x_label: str
) -> Panel:
    bands: list[Mark] = []
    curves: list[Mark] = [CurveMark(np.array(limits), np.zeros(2), "zero")]
    for average, role in zip(averages, _SERIES, strict=False):
        values, scatter = with_gaps(average.attribution, part)
        bands.append(BandMark(x, values - scatter, values + scatter, role))
        curves.append(CurveMark(x, values, role, average.name))
    shares = sorted((share for one in averages for share in one.lines), key=lambda share: -share.share)
    reach = reach_of([(one.attribution.values_L, one.attribution.scatter_L) for one in averages])
    marks = (*bands, *curves, *names_of_lines(_once(shares), limits, averages[0].attribution.medium, "flux"))
    high = reach * (1 + 2 * ROOM_FOR_NAMES)
    return Panel(marks, x_label, y_label_of(averages[0].attribution), limits, (-reach, high))


def with_gaps(attribution: Attribution, part: slice) -> tuple[FloatArray, FloatArray]:
    """Values and scatter with gaps where no pixel is good."""
    good = attribution.is_good_L[part]
    return np.where(good, attribution.values_L[part], np.nan), attribution.scatter_L[part]


def _once(shares: Sequence[LineShare]) -> list[LineShare]:
    seen: dict[str, LineShare] = {}
    for share in shares:
        seen.setdefault(share.line.name, share)
    return list(seen.values())


def names_of_lines(
    shares: Sequence[LineShare], limits: tuple[float, float], medium: Medium, role: Role = "label"
) -> list[LineLabelMark]:
    """The lines of a stretch that stand out, by name."""
    placed = [(one.line.wavelength_angstrom(medium), one) for one in shares if one.stands_out]
    named = [(x, one) for x, one in placed if limits[0] < x < limits[1]][:_MOST_NAMED_LINES]
    named.sort(key=lambda pair: pair[0])
    texts = spread([x for x, _ in named], _NAME_SPACING * (limits[1] - limits[0]), limits)
    # Of several averages each has shares of its own; and their colours leave none for names.
    is_of_one = role == "label"
    words = [f"{one.line.name} {one.share_text}" if is_of_one else one.line.name for _, one in named]
    return [
        LineLabelMark(x, 0.0, x_text, word, role, FOOT)
        for (x, _), x_text, word in zip(named, texts, words, strict=True)
    ]


def reach_of(curves: Sequence[tuple[FloatArray, FloatArray]]) -> float:
    """Half the height of an axis about zero that holds all of these values with their scatter."""
    return 1.05 * max(float((np.abs(values) + scatter).max()) for values, scatter in curves) or 1.0


def label_text(key: str) -> str:
    """A label's or a class's name on the screen."""
    return LABELS[key].text if key in LABELS else key


def y_label_of(attribution: Attribution) -> str:
    """What the y axis of an attribution says."""
    if " per " in attribution.unit:
        unit, per = attribution.unit.split(" per ", 1)
        return f"d({label_text(attribution.label_key)})/d(flux)\n({unit} per {per})"
    return f"Attribution ({attribution.unit})" if attribution.unit else "Attribution"
