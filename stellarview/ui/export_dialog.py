"""What is on the screen as a figure for a paper: which view, which size, which format, and how it will look."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDockWidget,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from stellarview.domain.errors import StellarViewError
from stellarview.engine.jobs import export
from stellarview.engine.wishes import About, FigureWish
from stellarview.scene.figure import FORMATS
from stellarview.ui.place_field import PlaceField, file_stem
from stellarview.ui.plot.view import SceneView
from stellarview.ui.widgets import label, named

if TYPE_CHECKING:
    from stellarview.ui.main_window import MainWindow

# What the width is for, in inches; None is a width of one's own.
WIDTHS: dict[str, float | None] = {"Column, 3.5 in": 3.5, "Page, 7 in": 7.0, "Slide, 10 in": 10.0, "Own width": None}
_SEEN, _ALL = "What is seen", "Everything"
_PREVIEW_DPI, _PREVIEW_AFTER_MS = 100, 300
_FIELDS_WIDTH = 320


class ExportDialog(QDialog):
    """Stays open beside the window, so that a view can be zoomed until its figure is right."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._desk = window, window.desk
        self.setWindowTitle("Export a figure")
        self.views: dict[str, SceneView] = {}
        self._followed: SceneView | None = None
        self._make_fields()
        self._lay_out()
        self._soon = QTimer(self, singleShot=True, interval=_PREVIEW_AFTER_MS)
        self._soon.timeout.connect(self._ask_for_preview)
        self.finished.connect(lambda _: self._desk.tasks.cancel("preview"))
        self._desk.findings.opened_changed.connect(self._later)

    @property
    def view(self) -> SceneView | None:
        """The view that is chosen."""
        return self.views.get(self.which.currentText())

    def wish(self, dpi: int) -> FigureWish | None:
        """The figure as the fields say; None where nothing is shown."""
        view = self.view
        if view is None or view.scene is None:
            return None
        height = None if self.is_natural.isChecked() else self.height_inch.value()
        is_zoomed = view.ranges() != view.home_ranges()
        seen = tuple(view.ranges()) if is_zoomed and self.part.currentText() == _SEEN else None
        return FigureWish(view.scene, self.width_inch.value(), height, dpi, seen)

    def show_view(self, view: SceneView | None) -> None:
        """Propose this view."""
        self._fill_views()
        name = next((name for name, one in self.views.items() if one is view), "")
        if name:
            self.which.setCurrentText(name)
        self._propose_place()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._later()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_picture()

    def _make_fields(self) -> None:
        self.which = named(QComboBox(), "View", "Which view becomes a figure")
        self.part = named(QComboBox(), "Part", "As far as the view is zoomed in, or all of it")
        self.part.addItems([_SEEN, _ALL])
        self.format = named(QComboBox(), "Format", "PDF and SVG stay sharp at any size, their text stays text")
        self.format.addItems([name.upper() for name in FORMATS])
        self.purpose = named(QComboBox(), "Width for", "What the figure is for")
        self.purpose.addItems(list(WIDTHS))
        self.purpose.setCurrentText("Page, 7 in")
        self.width_inch = named(QDoubleSpinBox(), "Width", "Width of the figure, inches")
        self.height_inch = named(QDoubleSpinBox(), "Height", "Height of the figure, inches")
        for spin, value in ((self.width_inch, 7.0), (self.height_inch, 4.0)):
            spin.setRange(1.5, 40.0)
            spin.setSingleStep(0.5)
            spin.setSuffix(" in")
            spin.setValue(value)
        self.is_natural = named(QCheckBox("Natural"), "Natural height", "As high as the panels need")
        self.is_natural.setChecked(True)
        self.dpi = named(QSpinBox(), "Resolution", "Dots per inch of a PNG")
        self.dpi.setRange(50, 1200)
        self.dpi.setValue(300)
        self.dpi.setSuffix(" dpi")
        self.place = PlaceField("file", "File", "Where the figure goes; its provenance is written beside it as JSON")
        self.picture = named(QLabel(), "Preview", "The figure as it will be, light as papers are")
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setMinimumSize(420, 320)
        self.picture.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._pixmap = QPixmap()
        self.which.currentTextChanged.connect(self._view_chosen)
        self.format.currentTextChanged.connect(self._format_chosen)
        self.purpose.currentTextChanged.connect(self._purpose_chosen)
        self.width_inch.valueChanged.connect(self._width_given)
        self.is_natural.toggled.connect(self._enable)
        self.is_natural.toggled.connect(self._later)
        self.height_inch.valueChanged.connect(self._later)
        self.part.currentTextChanged.connect(self._later)
        self.place.changed.connect(self._enable)

    def _lay_out(self) -> None:
        form = QFormLayout()
        for words, fields in (
            ("&View", (self.which,)),
            ("&Part", (self.part,)),
            ("&Format", (self.format, self.dpi)),
            ("&Width", (self.purpose, self.width_inch)),
            ("&Height", (self.is_natural, self.height_inch)),
            ("F&ile", (self.place,)),
        ):
            form.addRow(words, _side_by_side(*fields))
        buttons = QDialogButtonBox()
        self.export = named(QPushButton("&Export"), "Export", "Write the figure")
        self.export.setDefault(True)
        self.export.clicked.connect(self._export)
        buttons.addButton(self.export, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.state = label("", "What is being done")
        left = QVBoxLayout()
        left.addLayout(form)
        left.addStretch(1)
        left.addWidget(self.state)
        left.addWidget(buttons)
        row = QHBoxLayout(self)
        self.place.setMinimumWidth(_FIELDS_WIDTH)
        row.addLayout(left)
        row.addWidget(self.picture, 1)
        self.resize(1160, 520)
        self._enable()

    def _fill_views(self) -> None:
        """Anew where other panels show something now."""
        views, chosen = shown_views(self._window), self.which.currentText()
        if views == self.views:
            return
        self.views = views
        self.which.blockSignals(True)
        self.which.clear()
        self.which.addItems(list(self.views))
        self.which.setCurrentText(chosen if chosen in self.views else next(iter(self.views), ""))
        self.which.blockSignals(False)
        self._follow_zoom()
        self._enable()

    def _view_chosen(self) -> None:
        self._follow_zoom()
        self._propose_place()
        self._later()

    def _follow_zoom(self) -> None:
        if self._followed is not None:
            self._followed.range_changed.disconnect(self._later)
        self._followed = self.view
        if self._followed is not None:
            self._followed.range_changed.connect(self._later)

    def _propose_place(self) -> None:
        folder = self.place.path.parent if self.place.path else Path(self._window.files.last_folder)
        star = self._desk.findings.known(self._desk.workspace.session.current).row.get("name") or ""
        stem = file_stem(str(star), self.which.currentText().lower())
        self.place.set_path(folder / f"{stem}.{self.format.currentText().lower()}")

    def _format_chosen(self, name: str) -> None:
        self.place.set_ending(f".{name.lower()}")
        self._enable()

    def _purpose_chosen(self, name: str) -> None:
        width = WIDTHS[name]
        if width is not None:
            self.width_inch.setValue(width)

    def _width_given(self, width: float) -> None:
        name = next((name for name, one in WIDTHS.items() if one == width), list(WIDTHS)[-1])
        self.purpose.setCurrentText(name)
        self._later()

    def _enable(self) -> None:
        self.dpi.setEnabled(self.format.currentText() == "PNG")
        self.height_inch.setEnabled(not self.is_natural.isChecked())
        self.export.setEnabled(self.place.path is not None and bool(self.views))

    def _later(self, *_: object) -> None:
        if self.isVisible():
            self._soon.start()

    def _ask_for_preview(self) -> None:
        self._fill_views()
        wish = self.wish(_PREVIEW_DPI)
        if wish is None:
            self.picture.setText("Nothing is shown in this view yet.")
            return
        self._desk.tasks.run(
            "preview", export.preview, wish, then=self._previewed, otherwise=self._no_preview, urgency="now"
        )

    def _previewed(self, png: bytes) -> None:
        self._pixmap.loadFromData(png)
        self._show_picture()

    def _no_preview(self, error: StellarViewError) -> None:
        self.picture.setText(f"{error.what}\n{error.why}")

    def _show_picture(self) -> None:
        if not self._pixmap.isNull():
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            ratio = self.picture.devicePixelRatioF()
            scaled = self._pixmap.scaled(self.picture.size() * ratio, keep, smooth)
            scaled.setDevicePixelRatio(ratio)
            self.picture.setPixmap(scaled)

    def _export(self) -> None:
        wish, path = self.wish(self.dpi.value()), self.place.path
        if wish is None or path is None:
            return
        self.export.setEnabled(False)
        self.state.setText(f"Drawing {path.name}…")
        self._desk.tasks.run(
            "export figure", export.draw, wish, path.absolute(), self._about(), then=self._drawn,
            otherwise=self._refused, urgency="now",
        )  # fmt: skip

    def _about(self) -> About:
        from stellarview.ui.commands.export import commands_of

        session, findings = self._desk.workspace.session, self._desk.findings
        opened = findings.opened(session.current)
        others = tuple(
            {"path": star.path, "sha256": findings.known(star.key).sha256}
            for star in session.stars
            if star.key != session.current and star.key in {*session.selected, session.ghost}
        )
        inspection = opened.inspection if opened else None
        return About(self.which.currentText(), inspection, others, commands_of(self._desk))

    def _drawn(self, path: Path) -> None:
        self._desk.messages.tell_place(f"The figure is in {path}.", path)
        self.state.setText(f"{path.name} is written.")
        self._enable()
        self.place.refresh()

    def _refused(self, error: StellarViewError) -> None:
        self._desk.messages.tell_error(error)
        self.state.setText(error.what)
        self._enable()


def shown_views(window: QWidget) -> dict[str, SceneView]:
    """Every view of the window that shows a scene, by the name of the panel that it is in."""
    views: dict[str, SceneView] = {}
    for view in window.findChildren(SceneView):
        if view.scene is not None and view.scene.panels:
            name = _panel_name(view)
            other = f"{name}: {view.scene.title or len(views)}"
            views[name if name not in views else other] = view
    return views


def _panel_name(view: SceneView) -> str:
    parent: QWidget | None = view
    while parent is not None:
        if isinstance(parent, QDockWidget) or (parent.windowTitle() and not parent.isWindow()):
            return parent.windowTitle()
        parent = parent.parentWidget()
    return "Spectrum"


def _side_by_side(*fields: QWidget) -> QWidget:
    if len(fields) == 1:
        return fields[0]
    whole = QWidget()
    row = QHBoxLayout(whole)
    row.setContentsMargins(0, 0, 0, 0)
    for field in fields:
        row.addWidget(field, 1)
    whole.setFocusProxy(fields[0])
    return whole
