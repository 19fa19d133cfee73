"""A row of widgets that goes on in the next line where the window is narrow."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

_GAP = 3


class FlowLayout(QLayout):
    """Lays its widgets out as words in a paragraph; each line is as high as its highest widget."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._lay_out(QRect(0, 0, width, 0), is_real=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._lay_out(rect, is_real=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def _lay_out(self, rect: QRect, *, is_real: bool) -> int:
        """Put the widgets in their places, or only work out how high that would be."""
        margins: QMargins = self.contentsMargins()
        inner = rect.marginsRemoved(margins)
        lines: list[list[tuple[QLayoutItem, int]]] = [[]]
        x = 0
        for item in self._items:
            if item.isEmpty():
                continue
            width = item.sizeHint().width()
            if lines[-1] and x + width > inner.width():
                lines.append([])
                x = 0
            lines[-1].append((item, x))
            x += width + _GAP
        y = inner.y()
        for line in lines:
            height = max((item.sizeHint().height() for item, _ in line), default=0)
            for item, left in line if is_real else []:
                size = item.sizeHint()
                place = QRect(inner.x() + left, y + (height - size.height()) // 2, size.width(), size.height())
                item.setGeometry(place)
            y += height + (_GAP if line else 0)
        return y - _GAP - rect.y() + margins.bottom() if lines[0] else 0
