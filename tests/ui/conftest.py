"""A window for every test and none left after it; a picture of it where a test fails."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import asyncio
import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyqtgraph as pg
import pytest
import qasync
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from stellarview.app import Program, build
from stellarview.session.autosave import Autosave
from stellarview.session.session import Session
from stellarview.session.settings import Settings
from stellarview.ui.theme import apply_theme

# Tests move the mouse faster than any hand: no move may be left out.
pg.setConfigOption("mouseRateLimit", 0)


# Waiting costs nothing where it is soon over, and a starved machine needs minutes for what takes a second.
PATIENCE_MS = 300_000


class PatientBot(QtBot):
    """Waits for what comes as long as a starved machine may need."""

    def waitUntil(self, callback: Any, *, timeout: int = PATIENCE_MS) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **how: Any) -> Any:
        return super().waitSignal(signal, timeout=timeout, **how)

    def waitSignals(self, signals: Any, *, timeout: int = PATIENCE_MS, **how: Any) -> Any:
        return super().waitSignals(signals, timeout=timeout, **how)

    def waitExposed(self, widget: QWidget, *, timeout: int = PATIENCE_MS) -> Any:
        return super().waitExposed(widget, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> PatientBot:
    """Instead of pytest-qt's, which gives up after five seconds."""
    return PatientBot(request)


def windows() -> list[QWidget]:
    """Top-level widgets but for those that Qt shows by itself."""
    return [widget for widget in QApplication.topLevelWidgets() if widget.metaObject().className() != "QTipLabel"]


def delete_now() -> None:
    """Carry out every deleteLater()."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(autouse=True)
def no_window_left(qapp: QApplication) -> Iterator[None]:
    """Light colours before each test; afterwards every window must be gone (pytest-qt closes those it was given)."""
    apply_theme(qapp, "light")
    before = set(windows())
    yield
    delete_now()
    if set(windows()) - before:
        gc.collect()  # windows that nobody holds but a cycle are no leak
        delete_now()
    left = set(windows()) - before
    names = [f"{type(widget).__name__} {widget.accessibleName()!r}" for widget in left]
    for widget in left:
        widget.close()
        widget.deleteLater()
    delete_now()
    assert names == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Iterator[Any]:
    """Save what the windows showed when the test failed."""
    report = yield
    if report.when == "call" and report.failed and QApplication.instance() is not None:
        folder = item.funcargs.get("tmp_path")
        for number, widget in enumerate(widget for widget in windows() if widget.isVisible()):
            if isinstance(folder, Path):
                path = folder / f"window-{number}.png"
                widget.grab().save(str(path))
                report.sections.append(("picture", str(path)))
    return report


@pytest.fixture(autouse=True)
def folder_for_pictures(tmp_path: Path) -> Path:
    """Every test has a folder, for the picture of its failure."""
    return tmp_path


@pytest.fixture
def private_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads or writes what the user has."""
    for name in ("STELLARVIEW_STATE", "STELLARVIEW_CONFIG", "STELLARVIEW_MODELS", "STELLARVIEW_RUNS"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    return tmp_path


@pytest.fixture
def program(qapp: QApplication, private_folders: Path) -> Iterator[Program]:
    """The whole program on an empty session; nothing of it is left afterwards."""
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    one = build(loop, Settings(hint_done=True), Autosave(private_folders / "aside"), Session())
    one.window.show()
    one.desk.inspector.start()
    yield one
    one.close()
    one.window.deleteLater()
    loop.close()
    asyncio.set_event_loop(None)
