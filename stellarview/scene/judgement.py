"""Builds the figure of a judgement: told against true before and after, errors by S/N, honest errors, and drift."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray
from stellarview.domain.judgement import CLASS, Evidence, Judgement, OutputJudgement
from stellarview.domain.labels import label_named
from stellarview.scene.marks import BandMark, CurveMark, Mark, Panel, PointsMark, Role, Scene

_TIMES: tuple[tuple[Role, str], ...] = (("second", "before"), ("first", "after"))
_ROOM, _SHOWN_SHARE, _LEAST_REACH = 0.06, 0.98, 3.0


def build_judgement_scene(judgement: Judgement, evidence: Evidence, provenance: str, keys: Sequence[str] = ()) -> Scene:
    """Of each output (or of those asked for) a row of panels: told, errors, PIT, and drift on the reference."""
    outputs = [output for output in judgement.outputs if not keys or output.key in keys]
    against = f", against {judgement.parent}" if judgement.parent else ""
    title = f"{judgement.model}{against}: {judgement.verdict}"
    if any(output.key == CLASS for output in outputs):
        return Scene((_by_snr(evidence, 0, CLASS), _drift(evidence, CLASS)), title, provenance, columns=2)
    panels = (panel for output in outputs for panel in _row(output, evidence))
    return Scene(tuple(panels), title, provenance, columns=4)


def _row(output: OutputJudgement, evidence: Evidence) -> tuple[Panel, ...]:
    place = evidence.keys.index(output.key)
    return (
        _told(evidence, place),
        _by_snr(evidence, place, output.key),
        _pit(output),
        _drift(evidence, output.key),
    )


def _told(evidence: Evidence, k: int) -> Panel:
    truth_B = evidence.truth_BK[:, k]
    known_B = np.isfinite(truth_B)
    if not known_B.any():
        return _empty(f"{_axis(evidence.keys[k])}: no held-out star has a value")
    ends = _ends(truth_B[known_B])
    told = [told_BK[:, k] for told_BK in (evidence.before_BK, evidence.after_BK)]
    marks: tuple[Mark, ...] = (
        CurveMark(np.array(ends), np.array(ends), "masked"),
        *_before_and_after(truth_B, told, known_B),
    )
    name = _axis(evidence.keys[k])
    return Panel(marks, f"{name}: label", f"{name}: told", ends, ends, f"{int(known_B.sum())} held-out spectra")


def _by_snr(evidence: Evidence, k: int, key: str) -> Panel:
    """Errors of labels, probabilities of the true class."""
    truth_B = np.zeros_like(evidence.snr_B) if key == CLASS else evidence.truth_BK[:, k]
    errors = [told_BK[:, k] - truth_B for told_BK in (evidence.before_BK, evidence.after_BK)]
    known_B = (evidence.snr_B > 0) & np.isfinite(errors[1])
    words = "Probability of the true class" if key == CLASS else f"{_axis(key)}: told - label"
    if not known_B.any():
        return _empty(words)
    x_limits = float(evidence.snr_B[known_B].min()) / 1.1, float(evidence.snr_B[known_B].max()) * 1.1
    zero = () if key == CLASS else (CurveMark(np.array(x_limits), np.zeros(2), "masked"),)
    y_limits = (0.0, 1.02) if key == CLASS else _reach(np.concatenate([error_B[known_B] for error_B in errors]))
    points = _before_and_after(evidence.snr_B, errors, known_B)
    return Panel((*zero, *points), "S/N", words, x_limits, y_limits, _beyond(errors, known_B, y_limits), x_scale="log")


def _before_and_after(x_B: FloatArray, values: Sequence[FloatArray], known_B: BoolArray) -> tuple[PointsMark, ...]:
    shown = [known_B & np.isfinite(value_B) for value_B in values]
    return tuple(
        PointsMark(x_B[shown_B], value_B[shown_B], role, words)
        for shown_B, value_B, (role, words) in zip(shown, values, _TIMES, strict=True)
        if shown_B.any()
    )


def _pit(output: OutputJudgement) -> Panel:
    """Shares of truths in tenths of what was told: flat is honest, a bowl means sigmas too small, a hill too large."""
    total, bins = sum(output.pit_after), len(output.pit_after)
    if not total:
        return _empty("PIT: no held-out star has a value")
    edges = np.linspace(0.0, 1.0, bins + 1)
    luck = np.sqrt((1 / bins) * (1 - 1 / bins) / total)
    low, high = (np.full(2, max(1 / bins + sign * luck, 0.0)) for sign in (-1, 1))
    band = BandMark(np.array([0.0, 1.0]), low, high, "error", "honest, 68%")
    marks: list[Mark] = [band]
    for counts, (role, legend) in zip((output.pit_before, output.pit_after), _TIMES, strict=True):
        if sum(counts):
            share = np.array(counts) / sum(counts)
            marks.append(CurveMark(np.repeat(edges, 2)[1:-1], np.repeat(share, 2), role, legend, weight="bold"))
    top = max(float(mark.y.max()) for mark in marks if isinstance(mark, CurveMark))
    words = f"1 sigma holds {output.after['within_68']:.0%}"
    return Panel(tuple(marks), "Probability told for a smaller value", "Share of stars", (0, 1), (0, 1.15 * top), words)


def _drift(evidence: Evidence, key: str) -> Panel:
    if key not in evidence.drift_keys or not len(evidence.near_C):
        return _empty("no reference of the parent")
    k = evidence.drift_keys.index(key)
    told_C, drift_C, near_C = evidence.reference_CK[:, k], evidence.drift_CK[:, k], evidence.near_C
    y_label = "Probability moved" if key == CLASS else "Drift (sigma of the parent)"
    x_label = "Probability that the parent told" if key == CLASS else f"{_axis(key)}: told by the parent"
    x_limits = _ends(told_C)
    free, kept = ("guessed by the parent", "known") if key == CLASS else ("near new labels", "away")
    kinds: tuple[tuple[BoolArray, Role, str], ...] = ((near_C, "catalogue", free), (~near_C, "first", kept))
    points = tuple(PointsMark(told_C[rows], drift_C[rows], role, words) for rows, role, words in kinds if rows.any())
    if key == CLASS:
        limits = (0.0, max(1.1 * float(drift_C.max()), 0.05))
        return Panel(points, x_label, y_label, x_limits, limits, f"{len(drift_C)} spectra")
    reach = max(_LEAST_REACH, *np.abs(_reach(drift_C)))
    lines = [CurveMark(np.array(x_limits), np.full(2, y), "masked", weight="thin") for y in (-2.0, 0.0, 2.0)]
    title = f"{len(drift_C)} spectra" + _more([drift_C], np.ones(len(drift_C), dtype=bool), (-reach, reach))
    return Panel((*lines, *points), x_label, y_label, x_limits, (-reach, reach), title)


def _axis(key: str) -> str:
    label = label_named(key)
    return f"{label.text} ({label.unit})" if label.unit else label.text


def _ends(values: FloatArray) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    room = _ROOM * ((high - low) or 1.0)
    return low - room, high + room


def _reach(values: FloatArray) -> tuple[float, float]:
    """About zero, without the outermost, which would flatten all others."""
    known = np.abs(values[np.isfinite(values)])
    reach = float(np.quantile(known, _SHOWN_SHARE)) * 1.3 if known.size else 1.0
    return -(reach or 1.0), reach or 1.0


def _beyond(errors: Sequence[FloatArray], known_B: BoolArray, limits: tuple[float, float]) -> str:
    words = _more(errors, known_B, limits).lstrip(", ")
    return words and f"{words} the frame"


def _more(values: Sequence[FloatArray], known_B: BoolArray, limits: tuple[float, float]) -> str:
    count = sum(int(((one[known_B] < limits[0]) | (one[known_B] > limits[1])).sum()) for one in values)
    return f", {count} beyond" if count else ""


def _empty(words: str) -> Panel:
    return Panel((), words, "", (0.0, 1.0), (0.0, 1.0), "nothing is known")
