"""The line at the bottom: which device works, how far it is, and the button that stops it."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QProgressBar, QStatusBar, QToolButton

from stellarview.ui.desk import Desk

_BAR_WIDTH = 160


class StatusLine(QStatusBar):
    """Shows what the inspector and the tasks say."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.work = QLabel("Ready", accessibleName="What is being done")
        self.bar = QProgressBar(accessibleName="Progress", textVisible=False)
        self.bar.setFixedWidth(_BAR_WIDTH)
        self.cancel = QToolButton(text="Cancel", toolTip="Stop everything that runs or waits (Ctrl+.)")
        self.cancel.clicked.connect(desk.inspector.cancel)
        self.device = QLabel("", toolTip="Where the networks run", accessibleName="Device")
        for widget in (self.work, self.bar, self.cancel, self.device):
            self.addPermanentWidget(widget)
        desk.inspector.progressed.connect(self._show)
        desk.inspector.device_told.connect(self._show_device)
        desk.tasks.busy_changed.connect(self._show)
        self._show()

    def _show(self, *_: object) -> None:
        done, total = self._desk.inspector.done_of_total
        is_busy = self._desk.tasks.is_busy
        self.bar.setVisible(total > 0)
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(done)
        self.cancel.setVisible(is_busy)
        self.work.setText(f"{done} of {total} stars" if total else ("Working…" if is_busy else "Ready"))

    def _show_device(self, device: str) -> None:
        self.device.setText(f"  {device.upper()}  ")
