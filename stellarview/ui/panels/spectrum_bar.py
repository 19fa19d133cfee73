"""The tool bar over the spectrum: arms, exposure, velocity, flux, smoothing, menus, and what dragging does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSpinBox, QToolButton, QWidget

from stellarview.session.session import Session, Tool
from stellarview.spectrum_view import exposures_of
from stellarview.ui.choices import SMOOTHEST_PIXELS, current_star, display_of, set_exposure, set_smoothing, show
from stellarview.ui.desk import Desk
from stellarview.ui.findings import Opened
from stellarview.ui.flow_layout import FlowLayout
from stellarview.ui.panels.spectrum_menus import AxesMenu, ElementsMenu, LayersMenu, SecondStarMenu
from stellarview.ui.panels.velocity import VelocityControl
from stellarview.ui.widgets import button, named

TOOLS: tuple[tuple[Tool, str, str], ...] = (
    ("pan", "Pan", "Drag to move along the spectrum (P)"),
    ("zoom", "Zoom", "Drag a box to zoom into it (Z)"),
    ("select", "Select", "Drag over a stretch to change or measure it (S); with Ctrl in any mode"),
)
_EXPOSURE_PIXELS = 160
_MOST_NAMED = 3
# Fusion shows a pressed button hardly otherwise than one that is not.
_PRESSED = """QToolButton:checked { background: palette(highlight); color: palette(highlighted-text);
border: 1px solid palette(highlight); border-radius: 3px; padding: 2px; }"""


class SpectrumBar(QWidget):
    """Shows the session's choices about the spectrum and changes them; it wraps where there is little room."""

    def __init__(self, desk: Desk, *, home: Callable[[], None], back: Callable[[], None]) -> None:
        super().__init__()
        self._desk = desk
        self.arms = QWidget()
        self._arm_row = QHBoxLayout(self.arms)
        self._arm_row.setContentsMargins(0, 0, 0, 0)
        self._arm_row.setSpacing(1)
        self._arm_buttons: dict[str, QToolButton] = {}
        self.exposure = named(QComboBox(), "Exposure", "The coadd, or one exposure with its time (UT)")
        self.exposure.setFixedWidth(_EXPOSURE_PIXELS)
        self.exposure.activated.connect(lambda index: set_exposure(desk, str(self.exposure.itemData(index))))
        self.velocity = VelocityControl(desk)
        self.normalised = _switch("Normalised", "Flux over its pseudo-continuum, or as observed (N)", self._normalise)
        self.smoothing = self._smoothing_box()
        menus = LayersMenu(desk, self), AxesMenu(desk, self), ElementsMenu(desk, self), SecondStarMenu(desk, self)
        self.layers, self.axes, self.elements, self.second = menus
        self.menus = menus
        self._openers = {menu.title(): _opener(menu.title(), menu) for menu in menus}
        self.tools = {tool: _switch(words, tip, partial(self._use, tool)) for tool, words, tip in TOOLS}
        self.setStyleSheet(_PRESSED)
        row = FlowLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        buttons = button("Home", "The whole spectrum (H)", home), button("Back", "The view before (B)", back)
        layers, axes, elements, second = self._openers.values()
        shown = self.arms, self.exposure, self.normalised, self.smoothing, layers, axes
        # In this order lines are full also where a line holds half of it.
        for widget in (*shown, self.velocity, elements, second, *self.tools.values(), *buttons):
            row.addWidget(widget)

    def refresh(self, session: Session, opened: Opened | None) -> None:
        """As the session says."""
        display = session.display
        self._show_arms(opened)
        self._show_exposures(opened)
        self.velocity.refresh(session, opened)
        self.normalised.setChecked(display.flux == "normalised")
        with QSignalBlocker(self.smoothing):
            self.smoothing.setValue(display.smoothing_pixels)
        for menu in self.menus:
            menu.refresh(session)
            self._openers[menu.title()].setText(f"{menu.title()}{_what_of(menu.title(), session)}  ")
        for tool, one in self.tools.items():
            one.setChecked(tool == display.tool)

    def _smoothing_box(self) -> QSpinBox:
        box = named(QSpinBox(), "Smoothing", "Show the mean of so many pixels ([ and ]); 1 px: as they are")
        box.setRange(1, SMOOTHEST_PIXELS)
        box.setSingleStep(2)
        box.setSuffix(" px")
        box.valueChanged.connect(lambda pixels: set_smoothing(self._desk, pixels))
        return box

    def _show_arms(self, opened: Opened | None) -> None:
        arms = sorted(opened.spectrum.arms, key=lambda arm: float(arm.wavelength_angstrom[0])) if opened else []
        names = tuple(arm.name for arm in arms) if len(arms) > 1 else ()
        if names != tuple(self._arm_buttons):
            for old in self._arm_buttons.values():
                self._arm_row.removeWidget(old)
                old.deleteLater()
            self._arm_buttons = {
                name: _switch(name, f"Show or hide arm {name}", partial(self._toggle_arm, name)) for name in names
            }
            for one in self._arm_buttons.values():
                self._arm_row.addWidget(one)
        self.arms.setVisible(bool(names))
        chosen = [name for name in names if name in display_of(self._desk).arms] or list(names)
        for name, one in self._arm_buttons.items():
            one.setChecked(name in chosen)

    def _toggle_arm(self, name: str) -> None:
        """All arms are no choice, and neither is none."""
        names = tuple(self._arm_buttons)
        shown = [one for one in names if one in display_of(self._desk).arms] or list(names)
        chosen = [one for one in names if (one in shown) != (one == name)]
        everything = not chosen or len(chosen) == len(names)
        show(self._desk, "arms", arms=() if everything else tuple(chosen))
        self._show_arms(self._desk.findings.opened(self._desk.workspace.session.current))

    def _show_exposures(self, opened: Opened | None) -> None:
        told = exposures_of(opened.spectra) if opened else []
        self.exposure.setVisible(len(told) > 1)
        if [self.exposure.itemData(index) for index in range(self.exposure.count())] != [name for name, _ in told]:
            self.exposure.clear()
            for place, (name, words) in enumerate(told):
                self.exposure.addItem(words, name)
                self.exposure.setItemData(place, words, Qt.ItemDataRole.ToolTipRole)
            width = max((self.exposure.fontMetrics().horizontalAdvance(words) for _, words in told), default=0)
            self.exposure.view().setMinimumWidth(width + 40)
        star = current_star(self._desk)
        self.exposure.setCurrentIndex(max(self.exposure.findData((star.exposure if star else "") or "coadd"), 0))

    def _normalise(self) -> None:
        is_on = display_of(self._desk).flux == "normalised"
        show(self._desk, "normalisation", flux="as observed" if is_on else "normalised")

    def _use(self, tool: Tool) -> None:
        show(self._desk, "tool", "tool", tool=tool)
        self.refresh(self._desk.workspace.session, self._desk.findings.opened(self._desk.workspace.session.current))


def _switch(words: str, tip: str, act: Callable[[], None]) -> QToolButton:
    one = button(words, tip, act)
    one.setCheckable(True)
    return one


def _what_of(title: str, session: Session) -> str:
    """What of a menu is not as usual and hides something: `: Fe, Mg`."""
    elements = session.display.elements
    if title != "Elements" or not elements:
        return ""
    return f": {', '.join(elements)}" if len(elements) <= _MOST_NAMED else f": {len(elements)}"


def _opener(words: str, menu: LayersMenu | ElementsMenu | AxesMenu | SecondStarMenu) -> QToolButton:
    one = named(QToolButton(), words, f"{words}…")
    one.setText(f"{words}  ")
    one.setMenu(menu)
    one.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    return one
