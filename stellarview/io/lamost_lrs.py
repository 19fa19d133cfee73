"""The three layouts of LAMOST's low-resolution spectra: image of v2.6, image up to DR8, one-row table since DR9."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellarview.domain.spectrum import Spectrum
from stellarview.io.file_bytes import FileBytes
from stellarview.io.fits_blocks import FitsDamage, FitsHeader, Hdu
from stellarview.io.lamost import LRS_RESOLUTION, assemble, header_facts, lrs_snr, required_columns
from stellarview.io.planes import log_linear_angstrom, make_arm

# The stored wavelengths are float32 (3e-3 A of rounding at 9000 A); the rule in the header is exact where both agree.
_AGREE_ANGSTROM = 0.05
_TELESCOPE = ("LAMOST", "GUOSHOUJING")


def _is_image(hdus: Sequence[Hdu]) -> bool:
    """Five rows alone are not enough: SDSS's spSpec images have five, too, with other planes in them."""
    header = hdus[0].header
    telescope = str(header.get("TELESCOP") or "").upper()
    is_ours = "EXTEN0" in header or not telescope.strip() or any(word in telescope for word in _TELESCOPE)
    return is_ours and header.get("NAXIS") == 2 and header.get("NAXIS2") == 5


def is_subcontinuum_image(hdus: Sequence[Hdu]) -> bool:
    """Pipeline v2.6: EXTEN0 calls the third row a sub-continuum."""
    return _is_image(hdus) and "SUBCONT" in str(hdus[0].header.get("EXTEN0")).upper()


def is_wavelength_image(hdus: Sequence[Hdu]) -> bool:
    """DR1 to DR8: five rows, the third holds wavelengths."""
    return _is_image(hdus) and not is_subcontinuum_image(hdus)


def is_table(hdus: Sequence[Hdu]) -> bool:
    """DR9 on: a COADD table of one row of arrays (SDSS has a COADD table too, with AND_MASK and many rows)."""
    return any(hdu.is_table and hdu.name == "COADD" and "ANDMASK" in hdu.columns() for hdu in hdus[1:])


def read_subcontinuum_image(file: FileBytes, hdus: Sequence[Hdu]) -> tuple[Spectrum, ...]:
    """Wavelengths exist only as COEFF0 and COEFF1 here; the third row must not be mistaken for them."""
    header, rows = hdus[0].header, hdus[0].image()
    wavelength = log_linear_angstrom(header, rows.shape[1])
    if wavelength is None:
        raise FitsDamage("its third row is a sub-continuum and COEFF0 or COEFF1 is missing, so no wavelength is known")
    return _spectrum(file, "lrs-image-v2.6", header, wavelength, planes=[rows[0], rows[1], rows[3], rows[4]])


def read_wavelength_image(file: FileBytes, hdus: Sequence[Hdu]) -> tuple[Spectrum, ...]:
    """Rows FLUX, IVAR, WAVELENGTH, ANDMASK, ORMASK."""
    header, rows = hdus[0].header, hdus[0].image()
    wavelength = _exact_wavelength(header, rows[2])
    return _spectrum(file, "lrs-image", header, wavelength, planes=[rows[0], rows[1], rows[3], rows[4]])


def read_table(file: FileBytes, hdus: Sequence[Hdu]) -> tuple[Spectrum, ...]:
    """One row whose columns are arrays; facts stand in the primary header."""
    table = next(hdu for hdu in hdus[1:] if hdu.name == "COADD")
    stored, *planes = required_columns(table, "WAVELENGTH", "FLUX", "IVAR", "ANDMASK", "ORMASK")
    header = hdus[0].header
    return _spectrum(file, "lrs-table", header, _exact_wavelength(header, stored), planes=planes)


def _exact_wavelength(header: FitsHeader, stored: NDArray[Any]) -> NDArray[np.float64]:
    stored = stored.astype(np.float64)
    if stored.ndim != 1 or stored.size < 2 or not np.isfinite(stored).all():
        raise FitsDamage("its wavelengths are not a row of numbers")
    rule = log_linear_angstrom(header, stored.size)
    return rule if rule is not None and np.abs(rule - stored).max() < _AGREE_ANGSTROM else stored


def _spectrum(
    file: FileBytes, layout: str, header: FitsHeader, wavelength: NDArray[np.float64], *, planes: Sequence[NDArray[Any]]
) -> tuple[Spectrum, ...]:
    snr = lrs_snr(header)
    flux, ivar, *masks = planes
    arm = make_arm("LRS", wavelength, flux, ivar, masks, snr=snr.r, resolution=LRS_RESOLUTION)
    return (assemble(file, layout, header, [arm], header_facts(header, snr)),)
