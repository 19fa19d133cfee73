"""The workspaces of the window: one is in sight, and the panels and tools around it are those of Inspect alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QByteArray, QObject, QSize, Signal
from PySide6.QtWidgets import QStackedWidget, QTabBar, QWidget

from stellarview.ui.widgets import named

if TYPE_CHECKING:
    from stellarview.ui.main_window import MainWindow
    from stellarview.ui.training.page import TrainingPage

WorkspaceName = Literal["inspect", "train"]
WORKSPACES: dict[WorkspaceName, tuple[str, str]] = {
    "inspect": ("Inspect", "Look at spectra and at what the models say of them (Ctrl+1)"),
    "train": ("Train", "Teach a model your own labels (Ctrl+2)"),
}
# Whose commands are about what Inspect shows; of these, some are about the program.
_MENUS_OF_INSPECT = ("Edit", "Star", "Spectrum")
_EVERYWHERE = ("cancel",)


class Workspaces(QObject):
    """`go` brings one into sight; what it shows is made when it is first wanted."""

    changed = Signal()

    def __init__(self, window: MainWindow, inspect: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._layout = QByteArray()
        self._training: TrainingPage | None = None
        self.name: WorkspaceName = "inspect"
        self.stack = _Stack()
        self.stack.addWidget(inspect)
        self.tabs = named(QTabBar(), "Workspaces")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setShape(QTabBar.Shape.RoundedSouth)
        for name, (text, tip) in WORKSPACES.items():
            place = self.tabs.addTab(text)
            self.tabs.setTabData(place, name)
            self.tabs.setTabToolTip(place, tip)
        self.tabs.currentChanged.connect(lambda place: self.go(self.tabs.tabData(place)))

    @property
    def training(self) -> TrainingPage:
        """The page of Train."""
        if self._training is None:
            from stellarview.ui.training.workspace import make_page

            self._training = make_page(self._window.desk)
            self.stack.addWidget(self._training)
        return self._training

    def layout(self) -> QByteArray:
        """Where the panels of Inspect are, also while nobody sees them."""
        return self._layout if self.name == "train" else self._window.saveState()

    def go(self, name: WorkspaceName) -> None:
        """This one, and no other."""
        if name == self.name:
            return
        if name == "train":
            self._layout = self._window.saveState()
            for one in (*self._window.docks.values(), self._window.tools):
                one.hide()
            self.stack.setCurrentWidget(self.training)
        self.name = name
        if name == "inspect":
            self.stack.setCurrentIndex(0)
            self._window.restoreState(self._layout)
        self.tabs.setCurrentIndex(list(WORKSPACES).index(name))
        self.changed.emit()

    def offers(self, key: str, menu: str) -> bool:
        """False for a command that would change what nobody sees."""
        return self.name == "inspect" or menu not in _MENUS_OF_INSPECT or key in _EVERYWHERE


class _Stack(QStackedWidget):
    """Needs as much room as what is in sight, not as the widest of all."""

    def minimumSizeHint(self) -> QSize:
        return self.currentWidget().minimumSizeHint() if self.count() else QSize()

    def sizeHint(self) -> QSize:
        return self.currentWidget().sizeHint() if self.count() else QSize()
