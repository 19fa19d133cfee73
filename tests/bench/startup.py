"""Time to a window that answers: python tests/bench/startup.py [--pairs N]

Ours with its examples, against a bare window of PySide6 with one pyqtgraph plot, in turns, each a process of its own.
The clock runs from the start of the process to the first turn of the event loop after the first paint in which nothing
is left to do. Modules are compiled before. Ours is started as its user starts it: nothing of it is imported beforehand.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Both children: note the first paint, then the first idle turn; tell, and quit.
_WATCH = """
import sys, time
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
class Watch(QObject):
    def __init__(self, window, leave):
        super().__init__()
        self.window, self.leave, self.has_painted = window, leave, False
        QCoreApplication.instance().installEventFilter(self)
    def eventFilter(self, _, event):
        if event.type() == QEvent.Type.Paint and not self.has_painted:
            self.has_painted = True
            QTimer.singleShot(0, self.tell)
        return False
    def tell(self):
        print("idle", time.time(), flush=True)
        self.leave()
"""

_BARE = (
    _WATCH
    + """
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
plot = pg.PlotWidget()
plot.plot(range(4000))
window.setCentralWidget(plot)
window.resize(1600, 1000)
def leave():
    window.close()
    app.quit()
watch = Watch(window, leave)
window.show()
app.exec()
"""
)

_OURS = (
    _WATCH
    + """
from PySide6.QtWidgets import QMainWindow
show = QMainWindow.show
def show_and_watch(window):
    global watch
    watch = Watch(window, window.close)
    show(window)
QMainWindow.show = show_and_watch
from stellarview.__main__ import main
main(["--theme", "light"])
"""
)


def seconds(code: str, folder: Path) -> float:
    """From the start of the process to its idle window."""
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
        "STELLARVIEW_STATE": str(folder),
        "STELLARVIEW_CONFIG": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "PYTHONDONTWRITEBYTECODE": "",  # compiled once, as where it is installed
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
    }
    begun = time.time()
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
    return float(next(line.split()[1] for line in run.stdout.splitlines() if line.startswith("idle"))) - begun


def main() -> None:
    """A line a pair, and the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=7)
    options = parser.parse_args()
    bare, ours = [], []
    with tempfile.TemporaryDirectory(prefix="sv-") as name:
        for code in (_BARE, _OURS):
            seconds(code, Path(name))
        for _ in range(options.pairs):
            bare.append(seconds(_BARE, Path(name)))
            ours.append(seconds(_OURS, Path(name)))
            print(f"bare {bare[-1]:.2f} s   ours {ours[-1]:.2f} s   {ours[-1] / bare[-1]:.2f}", flush=True)
    ratios = [one / other for one, other in zip(ours, bare, strict=True)]
    print(f"medians: bare {statistics.median(bare):.2f} s, ours {statistics.median(ours):.2f} s, ", end="")
    print(f"ratio {statistics.median(ratios):.2f}; the fastest: {min(bare):.2f} s and {min(ours):.2f} s")


if __name__ == "__main__":
    main()
