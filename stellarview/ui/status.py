"""The line at the bottom: which workspace is in sight, which device works, how far it is, the button that stops it."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar, QSizePolicy, QStatusBar, QTabBar

from stellarview.ui.desk import Desk
from stellarview.ui.samp import Samp
from stellarview.ui.widgets import button, label, named

_BAR_WIDTH = 160


class StatusLine(QStatusBar):
    """Shows what the inspector and the tasks say."""

    def __init__(self, desk: Desk, samp: Samp, workspaces: QTabBar) -> None:
        super().__init__()
        self._desk, self._samp = desk, samp
        self._told: tuple[str, int, int] = ("", 0, 0)  # by the job that told something last
        self.work = label("Ready", "What is being done")
        self.bar = named(QProgressBar(), "Progress")
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(_BAR_WIDTH)
        self.cancel = button("Cancel", "Stop everything that runs or waits (Ctrl+.)", desk.inspector.cancel)
        self.device = label("", "Device", "Where the networks run")
        self.samp = label("", "Connection to other programs")
        # Qt hides what stands left of its messages while one is shown: so ours are shown by a label of our own.
        self.message = label("", "Message")
        self.message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.messageChanged.connect(self.message.setText)
        self.addPermanentWidget(workspaces)
        self.addPermanentWidget(self.message, 1)
        for widget in (self.work, self.bar, self.cancel, self.samp, self.device):
            self.addPermanentWidget(widget)
        desk.inspector.progressed.connect(self._show)
        desk.inspector.device_told.connect(self._show_device)
        desk.tasks.queue_changed.connect(self._show)
        desk.tasks.busy_changed.connect(self._show)
        desk.tasks.progressed.connect(self._hear)
        samp.changed.connect(self._show_samp)
        self._show()
        self._show_samp()

    def _show(self, *_: object) -> None:
        done, total = self._desk.inspector.done_of_total
        is_busy = self._desk.tasks.is_busy
        words = f"{done} of {total} stars" if total else "Working…" if is_busy else "Ready"
        if not total and self._desk.tasks.has(self._told[0]):
            done, total = self._told[1:]
        self.bar.setVisible(total > 0)
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(done)
        self.cancel.setVisible(is_busy)
        self.work.setText(words)

    def _hear(self, key: str, done: int, total: int) -> None:
        """A job that counts something else than stars."""
        self._told = (key, done, total)
        self._show()

    def _show_device(self, device: str) -> None:
        self.device.setText(f"  {device.upper()}  ")

    def _show_samp(self) -> None:
        self.samp.setVisible(bool(self._samp.words))
        self.samp.setText(f"  {self._samp.words}")
        names = ", ".join(client.name for client in self._samp.clients)
        self.samp.setToolTip(f"Other programs that take tables or spectra: {names or 'none'}")
