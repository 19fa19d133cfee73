"""Stars with what models say of them, made of round numbers: for what shows them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from spectra import arm, spectrum

from stellarview.domain.edit import Edit
from stellarview.domain.inspection import Inspection
from stellarview.domain.prediction import ClassPrediction, Mixture, Novelty, Prediction
from stellarview.domain.spectrum import HeaderFacts, Source
from stellarview.domain.what_if import WhatIf

USUAL = Novelty(1.0, 40.0)


def mixture(mean: float, sigma: float, apart: float = 0.0) -> Mixture:
    """Two members, so far from their mean."""
    return Mixture(np.array([mean - apart, mean + apart]), np.full(2, sigma))


def classes(star: float) -> tuple[ClassPrediction, ...]:
    """The rest is a galaxy."""
    return (ClassPrediction("STAR", star, 0.012), ClassPrediction("GALAXY", 1.0 - star, 0.012))


def lrs_star(star: float = 0.99, novelty: Novelty = USUAL, flags: tuple[str, ...] = ()) -> Inspection:
    """A G2 star that the file calls G3."""
    labels = {"teff": mixture(5772.0, 48.0, 21.0), "logg": mixture(4.41, 0.06), "feh": mixture(-0.013, 0.03)}
    told = {
        "lrs-stellar": Prediction("lrs-stellar", labels, (), novelty, flags),
        "lrs-class": Prediction("lrs-class", {}, classes(star), USUAL),
        "lrs-subtype": Prediction("lrs-subtype", {"subtype": mixture(4.2, 0.2)}, (), USUAL),
    }
    return Inspection(spectrum(header=HeaderFacts(object_class="STAR", subclass="G3")), predictions=told)


def mrs_star(flags: tuple[str, ...] = ("prior-dominated: K",)) -> Inspection:
    """A giant whose potassium nobody can tell."""
    labels = {
        "teff": mixture(4703.0, 14.0, 9.0),
        "feh": mixture(-0.143, 0.019, 0.014),
        "mgh": mixture(-0.243, 0.027, 0.008),
        "kh": mixture(-0.108, 0.094, 0.017),
    }
    bounds = {"teff": 6.0, "feh": 0.006, "mgh": 0.008, "kh": float("inf"), "mg_fe": 0.005, "k_fe": float("inf")}
    told = Prediction("mrs-abundances", labels, (), USUAL, flags, bounds)
    source = Source("m.fits", "/x/m.fits", "0" * 64, "mrs-table")
    return Inspection(spectrum(arm("B"), source=source), predictions={"mrs-abundances": told})


def wondered(star: Inspection, model: str, key: str, by: float, flags: tuple[str, ...] = ()) -> dict[str, WhatIf]:
    """An edit that moved one label so far, in its unit."""
    before = star.predictions[model]
    old = before.labels[key]
    after = replace(before, labels={**before.labels, key: Mixture(old.mean_M + by, old.sigma_M)})
    return {model: WhatIf((Edit(5165.0, 5190.0, name="Mg b"),), before, after, flags)}
