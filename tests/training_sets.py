"""A small spectrum set that networks can learn from in an epoch, and the configuration to do so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from toy_networks import SMALL

from stellarview.domain.spectrum import HeaderFacts, RadialVelocity, SignalToNoise, Source, Spectrum
from stellarview.io.sets import write_spectrum_set
from stellarview.training.config import TrainingConfig
from stellarview.training.config_file import config_from

LABELS = ("teff", "logg", "feh")
CLASSES = ("GALAXY", "QSO", "STAR")
WINDOWS = [("B", 5000.0, 5064.0, 64), ("R", 6500.0, 6596.0, 96)]
LINES = (5030.0, 6520.0, 6560.0)
STEPS = [
    {"step": "to_rest_frame"},
    {
        "step": "resample",
        "windows": [{"arm": a, "start_angstrom": b, "stop_angstrom": e, "points": n} for a, b, e, n in WINDOWS],
    },
    {"step": "clip", "low": -5.0, "high": 5.0},
]


def write_toy_set(path: Path, count: int = 480, seed: int = 0) -> Path:
    """Depths of three lines tell three labels, the deepest tells the class; four spectra a plate; S/N 5 to 100."""
    random = np.random.default_rng(seed)
    depth_BK = random.normal(size=(count, 3))
    snr_B = random.uniform(5, 100, count)
    spectra = [_spectrum(i, depth_BK[i], snr_B[i], random) for i in range(count)]
    values = {"teff": 5500 + 500 * depth_BK[:, 0], "logg": 4 + 0.5 * depth_BK[:, 1], "feh": 0.3 * depth_BK[:, 2]}
    values["teff"][::7] = np.nan  # nobody knows everything
    write_spectrum_set(path, spectra, values)
    return path


def _spectrum(number: int, depth_K: np.ndarray, snr: float, random: np.random.Generator) -> Spectrum:
    from stellarview.domain.spectrum import Arm

    arms = []
    for name, low, high, _ in WINDOWS:
        wavelength = np.arange(low - 5, high + 5, 1.0)
        flux = 1.0 + random.normal(0, 1 / snr, wavelength.size)
        for depth, line in zip(depth_K, LINES, strict=True):
            flux += depth * np.exp(-0.5 * ((wavelength - line) / 4.0) ** 2)
        ivar = np.full(wavelength.size, snr**2)
        mask = np.zeros(wavelength.size, dtype=np.uint16)
        mask[10 + number % 5] = number % 2  # every second star has a bad pixel
        arms.append(Arm(name, wavelength, flux.astype(np.float32), ivar.astype(np.float32), mask))
    kind = CLASSES[int(depth_K.argmax())]
    facts = HeaderFacts(
        obsid=number, plan_id=f"plate {number // 4}", object_class=kind, subclass="G2", snr=SignalToNoise(r=float(snr))
    )
    source = Source(f"star {number}.fits", f"star {number}.fits", "", "made")
    return Spectrum(tuple(arms), "vacuum", "observed", source, facts, velocity=RadialVelocity(0.0, None, "user"))


def toy_config(set_path: Path, architecture: str = "StarNet", **tables: Mapping[str, Any]) -> TrainingConfig:
    """A short run; each table given is laid over what stands here."""
    is_class = architecture == "DenseNetSE"
    sizes = {k: v for k, v in SMALL[architecture].items() if k not in ("n_labels", "n_classes", "input_length")}
    facts: dict[str, Any] = {
        "model": {"name": "toy", "instrument": "MRS"},
        "data": {"sets": [str(set_path)], **({"classes": CLASSES} if is_class else {"labels": LABELS})},
        "recipe": {"steps": STEPS},
        "network": {"architecture": architecture, "config": sizes, "members": 2},
        "loop": {"epochs": 1, "batch": 16},
    }
    for name, table in tables.items():
        facts[name] = table if isinstance(table, list) else facts.get(name, {}) | dict(table)
    return config_from(facts)


def longer(config: TrainingConfig, epochs: int) -> TrainingConfig:
    """The same run with more epochs."""
    return replace(config, loop=replace(config.loop, epochs=epochs))
