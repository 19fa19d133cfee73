"""Many spectra of one kind side by side, so that a recipe works on a night's worth in one numpy call.

Array suffixes: B spectra, N pixels. Rows shorter than N are padded with `OUTSIDE` pixels whose wavelengths go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray, IntArray, MaskArray
from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import BAD_PIXEL, Arm, Frame, MaskReason, Medium, Spectrum


@dataclass(frozen=True, eq=False)
class ArmStack:
    """One arm of B spectra. The wavelengths of a row may differ from the next one's."""

    name: str
    wavelength_BN: FloatArray
    flux_BN: FloatArray
    ivar_BN: FloatArray
    mask_BN: MaskArray
    n_pixels_B: IntArray
    resolution_B: FloatArray  # NaN where unknown
    continuum_BN: FloatArray | None = None  # NaN in rows that have none

    @property
    def good_BN(self) -> BoolArray:
        """True where a pixel can be trusted."""
        good: BoolArray = (self.mask_BN & BAD_PIXEL) == 0
        return good

    def row(self, index: int, like: Arm | None = None) -> Arm:
        """One spectrum's arm, its padding cut off."""
        n = int(self.n_pixels_B[index])
        continuum = None if self.continuum_BN is None else self.continuum_BN[index, :n]
        resolution = float(self.resolution_B[index])
        return Arm(
            self.name,
            self.wavelength_BN[index, :n],
            self.flux_BN[index, :n],
            self.ivar_BN[index, :n],
            self.mask_BN[index, :n],
            snr=like.snr if like else None,
            resolution=resolution if np.isfinite(resolution) else None,
            continuum=None if continuum is None or np.isnan(continuum).all() else continuum,
        )

    def rows(self, start: int, stop: int) -> Self:
        """Some of the rows, as views."""
        continuum = None if self.continuum_BN is None else self.continuum_BN[start:stop]
        return replace(
            self,
            wavelength_BN=self.wavelength_BN[start:stop],
            flux_BN=self.flux_BN[start:stop],
            ivar_BN=self.ivar_BN[start:stop],
            mask_BN=self.mask_BN[start:stop],
            n_pixels_B=self.n_pixels_B[start:stop],
            resolution_B=self.resolution_B[start:stop],
            continuum_BN=continuum,
        )


@dataclass(frozen=True, eq=False)
class Stack:
    """B spectra with the same arms, medium and frame; `velocity_km_s_B` is NaN where none is known."""

    arms: tuple[ArmStack, ...]
    medium: Medium
    frame: Frame
    velocity_km_s_B: FloatArray

    def __len__(self) -> int:
        return int(self.velocity_km_s_B.shape[0])

    def rows(self, start: int, stop: int) -> Self:
        """Some of the spectra, as views."""
        arms = tuple(arm.rows(start, stop) for arm in self.arms)
        return replace(self, arms=arms, velocity_km_s_B=self.velocity_km_s_B[start:stop])

    def with_arms(self, arms: Sequence[ArmStack]) -> Self:
        """The same stack with other arms."""
        return replace(self, arms=tuple(arms))


def stack_spectra(spectra: Sequence[Spectrum]) -> Stack:
    """Lay spectra side by side; they must agree in arms, medium and frame."""
    first = spectra[0]
    kinds = {kind_of(spectrum) for spectrum in spectra}
    if len(kinds) > 1:
        raise StellarViewError(
            "These spectra cannot be worked on in one stack.",
            f"They differ in arms, medium or frame: {'; '.join(str(kind) for kind in sorted(kinds))}.",
            "Group them by kind first.",
        )
    arms = tuple(_stack_arm([spectrum.arms[a] for spectrum in spectra]) for a in range(len(first.arms)))
    velocity = np.array([np.nan if s.velocity is None else s.velocity.value_km_s for s in spectra])
    return Stack(arms, first.medium, first.frame, velocity)


def join(stacks: Sequence[Stack]) -> Stack:
    """Stacks of one kind and one width, one below the other."""
    if len(stacks) == 1:
        return stacks[0]
    arms = [join_arms(parts) for parts in zip(*(stack.arms for stack in stacks), strict=True)]
    return replace(stacks[0], arms=tuple(arms), velocity_km_s_B=np.concatenate([s.velocity_km_s_B for s in stacks]))


def join_arms(parts: Sequence[ArmStack]) -> ArmStack:
    """The same arm of several stacks of one width."""
    continua = [part.continuum_BN for part in parts if part.continuum_BN is not None]
    return replace(
        parts[0],
        wavelength_BN=_join_wavelengths(parts),
        flux_BN=np.concatenate([part.flux_BN for part in parts]),
        ivar_BN=np.concatenate([part.ivar_BN for part in parts]),
        mask_BN=np.concatenate([part.mask_BN for part in parts]),
        n_pixels_B=np.concatenate([part.n_pixels_B for part in parts]),
        resolution_B=np.concatenate([part.resolution_B for part in parts]),
        continuum_BN=np.concatenate(continua) if continua else None,
    )


def _join_wavelengths(parts: Sequence[ArmStack]) -> FloatArray:
    """A grid that all rows share stays one grid, seen from every row."""
    rows = sum(len(part.n_pixels_B) for part in parts)
    first = parts[0].wavelength_BN
    if first.strides[0] == 0 and all(np.array_equal(part.wavelength_BN[0], first[0]) for part in parts):
        return np.broadcast_to(first[0], (rows, first.shape[1]))
    return np.concatenate([part.wavelength_BN for part in parts])


def kind_of(spectrum: Spectrum) -> tuple[str, ...]:
    """What two spectra must share to lie in one stack."""
    return (*(arm.name for arm in spectrum.arms), spectrum.medium, spectrum.frame)


def unstack(stack: Stack, like: Sequence[Spectrum]) -> list[Spectrum]:
    """Back to single spectra, each with the header and source of the one that it came from."""
    results = []
    for index, spectrum in enumerate(like):
        before = {arm.name: arm for arm in spectrum.arms}
        arms = tuple(arm.row(index, before.get(arm.name)) for arm in stack.arms)
        results.append(replace(spectrum, arms=arms, medium=stack.medium, frame=stack.frame))
    return results


def _stack_arm(arms: Sequence[Arm]) -> ArmStack:
    counts = np.array([len(arm) for arm in arms])
    n, b = int(counts.max()), len(arms)
    dtype = np.result_type(*{arm.flux.dtype for arm in arms}, *{arm.ivar.dtype for arm in arms})
    wavelength, flux, ivar = np.empty((b, n)), np.zeros((b, n), dtype), np.zeros((b, n), dtype)
    mask = np.full((b, n), int(MaskReason.OUTSIDE), dtype=np.uint16)
    for row, arm in enumerate(arms):
        k = len(arm)
        flux[row, :k], ivar[row, :k], mask[row, :k] = arm.flux, arm.ivar, arm.mask
        wavelength[row] = continued_wavelengths(arm.wavelength_angstrom, n)
    resolution = np.array([np.nan if arm.resolution is None else arm.resolution for arm in arms])
    return ArmStack(arms[0].name, wavelength, flux, ivar, mask, counts, resolution, _stack_continua(arms, n))


def _stack_continua(arms: Sequence[Arm], n: int) -> FloatArray | None:
    if all(arm.continuum is None for arm in arms):
        return None
    continuum = np.full((len(arms), n), np.nan)
    for row, arm in enumerate(arms):
        if arm.continuum is not None:
            continuum[row] = 1.0
            continuum[row, : len(arm)] = arm.continuum
    return continuum


def continued_wavelengths(wavelength_angstrom: FloatArray, n_pixels: int) -> FloatArray:
    """The wavelengths with their last step going on, up to so many pixels."""
    missing = n_pixels - wavelength_angstrom.size
    step = wavelength_angstrom[-1] - wavelength_angstrom[-2]
    return np.concatenate([wavelength_angstrom, wavelength_angstrom[-1] + step * np.arange(1, missing + 1)])
