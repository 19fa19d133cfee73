"""A label's values as a small histogram, over the range that the parent was trained on."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from stellarview.training.preflight import LabelCheck
from stellarview.ui.theme import theme_of

_WIDTH_LETTERS, _HEIGHT_LINES = 26, 6.2
_BAND_ALPHA, _GAP = 45, 12


class LabelHistogram(QWidget):
    """Bars are the user's stars, the band is the parent's training range."""

    def __init__(self, check: LabelCheck) -> None:
        super().__init__()
        self.check = check
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{check.text}: {histogram_words(check)}")
        self.setToolTip(f"{check.text}\n{histogram_words(check)}")

    def sizeHint(self) -> QSize:
        letters = self.fontMetrics()
        return QSize(_WIDTH_LETTERS * letters.averageCharWidth(), int(_HEIGHT_LINES * letters.height()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, check = theme_of(self.palette()), self.check
        line = self.fontMetrics().height()
        plot = QRectF(self.rect().adjusted(0, 0, -_GAP, 0)).adjusted(0.5, line + 2.5, -0.5, -line - 2.5)
        painter = QPainter(self)
        painter.fillRect(plot, QColor(theme.plot))
        ends = (check.edges[0], check.edges[-1]) if check.edges else (0.0, 1.0)
        if check.parent_low is not None and check.parent_high is not None:
            low, high = (self._x(value, ends, plot) for value in (check.parent_low, check.parent_high))
            band = theme.colour("third")
            band.setAlpha(_BAND_ALPHA)
            painter.fillRect(QRectF(low, plot.top(), high - low, plot.height()), band)
        most = max(check.counts, default=0) or 1
        for place, count in enumerate(check.counts):
            left, right = (self._x(check.edges[place + side], ends, plot) for side in (0, 1))
            height = count / most * (plot.height() - 3)
            bar = QRectF(left, plot.bottom() - height, max(right - left - 1, 1), height)
            painter.fillRect(bar, theme.colour("label"))
        painter.setPen(QColor(theme.faint))
        painter.drawRect(plot)
        painter.setPen(QColor(theme.foreground))
        top, foot = (QRectF(self.rect().adjusted(0, 0, -_GAP, 0)) for _ in range(2))
        top.setHeight(line)
        foot.setTop(foot.bottom() - line)
        unit = f", {check.unit}" if check.unit else ""
        painter.drawText(top, Qt.AlignmentFlag.AlignLeft, f"{check.text}{unit}")
        painter.drawText(top, Qt.AlignmentFlag.AlignRight, "new" if check.is_new else f"{check.n_known:,}")
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, _number(ends[0]))
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight, _number(ends[1]))
        painter.end()

    @staticmethod
    def _x(value: float, ends: tuple[float, float], plot: QRectF) -> float:
        return plot.left() + (value - ends[0]) / (ends[1] - ends[0]) * plot.width()


def histogram_words(check: LabelCheck) -> str:
    """What the picture shows."""
    if check.low is None or check.high is None:
        return "no value"
    unit = f" {check.unit}" if check.unit else ""
    words = f"{check.n_known:,} spectra from {_number(check.low)} to {_number(check.high)}{unit}"
    if check.parent_low is None or check.parent_high is None:
        return f"{words}; the parent does not know this label"
    trained = f"{_number(check.parent_low)} to {_number(check.parent_high)}{unit}"
    return f"{words}; the parent was trained from {trained} (the band)"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
