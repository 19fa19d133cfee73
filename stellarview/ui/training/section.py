"""A part of a form with a title that folds it away, and a line that says what is in it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from stellarview.ui.widgets import named


class Section(QFrame):
    """`summary` stays in sight when the body is folded away."""

    def __init__(self, title: str, body: QWidget, tip: str) -> None:
        super().__init__()
        self.body = body
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.head = named(QToolButton(), title, f"{tip}\nClick to fold it away or to unfold it.")
        self.head.setText(title)
        self.head.setAutoRaise(True)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        font = self.head.font()
        font.setBold(True)
        self.head.setFont(font)
        self.summary = named(QLabel(), f"{title}: what is in it")
        self.summary.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.summary.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout()
        row.addWidget(self.head)
        row.addWidget(self.summary, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 2, 8, 6)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(body)
        self.head.clicked.connect(lambda *_: self.unfold(not self.body.isVisibleTo(self)))
        self.unfold(True)

    def unfold(self, is_open: bool) -> None:
        """Show the body, or the title alone."""
        self.body.setVisible(is_open)
        self.head.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
