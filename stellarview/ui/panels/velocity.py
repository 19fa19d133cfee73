"""The radial velocity as the user can turn it: a slider about the automatic value, a number, and the way back."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QSlider, QWidget

from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, RadialVelocity, Spectrum
from stellarview.session.session import Session
from stellarview.ui.choices import current_star, set_velocity
from stellarview.ui.desk import Desk
from stellarview.ui.findings import Opened
from stellarview.ui.widgets import button, label, named

_REACH_KM_S = 200.0
_STEPS_PER_KM_S = 10
_SOURCES = {"cross-correlation": "measured", "header": "header", "user": "yours", "catalogue": "catalogue"}


class VelocityControl(QWidget):
    """The slider reaches 200 km/s to both sides of the velocity that the star was opened with."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._centre_key, self._centre_km_s = "", 0.0
        tip = "Radial velocity in km/s: drag, type, or use the arrow keys; everything follows"
        self.slider = named(QSlider(Qt.Orientation.Horizontal), "Radial velocity slider", tip)
        self.slider.setRange(-round(_REACH_KM_S * _STEPS_PER_KM_S), round(_REACH_KM_S * _STEPS_PER_KM_S))
        self.slider.setSingleStep(_STEPS_PER_KM_S)
        self.slider.setPageStep(10 * _STEPS_PER_KM_S)
        self.slider.setFixedWidth(100)
        self.slider.valueChanged.connect(
            lambda steps: set_velocity(desk, round(self._centre_km_s + steps / _STEPS_PER_KM_S, 1))
        )
        self.box = named(QDoubleSpinBox(), "Radial velocity", tip)
        self.box.setRange(-SPEED_OF_LIGHT_KM_S, 10 * SPEED_OF_LIGHT_KM_S)
        self.box.setDecimals(1)
        self.box.setSuffix(" km/s")
        self.box.setKeyboardTracking(False)
        self.box.setFixedWidth(self.box.fontMetrics().horizontalAdvance("-0000.0 km/s") + 26)
        self.box.valueChanged.connect(lambda value: set_velocity(desk, value))
        self.source = label("", "Where the velocity comes from")
        self.automatic = button("auto", "The header's velocity, else the measured one (V)", self._reset)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        row.addWidget(label("RV", "Radial velocity"))
        for widget in (self.slider, self.box, self.source, self.automatic):
            row.addWidget(widget)

    def refresh(self, session: Session, opened: Opened | None) -> None:
        """The velocity of the star that is shown."""
        velocity = opened.spectrum.velocity if opened else None
        star = current_star(self._desk)
        user_km_s = star.user_km_s if star else None
        self.setEnabled(opened is not None and opened.spectrum.frame == "observed")
        self.automatic.setEnabled(user_km_s is not None)
        if velocity is not None and velocity.source != "user" and user_km_s is None:
            self._centre_key, self._centre_km_s = session.current, velocity.value_km_s
        elif self._centre_key != session.current:
            self._centre_key, self._centre_km_s = session.current, user_km_s or 0.0
        value = user_km_s if user_km_s is not None else (velocity.value_km_s if velocity else 0.0)
        with QSignalBlocker(self.slider), QSignalBlocker(self.box):
            self.slider.setValue(round((value - self._centre_km_s) * _STEPS_PER_KM_S))
            self.box.setValue(value)
        self.source.setText(source_words(velocity))
        self.source.setToolTip(source_tip(opened.spectrum if opened else None))

    def _reset(self) -> None:
        set_velocity(self._desk, None)


def source_words(velocity: RadialVelocity | None) -> str:
    """`header ± 6.0`."""
    if velocity is None:
        return "not known"
    words = _SOURCES[velocity.source] if velocity.is_reliable else "unreliable"
    return words if velocity.sigma_km_s is None else f"{words} ± {velocity.sigma_km_s:.1f}"


def source_tip(spectrum: Spectrum | None) -> str:
    """Where the velocity comes from, in a sentence."""
    if spectrum is None or spectrum.velocity is None:
        return "No radial velocity: wavelengths are as they were observed"
    velocity = spectrum.velocity
    quality = "" if velocity.quality is None else f", peak over noise {velocity.quality:.1f}"
    template = f", template {velocity.template}" if velocity.template else ""
    return f"Radial velocity: {_SOURCES[velocity.source]}{quality}{template}"
