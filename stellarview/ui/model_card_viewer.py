"""The window of model cards: choose a model, read its card, copy it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QHBoxLayout, QTextBrowser, QVBoxLayout, QWidget

from stellarview.engine.models import InstalledModel
from stellarview.ui.model_card_page import model_page
from stellarview.ui.widgets import label, named

_SIZE = (760, 780)


class ModelCardViewer(QDialog):
    """Stays open beside the window, which goes on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Model cards")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._models: tuple[InstalledModel, ...] = ()
        self.choice = named(QComboBox(), "Model", "Whose card is shown")
        self.page = named(QTextBrowser(), "Model card")
        self.page.setOpenExternalLinks(True)
        top = QHBoxLayout()
        top.addWidget(label("Model", "Model"))
        top.addWidget(self.choice, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy_button = buttons.addButton("Copy as JSON", QDialogButtonBox.ButtonRole.ActionRole)
        named(self.copy_button, "Copy as JSON", "Put the whole card on the clipboard, as it stands in its file")
        column = QVBoxLayout(self)
        column.addLayout(top)
        column.addWidget(self.page, 1)
        column.addWidget(buttons)
        self.choice.currentIndexChanged.connect(self._show)
        self.copy_button.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        self.resize(*_SIZE)

    def show_models(self, models: Sequence[InstalledModel], name: str = "") -> None:
        """These models, and the card of one of them; without a name the one that was shown before."""
        name = name or self.choice.currentText()
        self._models = tuple(models)
        self.choice.blockSignals(True)
        self.choice.clear()
        self.choice.addItems([model.name for model in models])
        self.choice.setCurrentIndex(max(self.choice.findText(name), 0))
        self.choice.blockSignals(False)
        self._show()

    def _show(self) -> None:
        place = self.choice.currentIndex()
        model = self._models[place] if 0 <= place < len(self._models) else None
        self.page.setHtml("No model is installed." if model is None else model_page(model))
        self.copy_button.setEnabled(model is not None and model.card is not None)

    def _copy(self) -> None:
        card = self._models[self.choice.currentIndex()].card
        if card is not None:
            QGuiApplication.clipboard().setText(json.dumps(card.to_json(), indent=1, ensure_ascii=False))
