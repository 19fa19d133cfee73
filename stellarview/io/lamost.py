"""What the layouts of LAMOST have in common: header facts, the medium, and how a reading is put together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellarview.domain.spectrum import Arm, HeaderFacts, Medium, SignalToNoise, Source, Spectrum
from stellarview.io.file_bytes import FileBytes
from stellarview.io.fits_blocks import FitsDamage, FitsHeader, Hdu
from stellarview.io.names import display_name
from stellarview.io.planes import fact_float, fact_int, fact_text

LRS_RESOLUTION, MRS_RESOLUTION = 1800.0, 7500.0
NO_HELIOCENTRIC_NOTE = "no heliocentric correction is stated: the velocity may be off by up to 30 km/s"
# LAMOST sees 3690-9100 A; wavelengths far outside are a damaged header, not a spectrum.
_SHORTEST_ANGSTROM, _LONGEST_ANGSTROM = 3000.0, 11000.0


def header_facts(header: FitsHeader, snr: SignalToNoise, observed_at: str | None = None) -> HeaderFacts:
    """The star's facts from a primary header of any release."""
    return HeaderFacts(
        obsid=fact_int(header, "OBSID"),
        designation=fact_text(header, "DESIG"),
        object_name=fact_text(header, "OBJNAME"),
        ra_deg=fact_float(header, "RA", "RA_OBS"),
        dec_deg=fact_float(header, "DEC", "DEC_OBS"),
        object_class=fact_text(header, "CLASS"),
        subclass=fact_text(header, "SUBCLASS"),
        redshift=fact_float(header, "Z"),
        redshift_sigma=_positive(fact_float(header, "Z_ERR")),
        snr=snr,
        plan_id=fact_text(header, "PLANID"),
        observed_at=observed_at or fact_text(header, "DATE-OBS"),
        release=fact_text(header, "DATA_V"),
        pipeline=fact_text(header, "VERSPIPE"),
    )


def lrs_snr(header: FitsHeader) -> SignalToNoise:
    """S/N per band: SNRG since DR2 or so, SN_G in pipeline v2.6."""
    return SignalToNoise(**{band: fact_float(header, f"SNR{band.upper()}", f"SN_{band.upper()}") for band in "ugriz"})


def medium_and_notes(header: FitsHeader) -> tuple[Medium, tuple[str, ...]]:
    """LAMOST is vacuum and heliocentric; a file that says otherwise is believed, one that is silent is noted."""
    notes = []
    if header.get("VACUUM") is None:
        notes.append("the header does not say VACUUM: taken as vacuum, as LAMOST delivers")
    if header.get("HELIO") is not True:
        notes.append(NO_HELIOCENTRIC_NOTE)
    return ("air" if header.get("VACUUM") is False else "vacuum"), tuple(notes)


def assemble(
    file: FileBytes,
    layout: str,
    header: FitsHeader,
    arms: Sequence[Arm],
    facts: HeaderFacts,
    *,
    exposure: str = "coadd",
    notes: Sequence[str] = (),
) -> Spectrum:
    """One spectrum out of a LAMOST file."""
    for arm in arms:
        if arm.wavelength_angstrom[0] < _SHORTEST_ANGSTROM or arm.wavelength_angstrom[-1] > _LONGEST_ANGSTROM:
            raise FitsDamage(
                f"arm {arm.name} spans {arm.wavelength_angstrom[0]:.0f}-{arm.wavelength_angstrom[-1]:.0f} A, "
                "which LAMOST cannot see"
            )
    medium, medium_notes = medium_and_notes(header)
    source = Source(display_name(file.path), str(file.path), file.sha256, layout)
    return Spectrum(tuple(arms), medium, "observed", source, facts, exposure=exposure, notes=(*medium_notes, *notes))


def required_columns(hdu: Hdu, *names: str) -> list[NDArray[Any]]:
    """These columns of a table, or a word on which one is missing."""
    columns = hdu.columns()
    missing = [name for name in names if name not in columns]
    if missing:
        raise FitsDamage(f"table {hdu.name or '(unnamed)'} has no column {', '.join(missing)}")
    return [columns[name] for name in names]


def table_wavelength_angstrom(hdu: Hdu) -> NDArray[np.float64]:
    """WAVELENGTH in Angstrom or LOGLAM in log10 Angstrom, whichever the release wrote."""
    columns = hdu.columns()
    if "WAVELENGTH" in columns:
        return columns["WAVELENGTH"].astype(np.float64)
    if "LOGLAM" in columns:
        logarithm = columns["LOGLAM"].astype(np.float64)
        if not (np.isfinite(logarithm).all() and (np.abs(logarithm) < 6).all()):
            raise FitsDamage(f"table {hdu.name} has a LOGLAM column that is no logarithm of wavelengths")
        return np.asarray(10.0**logarithm)
    raise FitsDamage(f"table {hdu.name or '(unnamed)'} has neither WAVELENGTH nor LOGLAM")


def _positive(value: float | None) -> float | None:
    return value if value is not None and value > 0 else None
