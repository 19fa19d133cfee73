"""What an item must know besides its mark: colours, font, and how the panel's axes run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPen

from stellarview.domain.arrays import FloatArray
from stellarview.scene.marks import ColourScale, Role
from stellarview.ui.theme import Theme


@dataclass(frozen=True)
class Look:
    """How the marks of one panel are drawn."""

    theme: Theme
    font: QFont
    scale: ColourScale | None = None
    is_log_x: bool = False

    def colour(self, role: Role, opacity: float = 1.0) -> QColor:
        """The colour of a role, laid over the background: opaque colours are drawn fastest."""
        return mixed((self.theme.plot, self.theme.roles[role]), opacity)

    def colour_of_value(self, value: float) -> QColor:
        """What the panel's scale gives this value."""
        if self.scale is None:
            return QColor(self.theme.foreground)
        return mixed(self.theme.sequential, self.scale.share(value))

    def x_on_axis(self, x: FloatArray) -> FloatArray:
        """Where data lie on the axis: at their logarithm, if it is logarithmic."""
        if not self.is_log_x:
            return np.asarray(x, dtype=np.float64)
        return np.log10(np.where(x > 0, x, np.nan))


def mixed(colours: Sequence[str], share: float) -> QColor:
    """The colour at this share of the way along a list of evenly spaced ones."""
    place = min(max(share, 0.0), 1.0) * (len(colours) - 1)
    first = min(int(place), len(colours) - 2)
    low, high = QColor(colours[first]), QColor(colours[first + 1])
    part = place - first
    return QColor.fromRgbF(
        *(
            float(a + part * (b - a))
            for a, b in zip(low.getRgbF()[:3], high.getRgbF()[:3], strict=True)  # type: ignore[index]
        )
    )


def thin_pen(colour: QColor, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """One pixel wide whatever the zoom: Qt draws it many times faster than any other."""
    pen = QPen(colour, 1.0, style)
    pen.setCosmetic(True)
    return pen
