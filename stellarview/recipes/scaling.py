"""Brings fluxes to the range that a network was trained in: min-max, median, clip, per-pixel standardisation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import Spectrum
from stellarview.domain.stack import ArmStack, Stack
from stellarview.recipes.step import Step


@dataclass(frozen=True)
class MinMax(Step):
    """Map the good pixels of each arm to [0, 1]; bad pixels are held to that range too."""

    name: ClassVar[str] = "min_max"

    def apply(self, stack: Stack) -> Stack:
        """The scaled stack; an arm without contrast becomes 0."""
        return stack.with_arms([self._scale(arm) for arm in stack.arms])

    def _scale(self, arm: ArmStack) -> ArmStack:
        good = arm.good_BN
        low = np.where(good, arm.flux_BN, np.inf).min(axis=1, keepdims=True)
        span = np.where(good, arm.flux_BN, -np.inf).max(axis=1, keepdims=True) - low
        usable = np.isfinite(span) & (span > 0)
        low, span = np.where(usable, low, 0.0), np.where(usable, span, 1.0)
        flux = np.where(usable, np.clip((arm.flux_BN - low) / span, 0.0, 1.0), 0.0)
        return replace(arm, flux_BN=flux, ivar_BN=arm.ivar_BN * span**2)


@dataclass(frozen=True)
class DivideByMedian(Step):
    """Divide each arm by the median flux of its good pixels: shape kept, brightness gone."""

    name: ClassVar[str] = "divide_by_median"

    def apply(self, stack: Stack) -> Stack:
        """The scaled stack; an arm whose median is not positive is left as it is."""
        return stack.with_arms([self._scale(arm) for arm in stack.arms])

    def _scale(self, arm: ArmStack) -> ArmStack:
        ordered = np.sort(np.where(arm.good_BN, arm.flux_BN, np.inf), axis=1)
        count = arm.good_BN.sum(axis=1)
        median = ordered[np.arange(len(ordered)), np.maximum(count - 1, 0) // 2][:, None]
        median = np.where(np.isfinite(median) & (median > 0), median, 1.0)
        return replace(arm, flux_BN=arm.flux_BN / median, ivar_BN=arm.ivar_BN * median**2)


@dataclass(frozen=True)
class Clip(Step):
    """Hold fluxes within limits, as RRNet does with what cosmic rays and dead pixels leave."""

    name: ClassVar[str] = "clip"
    low: float = -0.5
    high: float = 2.5

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError("low must be below high")

    def apply(self, stack: Stack) -> Stack:
        """The clipped stack."""
        return stack.with_arms([replace(arm, flux_BN=np.clip(arm.flux_BN, self.low, self.high)) for arm in stack.arms])


@dataclass(frozen=True)
class Standardise(Step):
    """(flux - mean) / std per pixel, with the training set's mean and standard deviation, all arms in order."""

    name: ClassVar[str] = "standardise"
    mean: tuple[float, ...]
    std: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.mean) != len(self.std) or not np.isfinite(self.mean).all() or not (np.array(self.std) > 0).all():
            raise ValueError("mean and std must be finite, std positive, of one length")

    @classmethod
    def fitted_to(cls, flux_BL: FloatArray) -> Self:
        """From a training set's fluxes (spectra by pixels of all arms); a pixel that never varies keeps its scale."""
        std = flux_BL.std(axis=0)
        return cls(tuple(flux_BL.mean(axis=0).tolist()), tuple(np.where(std > 0, std, 1.0).tolist()))

    def apply(self, stack: Stack) -> Stack:
        """The standardised stack; masked pixels become 0, which says nothing."""
        mean, std = np.array(self.mean), np.array(self.std)
        total = sum(arm.flux_BN.shape[1] for arm in stack.arms)
        if mean.shape != (total,) or std.shape != (total,):
            raise StellarViewError(
                "The spectrum does not fit the recipe's standardisation.",
                f"It has {total} pixels, the training set had {mean.size}.",
                "Use the recipe that stands in the model's card.",
            )
        arms, start = [], 0
        for arm in stack.arms:
            part = slice(start, start + arm.flux_BN.shape[1])
            flux = np.where(arm.good_BN, (arm.flux_BN - mean[part]) / std[part], 0.0)
            arms.append(replace(arm, flux_BN=flux, ivar_BN=arm.ivar_BN * std[part] ** 2))
            start = part.stop
        return stack.with_arms(arms)

    def undone(self, spectrum: Spectrum) -> Spectrum:
        """What this step was given, but for bad pixels, which have the mean: for the eye, to which 0 says nothing."""
        mean, std, start, arms = np.array(self.mean), np.array(self.std), 0, []
        for arm in spectrum.arms:
            part = slice(start, start + len(arm))
            arms.append(replace(arm, flux=arm.flux * std[part] + mean[part], ivar=arm.ivar / std[part] ** 2))
            start = part.stop
        return replace(spectrum, arms=tuple(arms))
