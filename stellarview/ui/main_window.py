"""The window, assembled from the tables of panels and commands."""

from __future__ import annotations

import base64

from PySide6.QtCore import QByteArray, QPoint, Qt
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QDockWidget, QLayout, QMainWindow, QMenu, QToolBar, QVBoxLayout, QWidget

from stellarview.ui.actions import COMMANDS, MENUS, make_action, refresh_action
from stellarview.ui.desk import Desk
from stellarview.ui.hints import HintBar
from stellarview.ui.messages import MessageBar
from stellarview.ui.panels import PANELS, Area
from stellarview.ui.panels.spectrum import SpectrumPanel
from stellarview.ui.panels.stars import StarsPanel
from stellarview.ui.samp import Samp
from stellarview.ui.session_files import SessionFiles
from stellarview.ui.status import StatusLine
from stellarview.ui.widgets import named
from stellarview.ui.workspaces import Workspaces

_AREAS: dict[Area, Qt.DockWidgetArea] = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}
_DEFAULT_SIZE, _SMALLEST_SIZE = (1600, 1000), (640, 420)
_LOW_WINDOW = 900
_SHARE_LEFT, _SHARE_RIGHT = 0.20, 0.27


class MainWindow(QMainWindow):
    """Docks around the spectrum, menus, toolbar, status bar, and the bar of messages on top."""

    def __init__(self, desk: Desk, files: SessionFiles) -> None:
        super().__init__()
        self.desk = desk
        self.files = files
        self.samp = Samp(desk, self)
        self.samp.received.connect(lambda path: files.take_in([path]))
        self.setWindowTitle("StellarView")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.spectrum = SpectrumPanel(desk)
        self.workspaces = Workspaces(self, self.spectrum)
        self.setCentralWidget(self._with_messages(self.workspaces.stack))
        self.docks = {panel.key: self._dock(panel.key) for panel in PANELS}
        self.actions_by_key = {command.key: make_action(command, self) for command in COMMANDS}
        self._fill_menus()
        self._fill_toolbar()
        self.setStatusBar(StatusLine(desk, self.samp, self.workspaces.tabs))
        # Words that grow and shrink in a bar shall not change how small the window may be.
        layout = self.layout()
        assert layout is not None  # every main window has one
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setMinimumSize(*_SMALLEST_SIZE)
        self.resize(*_DEFAULT_SIZE)
        self._first_layout = self.saveState()
        self._place_as_before()
        desk.workspace.changed.connect(self._refresh)
        desk.tasks.busy_changed.connect(self._refresh)
        desk.preferences.changed.connect(self._refresh)
        files.renamed.connect(self._refresh)
        self.workspaces.changed.connect(self._refresh)
        self.stars.menu_wanted.connect(self._show_star_menu)
        self._refresh()
        if desk.preferences.settings.samp_on:
            self.samp.join(is_quiet=True)

    @property
    def stars(self) -> StarsPanel:
        """The table of stars."""
        panel = self.docks["stars"].widget()
        assert isinstance(panel, StarsPanel)
        return panel

    def panel(self, key: str) -> QWidget:
        """The content of a dock."""
        return self.docks[key].widget()

    def restore_layout(self) -> None:
        """All docks where they were at the first start."""
        self.workspaces.go("inspect")
        self.restoreState(self._first_layout)
        self._share_room()

    def _with_messages(self, content: QWidget) -> QWidget:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.message_bar = MessageBar(self.desk.messages)
        column.addWidget(self.message_bar)
        column.addWidget(HintBar(self.desk.preferences))
        column.addWidget(content, 1)
        return whole

    def _dock(self, key: str) -> QDockWidget:
        panel = next(panel for panel in PANELS if panel.key == key)
        dock = named(QDockWidget(panel.title, self), panel.title, panel.tip)
        dock.setObjectName(f"dock-{key}")
        dock.setWidget(panel.make(self.desk))
        self.addDockWidget(_AREAS[panel.area], dock)
        dock.setVisible(panel.is_open)
        return dock

    def _fill_menus(self) -> None:
        self.menus: dict[str, QMenu] = {name: self.menuBar().addMenu(f"&{name}") for name in MENUS}
        self.files.fill_recent_menu(self.menus["File"])
        for command in COMMANDS:
            menu = self.menus[command.menu]
            if command.starts_group:
                menu.addSeparator()
            menu.addAction(self.actions_by_key[command.key])
        self.menus["Spectrum"].addSeparator()
        for submenu in self.spectrum.bar.menus:
            self.menus["Spectrum"].addMenu(submenu)
        panels = self.panels_menu = self.menus["View"].addMenu("Panels")
        for key, dock in self.docks.items():
            action: QAction = dock.toggleViewAction()
            action.setToolTip(next(panel.tip for panel in PANELS if panel.key == key))
            panels.addAction(action)
        for menu in self.menus.values():
            menu.setToolTipsVisible(True)

    def _show_star_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.addActions([self.actions_by_key[command.key] for command in COMMANDS if command.in_star_menu])
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def _fill_toolbar(self) -> None:
        bar = self.tools = QToolBar("Tools", self, movable=False)
        bar.setObjectName("toolbar")
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.addToolBar(bar)
        bar.addActions([self.actions_by_key[command.key] for command in COMMANDS if command.in_toolbar])

    def _refresh(self, *_: object) -> None:
        for command in COMMANDS:
            action = self.actions_by_key[command.key]
            refresh_action(action, command, self.desk)
            if not self.workspaces.offers(command.key, command.menu):
                action.setEnabled(False)
        self.panels_menu.setEnabled(self.workspaces.name == "inspect")
        self.setWindowTitle(f"{self.files.title} - StellarView")

    # What is dropped is taken in later: a late return from dropEvent freezes the program that it came from.
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and texts are welcome."""
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Anything: files, folders, lists, tables, a session."""
        event.acceptProposedAction()
        self.files.take_in_mime(event.mimeData())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc takes the message away."""
        if event.key() == Qt.Key.Key_Escape and self.message_bar.isVisible():
            self.message_bar.hide()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout; what runs is ended by the program, which waits for it."""
        self.desk.preferences.change(
            window_geometry=_as_text(self.saveGeometry()), dock_layout=_as_text(self.workspaces.layout())
        )
        self.files.close()
        self.samp.close()
        event.accept()

    def _place_as_before(self) -> None:
        settings = self.desk.preferences.settings
        if settings.window_geometry:
            self.restoreGeometry(QByteArray(base64.b64decode(settings.window_geometry)))
        if not (settings.dock_layout and self.restoreState(QByteArray(base64.b64decode(settings.dock_layout)))):
            self._share_room()

    def _share_room(self) -> None:
        width, height = self.width(), self.height()
        if height < _LOW_WINDOW:  # one over the other, neither would be legible
            self.tabifyDockWidget(self.docks["pdf"], self.docks["hr"])
            self.docks["pdf"].raise_()
        for area, share in (("left", _SHARE_LEFT), ("right", _SHARE_RIGHT)):
            docks = [self.docks[panel.key] for panel in PANELS if panel.area == area and panel.is_open]
            self.resizeDocks(docks, [int(width * share)] * len(docks), Qt.Orientation.Horizontal)
            self.resizeDocks(docks, [height // max(len(docks), 1)] * len(docks), Qt.Orientation.Vertical)


def _as_text(data: QByteArray) -> str:
    return base64.b64encode(bytes(data.data())).decode()
