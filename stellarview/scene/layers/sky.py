"""Where Earth's atmosphere leaves its own lines: bands of oxygen and water, and the lines of the night sky."""

from __future__ import annotations

import numpy as np

from stellarview.scene.marks import Mark, SpanMark
from stellarview.scene.shown import ShownArm

# Observed wavelengths in air, Angstrom: where LAMOST's spectra show the bands.
_BANDS = (
    (6276.0, 6320.0, "O₂ γ"), (6867.0, 6944.0, "O₂ B"), (7160.0, 7340.0, "H₂O"), (7594.0, 7700.0, "O₂ A"),
    (8100.0, 8400.0, "H₂O"), (8920.0, 9100.0, "H₂O"),
)  # fmt: skip
_LINES = (
    (5577.34, "[O I] sky"),
    (5889.95, "Na I sky"),
    (5895.92, "Na I sky"),
    (6300.30, "[O I] sky"),
    (6363.78, "[O I] sky"),
)
_HALF_LINE_ANGSTROM = 3.0


def sky(context: ShownArm) -> list[Mark]:
    """The bands and lines within the axis, the bands with their names."""
    ends = [(low, high, name, name) for low, high, name in _BANDS]
    ends += [(centre - _HALF_LINE_ANGSTROM, centre + _HALF_LINE_ANGSTROM, name, "") for centre, name in _LINES]
    x = context.view.axis.place(np.array([one[:2] for one in ends]), "air", "observed")
    low, high = context.x_limits
    marks: list[Mark] = []
    for (start, stop), (*_, name, text) in zip(x.tolist(), ends, strict=True):
        if start < high and stop > low:
            legend = "" if marks else "Earth's atmosphere"
            marks.append(SpanMark(max(start, low), min(stop, high), "sky", f"{name}, Earth's atmosphere", legend, text))
    return marks
