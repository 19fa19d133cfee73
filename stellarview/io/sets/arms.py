"""One arm of the spectra in a set: rows of a file become arms of spectra, or a stack of them at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from stellarview.domain.arrays import FloatArray, IntArray, MaskArray
from stellarview.domain.spectrum import Arm, MaskReason
from stellarview.domain.stack import ArmStack, continued_wavelengths
from stellarview.io.sets.hdf5_rows import Hdf5Refused, StoredRows

# Of rows start to stop: (start, stop) -> wavelengths (B, N), read-only and repeated where the rows share one grid.
WavelengthRows = Callable[[int, int], FloatArray]


@dataclass(frozen=True, eq=False)
class ArmRows:
    """Where one arm of all spectra lies in the file, and how its mask becomes ours.

    `mask_of` takes stored masks, fluxes and inverse variances, and cleans the latter two of what is no number.
    """

    name: str
    wavelength_rows: WavelengthRows
    flux: StoredRows
    ivar: StoredRows
    mask: StoredRows
    mask_of: Callable[[MaskArray, FloatArray, FloatArray], MaskArray]
    n_pixels: IntArray
    continuum: StoredRows | None = None
    snr: StoredRows | None = None
    resolution: StoredRows | float | None = None

    @property
    def row_bytes(self) -> int:
        """What a row takes in a stack: wavelength, flux, inverse variance, continuum and mask."""
        return self.flux.shape[1] * (4 * 8 + 2)

    def block(self, start: int, stop: int, dtype: DTypeLike | None = None) -> ArmBlock:
        """Rows `start` to `stop`."""
        flux, ivar = self.flux.read(start, stop, dtype), self.ivar.read(start, stop, dtype)
        mask = self.mask_of(self.mask.read(start, stop, np.uint16), flux, ivar)
        continuum = None if self.continuum is None else self.continuum.read(start, stop, np.float64)
        snr, resolution = _column(self.snr, start, stop), _column(self.resolution, start, stop)
        wavelength = self.wavelength_rows(start, stop)
        return ArmBlock(self.name, wavelength, flux, ivar, mask, self.n_pixels[start:stop], continuum, snr, resolution)


def _column(source: StoredRows | float | None, start: int, stop: int) -> FloatArray:
    if isinstance(source, StoredRows):
        return source.read(start, stop, np.float64)
    return np.full(stop - start, np.nan if source is None else source)


@dataclass(frozen=True, eq=False)
class ArmBlock:
    """Some rows of an arm as the file has them: beyond `n_pixels_B` anything may stand."""

    name: str
    wavelength_BN: FloatArray
    flux_BN: FloatArray
    ivar_BN: FloatArray
    mask_BN: MaskArray
    n_pixels_B: IntArray
    continuum_BN: FloatArray | None
    snr_B: FloatArray
    resolution_B: FloatArray

    def arm(self, row: int) -> Arm:
        """One spectrum's arm. Spectra on one grid share its memory."""
        n = int(self.n_pixels_B[row])
        return Arm(
            self.name,
            self.wavelength_BN[row, :n],
            self.flux_BN[row, :n],
            self.ivar_BN[row, :n],
            self.mask_BN[row, :n],
            _or_none(self.snr_B[row]),
            _or_none(self.resolution_B[row]),
            self._continuum(row, n),
        )

    def _continuum(self, row: int, n: int) -> FloatArray | None:
        """A row of NaN alone is a spectrum without continuum in a set of others that have one."""
        values = None if self.continuum_BN is None else self.continuum_BN[row, :n]
        return None if values is None or np.isnan(values).all() else values

    def _continua(self, n: int) -> FloatArray | None:
        """As `stack_spectra` lays them: NaN in rows without continuum, one in the padding of the others."""
        if self.continuum_BN is None:
            return None
        rows = [self._continuum(row, int(k)) for row, k in enumerate(self.n_pixels_B)]
        if all(values is None for values in rows):
            return None
        continuum = np.full((len(rows), n), np.nan)
        for row, values in enumerate(rows):
            if values is not None:
                continuum[row] = 1.0
                continuum[row, : values.size] = values
        return continuum

    def stack(self) -> ArmStack:
        """All rows, short ones padded as `stack_spectra` pads them."""
        n = int(self.n_pixels_B.max())
        wavelength, mask = self.wavelength_BN[:, :n], self.mask_BN[:, :n]
        flux, ivar = self.flux_BN[:, :n], self.ivar_BN[:, :n]
        short = np.flatnonzero(self.n_pixels_B < n)
        if short.size:
            wavelength = np.array(wavelength)
        for row in short:
            k = int(self.n_pixels_B[row])
            wavelength[row] = continued_wavelengths(wavelength[row, :k], n)
            flux[row, k:], ivar[row, k:], mask[row, k:] = 0.0, 0.0, MaskReason.OUTSIDE
        _check_increasing(wavelength, self.name)
        return ArmStack(self.name, wavelength, flux, ivar, mask, self.n_pixels_B, self.resolution_B, self._continua(n))


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _check_increasing(wavelength: FloatArray, arm: str) -> None:
    """Arms check their wavelengths themselves; a stack has none, so its rows are checked here."""
    rows = wavelength[:1] if wavelength.strides[0] == 0 else wavelength
    if not (np.isfinite(rows[:, -1]).all() and (rows[:, 0] > 0).all() and (np.diff(rows) > 0).all()):
        raise Hdf5Refused(f"The wavelengths of its arm {arm} are not positive and strictly increasing.")
