"""The user's own models: renamed, deleted, passed on as one file, and their cards."""

from __future__ import annotations

from functools import partial
from html import escape
from pathlib import Path

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from stellarview.domain.labels import label_named
from stellarview.engine.models import InstalledModel
from stellarview.ui.model_card_viewer import ModelCardViewer
from stellarview.ui.panels.model_picker import ModelPicker
from stellarview.ui.training.ask_bar import AskBar
from stellarview.ui.training.keeping import Keeping
from stellarview.ui.widgets import button, label, named

ENDING = ".zip"
_COLUMNS = ("Model", "Tells", "From", "Verdict", "Members", "Kept")


class ModelsView(QWidget):
    """Those that came with the program are not shown: they stay as they are."""

    def __init__(self, keeping: Keeping, ask: AskBar) -> None:
        super().__init__()
        self._keeping, self._ask = keeping, ask
        self._viewer: ModelCardViewer | None = None
        self.table = named(QTableWidget(0, len(_COLUMNS)), "Models of your own")
        self.table.setHorizontalHeaderLabels(_COLUMNS)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(self.table.fontMetrics().height() + 8)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.note = label("", "What to know")
        self.card = button("Card…", "Read the card: what it was taught, how good it is", self._show_card)
        self.rename = button("Rename…", "Give the model another name", self._ask_rename)
        self.export = button("Export…", "Write the model to one file, with checksums", self._export)
        self.delete = button("Delete…", "Put the model into the trash beside your models; asks once", self._ask_delete)
        self.take = button("Import…", "Take a model from a file that Export wrote", self._import)
        row = QHBoxLayout()
        for widget in (self.card, self.rename, self.export, self.delete):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.take)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addLayout(row)
        column.addWidget(self.note)
        column.addWidget(self.table, 1)
        self.table.itemSelectionChanged.connect(self._enable)
        self.table.itemActivated.connect(lambda _: self._show_card())
        keeping.changed.connect(self._fill)
        self._fill()

    @property
    def chosen(self) -> InstalledModel | None:
        """The model whose row is chosen."""
        rows = self.table.selectionModel().selectedRows()
        return self._keeping.models[rows[0].row()] if rows and rows[0].row() < len(self._keeping.models) else None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._keeping.look()

    def _fill(self) -> None:
        name = self.chosen.name if self.chosen is not None else ""
        self.table.setRowCount(len(self._keeping.models))
        for place, model in enumerate(self._keeping.models):
            for number, text in enumerate(_cells(model)):
                item = QTableWidgetItem(text)
                item.setToolTip(model.folder if number == 0 else text)
                self.table.setItem(place, number, item)
            if model.name == name:
                self.table.selectRow(place)
        is_empty = not self._keeping.models
        self.note.setVisible(is_empty)
        self.note.setText("No model of your own yet: promote one from a run that was judged, or import one.")
        for picker in self.window().findChildren(ModelPicker):
            picker.look()
        if self._viewer is not None:
            self._viewer.show_models(self._keeping.models)
        self._enable()

    def _enable(self) -> None:
        for widget in (self.card, self.rename, self.export, self.delete):
            widget.setEnabled(self.chosen is not None)

    def _show_card(self) -> None:
        if self.chosen is None:
            return
        if self._viewer is None:
            self._viewer = ModelCardViewer(self.window())
            self._viewer.destroyed.connect(self._forget_viewer)
        self._viewer.show_models(self._keeping.models, self.chosen.name)
        self._viewer.show()
        self._viewer.raise_()

    def _forget_viewer(self) -> None:
        self._viewer = None

    def _ask_rename(self) -> None:
        if self.chosen is not None:
            name = self.chosen.name
            self._ask.ask_name(
                f"Another name for {name}:", "Rename", name,
                lambda: self._keeping.rename(name, self._ask.name.text().strip()),
            )  # fmt: skip

    def _ask_delete(self) -> None:
        if self.chosen is not None:
            name = self.chosen.name
            self._ask.ask(
                f"Delete the model {name}? It goes into the trash.", "Delete", partial(self._keeping.delete, name)
            )

    def _export(self) -> None:
        if self.chosen is not None:
            name = self.chosen.name
            path, _ = QFileDialog.getSaveFileName(self, "Export the model", f"{name}{ENDING}", f"Models (*{ENDING})")
            if path:
                self._keeping.export(name, Path(path))

    def _import(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Import a model", "", f"Models (*{ENDING});;All files (*)")
        if path:
            self.ask_import(Path(path))

    def ask_import(self, path: Path) -> None:
        """Under which name; a colleague's model may be called as one of ours."""
        self._ask.ask_name(
            f"Take the model of {escape(path.name)} under the name:", "Import", path.stem,
            lambda: self._keeping.take(path, self._ask.name.text().strip()),
        )  # fmt: skip


def _cells(model: InstalledModel) -> tuple[str, ...]:
    card = model.card
    if card is None:
        return (model.name, model.error.what if model.error else "", "", "", "", "")
    tells = ", ".join(label_named(key).text for key in card.outputs)
    verdict = str(card.training.get("judgement", {}).get("verdict", "not judged"))
    kept = str(card.training.get("promoted", ""))[:10]
    return (model.name, f"{card.instrument}: {tells}", card.parent or "scratch", verdict, str(card.members), kept)
