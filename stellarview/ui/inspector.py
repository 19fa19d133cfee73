"""Decides what work the session needs: the star that is looked at first; `Survey` sees to all others."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from stellarview.domain.continua import know_continuum, known_continuum
from stellarview.domain.errors import StellarViewError
from stellarview.domain.exposures import the_exposure
from stellarview.domain.inspection import Inspection
from stellarview.domain.spectrum import Arm, RadialVelocity, Spectrum
from stellarview.engine.jobs import work
from stellarview.engine.known import State, known_of
from stellarview.session.session import Session, StarEntry
from stellarview.ui.findings import Findings, Opened
from stellarview.ui.survey import Survey
from stellarview.ui.tasks import Tasks
from stellarview.ui.workspace import Workspace

# What is done for the star that is looked at: given up as soon as another one is.
_JOBS = ("open", "continuum", "velocity", "inspect", "explain", "physics", "place", "what-if")


@dataclass(frozen=True)
class _Asked:
    """What the answers about a star depend on: when it changes, the star is looked at again."""

    path: str
    row: int
    exposure: str
    rv_km_s: tuple[float, ...]
    models: tuple[tuple[str, str], ...]


class Inspector(QObject):
    """Watches the workspace, runs tasks, fills the findings."""

    progressed = Signal()
    device_told = Signal(str)

    def __init__(self, workspace: Workspace, findings: Findings, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._findings, self._tasks = workspace, findings, tasks
        self._asked: dict[str, _Asked] = {}
        self._survey = Survey(workspace, findings, tasks, self)
        self._survey.progressed.connect(self.progressed)
        workspace.changed.connect(self._follow)

    @property
    def done_of_total(self) -> tuple[int, int]:
        """How many stars of those asked for are done; (0, 0) where nothing is left to do."""
        return self._survey.done_of_total

    def start(self) -> None:
        """Begin with the session as it is, and let the processes get ready."""
        self._follow(Session(), self._workspace.session)
        self._tasks.run("wake", work.wake, then=lambda _: None, urgency="later")
        self._tasks.run("device", work.device, then=self.device_told.emit, lane="networks", urgency="later")

    def cancel(self) -> None:
        """Stop what runs and waits. Stars that were not reached stay unread until they are looked at, or `resume`."""
        self._tasks.cancel_all()
        self._survey.stop()

    def resume(self) -> None:
        """Go on with all stars that were not reached."""
        session, known = self._workspace.session, self._findings.known
        left = [star for star in session.stars if known(star.key).state in ("waiting", "read")]
        self._survey.ask(left)
        for star in left:
            if star.key == session.current:
                self._look_at(star)

    def _follow(self, before: Session, now: Session) -> None:
        if before.stars is not now.stars or before.models != now.models:
            self._forget({star.key for star in before.stars} - {star.key for star in now.stars})
            self._ask(now)
        current, previous = now.star(now.current), before.star(now.current)
        if now.current != before.current:
            self._survey.go_on()  # the star before has no right of way any more
        if current is None:
            return
        if now.current != before.current or previous is None or _needs_reading(previous, current, before, now):
            self._look_at(current)
        else:
            self._look_closer(before, now, previous, current)

    def _forget(self, left: set[str]) -> None:
        if left:
            self._findings.forget(left)
            self._survey.forget(left)
            for key in left:
                self._asked.pop(key, None)

    def _ask(self, now: Session) -> None:
        """All stars about which something else is asked than before."""
        models = tuple((choice.task, choice.model) for choice in now.models)
        new = []
        for star in now.stars:
            asked = _Asked(star.path, star.row, star.exposure, star.rv_km_s, models)
            before = self._asked.get(star.key)
            if before != asked:
                if before is not None and (before.path, before.row) != (star.path, star.row):
                    self._findings.forget([star.key])  # the star of that key in another session
                self._asked[star.key] = asked
                new.append(star)
        self._survey.ask(new)

    # The star that is looked at.

    def _look_at(self, star: StarEntry) -> None:
        for job in _JOBS:
            self._tasks.cancel(job)
        opened = self._findings.opened(star.key)
        if opened is not None:
            self._choose_exposure(star, opened.spectra)
            return
        self._tasks.run(
            "open",
            work.open_spectra,
            star,
            then=lambda spectra: self._choose_exposure(star, spectra),
            otherwise=lambda error: self._failed(star.key, error),
            urgency="now",
        )

    def _choose_exposure(self, star: StarEntry, spectra: tuple[Spectrum, ...]) -> None:
        try:
            spectrum = the_exposure(spectra, star.exposure or None)
        except StellarViewError as error:
            self._failed(star.key, error)
            return
        if known_continuum(spectrum) is not None:
            self._place(star, spectra, spectrum)
            return

        def fitted(arms: tuple[Arm, ...]) -> None:
            know_continuum(spectrum.arms, arms)
            self._place(star, spectra, spectrum)

        self._tasks.run(
            "continuum",
            work.fit_continuum,
            spectrum,
            then=fitted,
            otherwise=lambda error: self._failed(star.key, error),
            urgency="now",
        )

    def _place(self, star: StarEntry, spectra: tuple[Spectrum, ...], spectrum: Spectrum) -> None:
        """At the velocity that the user gave, or that is found; until then as it was observed."""
        if star.user_km_s is not None and spectrum.frame == "observed":
            self._show(star, spectra, spectrum.with_velocity(RadialVelocity(star.user_km_s, None, "user")))
            return
        self._show(star, spectra, spectrum, is_at_velocity=False)
        self._tasks.run(
            "velocity",
            work.at_its_velocity,
            spectrum,
            None,
            # Its own arms: what was fitted to them is known by them.
            then=lambda placed: self._show(star, spectra, replace(placed, arms=spectrum.arms)),
            otherwise=lambda error: self._failed(star.key, error),
            urgency="now",
        )

    def _show(
        self, star: StarEntry, spectra: tuple[Spectrum, ...], spectrum: Spectrum, *, is_at_velocity: bool = True
    ) -> None:
        before = self._findings.opened(star.key)
        exposures = tuple(one.exposure for one in spectra)
        inspection = Inspection(spectrum, exposures)
        if before is not None:  # old answers stay until there are new ones: a slider must not make the window flicker
            inspection = replace(before.inspection, spectrum=spectrum, exposures=exposures)
        self._findings.open(star.key, Opened(spectra, inspection, before.what_if if before else {}))
        if self._findings.known(star.key).state == "waiting":
            self._learn(star.key, "read", Inspection(spectrum))
        if is_at_velocity:
            self._inspect(star, spectrum)

    def _inspect(self, star: StarEntry, spectrum: Spectrum) -> None:
        chosen = {choice.task: choice.model for choice in self._workspace.session.models}
        self._tasks.run(
            "inspect",
            work.inspect,
            spectrum,
            chosen,
            then=lambda inspection: self._inspected(star.key, inspection),
            otherwise=lambda error: self._failed(star.key, error),
            lane="networks",
            urgency="now",
        )

    def _inspected(self, key: str, inspection: Inspection) -> None:
        self._findings.add(
            key, predictions=inspection.predictions, refusals=inspection.refusals, ranges=inspection.ranges
        )
        self._survey.forget([key])
        self._learn(key, "done", inspection)
        self._explain(key)
        self._wonder(key)
        told = inspection.placeable
        if told is not None:
            self._tasks.run(
                "place",
                work.place_among_isochrones,
                told,
                then=lambda placed: self._findings.add(key, placement=placed),
            )

    def _learn(self, key: str, state: State, inspection: Inspection) -> None:
        star = self._workspace.session.star(key)
        if star is not None:
            self._findings.learn(known_of(star, inspection, state))

    def _look_closer(self, before: Session, now: Session, previous: StarEntry, star: StarEntry) -> None:
        """The same spectrum: another label, another layer, other edits."""
        has_new_layer = "physics" in set(now.display.layers) - set(before.display.layers)
        if now.display.label != before.display.label or has_new_layer:
            self._explain(star.key)
        if star.edits != previous.edits:
            self._wonder(star.key)

    def _explain(self, key: str) -> None:
        opened, display = self._findings.opened(key), self._workspace.session.display
        if opened is None:
            return
        told = self._findings.known(key).telling(display.label)
        if told is None:
            self._findings.add(key, explained=None, physics=None)
            return
        ask = (opened.spectrum, told.model, display.label)
        self._tasks.run(
            "explain",
            work.explain,
            *ask,
            then=lambda explained: self._findings.add(key, explained=explained),
            otherwise=lambda error: self._findings.add(key, explained=None),
            lane="networks",
            urgency="now",
        )
        if "physics" in display.layers and opened.spectrum.instrument == "MRS":
            self._tasks.run(
                "physics",
                work.explain_physics,
                *ask,
                then=lambda physics: self._findings.add(key, physics=physics),
                otherwise=lambda error: self._findings.add(key, physics=None),
                lane="networks",
            )

    def _wonder(self, key: str) -> None:
        star, opened = self._workspace.session.star(key), self._findings.opened(key)
        if star is None or opened is None:
            return
        if not star.edits:
            self._tasks.cancel("what-if")
            if opened.what_if:
                self._findings.wonder(key, {})
            return
        predictions = opened.inspection.predictions
        self._tasks.run(
            "what-if",
            work.ask_what_if,
            opened.spectrum,
            list(predictions),
            star.edits,
            predictions,
            then=lambda answers: self._findings.wonder(key, answers),
            lane="networks",
            urgency="now",
        )

    def _failed(self, key: str, error: StellarViewError) -> None:
        self._survey.forget([key])
        known = self._findings.known(key)
        self._findings.learn(replace(known, state="failed", error=error))


def _needs_reading(before: StarEntry, now: StarEntry, session: Session, new: Session) -> bool:
    fields = ("path", "row", "exposure", "rv_km_s")
    return session.models != new.models or any(getattr(before, name) != getattr(now, name) for name in fields)
