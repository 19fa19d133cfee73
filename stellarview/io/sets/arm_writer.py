"""Writes one arm of a spectrum set: rows that may differ in length, on one wavelength grid as long as they share it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import h5py
import numpy as np
from numpy.typing import DTypeLike, NDArray

from stellarview.domain.arrays import FloatArray, IntArray, MaskArray
from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import Arm, MaskReason
from stellarview.domain.stack import continued_wavelengths
from stellarview.io.planes import LARGEST_FLUX
from stellarview.io.sets.column_writer import CHUNK_BYTES, PACKED, append_column

_CHUNK_ROWS = 64
# An arm of one instrument varies by a few pixels; a set of mixed lengths would be mostly padding.
_LONGEST_GROWTH = 4
_SMALLEST_UNIT = 1e-30


@dataclass(frozen=True, eq=False)
class NarrowArm:
    """One arm of B spectra in the types of the file, short rows padded."""

    wavelengths: tuple[FloatArray, ...]
    flux_BN: FloatArray
    ivar_BN: FloatArray
    mask_BN: MaskArray
    continuum_BN: FloatArray | None
    n_pixels_B: IntArray
    snr_B: FloatArray
    resolution_B: FloatArray

    @classmethod
    def of(cls, arms: Sequence[Arm]) -> Self:
        """Narrowed arms, or a StellarViewError where float32 cannot hold them."""
        b, n = len(arms), max(len(arm) for arm in arms)
        flux, ivar = np.zeros((b, n), np.float32), np.zeros((b, n), np.float32)
        mask = np.full((b, n), MaskReason.OUTSIDE, np.uint16)
        has_continuum = any(arm.continuum is not None for arm in arms)
        continuum = np.full((b, n), np.nan, np.float32) if has_continuum else None
        for row, arm in enumerate(arms):
            k = len(arm)
            flux[row, :k] = _float32(arm.flux, "flux", LARGEST_FLUX)
            ivar[row, :k] = _float32(arm.ivar, "inverse variance")
            mask[row, :k] = arm.mask
            if continuum is not None and arm.continuum is not None:
                continuum[row, :k] = _float32(arm.continuum, "continuum")
        return cls(
            tuple(arm.wavelength_angstrom for arm in arms),
            flux,
            ivar,
            mask,
            continuum,
            np.array([len(arm) for arm in arms], dtype=np.int32),
            _or_nan([arm.snr for arm in arms]),
            _or_nan([arm.resolution for arm in arms]),
        )


def _or_nan(values: Sequence[float | None]) -> FloatArray:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _float32(values: FloatArray, what: str, largest: float = 3e38) -> NDArray[np.float32]:
    """float32 spans 1e-38 to 3e38: the inverse variance of 1e-20 erg/s/cm2/A does not fit."""
    if values.dtype == np.float32:
        return values
    with np.errstate(over="ignore", under="ignore"):
        narrow = values.astype(np.float32)
    size = np.abs(values[np.isfinite(values) & (values != 0)])
    if size.size and not _SMALLEST_UNIT < size.max() <= largest:
        raise StellarViewError(
            f"The {what} of a spectrum does not fit into a spectrum set.",
            f"It reaches {size.max():.3g} in its unit; sets hold single precision numbers, 1e-30 to {largest:g}.",
            "Bring the flux to a handier unit first, for example 1e-17 erg/s/cm2/A.",
        )
    return narrow


class ArmWriter:
    """The datasets of one arm; `append` grows them."""

    def __init__(self, group: h5py.Group, width: int) -> None:
        self._group = group
        self._n_rows = 0
        self._n = width
        self._longest = width * _LONGEST_GROWTH
        # Some room to the right, so that a somewhat longer spectrum does not open another column of chunks.
        self._chunk_width = -(-(width + width // 16) // 64) * 64
        self._grid: FloatArray | None = None
        self._is_shared = True
        for name, dtype, fill in (("flux", "f4", 0), ("ivar", "f4", 0), ("mask", "u2", int(MaskReason.OUTSIDE))):
            self._create(name, dtype, fill)

    def _create(self, name: str, dtype: DTypeLike, fill: float) -> None:
        rows = max(1, min(_CHUNK_ROWS, CHUNK_BYTES // (4 * self._chunk_width)))
        self._group.create_dataset(
            name,
            shape=(self._n_rows, self._n),
            maxshape=(None, None),
            chunks=(rows, self._chunk_width),
            dtype=dtype,
            fillvalue=fill,
            **PACKED,
        )

    def append(self, arm: NarrowArm) -> None:
        """Add rows; the earlier ones get padding where these are longer."""
        self._check_length(arm.flux_BN.shape[1])
        if arm.continuum_BN is not None and "continuum" not in self._group:
            self._create("continuum", "f4", np.nan)
        self._share_or_part(arm.wavelengths)
        self._n = max(self._n, arm.flux_BN.shape[1])
        before, self._n_rows = self._n_rows, self._n_rows + len(arm.n_pixels_B)
        for name in ("flux", "ivar", "mask", "continuum"):
            if name in self._group:
                self._write(name, before, getattr(arm, f"{name}_BN"))
        if not self._is_shared:
            self._write("wavelength", before, _padded(arm.wavelengths, self._n))
        for name in ("n_pixels", "snr", "resolution"):
            append_column(self._group, name, getattr(arm, f"{name}_B"), before)

    def complete(self) -> None:
        """Write what is known only at the end: the grid that all rows share."""
        if self._is_shared:
            self._group.create_dataset("wavelength", data=self._grid)

    def _check_length(self, n: int) -> None:
        if n > self._longest:
            raise StellarViewError(
                "Spectra of very different lengths do not go into one set.",
                f"One arm has {n} pixels, where the first spectrum has {self._longest // _LONGEST_GROWTH}.",
                "Write them into sets of their own.",
            )

    def _write(self, name: str, before: int, rows: NDArray[Any] | None) -> None:
        dataset = self._group[name]
        dataset.resize((self._n_rows, self._n))
        if rows is not None:
            dataset[before:, : rows.shape[1]] = rows

    def _share_or_part(self, wavelengths: Sequence[FloatArray]) -> None:
        """Rows that begin alike share the longest one's grid; the first that differs ends the sharing for all."""
        for wavelength in wavelengths:
            if not self._is_shared:
                return
            grid = wavelength if self._grid is None else self._grid
            k = min(grid.size, wavelength.size)
            if np.array_equal(grid[:k], wavelength[:k]):
                self._grid = wavelength if wavelength.size > grid.size else grid
            else:
                self._part(grid)

    def _part(self, shared_grid: FloatArray) -> None:
        self._is_shared = False
        self._create("wavelength", "f8", np.nan)
        grid = _padded([shared_grid], self._n)[0]
        for start in range(0, self._n_rows, _CHUNK_ROWS):
            stop = min(start + _CHUNK_ROWS, self._n_rows)
            self._group["wavelength"][start:stop] = np.broadcast_to(grid, (stop - start, self._n))


def _padded(wavelengths: Sequence[FloatArray], n: int) -> FloatArray:
    """Short rows go on in their last step, as they do in a stack."""
    return np.stack([continued_wavelengths(values[:n], n) for values in wavelengths])
