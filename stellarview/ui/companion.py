"""Opens the second star, which is shown behind the one that is looked at: the inspector opens only that one."""

from __future__ import annotations

from PySide6.QtCore import QObject

from stellarview.domain.continua import know_continuum
from stellarview.domain.errors import StellarViewError
from stellarview.domain.exposures import the_exposure
from stellarview.domain.inspection import Inspection
from stellarview.domain.spectrum import Arm, Spectrum
from stellarview.engine.jobs import work
from stellarview.session.session import Session, StarEntry
from stellarview.ui.desk import Desk
from stellarview.ui.findings import Opened

_OPEN, _VELOCITY = "open second", "velocity of second"


class Companion(QObject):
    """Watches the workspace; fills the findings with the spectrum of the second star, at its velocity."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        desk.workspace.changed.connect(self._follow)
        self._open(desk.workspace.session)

    def _follow(self, before: Session, now: Session) -> None:
        ghost = now.star(now.ghost)
        if ghost is None:
            if before.ghost:
                self._desk.tasks.cancel(_OPEN)
        elif ghost != before.star(now.ghost) or now.ghost != before.ghost or now.current != before.current:
            self._open(now)

    def _open(self, session: Session) -> None:
        star = session.star(session.ghost)
        if star is None or star.key == session.current or self._desk.findings.opened(star.key) is not None:
            return
        self._desk.tasks.run(
            _OPEN,
            work.open_spectra,
            star,
            then=lambda spectra: self._place(star, spectra),
            otherwise=self._desk.messages.tell_error,
            urgency="now",
        )

    def _place(self, star: StarEntry, spectra: tuple[Spectrum, ...]) -> None:
        try:
            spectrum = the_exposure(spectra, star.exposure or None)
        except StellarViewError as error:
            self._desk.messages.tell_error(error)
            return
        exposures = tuple(one.exposure for one in spectra)
        self._desk.tasks.run(
            _VELOCITY,
            work.ready_to_see,
            spectrum,
            star.user_km_s,
            then=lambda told: self._show(star.key, Opened(spectra, Inspection(told[0], exposures)), told[1]),
            otherwise=self._desk.messages.tell_error,
            urgency="now",
        )

    def _show(self, key: str, opened: Opened, arms: tuple[Arm, ...]) -> None:
        """Unless it was opened in the meantime, with more known of it."""
        know_continuum(opened.spectrum.arms, arms)
        if self._desk.findings.opened(key) is None and self._desk.workspace.session.star(key) is not None:
            self._desk.findings.open(key, opened)
