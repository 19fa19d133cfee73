"""Where the numbers on the screen come from: file, velocity, models, what was done to the spectrum, versions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QTextBrowser, QVBoxLayout, QWidget

from stellarview.engine.jobs import export
from stellarview.ui.commands.export import commands_of
from stellarview.ui.desk import Desk
from stellarview.ui.widgets import button, label, named

_AFTER_MS = 150
_FACT_NAMES = {
    "sha256": "SHA-256", "weights_sha256": "SHA-256 of weights", "recipe_sha256": "SHA-256 of recipe",
    "km_s": "km/s", "sigma_km_s": "± km/s", "ra_deg": "RA (deg)", "dec_deg": "Dec (deg)", "snr": "S/N",
}  # fmt: skip
_TITLES = {
    "input": "Input", "velocity": "Radial velocity", "explained": "Explanation", "isochrones": "Isochrones",
    "versions": "Versions", "command": "Commands",
}  # fmt: skip


class ProvenancePanel(QWidget):
    """Asks for the facts of the current star when it is seen, and again when something about the star changes."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.facts: dict[str, Any] = {}
        self.text = named(QTextBrowser(), "Provenance", "Select with the mouse, copy with Ctrl+C")
        self.state = label("", "Whose provenance")
        self.copy = button("Copy as JSON", "Copy all of it in a form that programs read", self._copy)
        row = QHBoxLayout()
        row.addWidget(self.state, 1)
        row.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)
        column.addWidget(self.text, 1)
        column.addLayout(row)
        self._soon = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self._soon.timeout.connect(self._ask)
        desk.workspace.changed.connect(self._later)
        desk.findings.opened_changed.connect(self._later)
        self._show({})

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._later()

    def _later(self, *_: object) -> None:
        if self.isVisible():
            self._soon.start()

    def _ask(self) -> None:
        key = self._desk.workspace.session.current
        opened = self._desk.findings.opened(key)
        if opened is None:
            self._show({})
            return
        ask = (opened.inspection, commands_of(self._desk))
        self._desk.tasks.run("provenance", export.tell_provenance, *ask, then=self._show, urgency="later")

    def _show(self, facts: dict[str, Any]) -> None:
        if facts == self.facts and facts:
            return
        self.facts = facts
        self.copy.setEnabled(bool(facts))
        self.state.setText("" if facts else "No star is open.")
        self.text.setHtml("".join(_page(facts)))

    def _copy(self) -> None:
        text = json.dumps(self.facts, indent=1, ensure_ascii=False, allow_nan=False)
        QGuiApplication.clipboard().setText(text)


def _page(facts: Mapping[str, Any]) -> Iterator[str]:
    for key, title in _TITLES.items():
        value = facts.get(key)
        if value:
            yield f"<h4>{title}</h4>"
            yield _table(value) if isinstance(value, Mapping) else f"<pre>{escape(str(value))}</pre>"
        if key == "velocity":
            for model in facts.get("models", []):
                yield _model(model)
    for name, error in facts.get("refusals", {}).items():
        yield f"<h4>{escape(name)} told nothing</h4><p>{escape(' '.join(error.values()))}</p>"


def _model(facts: Mapping[str, Any]) -> str:
    plain = {key: value for key, value in facts.items() if key not in ("name", "recipe_steps")}
    steps = "".join(f"<li>{escape(words)}</li>" for words in facts["recipe_steps"])
    return f"<h4>Model {escape(facts['name'])}</h4>{_table(plain)}<p>What was done to the spectrum:</p><ol>{steps}</ol>"


def _table(facts: Mapping[str, Any]) -> str:
    rows = [f"<tr><td>{escape(name)}&nbsp;&nbsp;</td><td>{escape(value)}</td></tr>" for name, value in _rows(facts)]
    return f"<table>{''.join(rows)}</table>"


def _rows(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Facts within facts stand in line with the others; what is not known is left out."""
    for key, value in facts.items():
        if isinstance(value, Mapping) and key != "snr":
            yield from _rows(value)
        elif value is not None:
            yield _FACT_NAMES.get(key, key.replace("_", " ")), _value_text(value)


def _value_text(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {one:g}" for key, one in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
