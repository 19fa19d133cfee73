"""The controls of the HR diagram: what runs upwards, whose isochrones, an age that stands out, the curves' [Fe/H]."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from stellarview.engine.curves import Curves, Wanted
from stellarview.session.session import HrChoices, HrVertical
from stellarview.ui.widgets import label, named, switch

_VERTICALS: tuple[tuple[HrVertical, str], ...] = (("logg", "log g"), ("luminosity", "Luminosity"))
_STEPS_A_DECADE, _FEH_STEPS_PER_DEX = 90, 20
_USUAL_AGE_GYR = 5.0
_USUAL_AGES, _USUAL_FEHS = (0.1, 13.8), (-2.0, 0.5)


class HrControls(QWidget):
    """Shows the session's choices and says which ones the user wants instead."""

    wanted = Signal(str, object)  # in words what was changed, and the new HrChoices
    lasso_wanted = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._choices = HrChoices()
        self.vertical = named(QComboBox(), "Upwards", "What runs upwards: surface gravity (Kiel diagram) or luminosity")
        for key, words in _VERTICALS:
            self.vertical.addItem(words, key)
        self.grid = named(QComboBox(), "Isochrones", "Which grid of isochrones; `stellarview isochrones` gets more")
        self.grid.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.grid.setMinimumContentsLength(8)
        self.lasso = switch("Lasso", "Draw a line round stars to select them")
        self.age = _Choice("Age", "Let the isochrone of this age stand out", lambda age: f"{age:.3g} Gyr",
                           age_step, age_at)  # fmt: skip
        self.feh = _Choice("[Fe/H]", "The metallicity of the isochrones; without a tick it is the star's own",
                           lambda feh: f"{feh:+.2f}".replace("-", "−"),
                           lambda feh: feh * _FEH_STEPS_PER_DEX, lambda step: step / _FEH_STEPS_PER_DEX)  # fmt: skip
        self._arrange()
        self.vertical.activated.connect(self._want_vertical)
        self.grid.activated.connect(self._want_grid)
        self.lasso.toggled.connect(self.lasso_wanted)
        self.age.wanted.connect(lambda ages: self._want("age of the isochrone", ages_gyr=ages))
        self.feh.wanted.connect(lambda fehs: self._want("[Fe/H] of the isochrones", feh=fehs))

    def show_choices(self, choices: HrChoices, wanted: Wanted, curves: Curves | None) -> None:
        """As the session says; what can be chosen follows the grid."""
        self._choices = choices
        self.vertical.setCurrentIndex([key for key, _ in _VERTICALS].index(choices.vertical))
        grids = curves.grids if curves is not None else ()
        if [self.grid.itemText(k) for k in range(self.grid.count())] != [*grids]:
            self.grid.clear()
            self.grid.addItems([*grids])
        self.grid.setVisible(len(grids) > 1)
        if curves is not None:
            self.grid.setCurrentText(curves.grid)
        ages, fehs = (_USUAL_AGES, _USUAL_FEHS) if curves is None else (curves.ages_gyr, curves.fehs)
        self.age.show_value(choices.ages_gyr, _USUAL_AGE_GYR, ages)
        self.feh.show_value(choices.feh, wanted.feh, fehs)

    def _arrange(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for widget in (self.vertical, self.grid):
            first.addWidget(widget)
        first.addStretch(1)
        first.addWidget(self.lasso)
        second.addWidget(self.age, 1)
        second.addWidget(self.feh, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for row in (first, second):
            row.setContentsMargins(2, 0, 2, 0)
            column.addLayout(row)

    def _want_vertical(self) -> None:
        self._want("axis of the HR diagram", vertical=self.vertical.currentData())

    def _want_grid(self) -> None:
        self._want("grid of isochrones", grid=self.grid.currentText())

    def _want(self, words: str, **changes: object) -> None:
        self.wanted.emit(words, replace(self._choices, **changes))  # type: ignore[arg-type]


class _Choice(QWidget):
    """A tick, a slider and its value. Moving the slider sets the tick; without it the usual value stands."""

    wanted = Signal(object)  # a tuple of the value, or of nothing

    def __init__(self, name: str, tip: str, text: Callable[[float], str], step_of: Callable[[float], float],
                 value_of: Callable[[float], float]) -> None:  # fmt: skip
        super().__init__()
        self._text, self._step_of, self._value_of = text, step_of, value_of
        self.tick = named(QCheckBox(name), name, tip)
        self.slider = named(QSlider(Qt.Orientation.Horizontal), f"{name}: value", tip)
        self.slider.setMinimumWidth(50)
        self.value = label("", f"{name} that is shown")
        self.value.setMinimumWidth(self.value.fontMetrics().horizontalAdvance("0.125 Gyr"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for widget, stretch in ((self.tick, 0), (self.slider, 1), (self.value, 0)):
            row.addWidget(widget, stretch)
        self.tick.clicked.connect(self._ticked)
        self.slider.valueChanged.connect(self._moved)

    def show_value(self, chosen: tuple[float, ...], usual: float, limits: tuple[float, float]) -> None:
        """The chosen value, or pale the usual one; the slider goes from limit to limit."""
        at = chosen[0] if chosen else usual
        with QSignalBlocker(self.slider), QSignalBlocker(self.tick):
            self.slider.setRange(
                math.floor(self._step_of(limits[0]) + 1e-6), math.ceil(self._step_of(limits[1]) - 1e-6)
            )
            self.slider.setValue(round(self._step_of(at)))
            self.tick.setChecked(bool(chosen))
        self.value.setText(self._text(at))
        self.value.setEnabled(bool(chosen))

    def _ticked(self) -> None:
        self.wanted.emit((self._value_of(self.slider.value()),) if self.tick.isChecked() else ())

    def _moved(self, step: int) -> None:
        self.wanted.emit((self._value_of(step),))


def age_step(age_gyr: float) -> float:
    """The slider goes through ages of two digits, decade after decade: 0.98, 0.99, 1.0, 1.1 ..."""
    decade = math.floor(math.log10(age_gyr) + 1e-9)
    return _STEPS_A_DECADE * decade + 10.0 * (age_gyr / 10.0**decade - 1.0)


def age_at(step: float) -> float:
    """The age (Gyr) of a step."""
    decade, place = divmod(step, _STEPS_A_DECADE)
    return float(f"{(1.0 + place / 10.0) * 10.0**decade:.2g}")
