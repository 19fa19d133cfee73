"""The panel of PDFs: how sure the network is of the explained label, or of two labels against each other."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from stellarview.domain.labels import label_named
from stellarview.domain.results import mixtures
from stellarview.session.session import Session
from stellarview.ui.desk import Desk
from stellarview.ui.panels.pdf_scene import build_shown, pair_prediction, shown_keys
from stellarview.ui.plot.view import TitleLine
from stellarview.ui.quiet_plot import QuietPlot
from stellarview.ui.turns import Turn
from stellarview.ui.widgets import named, switch

_PAIR_TIP = (
    "Two labels against each other: contours of 1 and 2 sigma (39% and 86%), each label's own PDF above and at the "
    "side, catalogue values as lines"
)
_USUAL_PAIR = ("teff", "logg")


class PdfPanel(QWidget):
    """Follows the current star, the selected ones and the explained label."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._shown_of: tuple[object, ...] = ()
        self.title = TitleLine(self)
        self.across, self.up = (_combo(name) for name in ("Label along x", "Label along y"))
        self.switch = switch("Two labels", _PAIR_TIP)
        self.content = QuietPlot(title=False)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.title, 1)
        for widget in (self.across, self.up, self.switch):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.content, 1)
        self._soon = Turn(self, self.draw)
        self.switch.clicked.connect(self._switch)
        for combo in (self.across, self.up):
            combo.activated.connect(self._choose)
        desk.workspace.changed.connect(self._session_changed)
        desk.findings.found.connect(self._stars_changed)
        desk.findings.opened_changed.connect(lambda key: self._stars_changed({key}))
        self._soon.start()

    def draw(self) -> None:
        """What is known now; nothing while nobody can see it."""
        if not self.isVisible():
            return
        session, findings = self._desk.workspace.session, self._desk.findings
        self._show_choices(session)
        shown = build_shown(session, findings)
        if isinstance(shown, str):
            self.title.setText("")
            self.content.say(shown)
            return
        self.title.setText("" if session.display.pair else shown.title)
        self.title.setToolTip(self.title.text())  # whole, where there is no room for it
        of = (shown_keys(session), session.display.label, session.display.pair)
        self.content.show_scene(shown, keep_range=of == self._shown_of)
        self._shown_of = of

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what was missed."""
        super().showEvent(event)
        self._soon.start()

    def _show_choices(self, session: Session) -> None:
        pair = session.display.pair
        told = pair_prediction(self._desk.findings.known(session.current))
        keys = list(mixtures(told)) if told is not None else list(pair)
        self.switch.setChecked(bool(pair))
        self.switch.setEnabled(told is not None or bool(pair))
        for place, combo in enumerate((self.across, self.up)):
            combo.setVisible(bool(pair))
            if [combo.itemData(k) for k in range(combo.count())] != keys:
                combo.clear()
                for key in keys:
                    combo.addItem(label_named(key).text, key)
            if len(pair) == 2:
                combo.setCurrentIndex(keys.index(pair[place]) if pair[place] in keys else -1)

    def _switch(self) -> None:
        session = self._desk.workspace.session
        told = pair_prediction(self._desk.findings.known(session.current))
        if not self.switch.isChecked() or told is None:
            self._change("one label", ())
            return
        first, second = _USUAL_PAIR
        keys = list(mixtures(told))
        wanted = [first, session.display.label if session.display.label != first else second, *keys]
        self._change("two labels", tuple(dict.fromkeys(key for key in wanted if key in keys))[:2])

    def _choose(self) -> None:
        self._change("two labels", tuple(str(combo.currentData() or "") for combo in (self.across, self.up)))

    def _change(self, words: str, pair: tuple[str, ...]) -> None:
        workspace = self._desk.workspace
        display = replace(workspace.session.display, pair=pair)
        workspace.change(words, replace(workspace.session, display=display))
        self._soon.start()

    def _session_changed(self, before: Session, now: Session) -> None:
        if _asked(before) != _asked(now):
            self._soon.start()

    def _stars_changed(self, keys: set[str]) -> None:
        if keys & set(shown_keys(self._desk.workspace.session)):
            self._soon.start()


def _asked(session: Session) -> tuple[object, ...]:
    star = session.star(session.current)
    return shown_keys(session), session.display.label, session.display.pair, star and star.catalogue


def _combo(name: str) -> QComboBox:
    return named(QComboBox(), name, f"{name} of the two that stand against each other")
