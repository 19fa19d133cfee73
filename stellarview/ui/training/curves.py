"""The pictures of runs that go on: losses by epoch, what is told beside what is true, learning rate, errors."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.labels import label_named
from stellarview.engine.runs import Curves, RunDetails, Told
from stellarview.scene.marks import CurveMark, Mark, Panel, PointsMark, Role, Scene

_ROLES: tuple[Role, ...] = ("first", "second", "third", "fourth", "fifth", "sixth")
_ROOM, _RATE_HEIGHT = 0.06, 0.42
_MOST_THIN = 12


def run_scene(details: RunDetails, *, label: str, is_log: bool, smoothing: int, has_members: bool) -> Scene:
    """One run: losses and told against true above, learning rate and errors below."""
    curves = details.curves
    assert curves is not None
    panels = (
        _losses(curves, is_log=is_log, smoothing=smoothing, has_members=has_members),
        _told(details.told, label),
        _rate(curves),
        _errors(curves, label, smoothing, has_members=has_members),
    )
    name = Path(details.folder).name
    return Scene(panels, name, f"StellarView, training run {name}", columns=2, widths=(1.25, 1.0))


def compared_scene(runs: Mapping[str, Curves], *, is_log: bool, smoothing: int) -> Scene:
    """Validation losses of several runs, the mean of each one's members."""
    scale = LossScale.of(runs.values(), is_log=is_log)
    values = [scale(curves.validation_ME) for curves in runs.values()]
    marks = [
        CurveMark(curves.epoch_E, smoothed(mean_of(value_ME), smoothing), _ROLES[place % len(_ROLES)], name)
        for place, ((name, curves), value_ME) in enumerate(zip(runs.items(), values, strict=True))
    ]
    last = max(float(curves.epoch_E[-1]) for curves in runs.values())
    panel = Panel(
        tuple(marks),
        "Epoch",
        f"Validation {scale.words}",
        _ends(np.array([1.0, last])),
        _ends(*(mark.y for mark in marks)),
    )
    names = ", ".join(runs)
    return Scene((panel,), names, f"StellarView, training runs {names}")


@dataclass(frozen=True)
class LossScale:
    """How losses are drawn. A likelihood can be negative: its logarithm is that of the height above the least."""

    is_log: bool
    floor: float = 0.0

    @classmethod
    def of(cls, runs: Iterable[Curves], *, is_log: bool) -> Self:
        """One scale for all of these curves."""
        values = np.concatenate([np.ravel(part) for one in runs for part in (one.train_ME, one.validation_ME)])
        known = values[np.isfinite(values)]
        if not is_log or not known.size or known.min() > 0:
            return cls(is_log)
        return cls(is_log, float(known.min()) - (0.01 * float(np.ptp(known)) or 1.0))

    @property
    def words(self) -> str:
        """For the axis."""
        above = " above its least" if self.floor else ""
        return f"loss{above} (log₁₀)" if self.is_log else "loss"

    def __call__(self, values: FloatArray) -> FloatArray:
        """Where they stand on the axis."""
        return np.log10(values - self.floor) if self.is_log else values


def smoothed(values_E: FloatArray, width: int) -> FloatArray:
    """A running mean over this many epochs, shorter at the ends; gaps stay gaps."""
    if width <= 1 or not values_E.size:
        return values_E
    known_E = np.isfinite(values_E)
    kernel = np.ones(min(width, values_E.size))
    total_E = np.convolve(np.where(known_E, values_E, 0.0), kernel, "same")
    count_E = np.convolve(known_E.astype(float), kernel, "same")
    return np.where(known_E, total_E / np.maximum(count_E, 1.0), np.nan)


def mean_of(values_ME: FloatArray) -> FloatArray:
    """Over all members; one that stopped stays at its last value, else the mean would jump where it stops."""
    held_ME = values_ME.copy()
    for epoch in range(1, held_ME.shape[1]):
        is_gap_M = np.isnan(held_ME[:, epoch])
        held_ME[is_gap_M, epoch] = held_ME[is_gap_M, epoch - 1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of epochs without any
        return np.asarray(np.nanmean(held_ME, axis=0))


def best_of(curves: Curves) -> tuple[FloatArray, FloatArray]:
    """Of each member the epoch of its least validation loss, and that loss: the weights that are kept."""
    known_M = np.isfinite(curves.validation_ME).any(axis=1)
    place_M = np.nanargmin(curves.validation_ME[known_M], axis=1)
    return curves.epoch_E[place_M], curves.validation_ME[known_M][np.arange(len(place_M)), place_M]


def _losses(curves: Curves, *, is_log: bool, smoothing: int, has_members: bool) -> Panel:
    scale = LossScale.of([curves], is_log=is_log)
    kinds: tuple[tuple[str, FloatArray, Role], ...] = (
        ("training", curves.train_ME, "second"),
        ("validation", curves.validation_ME, "first"),
    )
    marks: list[Mark] = []
    for _, values_ME, role in kinds if has_members and len(curves.train_ME) > 1 else ():
        lines = (smoothed(scale(values_E), smoothing) for values_E in values_ME[:_MOST_THIN])
        marks += [CurveMark(curves.epoch_E, line_E, role, weight="thin") for line_E in lines]
    for words, values_ME, role in kinds:
        mean_E = smoothed(mean_of(scale(values_ME)), smoothing)
        marks.append(CurveMark(curves.epoch_E, mean_E, role, words, weight="bold"))
    limits = _ends(*(mark.y for mark in marks if isinstance(mark, CurveMark)))
    epoch_M, loss_M = best_of(curves)
    marks.append(PointsMark(epoch_M, scale(loss_M), "third", "best of each member"))
    return Panel(tuple(marks), "", scale.words[0].upper() + scale.words[1:], _ends(curves.epoch_E), limits)


def _rate(curves: Curves) -> Panel:
    mean_E = mean_of(curves.rate_ME)
    rate_E = np.log10(np.where(mean_E > 0, mean_E, np.nan))
    mark = CurveMark(curves.epoch_E, rate_E, "third")
    limits = _ends(rate_E, least=0.1)
    return Panel((mark,), "Epoch", "Rate (log₁₀)", _ends(curves.epoch_E), limits, height=_RATE_HEIGHT)


def _errors(curves: Curves, label: str, smoothing: int, *, has_members: bool) -> Panel:
    error_ME = curves.error_ME.get(label)
    if error_ME is None:
        return Panel((), "", "", (0.0, 1.0), (0.0, 1.0), height=_RATE_HEIGHT)
    lines = [smoothed(error_E, smoothing) for error_E in error_ME[:_MOST_THIN]] if has_members else []
    mean_E = smoothed(mean_of(error_ME), smoothing)
    marks = [CurveMark(curves.epoch_E, line_E, "first", weight="thin") for line_E in lines]
    marks.append(CurveMark(curves.epoch_E, mean_E, "first", weight="bold"))
    unit = label_named(label).unit
    words = f"MAE ({unit})" if unit else "MAE"
    limits = _ends(*(mark.y for mark in marks))
    return Panel(tuple(marks), "Epoch", words, _ends(curves.epoch_E), limits, height=_RATE_HEIGHT)


def _told(told: Told | None, label: str) -> Panel:
    pair = None if told is None else told.labels.get(label)
    if pair is None:
        return Panel((), "", "", (0.0, 1.0), (0.0, 1.0))
    known_B = np.isfinite(pair[0]) & np.isfinite(pair[1])
    true_B, told_B = (values_B[known_B] for values_B in pair)
    ends = _ends(true_B)
    marks = (
        CurveMark(np.array(ends), np.array(ends), "masked"),
        PointsMark(true_B, told_B, "first"),
    )
    one = label_named(label)
    name = f"{one.text} ({one.unit})" if one.unit else one.text
    return Panel(marks, f"{name}: label", f"{name}: told", ends, _ends(true_B, told_B))


def _ends(*values: FloatArray, least: float = 0.0) -> tuple[float, float]:
    """All that is known, with some room."""
    every = np.concatenate([np.ravel(one) for one in values]) if values else np.zeros(0)
    known = every[np.isfinite(every)]
    if not known.size:
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    room = max(_ROOM * (high - low), least) or 0.5
    return low - room, high + room
