"""A desk without child processes: stars whose labels are known, and tasks that are done where they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from stellarview.domain.errors import StellarViewError
from stellarview.domain.prediction import ClassPrediction, Mixture, Prediction
from stellarview.engine.known import Known
from stellarview.engine.pipe import Progress
from stellarview.session.session import Session, StarEntry
from stellarview.ui.desk import Desk
from stellarview.ui.findings import Findings
from stellarview.ui.workspace import Workspace

OFFSETS = np.array([-1.0, 0.0, 1.0])
# Teff (K), log g, [Fe/H], class
STARS = (
    (5770.0, 4.44, 0.0, "STAR"),
    (4800.0, 2.5, 0.1, "STAR"),
    (8200.0, 4.1, -0.1, "STAR"),
    (5000.0, 4.0, 0.0, "QSO"),
)


class TasksAtOnce:
    """Answers before anybody can wait, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.busy: list[str] = []

    def keys(self) -> list[str]:
        return self.busy

    def run(self, key: str, function: Callable[..., Any], *arguments: Any, then: Callable[[Any], None],
            otherwise: Callable[[StellarViewError], None] | None = None, **_: Any) -> None:  # fmt: skip
        self.asked.append((key, *arguments))
        try:
            answer = function(Progress(), *arguments)
        except StellarViewError as error:
            assert otherwise is not None
            otherwise(error)
            return
        then(answer)


def prediction(teff: float, logg: float, feh: float) -> Prediction:
    """Three members that agree within their sigmas."""
    told = {"teff": (teff, 60.0), "logg": (logg, 0.1), "feh": (feh, 0.05)}
    labels = {key: Mixture(value + 0.3 * sigma * OFFSETS, np.full(3, sigma)) for key, (value, sigma) in told.items()}
    return Prediction("toy-labels", labels)


def classified(best: str) -> Prediction:
    """Sure of one class."""
    others = [name for name in ("STAR", "GALAXY", "QSO") if name != best]
    return Prediction(
        "toy-class", {}, (ClassPrediction(best, 0.9, 0.05), *(ClassPrediction(n, 0.05, 0.02) for n in others))
    )


def known_star(key: str, teff: float, logg: float, feh: float, kind: str) -> Known:
    """As an inspection leaves it."""
    row = {"name": f"star {key}", "teff": teff, "logg": logg, "feh": feh, "class": kind}
    told = {"toy-labels": prediction(teff, logg, feh), "toy-class": classified(kind)}
    return Known(key, "done", row, predictions=told)


def desk_of(stars: tuple[tuple[float, float, float, str], ...] = STARS) -> Desk:
    """Their keys are 1, 2, 3 ..."""
    session = Session().with_stars([StarEntry("", str(Path(f"{place}.fits"))) for place in range(len(stars))])
    findings = Findings()
    findings.learn(*(known_star(entry.key, *star) for entry, star in zip(session.stars, stars, strict=True)))
    parts = SimpleNamespace(workspace=Workspace(session), findings=findings, tasks=TasksAtOnce())
    return cast(Desk, parts)
