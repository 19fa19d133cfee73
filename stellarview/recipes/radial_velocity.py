"""Radial velocity: whose value counts, and our own cross-correlation when nobody gave one.

The correlation is weighted by the inverse variance and masks bad pixels and telluric bands, so that its peak is the
velocity of least squares (Zucker 2003): with g the high-passed spectrum and t the high-passed template,
score(v) = (sum w g t_v)^2 / sum w t_v^2 over the pixels of all arms. A coarse search tries all templates at once as one
matrix product; the best one is then slid over the original pixels, and a parabola through the peak gives velocity and
error. The quality is the peak's height over the noise of the correlation, after Tonry and Davis (1979): the noise is
what its antisymmetric part shows, or what the residuals of the fit make, whichever is larger.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray, IntArray
from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, HeaderFacts, RadialVelocity, Spectrum
from stellarview.domain.stack import ArmStack, Stack
from stellarview.domain.velocity_templates import TemplateArm, VelocityTemplates

RANGE_KM_S = 600.0
_SEARCH_KM_S = 1200.0  # lags beyond the range tell the noise of the correlation
_LN10 = float(np.log(10.0))
_FASTEST_STAR_KM_S = 1000.0  # the fastest hypervelocity stars known; the survey's fits of noise end beyond
_FASTEST_QUASAR_KM_S = 10 * SPEED_OF_LIGHT_KM_S
_WORST_SIGMA_KM_S = 300.0

# Observed-frame bands that belong to the Earth (O2, H2O, the 5577 A sky line) or to interstellar gas (Na D).
_NOT_THE_STAR = (
    (5570.0, 5590.0), (5885.0, 5905.0), (6276.0, 6325.0), (6860.0, 6970.0), (7160.0, 7340.0),
    (7590.0, 7720.0), (8120.0, 8370.0), (8930.0, 9300.0),
)  # fmt: skip


@dataclass(frozen=True)
class _Scale:
    """What goes with a resolution: high-pass window, coarse lag, fine step, error of any template, width of a line."""

    window_dex: float
    lag_dex: float
    fine_km_s: float
    mismatch: float
    correlated_pixels: int


_SCALES = {"LRS": _Scale(0.004, 1.0e-4, 25.0, 0.015, 3), "MRS": _Scale(0.006, 3.0e-5, 8.0, 0.01, 1)}


@dataclass(frozen=True, eq=False)
class VelocityFit:
    """One row a spectrum: velocity, its error (km/s), the peak over the noise of the correlation, the template."""

    value_km_s_B: FloatArray
    sigma_km_s_B: FloatArray
    quality_B: FloatArray
    template_B: IntArray
    names: tuple[str, ...]

    def row(self, index: int) -> RadialVelocity:
        """One spectrum's velocity."""
        return RadialVelocity(
            float(self.value_km_s_B[index]),
            float(self.sigma_km_s_B[index]),
            "cross-correlation",
            float(self.quality_B[index]),
            self.names[int(self.template_B[index])],
        )


def stated_velocity(
    spectrum: Spectrum, user_km_s: float | None = None, catalogue: RadialVelocity | None = None
) -> RadialVelocity | None:
    """The velocity that somebody gives: the user, else a catalogue, else the survey's header; None if nobody does."""
    if user_km_s is not None:
        return RadialVelocity(_possible(user_km_s), None, "user")
    if catalogue is not None:
        return catalogue
    z, z_sigma = spectrum.header.redshift, spectrum.header.redshift_sigma
    if z is None or not is_believable(spectrum.header):
        return None
    sigma = None if z_sigma is None else z_sigma * SPEED_OF_LIGHT_KM_S
    return RadialVelocity(z * SPEED_OF_LIGHT_KM_S, sigma, "header")


def is_believable(header: HeaderFacts) -> bool:
    """False for a redshift that no star of the Galaxy has, or whose own error says that it is none."""
    velocity = (header.redshift or 0.0) * SPEED_OF_LIGHT_KM_S
    sigma = (header.redshift_sigma or 0.0) * SPEED_OF_LIGHT_KM_S
    is_star = (header.object_class or "STAR").upper() == "STAR"
    return (
        velocity > -SPEED_OF_LIGHT_KM_S
        and sigma < _WORST_SIGMA_KM_S
        and not (is_star and abs(velocity) > _FASTEST_STAR_KM_S)
    )


def _possible(velocity_km_s: float) -> float:
    if not (math.isfinite(velocity_km_s) and -SPEED_OF_LIGHT_KM_S < velocity_km_s < _FASTEST_QUASAR_KM_S):
        raise StellarViewError(
            f"{velocity_km_s} km/s is no radial velocity.",
            "It must be a number above minus the speed of light (for galaxies and quasars it is c times the redshift).",
            "Give the velocity in km/s, for example --rv=-23.4.",
        )
    return float(velocity_km_s)


def measure_velocity(stack: Stack, templates: VelocityTemplates) -> VelocityFit:
    """Cross-correlate every spectrum of a stack with every template, within +-600 km/s."""
    if stack.frame != "observed" or stack.medium != "vacuum":
        raise StellarViewError(
            "The radial velocity cannot be measured.",
            f"The spectrum is in {stack.medium}, {stack.frame} frame; the templates are in vacuum, at rest.",
            "Start from the observed spectrum and convert it to vacuum first.",
        )
    scale = _SCALES[templates.kind]
    pairs = [(arm, _arm_template(arm, templates)) for arm in stack.arms]
    signals = [(_signal(arm, scale), template) for arm, template in pairs if template is not None]
    if not signals:
        raise StellarViewError(
            "The radial velocity cannot be measured.", "No arm lies where the templates lie.", "Give one (--rv)."
        )
    height, lags = _coarse_correlation(signals, scale)
    velocity, best, is_within = _coarse_peak(height, lags)
    for step in (scale.fine_km_s, scale.fine_km_s / 2, scale.fine_km_s / 2):
        velocity, curvature = _parabola(signals, scale, best, velocity, step)
    scatter = _residual_scatter(signals, scale, best, velocity)
    with np.errstate(divide="ignore", invalid="ignore"):
        sigma = np.where((curvature < 0) & is_within, scatter * np.sqrt(2.0 / np.abs(curvature)), np.inf)
    quality = _peak_over_noise(height[np.arange(len(best)), best], lags, velocity, scatter)
    if any(arm.name in templates.arms for arm in stack.arms):  # a foreign arm knows nothing of the survey's scale
        velocity = velocity - templates.survey_offset_km_s
    return VelocityFit(velocity, sigma, quality, best, templates.names)


@dataclass(frozen=True, eq=False)
class _Signal:
    """One arm made ready: log10 wavelength, high-passed flux, weights (zero where nothing is known)."""

    log10_BN: FloatArray
    value_BN: FloatArray
    weight_BN: FloatArray


Signals = list[tuple[_Signal, TemplateArm]]


def _arm_template(arm: ArmStack, templates: VelocityTemplates) -> TemplateArm | None:
    if arm.name in templates.arms:
        return templates.arms[arm.name]
    return templates.arms.get("LRS")  # a foreign spectrum's arm has a name of its own


def _signal(arm: ArmStack, scale: _Scale) -> _Signal:
    wavelength = arm.wavelength_BN
    good = arm.good_BN & (arm.ivar_BN > 0)
    for low, high in _NOT_THE_STAR:
        good &= (wavelength < low) | (wavelength > high)
    log10 = np.log10(wavelength)
    last = np.take_along_axis(log10, arm.n_pixels_B[:, None] - 1, axis=1)[:, 0]
    step_B = (last - log10[:, 0]) / (arm.n_pixels_B - 1)
    half_B = np.maximum(3, np.rint(scale.window_dex / step_B)).astype(np.int64) // 2
    flux = np.where(good, arm.flux_BN, 0.0)
    smooth = _running_mean(_running_mean(flux, good, half_B), good, half_B)
    # Where the smoothed flux sinks into the noise there is no line to see, and dividing would make one.
    level = np.abs(smooth).sum(axis=1, where=good, keepdims=True) / np.maximum(good.sum(axis=1, keepdims=True), 1)
    usable = good & (smooth > 0.2 * level) & (smooth > 0)
    safe = np.where(usable, smooth, 1.0)
    variance = 1.0 / np.where(usable, arm.ivar_BN * safe**2, 1.0)
    weight = np.where(usable, 1.0 / (variance + scale.mismatch**2), 0.0)
    value = np.where(usable, np.clip(flux / safe - 1.0, -1.0, 1.0), 0.0)
    return _Signal(log10, value, weight)


def _running_mean(values: FloatArray, good: BoolArray, half_B: IntArray) -> FloatArray:
    """Mean of the good pixels within so many pixels of each pixel, row by row its own window."""
    n = values.shape[1]
    sums = np.zeros((2, values.shape[0], n + 1))
    np.cumsum(np.where(good, values, 0.0), axis=1, out=sums[0, :, 1:])
    np.cumsum(good, axis=1, out=sums[1, :, 1:])
    mean = np.empty(values.shape)
    for half in np.unique(half_B):
        low, high = np.maximum(np.arange(n) - half, 0), np.minimum(np.arange(n) + half + 1, n)
        rows = half_B == half
        chosen = sums if rows.all() else sums[:, rows]
        total = chosen[:, :, high] - chosen[:, :, low]
        mean[rows] = total[0] / np.maximum(total[1], 1.0)
    return mean


@lru_cache(maxsize=8)
def _high_passed(template: TemplateArm, window_dex: float) -> FloatArray:
    """Templates over their running mean, minus one: the filter that the spectra go through."""
    pixels = max(3, round(window_dex / template.log10_step))
    flux = template.flux_TM.astype(np.float64)
    good, half_T = np.ones(flux.shape, dtype=bool), np.full(len(flux), pixels // 2)
    smooth = _running_mean(_running_mean(flux, good, half_T), good, half_T)
    return np.asarray(flux / smooth - 1.0)


@dataclass(frozen=True, eq=False)
class _Slid:
    """Templates binned to the coarse lag and slid by every lag: one column a template and lag."""

    log10_start: float
    bins: int
    lags: IntArray
    columns_MK: FloatArray
    squares_MK: FloatArray


@lru_cache(maxsize=8)
def _slid(template: TemplateArm, window_dex: float, lag_dex: float) -> _Slid:
    per_bin = round(lag_dex / template.log10_step)
    fine = _high_passed(template, window_dex)
    bins = fine.shape[1] // per_bin
    binned = fine[:, : bins * per_bin].reshape(len(fine), bins, per_bin).mean(axis=2)
    most = int(_SEARCH_KM_S / SPEED_OF_LIGHT_KM_S / _LN10 / lag_dex)
    lags = np.arange(-most, most + 1)
    columns = np.zeros((bins, len(fine), lags.size), dtype=np.float32)
    for k, lag in enumerate(lags):
        to, source = slice(max(lag, 0), bins + min(lag, 0)), slice(max(-lag, 0), bins - max(lag, 0))
        columns[to, :, k] = binned[:, source].T
    columns = columns.reshape(bins, -1)
    return _Slid(template.log10_start, bins, lags, columns, columns**2)


def _coarse_correlation(signals: Signals, scale: _Scale) -> tuple[FloatArray, FloatArray]:
    """Signed root of the score for all templates (B, T, lags), and the velocities of the lags."""
    rows = len(signals[0][0].value_BN)
    cross, power = np.zeros((rows, 1)), np.zeros((rows, 1))
    lags: IntArray = np.zeros(0, dtype=np.int64)
    for signal, template in signals:
        slid = _slid(template, scale.window_dex, scale.lag_dex)
        weight, product = _binned(signal, slid, scale.lag_dex)
        # Row by row: a matrix product over many rows may round differently than over one.
        cross = cross + np.matmul(product[:, None, :], slid.columns_MK)[:, 0]
        power = power + np.matmul(weight[:, None, :], slid.squares_MK)[:, 0]
        lags = slid.lags
    height = (cross / np.sqrt(np.maximum(power, 1e-12))).reshape(rows, -1, lags.size)
    return height, SPEED_OF_LIGHT_KM_S * (10.0 ** (lags * scale.lag_dex) - 1.0)


def _binned(signal: _Signal, slid: _Slid, lag_dex: float) -> tuple[FloatArray, FloatArray]:
    rows = len(signal.log10_BN)
    index = np.floor((signal.log10_BN - slid.log10_start) / lag_dex).astype(np.int64)
    weight = np.where((index >= 0) & (index < slid.bins), signal.weight_BN, 0.0)
    flat = (np.clip(index, 0, slid.bins - 1) + slid.bins * np.arange(rows)[:, None]).ravel()
    sums = [
        np.bincount(flat, values.ravel(), rows * slid.bins).reshape(rows, slid.bins).astype(np.float32)
        for values in (weight, weight * signal.value_BN)
    ]
    return sums[0], sums[1]


def _coarse_peak(height: FloatArray, velocity: FloatArray) -> tuple[FloatArray, IntArray, BoolArray]:
    """Best velocity and template of each row, and whether no higher peak lies beyond the range."""
    inside = np.abs(velocity) <= RANGE_KM_S
    within = np.where(inside, height, -np.inf).reshape(len(height), -1)
    best, lag = np.divmod(within.argmax(axis=1), velocity.size)
    is_within = within.max(axis=1) >= height.reshape(len(height), -1).max(axis=1)
    return velocity[lag], best, is_within


def _peak_over_noise(
    height_BL: FloatArray, lags_km_s: FloatArray, velocity: FloatArray, scatter: FloatArray
) -> FloatArray:
    """h / (sqrt(2) sigma): a true peak is symmetric about its velocity, noise is not."""
    r = np.zeros(velocity.shape)
    step = lags_km_s[lags_km_s.size // 2 + 1]
    for row, centre in enumerate(velocity):
        offsets = np.arange(0.0, max(lags_km_s[-1] - abs(centre), 3 * step), step)
        right = np.interp(centre + offsets, lags_km_s, height_BL[row])
        left = np.interp(centre - offsets, lags_km_s, height_BL[row])
        antisymmetric = np.sqrt(np.mean((right - left) ** 2)) / 2.0
        r[row] = max(right[0], 0.0) / (np.sqrt(2.0) * max(antisymmetric, scatter[row], 1e-9))
    return r


def _slid_to(
    signal: _Signal, template: TemplateArm, window_dex: float, best: IntArray, velocity: FloatArray
) -> FloatArray:
    """Each row's best template at its velocity, on the row's own pixels; zero beyond the template's ends."""
    fine = _high_passed(template, window_dex)
    shift = np.log10(1.0 + velocity / SPEED_OF_LIGHT_KM_S)[:, None]
    position = (signal.log10_BN - shift - template.log10_start) / template.log10_step
    last = fine.shape[1] - 1
    left = np.clip(position.astype(np.int64), 0, last - 1)
    weight = position - left
    flat = fine.ravel()
    index = left + best[:, None] * fine.shape[1]
    slid = flat[index] * (1.0 - weight) + flat[index + 1] * weight
    return np.where((position >= 0) & (position <= last), slid, 0.0)


def _score_at(signals: Signals, scale: _Scale, best: IntArray, velocity: FloatArray) -> FloatArray:
    cross, power = _cross_and_power(signals, scale, best, velocity)
    return np.asarray(np.maximum(cross, 0.0) ** 2 / np.maximum(power, 1e-12))


def _cross_and_power(
    signals: Signals, scale: _Scale, best: IntArray, velocity: FloatArray
) -> tuple[FloatArray, FloatArray]:
    cross, power = np.zeros(velocity.shape), np.zeros(velocity.shape)
    for signal, template in signals:
        slid = _slid_to(signal, template, scale.window_dex, best, velocity)
        cross += (signal.weight_BN * signal.value_BN * slid).sum(axis=1)
        power += (signal.weight_BN * slid * slid).sum(axis=1)
    return cross, power


def _parabola(
    signals: Signals, scale: _Scale, best: IntArray, velocity: FloatArray, step_km_s: float
) -> tuple[FloatArray, FloatArray]:
    """The vertex of the parabola through three points about a velocity, at most one step away, and its curvature."""
    below, here, above = (_score_at(signals, scale, best, velocity + k * step_km_s) for k in (-1, 0, 1))
    bend = (above - 2.0 * here + below) / step_km_s**2
    slope = (above - below) / (2.0 * step_km_s)
    with np.errstate(divide="ignore", invalid="ignore"):
        move = np.where(bend < 0, -slope / bend, np.sign(slope) * step_km_s)
    return velocity + np.clip(move, -step_km_s, step_km_s), bend


def _residual_scatter(signals: Signals, scale: _Scale, best: IntArray, velocity: FloatArray) -> FloatArray:
    """How much larger the residuals are than the weights say, in sigma, with the correlation of neighbours counted."""
    cross, power = _cross_and_power(signals, scale, best, velocity)
    amplitude = np.maximum(cross, 0.0) / np.maximum(power, 1e-12)
    chi2, count, lagged = np.zeros(velocity.shape), np.zeros(velocity.shape), np.zeros(velocity.shape)
    for signal, template in signals:
        slid = _slid_to(signal, template, scale.window_dex, best, velocity)
        residual = np.sqrt(signal.weight_BN) * (signal.value_BN - amplitude[:, None] * slid)
        chi2 += (residual**2).sum(axis=1)
        count += (signal.weight_BN > 0).sum(axis=1)
        for lag in range(1, scale.correlated_pixels + 1):
            lagged += (residual[:, lag:] * residual[:, :-lag]).sum(axis=1)
    correlation = np.maximum(1.0 + 2.0 * lagged / np.maximum(chi2, 1e-12), 1.0)
    return np.sqrt(chi2 / np.maximum(count - 2.0, 1.0) * correlation)
