"""An emulator of toy spectra, trained in a second: a few lines, each of an element that is known."""

from __future__ import annotations

from functools import cache

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.emulator_card import ArmGrid, EmulatorCard, LabelRange, Masked
from stellarview.synthesis.emulator import COOL, WARM, Emulator, emulator_from
from stellarview.synthesis.gaussian_process import Tensors
from stellarview.synthesis.labels import EMULATOR_LABELS, LOGG, TEFF, UNITS
from stellarview.synthesis.train import TrainingRules, train_expert

ARMS = (ArmGrid("B", 5160.0, 0.1, 300), ArmGrid("R", 6550.0, 0.1, 260))
LOW = {"teff": 4000.0, "logg": 1.0, "feh": -1.0, "vmic": 0.5}
HIGH = {"teff": 6500.0, "logg": 5.0, "feh": 0.5, "vmic": 2.3}
# Wavelength (vacuum), element, strength.
LINES = (
    (5165.0, "feh", 0.8),
    (5173.0, "mg_fe", 1.2),
    (5181.0, "feh", 0.4),
    (6556.0, "ca_fe", 0.7),
    (6570.0, "feh", 1.0),
)
RULES = TrainingRules(block_pixels=40, iterations=25, kernel_stars=120)


def toy_flux(labels_BL: FloatArray) -> FloatArray:
    """Lines that grow with abundance, shrink with temperature, and feel gravity a little."""
    wavelength = np.concatenate([arm.wavelength_angstrom for arm in ARMS])
    label = {key: labels_BL[:, place] for place, key in enumerate(EMULATOR_LABELS)}
    flux = np.ones((len(labels_BL), wavelength.size))
    for centre, element, strength in LINES:
        abundance = label["feh"] + (0.0 if element == "feh" else label[element])
        depth = strength * 10 ** (0.4 * abundance) * (5040 / label["teff"]) ** 2 * (1 + 0.05 * (label["logg"] - 4))
        profile = np.exp(-0.5 * ((wavelength - centre) / 0.3) ** 2)
        flux *= np.exp(-0.5 * depth[:, None] * (1 + 0.1 * label["vmic"][:, None]) * profile)
    return flux


def toy_labels(count: int, seed: int) -> FloatArray:
    """Labels at random within the ranges."""
    rng = np.random.default_rng(seed)
    return rng.uniform(
        [_range(key)[0] for key in EMULATOR_LABELS], [_range(key)[1] for key in EMULATOR_LABELS], (count, 19)
    )


def _range(key: str) -> tuple[float, float]:
    return LOW.get(key, -0.4), HIGH.get(key, 0.5)


def toy_card() -> EmulatorCard:
    """The card that goes with it: one stretch is not believed."""
    ranges = tuple(LabelRange(key, UNITS.get(key, "dex"), *_range(key)) for key in EMULATOR_LABELS)
    return EmulatorCard(
        "toy", "a toy", ranges, ARMS, 20000.0, (COOL, WARM), (4000.0, 5000.0, 6500.0),
        (Masked(6575.0, 6580.0, "for the test"),),
    )  # fmt: skip


@cache
def toy_tensors() -> Tensors:
    """Both experts and an error map of 0.2% and 0.1%."""
    labels = toy_labels(220, 1)
    flux, has_tio = toy_flux(labels), (labels[:, TEFF] < 4600).astype(float)
    pixels = [arm.points for arm in ARMS]
    tensors = {"error_RP": np.full((2, sum(pixels)), [[0.002], [0.001]]), "training_stars_N2": labels[:, [TEFF, LOGG]]}
    for name, stars in ((COOL, labels[:, TEFF] < 5000), (WARM, labels[:, TEFF] >= 4500)):
        made = train_expert(labels[stars], flux[stars], has_tio[stars], pixels, RULES)
        tensors |= {f"{name}.{key}": value for key, value in made.items()}
    return tensors


@cache
def toy_emulator() -> Emulator:
    """The emulator."""
    return emulator_from(toy_card(), toy_tensors())
