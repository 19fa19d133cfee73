"""A plot that gives way to a line of words where there is nothing to draw."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QStackedWidget

from stellarview.scene.marks import Scene
from stellarview.ui.plot.view import SceneView


class QuietPlot(QStackedWidget):
    """Shows a scene, or says why there is none."""

    def __init__(self, *, title: bool = True) -> None:
        super().__init__()
        self.plot = SceneView(title=title)
        self.words = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.words.setMargin(12)
        self.words.setEnabled(False)  # quiet: in the colour of what is not there
        self.addWidget(self.plot)
        self.addWidget(self.words)

    def show_scene(self, scene: Scene, *, keep_range: bool) -> None:
        """Draw it."""
        self.plot.set_scene(scene, keep_range)
        self.setCurrentWidget(self.plot)

    def say(self, words: str) -> None:
        """Nothing to draw."""
        self.words.setText(words)
        self.setCurrentWidget(self.words)

    def minimumSizeHint(self) -> QSize:
        """Small enough for a dock among others."""
        return QSize(220, 120)

    def sizeHint(self) -> QSize:
        """As large as a dock of the right side usually is."""
        return QSize(430, 240)
