"""What the HR diagram shows of a session: the stars' places, the current one's contours, curves behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.label_pdf import PLACED_LABELS, predicted_labels
from stellarview.domain.placement import Placement
from stellarview.domain.prediction import Prediction
from stellarview.engine.curves import Curves, Wanted
from stellarview.engine.known import Known
from stellarview.scene.hr import HrContext, HrStar, build_hr_scene
from stellarview.scene.marks import Scene
from stellarview.session.session import Session
from stellarview.ui.findings import Findings

_STAR, _SUN_FEH = "STAR", 0.0
_MOST_CONTOURS = 6


@dataclass(frozen=True, eq=False)
class Places:
    """Where the stars of the session stand: Teff (K), and log g or log luminosity; `keys` say which is which."""

    keys: tuple[str, ...] = ()
    teff_k: FloatArray = field(default_factory=lambda: np.empty(0))
    height: FloatArray = field(default_factory=lambda: np.empty(0))

    def nearest(self, teff_k: float, height: float) -> str:
        """The star at this point of the diagram; '' where there is none at all."""
        if not self.keys:
            return ""
        away = np.hypot((self.teff_k - teff_k) / 1e3, self.height - height)
        return self.keys[int(away.argmin())]


def placed_prediction(known: Known) -> Prediction | None:
    """What tells Teff, log g and [Fe/H] of a star; None of what is no star."""
    if known.row.get("class") not in (None, "", _STAR):
        return None
    return next((one for one in known.predictions.values() if set(PLACED_LABELS) <= one.labels.keys()), None)


def why_not_placed(known: Known) -> str:
    """In words, why the star is not on the diagram."""
    if known.error is not None:
        return f"{known.error.what} {known.error.why}"
    if known.state != "done":
        return "The networks have not looked at this star yet."
    kind = known.row.get("class")
    if kind not in (None, "", _STAR):
        return f"Probably no star but a {kind}: nothing to place among isochrones."
    return "No model tells Teff, log g and [Fe/H] of this star: it cannot be placed."


def wanted_curves(session: Session, findings: Findings) -> Wanted:
    """What the session asks of the isochrones."""
    told, hr = placed_prediction(findings.known(session.current)), session.hr
    own = _SUN_FEH if told is None else told.labels["feh"].mean
    return Wanted(hr.grid, hr.feh[0] if hr.feh else own, not hr.feh, hr.ages_gyr[:1])


def places_of(session: Session, findings: Findings, placements: Mapping[str, Placement]) -> Places:
    """All stars whose labels are known; over luminosity those that were placed."""
    keys, teff, height = [], [], []
    for star in session.stars:
        row, placed = findings.known(star.key).row, placements.get(star.key)
        if row.get("teff") is None or row.get("class") not in (None, "", _STAR):
            continue
        if session.hr.vertical == "logg":
            up = row.get("logg")
        else:
            up = float(np.log10(placed.luminosity_lsun.median)) if placed is not None and placed.is_on_grid else None
        if up is not None:
            keys.append(star.key)
            teff.append(float(row["teff"]))
            height.append(float(up))
    return Places(tuple(keys), np.array(teff), np.array(height))


def hr_scene_of(
    session: Session, findings: Findings, curves: Curves | None, places: Places, placements: Mapping[str, Placement]
) -> Scene:
    """The diagram without waiting for anything: curves and placements are drawn once they are known."""
    stars = []
    for key in dict.fromkeys(filter(None, (session.current, *session.selected[:_MOST_CONTOURS]))):
        known = findings.known(key)
        told = placed_prediction(known)
        if told is not None:
            labels = predicted_labels(told.labels, told.model)
            stars.append(HrStar(str(known.row.get("name") or key), labels, placements.get(key)))
    context = HrContext(
        () if curves is None else curves.fan,
        tuple(stars),
        vertical=session.hr.vertical,
        others=(places.teff_k, places.height),
        chosen=None if curves is None else curves.chosen,
    )
    title = "Kiel diagram" if session.hr.vertical == "logg" else "HR diagram"
    scene = build_hr_scene(context, title, "" if curves is None else f"isochrones {curves.grid}: {curves.about}")
    return _with_limits(scene, places)


def _with_limits(scene: Scene, places: Places) -> Scene:
    """Every star of the session in sight."""
    diagram, *more = scene.panels
    if not places.keys:
        return scene
    (left, right), (foot, top) = diagram.x_limits, diagram.y_limits
    left, right = max(left, 1.02 * float(places.teff_k.max())), min(right, 0.98 * float(places.teff_k.min()))
    room = 0.1 if top > foot else -0.1
    ends = float(places.height.min()), float(places.height.max())
    if top > foot:
        foot, top = min(foot, ends[0] - room), max(top, ends[1] + room)
    else:
        foot, top = max(foot, ends[1] - room), min(top, ends[0] + room)
    return replace(scene, panels=(replace(diagram, x_limits=(left, right), y_limits=(foot, top)), *more))
