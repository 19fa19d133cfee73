"""Fits an observed spectrum: labels, velocity, resolution and a continuum per arm, by damped Gauss-Newton.

The continuum is a polynomial an arm that multiplies the emulator's flux; it is solved for anew at every step, so that
no pseudo-continuum can bias the lines. Priors as wide as the population hold what the spectrum cannot tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray
from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, Spectrum
from stellarview.recipes.mask_bad_pixels import MaskBadPixels
from stellarview.recipes.medium import InVacuum
from stellarview.synthesis.broadening import HIGHEST_RESOLUTION, LineSpread
from stellarview.synthesis.emulator import Emulator, labels_array
from stellarview.synthesis.labels import ATMOSPHERE, EMULATOR_LABELS, LOGG, TEFF, VMIC, usual_microturbulence
from stellarview.synthesis.spreads import POPULATION_SIGMA

# The synthesis reproduces the observed Sun to 1.1% and Procyon to 0.8%: no pixel is believed better than this.
_SYNTHESIS_ERROR = 0.01
_CONTINUUM_DEGREE = 5
_OUTLIER_SIGMAS = 5.0
_RESOLUTION_SIGMA = 0.1  # of ln R about the survey's
_STARTS = ((4300.0, 1.7), (4800.0, 2.6), (4700.0, 4.6), (5700.0, 4.3), (6400.0, 4.1))
_FIRST_STEPS, _MOST_STEPS = 4, 25


@dataclass(frozen=True, eq=False)
class SpectrumFit:
    """The best labels with one sigma each, and how well the model then agrees with the spectrum, arm by arm.

    `sigma` is the statistical error enlarged by what the residuals show; systematic errors of LTE come on top.
    """

    labels: dict[str, float]
    sigma: dict[str, float]
    velocity_km_s: float
    velocity_sigma_km_s: float
    resolution: float
    chi_square: float
    n_pixels: int
    residual_rms: dict[str, float]
    arms: tuple[FittedArm, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class FittedArm:
    """One arm at rest: observed flux over the fitted continuum, the model, and which pixels counted."""

    name: str
    wavelength_angstrom: FloatArray
    flux: FloatArray
    model: FloatArray
    is_used: BoolArray


@dataclass(frozen=True, eq=False)
class _Pixels:
    """All arms end to end, observed wavelengths in vacuum."""

    names: tuple[str, ...]
    edges: tuple[int, ...]
    wavelength_M: FloatArray
    flux_M: FloatArray
    ivar_M: FloatArray
    polynomials_MP: FloatArray


@dataclass(frozen=True, eq=False)
class _State:
    """One point of the search: parameters are labels, velocity in km/s and ln R."""

    parameters: FloatArray
    cost: float
    model_M: FloatArray
    continuum_M: FloatArray
    weight_M: FloatArray


def fit_spectrum(
    spectrum: Spectrum, emulator: Emulator, start: dict[str, float] | None = None, resolution: float = 7500.0
) -> SpectrumFit:
    """The labels that the emulator needs to look like this spectrum, which has a velocity (0 if none) to start from."""
    pixels = _pixels(spectrum)
    search = _Search(emulator, pixels, resolution)
    velocity = spectrum.velocity.value_km_s if spectrum.velocity and spectrum.frame == "observed" else 0.0
    begins = [labels_array(start)] if start else [_usual(teff, logg) for teff, logg in _STARTS]
    tries = [search.descend(np.append(labels, [velocity, np.log(resolution)]), _FIRST_STEPS) for labels in begins]
    best = min(tries, key=lambda state: state.cost)
    for _ in range(2):
        search.drop_outliers(best)
        # Held while it descends: an error that changes with Teff would be one more, and false, reason to change Teff.
        search.error_P = emulator.error(best.parameters[:-2])
        best = search.descend(best.parameters, _MOST_STEPS)
    return search.result(best)


def _usual(teff: float, logg: float) -> FloatArray:
    return labels_array({"teff": teff, "logg": logg, "feh": -0.2})


def _pixels(spectrum: Spectrum) -> _Pixels:
    arms = [arm for arm in MaskBadPixels()(InVacuum()(spectrum)).arms if arm.name in ("B", "R") and arm.is_good.any()]
    if not arms:
        raise StellarViewError(
            f"{spectrum.source.file_name} cannot be fitted.",
            "The emulator knows the two arms of MRS, and the file holds no good pixel of either.",
            "Choose a medium-resolution spectrum.",
        )
    sizes = [len(arm) for arm in arms]
    polynomials = np.zeros((sum(sizes), len(arms) * (_CONTINUUM_DEGREE + 1)))
    edges = tuple(np.cumsum([0, *sizes]).tolist())
    for place, arm in enumerate(arms):
        x = np.linspace(-1.0, 1.0, len(arm))
        columns = slice(place * (_CONTINUUM_DEGREE + 1), (place + 1) * (_CONTINUUM_DEGREE + 1))
        level = max(float(np.median(arm.flux[arm.is_good])), 1e-30)
        polynomials[edges[place] : edges[place + 1], columns] = level * np.polynomial.legendre.legvander(
            x, _CONTINUUM_DEGREE
        )
    ivar = np.concatenate([np.where(arm.is_good, arm.ivar, 0.0) for arm in arms])
    flux = np.concatenate([np.where(arm.is_good, arm.flux, 0.0) for arm in arms])
    wavelength = np.concatenate([arm.wavelength_angstrom for arm in arms])
    return _Pixels(tuple(arm.name for arm in arms), edges, wavelength, flux, ivar, polynomials)


class _Search:
    def __init__(self, emulator: Emulator, pixels: _Pixels, resolution: float) -> None:
        self.emulator, self.pixels = emulator, pixels
        self.low = np.array([label.low for label in emulator.card.labels] + [-1500.0, np.log(3000.0)])
        self.high = np.array([label.high for label in emulator.card.labels] + [1500.0, np.log(HIGHEST_RESOLUTION)])
        sigma = [POPULATION_SIGMA[key] for key in EMULATOR_LABELS]
        self.prior_sigma = np.array([*sigma, 1e3, _RESOLUTION_SIGMA])
        # Nothing is known beforehand of the star's place in the diagram; only abundances have a usual value.
        self.prior_sigma[: len(ATMOSPHERE) - 1] = (1e5, 1e2, 1e2)
        self.centre = np.append(np.zeros(len(EMULATOR_LABELS)), [0.0, np.log(resolution)])
        self.error_P = emulator.error_RP.mean(axis=0)
        self.is_outlier_M = np.zeros(pixels.wavelength_M.size, dtype=bool)

    def _rest(self, parameters: FloatArray) -> FloatArray:
        return np.asarray(self.pixels.wavelength_M / (1.0 + parameters[-2] / SPEED_OF_LIGHT_KM_S))

    def _spread(self, parameters: FloatArray) -> LineSpread:
        card = self.emulator.card
        return LineSpread(
            card.arms, card.resolution, float(np.exp(parameters[-1])), wavelength_angstrom_M=self._rest(parameters)
        )

    def _offset(self, parameters: FloatArray) -> FloatArray:
        """Parameters from their prior's centre; microturbulence is expected where Teff and log g put it."""
        centre = self.centre.copy()
        centre[VMIC] = usual_microturbulence(parameters[TEFF], parameters[LOGG])
        return np.asarray((parameters - centre) / self.prior_sigma)

    def state(self, parameters: FloatArray, flux_P: FloatArray) -> _State:
        """Model, continuum and cost at these parameters."""
        spread, pixels = self._spread(parameters), self.pixels
        model = spread.apply(flux_P)
        believed = spread.apply(self.emulator.is_believed_P.astype(float), outside=0.0) > 0.99
        error = spread.apply(self.error_P)
        usable = believed & spread.is_covered_M & (pixels.ivar_M > 0) & ~self.is_outlier_M
        columns = pixels.polynomials_MP * model[:, None]
        weight = np.where(usable, pixels.ivar_M, 0.0)
        for _ in range(2):  # model errors scale with the continuum, which needs weights
            continuum = pixels.polynomials_MP @ _solve(columns, weight, pixels.flux_M)
            variance = 1.0 / np.where(usable, pixels.ivar_M, 1.0) + (error**2 + _SYNTHESIS_ERROR**2) * continuum**2
            weight = np.where(usable, 1.0 / variance, 0.0)
        residual = pixels.flux_M - continuum * model
        cost = float(weight @ residual**2 + np.log(np.where(usable, variance * pixels.ivar_M, 1.0)).sum())
        return _State(parameters, cost + float((self._offset(parameters) ** 2).sum()), model, continuum, weight)

    def descend(self, parameters: FloatArray, steps: int) -> _State:
        """Gauss-Newton steps, damped until each lowers the cost, within the emulator's range."""
        parameters = np.clip(parameters, self.low, self.high)
        damping, state = 1e-3, self.state(parameters, self.emulator.flux(parameters[:-2]))
        for _ in range(steps):
            normal, gradient = self.normal_equations(state)
            gained = 0.0
            while damping < 1e6:
                damped = normal + damping * np.diag(np.diag(normal))
                step = np.linalg.solve(damped, gradient)
                tried = np.clip(state.parameters + step, self.low, self.high)
                new = self.state(tried, self.emulator.flux(tried[:-2]))
                if new.cost < state.cost:
                    gained, state, damping = state.cost - new.cost, new, max(damping / 5.0, 1e-6)
                    break
                damping *= 6.0
            if gained < 0.05:
                break
        return state

    def normal_equations(self, state: _State) -> tuple[FloatArray, FloatArray]:
        """Curvature and slope of the cost in the parameters, the continuum's freedom taken out."""
        derivatives = state.continuum_M[:, None] * self._derivatives(state)
        columns = self.pixels.polynomials_MP * state.model_M[:, None]
        root = np.sqrt(state.weight_M)[:, None]
        base, _ = np.linalg.qr(root * columns)
        slopes = root * derivatives
        slopes -= base @ (base.T @ slopes)
        residual = root[:, 0] * (self.pixels.flux_M - state.continuum_M * state.model_M)
        normal = slopes.T @ slopes + np.diag(self.prior_sigma**-2.0)
        return normal, slopes.T @ residual - self._offset(state.parameters) / self.prior_sigma

    def _derivatives(self, state: _State) -> FloatArray:
        flux_P, slopes_PL = self.emulator.flux_and_derivatives(state.parameters[:-2])
        columns = [self._spread(state.parameters).apply(slopes_PL, outside=0.0)]
        for place, step in ((-2, 0.2), (-1, 0.01)):
            beside = [state.parameters.copy(), state.parameters.copy()]
            beside[0][place] -= step
            beside[1][place] = min(beside[1][place] + step, self.high[place])
            low, high = (self._spread(one).apply(flux_P) for one in beside)
            columns.append(((high - low) / (beside[1][place] - beside[0][place]))[:, None])
        return np.concatenate(columns, axis=1)

    def drop_outliers(self, state: _State) -> None:
        """Leave pixels out that no star explains; the scale is what the residuals themselves show."""
        scaled = np.sqrt(state.weight_M) * (self.pixels.flux_M - state.continuum_M * state.model_M)
        used = state.weight_M > 0
        scatter = max(1.4826 * float(np.median(np.abs(scaled[used]))), 1.0)
        self.is_outlier_M |= used & (np.abs(scaled) > _OUTLIER_SIGMAS * scatter)

    def result(self, state: _State) -> SpectrumFit:
        """Everything in words and numbers."""
        normal, _ = self.normal_equations(state)
        used = state.weight_M > 0
        residual = self.pixels.flux_M / state.continuum_M - state.model_M
        chi_square = float(state.weight_M @ (residual * state.continuum_M) ** 2)
        scale = np.sqrt(max(1.0, chi_square / max(1, int(used.sum()))))
        sigma = np.sqrt(np.diag(np.linalg.inv(normal))) * scale
        labels = dict(zip(EMULATOR_LABELS, state.parameters[:-2].tolist(), strict=True))
        arms, rms, rest = [], {}, self._rest(state.parameters)
        for name, (first, stop) in zip(self.pixels.names, pairwise(self.pixels.edges), strict=True):
            part = slice(first, stop)
            if used[part].any():
                rms[name] = float(np.sqrt((residual[part][used[part]] ** 2).mean()))
            flux = self.pixels.flux_M[part] / state.continuum_M[part]
            arms.append(FittedArm(name, rest[part], flux, state.model_M[part], used[part]))
        return SpectrumFit(
            labels, dict(zip(EMULATOR_LABELS, sigma[:-2].tolist(), strict=True)), float(state.parameters[-2]),
            float(sigma[-2]), float(np.exp(state.parameters[-1])), chi_square, int(used.sum()), rms, tuple(arms),
            self._flags(state.parameters),
        )  # fmt: skip

    def _flags(self, parameters: FloatArray) -> tuple[str, ...]:
        """The emulator's own, and every parameter that ended at a limit: then the star is not what was fitted."""
        at_limit = [
            f"{label.key} ended at the limit of the training range, {value:g}"
            for label, value, low, high in zip(self.emulator.card.labels, parameters, self.low, self.high, strict=False)
            if value in (low, high)
        ]
        return (*at_limit, *self.emulator.flags(parameters[:-2]))


def _solve(columns_MP: FloatArray, weight_M: FloatArray, flux_M: FloatArray) -> FloatArray:
    """Weighted least squares; a term that no pixel needs becomes zero."""
    normal = columns_MP.T @ (weight_M[:, None] * columns_MP)
    normal += 1e-10 * np.trace(normal) / len(normal) * np.eye(len(normal))
    return np.asarray(np.linalg.solve(normal, columns_MP.T @ (weight_M * flux_M)))
