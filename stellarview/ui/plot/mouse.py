"""What the mouse does in a panel: pans, zooms, marks a stretch, draws round points, clicks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, get_args

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem

from stellarview.ui.plot.look import thin_pen
from stellarview.ui.theme import Theme

Mode = Literal["pan", "zoom", "select", "lasso"]
MODES: tuple[Mode, ...] = get_args(Mode)
# A box flatter than this was meant to zoom along x alone, a narrower one along y alone.
_FLAT_PIXELS = 12.0
_WHEEL_BASE, _WHEEL_SCALE, _WHEEL_PAN = 1.02, -1.0 / 8.0, 1.0 / 1200.0
_TINT = 40


class MouseBox(pg.ViewBox):
    """A panel's box: the left button and the wheel do what the mode says, and others are told of it."""

    touched = Signal(str)  # the user is about to change the ranges: "wheel", "drag" or "box"
    clicked = Signal(object)  # QPointF in the box' pixels
    stretch_selected = Signal(float, float)
    outline_drawn = Signal(object, object)

    def __init__(self) -> None:
        super().__init__(enableMenu=False, defaultPadding=0.0)
        self.disableAutoRange()
        self.mode: Mode = "pan"
        self._dragging: Mode = "pan"
        self._outline = QGraphicsPathItem(self)
        self._outline.hide()
        self._drags: dict[Mode, Callable[[Any], None]] = {
            "pan": self._pan,
            "zoom": self._zoom,
            "select": self._select,
            "lasso": self._lasso,
        }

    def set_colours(self, theme: Theme) -> None:
        """Colours of what is drawn while the mouse is dragged."""
        colour, tint = QColor(theme.highlight), QColor(theme.highlight)
        tint.setAlpha(_TINT)
        self.rbScaleBox.setPen(thin_pen(colour))
        self.rbScaleBox.setBrush(tint)
        self._outline.setPen(thin_pen(colour))
        self._outline.setBrush(tint)
        self.setBorder(thin_pen(QColor(theme.foreground)))

    def wheelEvent(self, ev: Any, axis: int | None = None) -> None:
        """Zooms along x; with Shift, or over the y axis, along y. Turned sideways it pans."""
        ev.accept()
        self.touched.emit("wheel")
        has_shift = bool(ev.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if ev.orientation() == Qt.Orientation.Horizontal and not has_shift:
            self._pan_sideways(ev.delta())
            return
        is_y, factor = axis == 1 or has_shift, _WHEEL_BASE ** (ev.delta() * _WHEEL_SCALE)
        self.scaleBy(x=1.0 if is_y else factor, y=factor if is_y else 1.0, center=self.mapSceneToView(ev.scenePos()))

    def _pan_sideways(self, delta: float) -> None:
        low, high = self.viewRange()[0]
        share = delta * _WHEEL_PAN if self.xInverted() else -delta * _WHEEL_PAN
        self.translateBy(x=share * (high - low), y=0.0)

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        if ev.button() != Qt.MouseButton.LeftButton:
            ev.ignore()
            return
        ev.accept()
        if axis is not None:
            self._pan(ev, axis)
            return
        if ev.isStart():  # Ctrl selects in any mode, and need not be held to the end
            is_held = bool(ev.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self._dragging = "select" if is_held else self.mode
        self._drags[self._dragging](ev)

    def mouseClickEvent(self, ev: Any) -> None:
        place = self.mapFromScene(ev.scenePos())
        if ev.button() == Qt.MouseButton.LeftButton and self.rect().contains(place):
            ev.accept()
            self.clicked.emit(place)
        else:
            ev.ignore()

    def _pan(self, ev: Any, axis: int | None = None) -> None:
        if ev.isStart():
            self.touched.emit("drag")
        last = ev.buttonDownScenePos() if ev.isStart() else ev.lastScenePos()
        way = self.mapSceneToView(last) - self.mapSceneToView(ev.scenePos())
        self.translateBy(x=0.0 if axis == 1 else way.x(), y=0.0 if axis == 0 else way.y())

    def _zoom(self, ev: Any) -> None:
        start, end = QPointF(ev.buttonDownPos()), QPointF(ev.pos())
        flat, narrow = (abs(d) < _FLAT_PIXELS for d in ((end - start).y(), (end - start).x()))
        whole = self.rect()
        if flat:
            start, end = QPointF(start.x(), whole.top()), QPointF(end.x(), whole.bottom())
        elif narrow:
            start, end = QPointF(whole.left(), start.y()), QPointF(whole.right(), end.y())
        if not ev.isFinish():
            self.updateScaleBox(start, end)
            return
        self.rbScaleBox.hide()
        if not (flat and narrow):
            self.touched.emit("box")
            box = self.childGroup.mapRectFromParent(QRectF(start, end).normalized().intersected(whole))
            self.setRange(box.normalized(), padding=0.0)

    def _select(self, ev: Any) -> None:
        """A stretch of x, over the whole height."""
        whole = self.rect()
        first, last = (min(max(place.x(), whole.left()), whole.right()) for place in (ev.buttonDownPos(), ev.pos()))
        if not ev.isFinish():
            self.updateScaleBox(QPointF(first, whole.top()), QPointF(last, whole.bottom()))
            return
        self.rbScaleBox.hide()
        ends = sorted(self.mapToView(QPointF(place, 0.0)).x() for place in (first, last))
        if ends[1] > ends[0]:
            self.stretch_selected.emit(*ends)

    def _lasso(self, ev: Any) -> None:
        path = self._outline.path()
        if ev.isStart():
            path = QPainterPath(QPointF(ev.buttonDownPos()))
        path.lineTo(QPointF(ev.pos()))
        self._outline.setPath(path)
        self._outline.setVisible(not ev.isFinish())
        if ev.isFinish() and path.elementCount() > 2:
            corners = [path.elementAt(k) for k in range(path.elementCount())]
            places = [self.mapToView(QPointF(one.x, one.y)) for one in corners]
            self.outline_drawn.emit(np.array([p.x() for p in places]), np.array([p.y() for p in places]))
