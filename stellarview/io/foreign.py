"""Spectra of other instruments, through specutils in a process of its own.

specutils hands headers to wcslib, which can crash on a stranger's header, and takes seconds to import; a child process
keeps both away from the window (docs/decisions/0003).
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import HeaderFacts, Medium, Source, Spectrum
from stellarview.io.file_bytes import FileBytes
from stellarview.io.fits_blocks import FitsDamage, Hdu
from stellarview.io.lamost import NO_HELIOCENTRIC_NOTE
from stellarview.io.names import display_name
from stellarview.io.planes import fact_float, fact_text, make_arm

CONVERT = "Convert it to a 1-D FITS spectrum, or to a FITS table with wavelength and flux columns."
ANSWER_LIMIT_BYTES = 256 << 20
_LONGEST_WAIT_S = 120
_LONGEST_REASON = 120
_SHORTEST_ANGSTROM, _LONGEST_ANGSTROM = 900.0, 300_000.0
_FEWEST_PIXELS = 10
_VACUUM_TELESCOPES = ("JWST", "HST", "SDSS", "GAIA")
_INFRARED_ANGSTROM = 25_000.0
_ERROR_EXTENSIONS = ("ERRS", "ERR", "ERROR", "SIGMA", "STDEV")
# Where the target is, before where the telescope pointed: RA and DEC of an SDSS file are the middle of its plate.
_POSITIONS = (
    *(("PLUG_RA", "PLUG_DEC"), ("TARG_RA", "TARG_DEC"), ("RA_TARG", "DEC_TARG")),
    *(("RA", "DEC"), ("RADEG", "DECDEG")),
)
_HELIOCENTRIC_CARDS = ("HELIO", "HELIO_RV", "HELIOVEL", "HELCORR", "VHELIO", "BARYCORR", "BARY_COR", "VELOSYS")


def is_foreign(hdus: Sequence[Hdu]) -> bool:
    """Anything that does not call itself LAMOST: a damaged LAMOST file shall say so, not be guessed at."""
    words = " ".join(str(hdus[0].header.get(key)) for key in ("TELESCOP", "ORIGIN", "AUTHOR", "DATA_V", "DESIG"))
    return "LAMOST" not in words.upper()


def read_foreign(file: FileBytes, hdus: Sequence[Hdu]) -> tuple[Spectrum, ...]:
    """One foreign spectrum with wavelengths in Angstrom, marked as foreign, with notes on what was assumed."""
    try:
        return (_read(file, hdus),)
    except FitsDamage as error:
        why = str(error)
        raise StellarViewError(
            f"Cannot read {display_name(file.path)} as one spectrum.", f"{why[:1].upper()}{why[1:]}.", CONVERT
        ) from error


def _read(file: FileBytes, hdus: Sequence[Hdu]) -> Spectrum:
    answer = _ask_specutils(file)
    wavelength, flux = answer["wavelength_angstrom"], answer["flux"]
    if wavelength.ndim != 1 or flux.shape != wavelength.shape or wavelength.size < _FEWEST_PIXELS:
        raise FitsDamage(f"it holds data of shape {flux.shape}, not one spectrum")
    if not (wavelength.min() >= _SHORTEST_ANGSTROM and wavelength.max() <= _LONGEST_ANGSTROM):
        raise FitsDamage(
            f"its wavelengths would be {wavelength.min():g} to {wavelength.max():g} A: pixel numbers or an unknown unit"
        )
    scale = _typical(flux)
    notes = [f"read by specutils; flux divided by its median, {scale:.6g} {answer['unit']}".rstrip()]
    sigma = answer["sigma"] if answer["sigma"].size else _sigma_of_extension(hdus, answer, notes)
    flux = flux / scale
    ivar = _ivar(flux, sigma / scale, notes)
    medium = _medium(hdus, wavelength, notes)
    if not any(_states_heliocentric(hdu) for hdu in hdus):
        notes.append(NO_HELIOCENTRIC_NOTE)
    arm = make_arm("foreign", wavelength, flux, ivar, [answer["mask"]] if answer["mask"].size else [])
    source = Source(display_name(file.path), str(file.path), file.sha256, "foreign")
    return Spectrum((arm,), medium, "observed", source, _facts(hdus), is_foreign=True, notes=tuple(notes))


def _ask_specutils(file: FileBytes) -> dict[str, Any]:
    try:
        with tempfile.TemporaryDirectory(prefix="stellarview-") as folder:
            path, answer = Path(folder) / "spectrum.fits", Path(folder) / "answer.npz"
            path.write_bytes(file.data)
            with answer.open("wb") as stream:
                command = [sys.executable, "-m", "stellarview.io.foreign_worker", str(path)]
                run = subprocess.run(
                    command, stdout=stream, stderr=subprocess.PIPE, timeout=_LONGEST_WAIT_S, check=False
                )
            if run.returncode != 0:
                raise FitsDamage(
                    f"it is a sound FITS file, but not of LAMOST, and specutils cannot load it: {_reason(run.stderr)}"
                )
            return _unpack(answer)
    except subprocess.TimeoutExpired as error:
        raise FitsDamage(f"specutils did not finish with it within {_LONGEST_WAIT_S} s") from error
    except OSError as error:
        raise StellarViewError(
            f"Cannot read {display_name(file.path)} through specutils.",
            f"The system says: {error.strerror or error}.",
            "Free some space in the folder for temporary files and some memory, then try again.",
        ) from error


def _unpack(path: Path) -> dict[str, Any]:
    size = path.stat().st_size
    if size > 2 * ANSWER_LIMIT_BYTES:
        raise FitsDamage(f"specutils makes {size >> 20} MB of it")
    names = ("wavelength_angstrom", "flux", "sigma", "factor", "mask")
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in names} | dict(json.loads(str(arrays["facts"])))
    except (zipfile.BadZipFile, EOFError, KeyError, TypeError, ValueError) as error:
        raise FitsDamage("specutils gave no usable answer") from error


def _reason(stderr: bytes) -> str:
    """The last line that the child said, without the name of the exception and without advice for programmers."""
    lines = stderr.decode(errors="replace").strip().splitlines()
    said = re.sub(r",?\s*please provide a '?format'? argument.*", "", lines[-1], flags=re.IGNORECASE) if lines else ""
    said = re.sub(r"^\w+: *(?=\S)", "", said).partition(". ")[0].strip().rstrip(".:,")
    return said[:_LONGEST_REASON] or "it crashed"


def _typical(flux: NDArray[Any]) -> float:
    """In erg/s/cm2/A an inverse variance overflows single precision: foreign fluxes are kept relative to this."""
    size = np.abs(flux[np.isfinite(flux) & (flux != 0)])
    return float(np.median(size)) if size.size else 1.0


def _sigma_of_extension(hdus: Sequence[Hdu], answer: dict[str, Any], notes: list[str]) -> NDArray[Any]:
    """Uncertainties that specutils leaves aside: an image beside the flux that calls itself errors (X-shooter)."""
    for hdu in hdus[1:]:
        is_image = str(hdu.header.get("XTENSION") or "").strip() == "IMAGE"
        if hdu.name in _ERROR_EXTENSIONS and is_image:
            sigma = hdu.image().astype(np.float64)
            if sigma.shape == answer["flux"].shape and hdus[0].header.get("NAXIS") == 1:
                notes.append(f"uncertainties taken from the extension {hdu.name}")
                return np.asarray(sigma * answer["factor"])
    return np.empty(0)


def _ivar(flux: NDArray[Any], sigma: NDArray[Any], notes: list[str]) -> NDArray[Any]:
    if sigma.size == 0:
        notes.append("the file gives no uncertainties: one noise level estimated from neighbouring pixels (DER_SNR)")
        sigma = np.full(flux.shape, _der_noise(flux))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ivar = 1.0 / sigma.astype(np.float64) ** 2
    return np.where((sigma > 0) & np.isfinite(ivar), ivar, 0.0)


def _der_noise(flux: NDArray[Any]) -> float:
    """Noise from third-order differences of pixels two apart (Stoehr et al. 2008): blind to lines and continuum."""
    good = flux[np.isfinite(flux) & (flux != 0)]
    if good.size < 5:
        return 0.0
    return float(1.482602 / np.sqrt(6.0) * np.median(np.abs(2.0 * good[2:-2] - good[:-4] - good[4:])))


def _medium(hdus: Sequence[Hdu], wavelength: NDArray[Any], notes: list[str]) -> Medium:
    for hdu in hdus[:2]:
        axis, said = str(hdu.header.get("CTYPE1")).upper(), hdu.header.get("VACUUM")
        if isinstance(said, bool | int):
            return "vacuum" if said else "air"
        if axis.startswith(("AWAV", "WAVE")) and axis != "WAVELENGTH":
            return "air" if axis.startswith("AWAV") else "vacuum"
    telescope = str(hdus[0].header.get("TELESCOP")).upper()
    if wavelength.max() > _INFRARED_ANGSTROM or telescope.startswith(_VACUUM_TELESCOPES):
        return "vacuum"
    notes.append("the file does not say whether its wavelengths are in air or vacuum: taken as air")
    return "air"


def _states_heliocentric(hdu: Hdu) -> bool:
    frame = str(hdu.header.get("SPECSYS") or "").upper()
    cards = (hdu.header.get(key) for key in _HELIOCENTRIC_CARDS)
    return frame.startswith(("BARY", "HELIO")) or any(card is not None and card is not False for card in cards)


def _facts(hdus: Sequence[Hdu]) -> HeaderFacts:
    header = hdus[0].header
    ra_deg, dec_deg = _position(hdus)
    return HeaderFacts(
        object_name=fact_text(header, "OBJECT", "TARGNAME", "TARGPROP"),
        ra_deg=ra_deg,
        dec_deg=dec_deg,
        observed_at=fact_text(header, "DATE-OBS"),
        release=fact_text(header, "TELESCOP", "INSTRUME"),
    )


def _position(hdus: Sequence[Hdu]) -> tuple[float | None, float | None]:
    """The first place that is told in full, the primary header first; half a position is none."""
    for hdu in hdus:
        for keys in _POSITIONS:
            ra, dec = (fact_float(hdu.header, key) for key in keys)
            if ra is not None and dec is not None:
                return ra, dec
    return None, None
