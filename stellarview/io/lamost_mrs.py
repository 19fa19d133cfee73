"""LAMOST's medium-resolution spectra: two arms, a coadd and every single exposure, of which any may be missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from itertools import groupby

from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import Arm, SignalToNoise, Spectrum
from stellarview.io.file_bytes import FileBytes
from stellarview.io.fits_blocks import FitsDamage, Hdu
from stellarview.io.lamost import MRS_RESOLUTION, assemble, header_facts, required_columns, table_wavelength_angstrom
from stellarview.io.planes import fact_float, fact_text, make_arm

_COADD = "coadd"
_MINUTES_A_DAY = 1440
_MJD_ZERO = datetime(1858, 11, 17, tzinfo=timezone(timedelta(hours=8)))  # Beijing's
_FIRST_MJD, _LAST_MJD = 50_000, 100_000
_NAME = re.compile(r"^(?:COADD_(?P<coadd>[BR])|(?P<arm>[BR])-(?P<lmjm>\d+))$")


def is_mrs(hdus: Sequence[Hdu]) -> bool:
    """A table called COADD_B or COADD_R, or an exposure such as B-83555758."""
    return any(hdu.is_table and _NAME.match(hdu.name) for hdu in hdus[1:])


def read_mrs(file: FileBytes, hdus: Sequence[Hdu]) -> tuple[Spectrum, ...]:
    """The coadd first, then the exposures in the order of time; a dead arm is left out and noted."""
    tables = sorted(
        ((_exposure(hdu), hdu) for hdu in hdus[1:] if hdu.is_table and _NAME.match(hdu.name)),
        key=lambda pair: (pair[0] != _COADD, pair[0], pair[1].name),
    )
    spectra, faults = [], []
    for exposure, group in groupby(tables, key=lambda pair: pair[0]):
        spectrum, lost = _read_exposure(file, hdus[0], exposure, [hdu for _, hdu in group])
        faults += lost
        if spectrum is not None:
            spectra.append(spectrum)
    if not spectra:
        raise FitsDamage("no exposure holds a usable arm: " + "; ".join(faults))
    return tuple(spectra)


def _exposure(hdu: Hdu) -> str:
    match = _NAME.match(hdu.name)
    return match["lmjm"] or _COADD if match else _COADD


def _read_exposure(
    file: FileBytes, primary: Hdu, exposure: str, tables: Sequence[Hdu]
) -> tuple[Spectrum | None, list[str]]:
    arms, faults = [], []
    for hdu in tables:
        try:
            arms.append(_read_arm(hdu))
        except (FitsDamage, StellarViewError) as error:
            faults.append(error.why if isinstance(error, StellarViewError) else str(error))
    if not arms:
        return None, faults
    snr = SignalToNoise(**{{"B": "blue", "R": "red"}[arm.name]: arm.snr for arm in arms})
    observed_at = fact_text(tables[0].header, "DATE-OBS") or _start_of(exposure)
    facts = header_facts(primary.header, snr, observed_at)
    return assemble(file, "mrs", primary.header, arms, facts, exposure=exposure, notes=faults), faults


def _start_of(exposure: str) -> str | None:
    """The UTC minute in which an exposure began, from its local modified Julian minute (Beijing, UTC+8).

    DATE-OBS, where a file gives it, is the middle of the exposure.
    """
    minutes = int(exposure) if exposure != _COADD else 0
    if not _FIRST_MJD * _MINUTES_A_DAY < minutes < _LAST_MJD * _MINUTES_A_DAY:
        return None
    return (_MJD_ZERO + timedelta(minutes=minutes)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:00")


def _read_arm(hdu: Hdu) -> Arm:
    is_coadd = hdu.name.startswith("COADD")
    flux, ivar, *masks = required_columns(hdu, "FLUX", "IVAR", *(("ANDMASK", "ORMASK") if is_coadd else ("PIXMASK",)))
    return make_arm(
        "B" if re.match(r"COADD_B|B-", hdu.name) else "R",
        table_wavelength_angstrom(hdu),
        flux,
        ivar,
        masks,
        snr=fact_float(hdu.header, "SNR"),
        resolution=MRS_RESOLUTION,
    )
