"""The menus of the spectrum's tool bar, made of tables: layers, elements, axes, second star."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QGridLayout, QMenu, QToolButton, QWidget, QWidgetAction

from stellarview.io.line_list import read_lines
from stellarview.scene.layers import LAYERS
from stellarview.session.session import Session
from stellarview.ui.choices import display_of, set_ghost, show, toggle_layer
from stellarview.ui.desk import Desk
from stellarview.ui.widgets import named

_MOST_STARS = 30


@dataclass(frozen=True)
class AxisChoice:
    """One value of a field of `Display`; choices of one field exclude each other."""

    field: str
    value: str
    words: str
    tip: str


AXIS_CHOICES: tuple[AxisChoice, ...] = (
    AxisChoice("flux", "normalised", "Flux over continuum", "Divided by the pseudo-continuum"),
    AxisChoice("flux", "as observed", "Flux as observed", "In the file's own relative unit"),
    AxisChoice("x_unit", "angstrom", "Ångström", "Wavelengths in Ångström"),
    AxisChoice("x_unit", "nm", "Nanometre", "Wavelengths in nanometres"),
    AxisChoice("medium", "vacuum", "Vacuum", "Wavelengths in vacuum, as the survey has them"),
    AxisChoice("medium", "air", "Air", "Wavelengths in standard air (Ciddor 1996)"),
    AxisChoice("frame", "rest", "Rest frame", "At the wavelengths that the star itself sees"),
    AxisChoice("frame", "observed", "Observed", "At the wavelengths that the telescope saw (heliocentric)"),
)

# Where elements stand in the periodic table (row, column); molecules in a row of their own.
PERIODIC: dict[str, tuple[int, int]] = {
    "H": (0, 0), "He": (0, 17), "Li": (1, 0), "C": (1, 13), "N": (1, 14), "O": (1, 15),
    "Na": (2, 0), "Mg": (2, 1), "Al": (2, 12), "Si": (2, 13), "S": (2, 15),
    "K": (3, 0), "Ca": (3, 1), "Sc": (3, 2), "Ti": (3, 3), "V": (3, 4), "Cr": (3, 5), "Mn": (3, 6), "Fe": (3, 7),
    "Co": (3, 8), "Ni": (3, 9), "Cu": (3, 10), "Zn": (3, 11),
    "Rb": (4, 0), "Sr": (4, 1), "Y": (4, 2), "Zr": (4, 3), "Ba": (5, 1), "La": (5, 2), "Nd": (5, 5), "Eu": (5, 8),
    "CH": (6, 0), "CN": (6, 2), "C2": (6, 4), "MgH": (6, 6), "CaH": (6, 8), "TiO": (6, 10), "VO": (6, 12),
}  # fmt: skip
_MOLECULE_COLUMNS = 2
_CELL_PIXELS = 30


class LayersMenu(QMenu):
    """What is drawn."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__("Layers", parent)
        self.setToolTipsVisible(True)
        for key, layer in LAYERS.items():
            action = self.addAction(layer.words)
            action.setObjectName(key)
            action.setToolTip(layer.tooltip)
            action.setCheckable(True)
            action.triggered.connect(partial(_toggle, desk, key))

    def refresh(self, session: Session) -> None:
        """Tick what is shown."""
        for action in self.actions():
            action.setChecked(action.objectName() in session.display.layers)


def _toggle(desk: Desk, layer: str, *_: object) -> None:
    toggle_layer(desk, layer)


class AxesMenu(QMenu):
    """Units, medium and frame of the axes."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__("Axes", parent)
        self.setToolTipsVisible(True)
        self._actions: list[tuple[AxisChoice, QAction]] = []
        groups: dict[str, QActionGroup] = {}
        for choice in AXIS_CHOICES:
            if choice.field not in groups:
                groups[choice.field] = QActionGroup(self)
                self.addSeparator()
            action = groups[choice.field].addAction(choice.words)
            action.setToolTip(choice.tip)
            action.setCheckable(True)
            action.triggered.connect(partial(_choose, desk, choice))
            self.addAction(action)
            self._actions.append((choice, action))

    def refresh(self, session: Session) -> None:
        """Tick what is chosen."""
        for choice, action in self._actions:
            action.setChecked(getattr(session.display, choice.field) == choice.value)


def _choose(desk: Desk, choice: AxisChoice, *_: object) -> None:
    show(desk, choice.words.lower(), **{choice.field: choice.value})


class ElementsMenu(QMenu):
    """A periodic table of the line list: whose lines are named. None: those that matter most."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__("Elements", parent)
        self._desk = desk
        self.buttons: dict[str, QToolButton] = {}
        self.telling = self.addAction("The most telling lines")
        self.telling.setToolTip("Forget the choice of elements")
        self.telling.triggered.connect(lambda *_: show(self._desk, "elements", elements=()))
        self.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        """Make the table, once: the window does not wait for it."""
        if self.buttons:
            return
        table = QWidget()
        grid = QGridLayout(table)
        grid.setSpacing(1)
        counts: dict[str, int] = {}
        for line in read_lines():
            counts[line.element] = counts.get(line.element, 0) + 1
        for element, (row, column) in PERIODIC.items():
            if element in counts:
                button = named(QToolButton(), element, f"{element}: {counts[element]} lines")
                button.setText(element)
                button.setCheckable(True)
                button.clicked.connect(partial(self._toggle, element))
                span = _MOLECULE_COLUMNS if row == max(PERIODIC.values())[0] else 1
                button.setFixedWidth(span * _CELL_PIXELS)
                grid.addWidget(button, row, column, 1, span)
                self.buttons[element] = button
        whole = QWidgetAction(self)
        whole.setDefaultWidget(table)
        self.insertAction(self.telling, whole)
        self.refresh(self._desk.workspace.session)

    def _toggle(self, element: str, *_: object) -> None:
        chosen = display_of(self._desk).elements
        others = tuple(one for one in chosen if one != element)
        show(self._desk, "elements", elements=others if element in chosen else (*chosen, element))

    def refresh(self, session: Session) -> None:
        """Press what is chosen."""
        for element, button in self.buttons.items():
            button.setChecked(element in session.display.elements)
        self.telling.setEnabled(bool(session.display.elements))


class SecondStarMenu(QMenu):
    """Which star lies behind the one that is looked at: of the selected ones first, then the others."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__("Second star", parent)
        self._desk = desk
        self.aboutToShow.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        """The stars as they are now."""
        self.clear()
        session = self._desk.workspace.session
        self._add("None", "", is_on=not session.ghost)
        self.addSeparator()
        keys = [key for key in session.selected if key != session.current]
        keys += [star.key for star in session.stars if star.key not in (*keys, session.current)]
        if session.ghost in keys[_MOST_STARS:]:
            keys.insert(0, session.ghost)
        for key in keys[:_MOST_STARS]:
            self._add(name_of(self._desk, key), key, is_on=key == session.ghost)
        if len(keys) > _MOST_STARS:
            more = self.addAction(f"{len(keys) - _MOST_STARS} more: select one in the table")
            more.setEnabled(False)

    def refresh(self, session: Session) -> None:
        """Filled when it opens."""

    def _add(self, words: str, key: str, *, is_on: bool) -> None:
        action = self.addAction(words)
        action.setCheckable(True)
        action.setChecked(is_on)
        action.triggered.connect(lambda *_: set_ghost(self._desk, key))


def name_of(desk: Desk, key: str) -> str:
    """What a star is called: by its file's header, else by its file."""
    row, star = desk.findings.known(key).row, desk.workspace.session.star(key)
    return str((row or {}).get("name") or (star.path.rsplit("/", 1)[-1] if star else key))
