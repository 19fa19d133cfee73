"""Items of many stars: single points, and how many lie where."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF

from stellarview.domain.arrays import FloatArray
from stellarview.scene.marks import DensityMark, PointsMark
from stellarview.ui.plot.look import Look
from stellarview.ui.plot.paths import transparent

_MANY = 20
_REACH_PIXELS = 8.0
# A cell of one star is seen, but no more; and the fullest lets isochrones be seen.
_FAINTEST, _FULLEST = 0.2, 0.6


class PointsItem(pg.ScatterPlotItem):
    """Dots of one size on the screen."""

    gathers = False

    def show_marks(self, marks: Sequence[PointsMark], look: Look) -> None:
        """Draw the points; many are small and translucent."""
        (mark,) = marks
        self.mark = mark
        many = len(mark.x) > _MANY
        brush = transparent(look.colour(mark.role), 0.6 if many else 1.0)
        self.points_x = look.x_on_axis(mark.x)
        known = np.isfinite(self.points_x) & np.isfinite(mark.y)
        size = 5 if many else 7
        self.setData(x=self.points_x[known], y=mark.y[known], size=size, brush=pg.mkBrush(brush), pen=pg.mkPen(None))

    def index_near(self, place: QPointF, pixel: tuple[float, float]) -> int | None:
        """The point under the mouse, if there is one: `place` and the size of a pixel are in the axes' units."""
        if not len(self.mark.x):
            return None
        away = np.hypot((self.points_x - place.x()) / pixel[0], (self.mark.y - place.y()) / pixel[1])
        away = np.where(np.isfinite(away), away, np.inf)
        nearest = int(away.argmin())
        return nearest if away[nearest] <= _REACH_PIXELS else None

    def mouseClickEvent(self, ev: object) -> None:
        """Left to the view, which knows what lies on top."""
        ev.ignore()  # type: ignore[attr-defined]


class DensityItem(pg.ImageItem):
    """An image whose cells grow opaque with the logarithm of the count."""

    gathers = False

    def show_marks(self, marks: Sequence[DensityMark], look: Look) -> None:
        """Draw the one density."""
        (mark,) = marks
        colour = look.colour(mark.role)
        image = np.zeros((*mark.count_YX.shape, 4), dtype=np.uint8)
        image[..., :3] = (colour.red(), colour.green(), colour.blue())
        image[..., 3] = np.round(255 * _opacity(mark.count_YX))
        self.setImage(image, axisOrder="row-major", autoLevels=False, levels=None)
        x = look.x_on_axis(mark.x_edges[[0, -1]])
        y = mark.y_edges[[0, -1]]
        self.setRect(QRectF(x[0], y[0], x[1] - x[0], y[1] - y[0]))


def _opacity(count_YX: FloatArray) -> FloatArray:
    most = float(np.log(count_YX.max())) if count_YX.size and count_YX.max() > 1 else 1.0
    share = _FAINTEST + (_FULLEST - _FAINTEST) * np.log(np.maximum(count_YX, 1.0)) / most
    return np.where(count_YX > 0, share, 0.0)
