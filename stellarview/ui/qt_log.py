"""Qt's own remarks go to the log, not to the terminal of who started the program; what it calls critical is said."""

from __future__ import annotations

import logging
import sys

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

_LOG = logging.getLogger(__name__)


def log_qt_messages() -> None:
    """From now on; to be called once the application is there, for why there is none is worth a word."""
    qInstallMessageHandler(_hear)


def _hear(kind: QtMsgType, _: QMessageLogContext, words: str) -> None:
    if kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg):
        sys.stderr.write(f"{words}\n")
    else:
        _LOG.info("%s", words)
