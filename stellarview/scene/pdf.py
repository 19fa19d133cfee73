"""Builds the scenes of label PDFs: of one label its members, their mixture and its intervals; of two their contours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.labels import label_named
from stellarview.domain.prediction import Mixture, Prediction
from stellarview.domain.results import mixtures
from stellarview.domain.rounding import decimals_of, number_text
from stellarview.scene.hr import grid_between, sigma_levels
from stellarview.scene.marks import BandMark, ContourMark, CurveMark, Mark, Panel, PointsMark, Role, Scene, SpanMark

_INTERVALS = (0.95, 0.68)
_POINTS, _REACH_SIGMAS, _ROOM = 401, 4.0, 1.12
# A value that lies farther away, in widths of the PDFs, is named at the edge: the PDFs would be needles beside it.
_FARTHEST = 1.5
_STARS: tuple[Role, ...] = ("first", "second", "third", "fourth", "fifth", "sixth")
_MARGINAL_HEIGHT, _MARGINAL_WIDTH, _JOINT_HEIGHT = 0.4, 0.35, 1.4


@dataclass(frozen=True, eq=False)
class PdfEntry:
    """One star's answer for the label that is drawn."""

    name: str
    mixture: Mixture


class KnownValue(Protocol):
    """What a table or the file says of a label; a sigma of 0 is not known."""

    @property
    def label_key(self) -> str:
        """Which label."""

    @property
    def value(self) -> float:
        """In the label's unit."""

    @property
    def sigma(self) -> float:
        """One standard deviation."""

    @property
    def source(self) -> str:
        """Who says it."""


def build_pdf_scene(
    entries: Sequence[PdfEntry],
    label_key: str,
    provenance: str,
    *,
    catalogue: Sequence[KnownValue] = (),
    training_range: tuple[float, float] | None = None,
) -> Scene:
    """The PDFs of one label, over each other: members thin, mixtures bold, 68% and 95% (densest) shaded.

    Of `catalogue` the values of this label are drawn; beyond the training range the plot is shaded.
    """
    known = [one for one in catalogue if one.label_key == label_key]
    x_limits, y_limits = _limits([entry.mixture for entry in entries], known), (0.0, _top(entries))
    marks: list[Mark] = [*_beyond_training(training_range, x_limits)]
    for place, entry in enumerate(entries):
        name = entry.name if len(entries) > 1 else "mixture"
        marks += _pdf_marks(entry.mixture, _STARS[place % len(_STARS)], name, is_alone=len(entries) == 1)
    marks += _known_marks(known, x_limits, y_limits)
    unit = label_named(label_key).unit
    y_label = f"Probability per {unit}" if unit else "Probability density"
    panel = Panel(tuple(marks), axis_of(label_key), y_label, x_limits, y_limits, height=0.8)
    title = value_text(label_key, entries[0].mixture) if len(entries) == 1 else label_named(label_key).text
    return Scene((panel,), title, provenance)


def build_mini_pdf(mixture: Mixture, role: Role = "first") -> Scene:
    """A PDF as small as a cell of a table: no axes, no words."""
    marks = _pdf_marks(mixture, role, "", is_alone=False)
    return Scene((Panel(tuple(marks), "", "", _reach([mixture]), (0.0, _top_of([mixture])), height=0.2),), "", "")


def build_pair_scene(
    prediction: Prediction, key_x: str, key_y: str, provenance: str, *, catalogue: Sequence[KnownValue] = ()
) -> Scene:
    """Two labels against each other: 1- and 2-sigma contours, with each label's own PDF above and at the side.

    Each member is a Gaussian without correlation, for networks state none: what is seen of one is the members' scatter.
    """
    told = mixtures(prediction)
    x, y = told[key_x], told[key_y]
    known_x, known_y = ([one for one in catalogue if one.label_key == key] for key in (key_x, key_y))
    x_limits, y_limits = _limits([x], known_x), _limits([y], known_y)
    upright = _known_marks(known_x, x_limits, y_limits)
    level = [_turned(mark) for mark in _known_marks(known_y, y_limits, x_limits)]
    drawn = (*upright, *(replace(mark, legend="") if upright else mark for mark in level), *_joint(x, y))
    panels = (
        Panel(_marginal(x), "", "", x_limits, (0.0, _top_of([x])), height=_MARGINAL_HEIGHT),
        Panel((), "", "", (0.0, 1.0), (0.0, 1.0), height=_MARGINAL_HEIGHT),
        Panel(
            drawn, axis_of(key_x), axis_of(key_y), x_limits, y_limits, height=_JOINT_HEIGHT
        ),
        Panel(tuple(map(_turned, _marginal(y))), "", "", (0.0, _top_of([y])), y_limits, height=_JOINT_HEIGHT),
    )  # fmt: skip
    title = "   ".join(short_text(key, told[key]) for key in (key_x, key_y))
    return Scene(panels, title, provenance, columns=2, widths=(1.0, _MARGINAL_WIDTH))


def value_text(key: str, mixture: Mixture) -> str:
    """`Teff 5772 ± 52 K (noise 48, members 21)`, and the misfit of synthetic spectra where there is one."""
    decimals, parts = decimals_of(mixture.sigma), {"noise": mixture.aleatoric, "members": mixture.epistemic}
    if mixture.misfit:
        parts["synthesis"] = mixture.misfit
    told = ", ".join(f"{name} {part:.{decimals}f}" for name, part in parts.items())
    return f"{short_text(key, mixture)} ({told})"


def short_text(key: str, mixture: Mixture) -> str:
    """`Teff 5772 ± 52 K`, all parts of sigma together."""
    label, decimals = label_named(key), decimals_of(mixture.sigma)
    return f"{label.text} {number_text(mixture.mean, decimals)} ± {mixture.sigma:.{decimals}f} {label.unit}".rstrip()


def axis_of(key: str) -> str:
    """A label's name and unit on an axis."""
    label = label_named(key)
    words = "MK subtype (F0 is 4, G0 is 5)" if key == "subtype" else label.text
    return f"{words} ({label.unit})" if label.unit else words


def _pdf_marks(mixture: Mixture, role: Role, name: str, *, is_alone: bool) -> list[Mark]:
    """Members only where the star stands alone: those of several would hide each other."""
    marks: list[Mark] = []
    for probability in _INTERVALS if is_alone else _INTERVALS[1:]:
        words = "68% and 95%" if is_alone and probability == _INTERVALS[0] else ""
        for low, high in mixture.densest(probability):
            x = np.linspace(low, high, 101)
            marks.append(BandMark(x, np.zeros_like(x), mixture.pdf(x), role, words))
            words = ""
    if is_alone and mixture.mean_M.size > 1:
        for place in range(mixture.mean_M.size):
            member = Mixture(mixture.mean_M[place : place + 1], mixture.sigma_M[place : place + 1], mixture.misfit)
            x = np.linspace(*_reach([member]), 201)
            legend = "" if place else f"{mixture.mean_M.size} members"
            marks.append(CurveMark(x, member.pdf(x), "masked", legend, weight="thin"))
    grid = _grid(mixture)
    return [*marks, CurveMark(grid, mixture.pdf(grid), role, name, weight="bold")]


def _marginal(mixture: Mixture) -> tuple[CurveMark, ...]:
    """The PDF, and bold where 68% of it lie."""
    x = _grid(mixture)
    parts = [np.linspace(low, high, 101) for low, high in mixture.densest(0.68)]
    bold = [CurveMark(part, mixture.pdf(part), "first", weight="bold") for part in parts]
    return (CurveMark(x, mixture.pdf(x), "first", weight="thin"), *bold)


def _turned(mark: CurveMark) -> CurveMark:
    """On its side: x and y change places."""
    return CurveMark(mark.y, mark.x, mark.role, mark.legend, weight=mark.weight)


def _joint(x: Mixture, y: Mixture) -> list[Mark]:
    axes = [grid_between(*_reach([one]), float(one.sigma_M.min())) for one in (x, y)]
    parts = [
        np.exp(-0.5 * ((axis[:, None] - one.mean_M) / one.sigma_M) ** 2) / one.sigma_M
        for axis, one in zip(axes, (x, y), strict=True)
    ]
    density = parts[1] @ parts[0].T / (2 * np.pi * x.mean_M.size)
    middle = PointsMark(np.array([x.mean]), np.array([y.mean]), "first")
    return [ContourMark(axes[0], axes[1], density, sigma_levels(density), "first", "1 and 2 sigma (39%, 86%)"), middle]


def _beyond_training(limits: tuple[float, float] | None, x_limits: tuple[float, float]) -> list[Mark]:
    if limits is None:
        return []
    parts = ((x_limits[0], min(limits[0], x_limits[1])), (max(limits[1], x_limits[0]), x_limits[1]))
    shown = [(start, stop) for start, stop in parts if start < stop]
    words = "outside the training range"
    return [SpanMark(a, b, "masked", words, "" if place else words) for place, (a, b) in enumerate(shown)]


def _known_marks(
    known: Sequence[KnownValue], x_limits: tuple[float, float], y_limits: tuple[float, float]
) -> list[CurveMark]:
    """Each value as an upright line, with its sigma as a bar across."""
    marks = []
    for place, one in enumerate(known):
        height = y_limits[1] - (0.06 + 0.05 * place) * (y_limits[1] - y_limits[0])
        source, is_near = one.source or "catalogue", x_limits[0] <= one.value <= x_limits[1]
        words = source if is_near else f"{source}: {one.value:g}, beyond the frame"
        marks.append(CurveMark(np.full(2, one.value), np.array(y_limits), "flux", words))
        bar = one.value + np.array([-1.0, 1.0]) * one.sigma
        marks.append(CurveMark(bar, np.full(2, height), "flux", weight="bold"))
    return marks


def _limits(shown: Sequence[Mixture], known: Sequence[KnownValue]) -> tuple[float, float]:
    """All PDFs, and the known values where they are not too far away."""
    low, high = _reach(shown)
    width = high - low
    near = [one for one in known if low - _FARTHEST * width <= one.value <= high + _FARTHEST * width]
    ends = [one.value + sign * (one.sigma + 0.05 * width) for one in near for sign in (-1, 1)]
    return min([low, *ends]), max([high, *ends])


def _reach(shown: Sequence[Mixture]) -> tuple[float, float]:
    return (
        min(float((one.mean_M - _REACH_SIGMAS * one.sigma_M).min()) for one in shown),
        max(float((one.mean_M + _REACH_SIGMAS * one.sigma_M).max()) for one in shown),
    )


def _top(entries: Sequence[PdfEntry]) -> float:
    """Room for mixtures; of one that stands alone for its members too."""
    (one, *others) = [entry.mixture for entry in entries]
    if others:
        return _top_of([one, *others])
    return max(_top_of([one]), _ROOM / (float(one.sigma_M.min()) * float(np.sqrt(2 * np.pi))))


def _top_of(shown: Sequence[Mixture]) -> float:
    return _ROOM * max(float(one.pdf(_grid(one)).max()) for one in shown)


def _grid(mixture: Mixture) -> FloatArray:
    """Fine everywhere, and finer about each member: narrow ones may lie far apart."""
    offsets = np.linspace(-_REACH_SIGMAS, _REACH_SIGMAS, 81)
    about = mixture.mean_M[:, None] + mixture.sigma_M[:, None] * offsets
    return np.unique(np.concatenate([about.ravel(), np.linspace(*_reach([mixture]), _POINTS)]))
