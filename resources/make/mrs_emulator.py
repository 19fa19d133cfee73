"""Trains models/mrs-emulator: `nice python resources/make/mrs_emulator.py mrs_synthetic.h5` (half an hour on one core).

Five folds first: each spectrum is predicted by an emulator that has not seen it, kernels included. These residuals are
the error map and the figures of the card. Then the emulator itself, from all spectra.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from stellarview.domain.emulator_card import ArmGrid, EmulatorCard, LabelRange, Masked
from stellarview.io.emulators import write_emulator
from stellarview.synthesis.broadening import LineSpread
from stellarview.synthesis.emulator import COOL, EMULATOR_NAME, WARM, Emulator, emulator_from
from stellarview.synthesis.labels import C_FE, CARBON_RICH_DEX, EMULATOR_LABELS, LOGG, O_FE, TEFF, UNITS
from stellarview.synthesis.train import TrainingRules, train_expert

OUT = Path(__file__).resolve().parents[2] / "models" / EMULATOR_NAME
RESOLUTION, SURVEY_RESOLUTION = 20000.0, 7500.0
TIO_BELOW_K = 4600.0
COOLEST_K, COOL_UP_TO_K = 3950.0, 5000.0
TEFF_EDGES = (3800.0, 4300.0, 4600.0, 5000.0, 5500.0, 7000.0)
FOLDS, SEED = 5, 20
_DISAGREES = "Sun, alf Tau and a LAMOST giant disagree with the synthesis in the same sense"
MASKED = (
    *(
        Masked(start, stop, _DISAGREES)
        for start, stop in (
            (4954.9, 4956.7),
            (5014.8, 5016.0),
            (5036.9, 5038.1),
            (5098.0, 5099.9),
            (5216.7, 5218.0),
            (5250.6, 5253.8),
        )
    ),
    Masked(5304.0, 5338.0, "line strengths not calibrated"),
    Masked(6319.0, 6322.0, "broad auto-ionising line of Ca I, absent from the synthesis"),
    Masked(6342.5, 6348.5, "broad auto-ionising line of Ca I, absent from the synthesis"),
    Masked(6359.0, 6368.0, "broad auto-ionising line of Ca I, absent from the synthesis"),
    Masked(6449.8, 6452.9, _DISAGREES),
    Masked(6562.3, 6567.3, "core of H-alpha: LTE makes it too shallow"),
)
CITE = (
    "Turbospectrum: Plez 2012, ASCL 1205.004",
    "Gaia-ESO line list: Heiter et al. 2021, A&A 645, A106",
    "MARCS: Gustafsson et al. 2008, A&A 486, 951",
    "The idea of emulation: Ting et al. 2019, ApJ 879, 69; Czekala et al. 2015, ApJ 812, 128",
)


@dataclass(frozen=True, eq=False)
class Training:
    """The synthetic spectra."""

    labels_NL: NDArray[Any]
    flux_NP: NDArray[Any]
    arms: tuple[ArmGrid, ...]

    def some(self, chosen: NDArray[Any]) -> Training:
        """Those spectra only."""
        return Training(self.labels_NL[chosen], self.flux_NP[chosen], self.arms)


def read(path: Path) -> Training:
    """The training file, shuffled, without the giants whose TiO is wrong."""
    with h5py.File(path) as file:
        names = tuple(name.decode() for name in file["label_names"][:])
        labels, flux = file["labels"][:].astype(float), file["flux"][:].astype(float)
        grids = [("B", file["wavelength_blue"][:]), ("R", file["wavelength_red"][:])]
    if names != EMULATOR_LABELS:
        raise SystemExit(f"labels {names} are not {EMULATOR_LABELS}")
    arms = tuple(ArmGrid(name, float(g[0]), round(float(g[1] - g[0]), 6), g.size) for name, g in grids)
    order = np.random.default_rng(SEED).permutation(len(labels))
    return Training(labels, flux, arms).some(order[labels[order, TEFF] >= COOLEST_K])


def train(data: Training, rules: TrainingRules) -> dict[str, NDArray[Any]]:
    """Both experts; the error map is still to come."""
    teff = data.labels_NL[:, TEFF]
    has_tio = (teff < TIO_BELOW_K).astype(float)
    pixels = [arm.points for arm in data.arms]
    tensors: dict[str, NDArray[Any]] = {}
    for name, stars in ((COOL, teff < COOL_UP_TO_K), (WARM, teff >= TIO_BELOW_K)):
        made = train_expert(data.labels_NL[stars], data.flux_NP[stars], has_tio[stars], pixels, rules)
        print(f"  {name}: {stars.sum()} spectra, {made['block_Q'].size} components", flush=True)
        tensors |= {f"{name}.{key}": _small(key, value) for key, value in made.items()}
    tensors["training_stars_N2"] = data.labels_NL[:, [TEFF, LOGG]].astype(np.float32)
    tensors["error_RP"] = np.zeros((len(TEFF_EDGES) - 1, sum(pixels)), np.float16)
    return tensors


def _small(key: str, value: NDArray[Any]) -> NDArray[Any]:
    """Half precision for what is multiplied once; the weights nearly cancel and need single."""
    if value.dtype.kind != "f":
        return value
    return value.astype(np.float16 if key == "basis_QK" else np.float32)


def cross_validate(data: Training, rules: TrainingRules) -> NDArray[Any]:
    """Residuals of every spectrum, from an emulator that did not see it."""
    residual = np.empty(data.flux_NP.shape)
    fold_N = np.arange(len(data.labels_NL)) % FOLDS
    for fold in range(FOLDS):
        held = fold_N == fold
        emulator = emulator_from(card(data, rules, {}), train(data.some(~held), rules))
        residual[held] = [emulator.flux(labels) for labels in data.labels_NL[held]] - data.flux_NP[held]
        print(f"fold {fold + 1}: rms {100 * residual[held].std():.3f}% at R {RESOLUTION:.0f}", flush=True)
    return residual


def error_map(data: Training, residual_NP: NDArray[Any]) -> NDArray[Any]:
    """Per range of Teff and pixel: sigma of the residuals at the survey's resolution.

    The mean of squares of the lower 98%: a few carbon-rich stars shall not make a range look bad, flags tell of those.
    """
    blurred = at_survey_resolution(data, residual_NP)
    rows = []
    for low, high in pairwise(TEFF_EDGES):
        inside = (data.labels_NL[:, TEFF] >= low) & (data.labels_NL[:, TEFF] < high)
        squares = np.sort(blurred[inside] ** 2, axis=0)
        rows.append(np.sqrt(squares[: int(np.ceil(0.98 * inside.sum()))].mean(axis=0)))
    return np.array(rows)


def at_survey_resolution(data: Training, spectra_NP: NDArray[Any]) -> NDArray[Any]:
    """Spectra (or residuals) as LAMOST would blur them, on the same pixels."""
    spread = LineSpread(data.arms, RESOLUTION, SURVEY_RESOLUTION)
    return np.array([spread.apply(row) for row in spectra_NP])


def metrics(data: Training, residual_NP: NDArray[Any]) -> dict[str, Any]:
    """Held-out figures in per cent of the continuum, at the survey's resolution."""
    per_star = 100.0 * np.sqrt((at_survey_resolution(data, residual_NP) ** 2).mean(axis=1))
    teff = data.labels_NL[:, TEFF]
    is_carbon_rich = data.labels_NL[:, C_FE] - data.labels_NL[:, O_FE] > CARBON_RICH_DEX
    ranges = {
        f"{low:.0f}-{high:.0f} K": {"rms": _rms(per_star[part]), "median": float(np.median(per_star[part]))}
        for low, high in pairwise(TEFF_EDGES)
        if (part := (teff >= low) & (teff < high)).any()
    }
    return {
        "held_out_rms_percent_above_4500_K": _rms(per_star[teff > 4500.0]),
        "held_out_rms_percent_above_4500_K_not_carbon_rich": _rms(per_star[(teff > 4500.0) & ~is_carbon_rich]),
        "held_out_median_percent": float(np.median(per_star)),
        "held_out_percent_by_teff": ranges,
    }


def _rms(values: NDArray[Any]) -> float:
    return float(np.sqrt((values**2).mean()))


def card(data: Training, rules: TrainingRules, figures: dict[str, Any]) -> EmulatorCard:
    """The emulator's card."""
    low, high = data.labels_NL.min(axis=0), data.labels_NL.max(axis=0)
    ranges = tuple(
        LabelRange(key, UNITS.get(key, "dex"), round(float(a), 3), round(float(b), 3))
        for key, a, b in zip(EMULATOR_LABELS, low, high, strict=True)
    )
    return EmulatorCard(
        name=EMULATOR_NAME,
        about="Normalised MRS spectra from labels: Gaussian processes over blocks of pixels of LTE synthesis.",
        labels=ranges,
        arms=data.arms,
        resolution=RESOLUTION,
        experts=(COOL, WARM),
        error_teff_edges=TEFF_EDGES,
        masked=MASKED,
        trained_on=f"{len(data.labels_NL)} synthetic spectra (Turbospectrum, LTE, MARCS), R 20000, Teff above 3950 K",
        training={"folds": FOLDS, "seed": SEED, **asdict(rules)},
        metrics=figures,
        cite=CITE,
    )


def main() -> None:
    """Folds, then the emulator."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="mrs_synthetic.h5")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    data, rules = read(options.data), TrainingRules()
    residual = cross_validate(data, rules)
    figures = metrics(data, residual)
    tensors = train(data, rules)
    tensors["error_RP"] = error_map(data, residual).astype(np.float16)
    made = card(data, rules, figures)
    emulator: Emulator = emulator_from(made, tensors)
    write_emulator(options.out, made, tensors)
    print(f"{options.out}: {figures}; {emulator.card.n_pixels} pixels")


if __name__ == "__main__":
    main()
