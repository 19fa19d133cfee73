"""A star of two arms with a line in each, seen by a network that looks at their middles, and explained by maps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from spectra import arm, spectrum

from stellarview.domain.attribution import Attribution, rank_lines
from stellarview.domain.edit import Edit
from stellarview.domain.explained import Bounded, Explained, PhysicsExplained, Reading
from stellarview.domain.lines import Line
from stellarview.domain.measured_line import MeasuredLine, Number
from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, RadialVelocity, Spectrum
from stellarview.scene.layers import LAYERS
from stellarview.scene.shown import SpectrumChoices, SpectrumView

VELOCITY = 60.0
FACTOR = 1.0 + VELOCITY / SPEED_OF_LIGHT_KM_S
MG, H = Line("Mg I", 5185.05, "Mg b1", "line", "t"), Line("H I", 6564.61, "H-alpha", "line", "t")
IRON = Line("Fe I", 5250.0, "Fe I 5250", "line", "t")
CENTRES = (MG.wavelength_vacuum_angstrom, H.wavelength_vacuum_angstrom)
EVERYTHING = SpectrumChoices(layers=tuple(LAYERS))


def dip(rest: np.ndarray) -> np.ndarray:
    return sum((np.exp(-0.5 * ((rest - centre) / 1.5) ** 2) for centre in CENTRES), np.zeros(rest.shape))


def star(velocity: float | None = VELOCITY, level: float = 100.0, **changes: object) -> Spectrum:
    """As it was observed, its continuum known."""
    factor = 1.0 if velocity is None else 1.0 + velocity / SPEED_OF_LIGHT_KM_S
    arms = []
    for name, start in (("B", 5100.0), ("R", 6480.0)):
        rest = start + 0.5 * np.arange(400.0)
        flux = level * (1.0 - 0.6 * dip(rest))
        ivar = np.full(400, (100.0 / level) ** 2)
        more = {"resolution": 7500.0, "continuum": np.full(400, level)}
        arms.append(arm(name, 400, wavelength_angstrom=rest * factor, flux=flux, ivar=ivar, **more))
    rv = None if velocity is None else RadialVelocity(velocity, None, "user")
    return spectrum(*arms, velocity=rv, **changes)


def attribution(method: str = "saliency", unit: str = "K per 1% of the continuum", scale: float = 1.0) -> Attribution:
    """At rest, over the middle of each arm alone; one pixel of the red was bad."""
    rest = np.concatenate([start + np.arange(120.0) for start in (5140.0, 6520.0)])
    good = np.ones(240, dtype=bool)
    good[130] = False
    values = np.where(good, scale * dip(rest), 0.0)
    return Attribution(method, "teff", unit, values, 0.1 * np.abs(values), rest, good)


def prepared() -> Spectrum:
    return replace(star(), frame="rest", arms=tuple(arm(name, 120) for name in "BR"))


def explained(colour: bool = True) -> Explained:
    told = attribution()
    shares = tuple(rank_lines(told, (MG, H, IRON), 1800.0))
    return Explained(prepared(), told, shares, attribution("cam", "K", 3.0) if colour else None, model="toy")


def physics() -> PhysicsExplained:
    reading = Reading(attribution("physics", scale=0.25), (), 0.71, 0.02)
    return PhysicsExplained(prepared(), attribution(), (), reading, reading, Bounded(1.0, "teff", 1.0, 2.0))


def measured(exposure: str = "coadd") -> MeasuredLine:
    """Of the magnesium line, with a curve on the pixels of the blue arm."""
    pixels = star().arms[0].wavelength_angstrom[160:180]
    flux = np.linspace(90.0, 100.0, 20)
    numbers = (Number("ew", 2.25), Number("ew_sigma", 0.03))
    curve = {"curve_angstrom": tuple(pixels.tolist()), "curve_flux": tuple(flux.tolist())}
    return MeasuredLine("Mg b1", "Mg b1", "a.fits", exposure, profile="gaussian", numbers=numbers, **curve)


def view(choices: SpectrumChoices = EVERYTHING, **changes: object) -> SpectrumView:
    """With everything on."""
    facts: dict[str, object] = {
        "spectrum": star(),
        "lines": (MG, H, IRON),
        "explained": explained(),
        "physics": physics(),
        "ghost": star(-40.0, 50.0),
        "ghost_name": "another",
        "edits": (Edit(5180.0, 5190.0, "scale", 0.5, "Mg b1"),),
        "provenance": "made",
        "measured": (measured(),),
    }
    return SpectrumView(choices=choices, **(facts | changes))  # type: ignore[arg-type]
