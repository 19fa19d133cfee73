"""A slim picture of the whole spectrum, with the stretch that a view shows to be dragged along it."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from stellarview.domain.arrays import FloatArray
from stellarview.scene.marks import CurveMark
from stellarview.ui.plot.look import Look, thin_pen
from stellarview.ui.plot.paths import CurveItem
from stellarview.ui.plot.view import SceneView
from stellarview.ui.theme import Theme, theme_of

_HEIGHT, _TINT = 44, 50
# Cosmic rays must not flatten the rest.
_PERCENTILES = (0.5, 99.5)


class OverviewBar(QWidget):
    """Follows the x axis of one panel of a view, and moves it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mark: CurveMark | None = None
        self._view: SceneView | None = None
        self._panel, self._is_following = 0, False
        self.canvas = pg.GraphicsView(background=None)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0.0)
        self._box.disableAutoRange()
        self.canvas.setCentralItem(self._box)
        self._curve = CurveItem()
        self._box.addItem(self._curve, ignoreBounds=True)
        self.region = pg.LinearRegionItem()
        self._box.addItem(self.region, ignoreBounds=True)
        self.region.sigRegionChanged.connect(self._on_drag)
        self.canvas.scene().sigMouseClicked.connect(self._on_click)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.canvas)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT)
        self.setAccessibleName("Overview of the spectrum")
        self.set_theme(theme_of(self.palette()))

    def link(self, view: SceneView, panel_index: int = 0) -> None:
        """Follow this panel of the view, and move it when the region is dragged."""
        if self._view is not None:
            self._view.range_changed.disconnect(self._follow)
        self._view, self._panel = view, panel_index
        view.range_changed.connect(self._follow)
        self._follow()

    def set_curve(self, x: FloatArray, y: FloatArray) -> None:
        """The whole spectrum; x in the units of the panel's axis."""
        self._mark, self._is_following = CurveMark(x, y, "flux"), True
        known = np.isfinite(x) & np.isfinite(y)
        if known.any():
            low, high = (float(v) for v in np.percentile(y[known], _PERCENTILES))
            ends = float(x[known].min()), float(x[known].max())
            self._box.setRange(xRange=ends, yRange=(low, high if high > low else low + 1.0), padding=0.0)
            self.region.setBounds(ends)
        self._is_following = False
        self.set_theme(theme_of(self.palette()))
        self._follow()

    def set_theme(self, theme: Theme) -> None:
        """The same items in other colours."""
        self.canvas.setBackground(theme.plot)
        tint = QColor(theme.highlight)
        tint.setAlpha(_TINT)
        self.region.setBrush(tint)
        tint.setAlpha(2 * _TINT)
        self.region.setHoverBrush(tint)
        for line in self.region.lines:
            line.setPen(thin_pen(QColor(theme.highlight)))
            line.setHoverPen(thin_pen(QColor(theme.foreground)))
        self._box.setBorder(thin_pen(QColor(theme.faint)))
        if self._mark is not None:
            self._curve.show_marks((self._mark,), Look(theme, self.font()))

    def sizeHint(self) -> QSize:
        return QSize(600, _HEIGHT)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "region"):
            self.set_theme(theme_of(self.palette()))

    def _follow(self) -> None:
        """Put the region where the view is."""
        if self._view is None or self._is_following or self._panel >= len(self._view.ranges()):
            return
        self._is_following = True
        self.region.setRegion(self._view.ranges()[self._panel][0])
        self._is_following = False

    def _on_drag(self) -> None:
        if self._view is not None and not self._is_following and self._view.ranges():
            self._is_following = True
            low, high = self.region.getRegion()
            if high > low:
                self._view.set_x_range(float(low), float(high), self._panel, "overview")
            self._is_following = False

    def _on_click(self, event: object) -> None:
        """A click beside the region brings it there."""
        low, high = self.region.getRegion()
        at = self._box.mapSceneToView(event.scenePos()).x()  # type: ignore[attr-defined]
        if not low <= at <= high:
            self.region.setRegion((at - (high - low) / 2, at + (high - low) / 2))
