"""The emulator: labels in, normalised flux and its derivatives out, at rest in vacuum, with errors and flags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray
from stellarview.domain.emulator_card import EmulatorCard
from stellarview.domain.errors import StellarViewError
from stellarview.io.emulators import find_emulator, read_emulator
from stellarview.synthesis.gaussian_process import Expert, Tensors
from stellarview.synthesis.labels import C_FE, CARBON_RICH_DEX, EMULATOR_LABELS, LOGG, O_FE, TEFF, as_array

EMULATOR_NAME = "mrs-emulator"
# The training spectra know TiO below 4600 K only: one expert takes over from the other across this step.
COOL, WARM = "cool", "warm"
_HANDOVER_K = (4550.0, 4650.0)
_NEAR_TEFF_K, _NEAR_LOGG = 300.0, 0.4


@dataclass(frozen=True, eq=False)
class Emulator:
    """A verified emulator. Labels are arrays in the order of `EMULATOR_LABELS`, or dicts by key."""

    card: EmulatorCard
    cool: Expert
    warm: Expert
    error_RP: FloatArray
    training_stars_N2: FloatArray

    @property
    def wavelength_angstrom_P(self) -> FloatArray:
        """Vacuum wavelengths at rest of all arms end to end."""
        return self.card.wavelength_angstrom_P

    def flux(self, labels: Mapping[str, float] | FloatArray) -> FloatArray:
        """Normalised flux at the emulator's own resolution."""
        labels_L = labels_array(labels)
        weight, _ = _handover(labels_L[TEFF])
        flux = np.zeros(self.card.n_pixels)
        for expert, share in ((self.cool, 1.0 - weight), (self.warm, weight)):
            if share > 0:
                flux += share * expert.flux(labels_L)
        return flux

    def flux_and_derivatives(self, labels: Mapping[str, float] | FloatArray) -> tuple[FloatArray, FloatArray]:
        """The flux, and d(flux)/d(label) per K, dex and km/s, P x L; exact, not by differences."""
        labels_L = labels_array(labels)
        weight, slope = _handover(labels_L[TEFF])
        flux, derivatives = np.zeros(self.card.n_pixels), np.zeros((self.card.n_pixels, labels_L.size))
        for expert, share, change in ((self.cool, 1.0 - weight, -slope), (self.warm, weight, slope)):
            if share > 0:
                own, own_slopes = expert.flux_and_derivatives(labels_L)
                flux += share * own
                derivatives += share * own_slopes
                derivatives[:, TEFF] += change * own
        return flux, derivatives

    def error(self, labels: Mapping[str, float] | FloatArray) -> FloatArray:
        """One sigma of the emulator against the synthesis at R 7500, per pixel: held-out spectra of like Teff.

        Interpolated between the ranges: a step would draw fits to its cooler side, where more is forgiven.
        """
        edges = np.array(self.card.error_teff_edges)
        place = np.interp(labels_array(labels)[TEFF], 0.5 * (edges[1:] + edges[:-1]), np.arange(edges.size - 1))
        row, share = int(place), float(place % 1.0)
        return np.asarray((1.0 - share) * self.error_RP[row] + share * self.error_RP[min(row + 1, edges.size - 2)])

    @property
    def is_believed_P(self) -> BoolArray:
        """False where the synthesis is known to fail; the card says why."""
        believed = np.ones(self.card.n_pixels, dtype=bool)
        for part in self.card.masked:
            inside = (self.wavelength_angstrom_P >= part.start_angstrom) & (
                self.wavelength_angstrom_P <= part.stop_angstrom
            )
            believed &= ~inside
        return believed

    def has_neighbours(self, labels: Mapping[str, float] | FloatArray) -> bool:
        """True where training spectra lie near this Teff and log g."""
        distance = (self.training_stars_N2 - labels_array(labels)[[TEFF, LOGG]]) / (_NEAR_TEFF_K, _NEAR_LOGG)
        return bool(((distance**2).sum(axis=1) <= 1.0).any())

    def within_range(self, labels_L: FloatArray) -> FloatArray:
        """The nearest labels of the training ranges."""
        ends = np.array([(known.low, known.high) for known in self.card.labels])
        return np.clip(labels_L, ends[:, 0], ends[:, 1])

    def flags(self, labels: Mapping[str, float] | FloatArray) -> tuple[str, ...]:
        """In words, why the spectrum of these labels is not to be trusted; empty where it is."""
        labels_L = labels_array(labels)
        flags = [
            f"{known.key} {value:.6g} is outside the training range {known.low:g} to {known.high:g}"
            for known, value in zip(self.card.labels, labels_L, strict=True)
            if not known.low <= value <= known.high
        ]
        if not self.has_neighbours(labels_L):
            flags.append("no training spectrum lies near this Teff and log g")
        if labels_L[C_FE] - labels_L[O_FE] > CARBON_RICH_DEX:
            flags.append("carbon-rich (C/O above 0.8): molecular bands are uncertain by several per cent")
        return tuple(flags)


def labels_array(labels: Mapping[str, float] | FloatArray) -> FloatArray:
    """Labels as the array that the experts take."""
    try:
        array = as_array(labels) if isinstance(labels, Mapping) else np.asarray(labels, dtype=float)
    except KeyError as error:
        raise _no_star(f"Unknown or missing: {error.args[0]}.") from error
    if not (np.isfinite(array).all() and 2000 <= array[TEFF] <= 15000 and (np.abs(array[LOGG:]) <= 10).all()):
        raise _no_star("No star has such values.")
    return array


def _no_star(why: str) -> StellarViewError:
    return StellarViewError(
        "These labels make no spectrum.",
        why,
        f"Give teff in K and logg, and any of {', '.join(EMULATOR_LABELS[2:])} in dex (vmic in km/s).",
    )


def load_emulator(name_or_folder: str = EMULATOR_NAME) -> Emulator:
    """The emulator of that name, verified."""
    stored = read_emulator(find_emulator(name_or_folder))
    return emulator_from(stored.card, stored.tensors)


def emulator_from(card: EmulatorCard, tensors: Tensors) -> Emulator:
    """An emulator of its card and tensors; refused where they do not fit together."""
    try:
        return _assembled(card, tensors)
    except (KeyError, ValueError, IndexError) as error:
        raise StellarViewError(
            f"The emulator {card.name} is refused.",
            f"Its weights do not fit its card: {error}.",
            "Download it again, or make it anew with resources/make/mrs_emulator.py.",
        ) from error


def _assembled(card: EmulatorCard, tensors: Tensors) -> Emulator:
    cool, warm = (Expert.from_tensors(tensors, name) for name in (COOL, WARM))
    error_RP, stars_N2 = (np.asarray(tensors[name], dtype=float) for name in ("error_RP", "training_stars_N2"))
    sizes = {cool.mean_flux_P.size, warm.mean_flux_P.size, error_RP.shape[1]}
    if sizes != {card.n_pixels} or error_RP.shape[0] != len(card.error_teff_edges) - 1:
        raise ValueError(f"{sorted(sizes)} pixels, not the {card.n_pixels} of the card")
    if tuple(known.key for known in card.labels) != EMULATOR_LABELS or stars_N2.shape[1:] != (2,):
        raise ValueError("its labels are not those that this program knows")
    return Emulator(card, cool, warm, error_RP, stars_N2)


def _handover(teff: float) -> tuple[float, float]:
    """The warm expert's share, and its slope per K: smooth, so that derivatives exist everywhere."""
    low, high = _HANDOVER_K
    x = float(np.clip((teff - low) / (high - low), 0.0, 1.0))
    return x * x * (3.0 - 2.0 * x), 6.0 * x * (1.0 - x) / (high - low)
