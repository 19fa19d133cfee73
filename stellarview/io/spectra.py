"""Files of spectra. `READERS` is the table of layouts; the first that recognises a file reads it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import Spectrum
from stellarview.io import foreign, lamost_lrs, lamost_mrs
from stellarview.io.file_bytes import FileBytes, read_file_bytes
from stellarview.io.fits_blocks import FitsDamage, parse_fits
from stellarview.io.names import display_name
from stellarview.io.reader import Reader

LAMOST_READERS: tuple[Reader, ...] = (
    Reader(
        "lrs-image-v2.6",
        "LAMOST LRS image of pipeline v2.6, third row a sub-continuum",
        lamost_lrs.is_subcontinuum_image,
        lamost_lrs.read_subcontinuum_image,
    ),
    Reader(
        "lrs-image",
        "LAMOST LRS image of five rows, to DR8",
        lamost_lrs.is_wavelength_image,
        lamost_lrs.read_wavelength_image,
    ),
    Reader("lrs-table", "LAMOST LRS table of one row, from DR9", lamost_lrs.is_table, lamost_lrs.read_table),
    Reader("mrs", "LAMOST MRS, two arms, coadd and exposures", lamost_mrs.is_mrs, lamost_mrs.read_mrs),
)
READERS: tuple[Reader, ...] = (
    *LAMOST_READERS,
    Reader("foreign", "any 1-D spectrum that specutils can load", foreign.is_foreign, foreign.read_foreign),
)

# What numpy raises on impossible numbers; anything else is a bug of ours and shall be seen.
_DAMAGE = (FitsDamage, ValueError, OverflowError)


def read_spectra(path: Path | str) -> tuple[Spectrum, ...]:
    """All spectra of a file: the coadd first, then single exposures. Bad input ends in a StellarViewError."""
    return read_spectra_of(read_file_bytes(Path(path)))


def read_spectra_of(file: FileBytes) -> tuple[Spectrum, ...]:
    """`read_spectra` of a file that is in memory already."""
    name = display_name(file.path)
    try:
        hdus = parse_fits(file.data)
        reader = next((reader for reader in READERS if reader.recognises(hdus)), None)
        if reader is None:
            raise FitsDamage("it is a LAMOST file, but in none of the layouts that the survey ever released")
        with np.errstate(all="ignore"):  # what is no number is masked with its reason, not warned of
            return reader.read(file, hdus)
    except StellarViewError as error:
        if name in error.what:
            raise
        raise StellarViewError(f"Cannot read {name}: {error.what}", error.why, error.what_to_do) from error
    except _DAMAGE as error:
        why, what_to_do = f"{str(error).strip(chr(39))}.", "Download it again, or check it."
        if not file.data.startswith(b"SIMPLE"):
            why, what_to_do = _what_it_is(file.data)
        raise StellarViewError(f"Cannot read {name} as a spectrum.", why[:1].upper() + why[1:], what_to_do) from error


def read_spectrum(path: Path | str) -> Spectrum:
    """The one spectrum that a user means by a file: the coadd where there is one, else the first exposure."""
    return read_spectra(path)[0]


def lamost_layout(file: FileBytes) -> str | None:
    """The LAMOST layout of a file, without reading its spectra; None where it has none."""
    try:
        hdus = parse_fits(file.data)
        return next((reader.layout for reader in LAMOST_READERS if reader.recognises(hdus)), None)
    except _DAMAGE:
        return None


def _what_it_is(data: bytes) -> tuple[str, str]:
    """Why it is no spectrum, and what to do about it."""
    if data.startswith(b"\x89HDF"):
        return "It is an HDF5 file, not a FITS file.", "Sets of spectra go to `predict`, `report` or the window."
    if b"\0" not in data[:4096]:
        return (
            "It is a text file, not a FITS file.",
            f"Give a table or a list of lines where these are asked for. Is it a spectrum? {foreign.CONVERT}",
        )
    return "It is not a FITS file: it does not begin with SIMPLE.", "Check that it is the file that you meant."
