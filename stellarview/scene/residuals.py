"""Builds the figure of a model's errors: residuals against the label and against S/N, with their running median."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.labels import LABELS
from stellarview.scene.marks import BandMark, CurveMark, Mark, Panel, PointsMark, Scene

_MOST_BINS, _LEAST_IN_BIN = 12, 8
# The outermost residuals would flatten all others; how many lie beyond is said.
_SHOWN_SHARE = 0.99


@dataclass(frozen=True, eq=False)
class Residuals:
    """What is drawn of one label (told minus true, in its unit), or of one class (its probability)."""

    key: str
    true_B: FloatArray | None
    value_B: FloatArray
    snr_B: FloatArray


def build_residual_scene(parts: Sequence[Residuals], title: str, provenance: str) -> Scene:
    """For each label two panels side by side; for a class one."""
    panels: list[Panel] = []
    for part in parts:
        name, unit = label_text(part.key)
        y_label = f"Probability of {part.key}" if part.true_B is None else f"{name}: told - true{_in(unit)}"
        if part.true_B is not None:
            panels.append(_panel(part.true_B, part.value_B, f"{name}{_in(unit)}", y_label))
        panels.append(_panel(part.snr_B, part.value_B, "S/N", y_label))
    return Scene(tuple(panels), title, provenance, columns=2)


def label_text(key: str) -> tuple[str, str]:
    """Name and unit of a label for a reader."""
    if key in LABELS:
        return LABELS[key].text, LABELS[key].unit
    return (key, "class") if key == "subtype" else (key, "")


def _in(unit: str) -> str:
    return f" ({unit})" if unit else ""


def _panel(x_B: FloatArray, y_B: FloatArray, x_label: str, y_label: str) -> Panel:
    is_snr = x_label == "S/N"
    known = np.isfinite(x_B) & np.isfinite(y_B) & ((x_B > 0) | (not is_snr))
    x_B, y_B = x_B[known], y_B[known]
    if not x_B.size:
        return Panel((), x_label, y_label, (0.0, 1.0), (0.0, 1.0), "nothing is known")
    low, high = (float(v) for v in np.quantile(y_B, [(1 - _SHOWN_SHARE) / 2, (1 + _SHOWN_SHARE) / 2]))
    room = 0.1 * ((high - low) or 1.0)
    beyond = int(((y_B < low - room) | (y_B > high + room)).sum())
    ends = float(x_B.min()), float(x_B.max())
    zero = (CurveMark(np.array(ends), np.zeros(2), "masked"),) if low < 0 < high else ()
    marks: tuple[Mark, ...] = (*zero, PointsMark(x_B, y_B, "flux"), *_trend(x_B, y_B))
    x_scale: Literal["linear", "log"] = "log" if is_snr else "linear"
    x_limits = (ends[0] / 1.1, ends[1] * 1.1) if is_snr else _widened(*ends)
    title = f"{x_B.size} spectra" + (f", {beyond} beyond the frame" if beyond else "")
    return Panel(marks, x_label, y_label, x_limits, (low - room, high + room), title, x_scale=x_scale)


def _widened(low: float, high: float) -> tuple[float, float]:
    room = 0.03 * ((high - low) or 1.0)
    return low - room, high + room


def _trend(x_B: FloatArray, y_B: FloatArray) -> tuple[Mark, ...]:
    """Median, and the range that holds 68%, in bins of equally many spectra."""
    bins = min(_MOST_BINS, x_B.size // _LEAST_IN_BIN)
    if bins < 2:
        return ()
    pieces = np.array_split(np.argsort(x_B, kind="stable"), bins)
    x = np.array([np.median(x_B[piece]) for piece in pieces])
    low, middle, high = np.array([np.quantile(y_B[piece], [0.16, 0.5, 0.84]) for piece in pieces]).T
    return BandMark(x, low, high, "error", "68%"), CurveMark(x, middle, "continuum", "median")
