"""The widget that shows a scene: panels, zoom, keys, and signals of where the user points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from stellarview.scene.marks import LineLabelMark, Scene
from stellarview.ui.plot.canvas import Canvas
from stellarview.ui.plot.mouse import Mode
from stellarview.ui.plot.panel import PanelPlot
from stellarview.ui.plot.zoom import Ranges, Zoom
from stellarview.ui.theme import Theme, theme_of

_KEY_ZOOM, _KEY_STEP = 0.8, 0.1
_CURSORS: dict[Mode, Qt.CursorShape] = {
    "pan": Qt.CursorShape.ArrowCursor,
    "zoom": Qt.CursorShape.CrossCursor,
    "select": Qt.CursorShape.SplitHCursor,
    "lasso": Qt.CursorShape.CrossCursor,
}
_LOOKS = {
    QEvent.Type.PaletteChange, QEvent.Type.ApplicationPaletteChange, QEvent.Type.StyleChange, QEvent.Type.FontChange,
}  # fmt: skip


class SceneView(QWidget):
    """Shows one scene after the other, in the same items. Panels are told by their index in the scene."""

    clicked = Signal(int, float, float)
    hovered = Signal(int, float, float)
    line_clicked = Signal(object)
    point_clicked = Signal(int, object, int)
    region_selected = Signal(int, float, float)
    lassoed = Signal(int, object, object)
    range_changed = Signal()

    def __init__(
        self, parent: QWidget | None = None, *, link_x: bool = False, crosshair: bool = False, title: bool = True
    ) -> None:
        super().__init__(parent)
        self.scene: Scene | None = None
        self.link_x, self.has_crosshair = link_x, crosshair
        self._mode: Mode = "pan"
        self._active = 0
        self._theme = theme_of(self.palette())
        self._title = TitleLine(self)
        self._title.setVisible(title)
        self.canvas = Canvas()
        self._zoom = Zoom(self)
        self._zoom.changed.connect(self.range_changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._title)
        column.addWidget(self.canvas, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.canvas.scene().sigMouseMoved.connect(self._on_move)
        self.setAccessibleName("Plot")
        self._keys = self._key_table()
        self._draw()

    def set_scene(self, scene: Scene, keep_range: bool = True) -> None:
        """Show this scene; where it is of the same kind as the last one, the user's zoom stays."""
        self.scene = scene
        self._draw()
        self._zoom.begin(scene, self.canvas.plots, link_x=self.link_x, keep=keep_range)
        self._active = min(self._active, max(len(scene.panels) - 1, 0))
        self.setAccessibleName(f"Plot: {scene.title}")
        self.setAccessibleDescription(described(scene))

    def set_theme(self, theme: Theme) -> None:
        """Draw the same items in other colours."""
        self._theme = theme
        self._draw()

    def set_names(self, panel_index: int, marks: Sequence[LineLabelMark]) -> None:
        """Name these lines in a panel, until the next scene."""
        self.canvas.plots[panel_index].show_names(marks)

    def place_of(self, panel_index: int, x: float) -> QPoint:
        """Where a place on a panel's axis is in this widget's pixels, at the top of the panel."""
        box = self.canvas.plots[panel_index].box
        at = box.mapViewToScene(QPointF(x, 0.0)).x()
        pixel: QPoint = self.canvas.mapFromScene(QPointF(at, box.sceneBoundingRect().top()))
        return QPoint(self.canvas.mapTo(self, pixel))

    def set_mode(self, mode: Mode) -> None:
        """What dragging with the left button does: pan, zoom, select a stretch, or draw round points."""
        self._mode = mode
        for plot in self.canvas.plots:
            plot.box.mode = mode
        self.canvas.viewport().setCursor(_CURSORS[mode])

    @property
    def mode(self) -> Mode:
        """What dragging does now."""
        return self._mode

    def home(self) -> None:
        """Show everything."""
        self._zoom.home()

    def back(self) -> None:
        """Undo the last zoom."""
        self._zoom.back()

    def ranges(self) -> list[Ranges]:
        """For each panel what is seen along x and y, low to high, in the axes' coordinates (log10 on log axes)."""
        return self._zoom.ranges()

    def home_ranges(self) -> list[Ranges]:
        """The same before anybody zooms."""
        return self._zoom.homes()

    def set_x_range(self, low: float, high: float, panel_index: int = 0, gesture: str = "") -> None:
        """Show this stretch in a panel and in those that move with it; a user's gesture can be taken back."""
        if gesture:
            self._zoom.remember(gesture)
        self._zoom.set_x(panel_index, low, high)

    def image(self) -> QImage:
        """The view as it is on the screen."""
        return self.grab().toImage()

    def sizeHint(self) -> QSize:
        return QSize(900, 600)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        act = self._keys.get(Qt.Key(event.key()))
        if act is None or self.scene is None or not self.scene.panels:
            super().keyPressEvent(event)
        else:
            act()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in _LOOKS and hasattr(self, "canvas"):
            self.set_theme(theme_of(self.palette()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._forget_mouse()

    def _draw(self) -> None:
        if self.scene is None:
            self.canvas.setBackground(self._theme.plot)
            return
        self._title.setText(self.scene.title)
        self._title.setToolTip(self.scene.title)  # whole, where there is no room for it
        for index, plot in self.canvas.show_scene(self.scene, self._theme, self.font()):
            self._connect(index, plot)

    def _connect(self, index: int, plot: PanelPlot) -> None:
        box = plot.box
        box.mode = self._mode
        box.touched.connect(self._zoom.remember)
        box.sigXRangeChanged.connect(lambda *_: self._zoom.follow(index))
        box.sigYRangeChanged.connect(lambda *_: self._zoom.follow(index, axis=1))
        box.sigResized.connect(lambda *_: self._zoom.fit_names(index))
        box.clicked.connect(partial(self._on_click, index))
        box.stretch_selected.connect(lambda x0, x1: self.region_selected.emit(index, plot.data_x(x0), plot.data_x(x1)))
        box.outline_drawn.connect(lambda xs, ys: self.lassoed.emit(index, plot.data_x(xs), ys))

    def _on_click(self, index: int, pixel: QPointF) -> None:
        """The topmost of what was hit: a name, a point, or the panel itself."""
        plot, self._active = self.canvas.plots[index], index
        line, point = plot.line_at(pixel), plot.point_at(pixel)
        if line is not None:
            self.line_clicked.emit(line)
        elif point is not None:
            self.point_clicked.emit(index, *point)
        else:
            place = plot.box.mapToView(pixel)
            self.clicked.emit(index, plot.data_x(place.x()), place.y())

    def _on_move(self, scene_place: QPointF) -> None:
        self._forget_mouse()
        for index, plot in enumerate(self.canvas.plots):
            if plot.box.sceneBoundingRect().contains(scene_place):
                self._hover(index, plot, plot.box.mapFromScene(scene_place))

    def _hover(self, index: int, plot: PanelPlot, pixel: QPointF) -> None:
        place, self._active = plot.box.mapToView(pixel), index
        line = plot.line_at(pixel)
        plot.hover_line(line)
        can_click = line is not None or plot.point_at(pixel) is not None
        self.canvas.viewport().setCursor(Qt.CursorShape.PointingHandCursor if can_click else _CURSORS[self._mode])
        plot.box.setToolTip(plot.reason_at(pixel))
        if self.has_crosshair:
            self._show_crosshair(index, place)
        self.hovered.emit(index, plot.data_x(place.x()), place.y())

    def _show_crosshair(self, index: int, place: QPointF) -> None:
        for k in self._zoom.linked(index):
            self.canvas.plots[k].show_crosshair(place.x(), place.y() if k == index else None)

    def _forget_mouse(self) -> None:
        for plot in self.canvas.plots:
            plot.show_crosshair(None, None)
            plot.hover_line(None)

    def _key_table(self) -> dict[Qt.Key, Callable[[], None]]:
        key = Qt.Key
        return {
            key.Key_Plus: lambda: self._scale(_KEY_ZOOM),
            key.Key_Equal: lambda: self._scale(_KEY_ZOOM),
            key.Key_Minus: lambda: self._scale(1 / _KEY_ZOOM),
            key.Key_Left: lambda: self._step(-_KEY_STEP, 0.0),
            key.Key_Right: lambda: self._step(_KEY_STEP, 0.0),
            key.Key_Up: lambda: self._step(0.0, _KEY_STEP),
            key.Key_Down: lambda: self._step(0.0, -_KEY_STEP),
            key.Key_Home: self.home,
            key.Key_Backspace: self.back,
        }

    def _scale(self, factor: float) -> None:
        """Zoom along x about the middle of the panel where the mouse was last."""
        self._zoom.remember("key")
        self.canvas.plots[self._active].box.scaleBy(x=factor, y=1.0)

    def _step(self, right: float, up: float) -> None:
        """Move by a share of what is seen, in the directions of the screen."""
        box = self.canvas.plots[self._active].box
        (x0, x1), (y0, y1) = box.viewRange()
        self._zoom.remember("key")
        along_x, along_y = -1.0 if box.xInverted() else 1.0, -1.0 if box.yInverted() else 1.0
        box.translateBy(x=along_x * right * (x1 - x0), y=along_y * up * (y1 - y0))


class TitleLine(QLabel):
    """A title that is cut where there is no room, so that a long name never makes the window wide."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setContentsMargins(8, 4, 8, 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, room = QPainter(self), self.contentsRect()
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)


def described(scene: Scene) -> str:
    """What the plot shows, for those who cannot see it."""
    sentences = []
    for panel in scene.panels:
        names = [mark.text for mark in panel.marks if isinstance(mark, LineLabelMark)]
        named = f"; named lines: {', '.join(names)}" if names else ""
        low, high = sorted(panel.x_limits)
        across = panel.x_label or "the axis of the panel below"
        sentences.append(f"{panel.y_label} against {across} from {low:.4g} to {high:.4g}{named}.".replace("\n", " "))
    return " ".join(sentences)
