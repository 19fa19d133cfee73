"""Spectra of other instruments, through specutils in a process of its own.

specutils hands headers to wcslib, which can crash on a stranger's header, and takes seconds to import; a child process
keeps both away from the window (docs/decisions/0003).
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellarview.domain.spectrum import HeaderFacts, Medium, Source, Spectrum
from stellarview.io.file_bytes import FileBytes
from stellarview.io.fits_blocks import FitsDamage, FitsHeader, Hdu
from stellarview.io.planes import fact_float, fact_text, make_arm

_LONGEST_WAIT_S = 120
_SHORTEST_ANGSTROM, _LONGEST_ANGSTROM = 900.0, 300_000.0
_FEWEST_PIXELS = 10
_VACUUM_TELESCOPES = ("JWST", "HST", "SDSS", "GAIA")
_INFRARED_ANGSTROM = 25_000.0


def is_foreign(hdus: Sequence[Hdu]) -> bool:
    """Anything that does not call itself LAMOST: a damaged LAMOST file shall say so, not be guessed at."""
    words = " ".join(str(hdus[0].header.get(key)) for key in ("TELESCOP", "ORIGIN", "AUTHOR", "DATA_V", "DESIG"))
    return "LAMOST" not in words.upper()


def read_foreign(file: FileBytes, hdus: Sequence[Hdu]) -> tuple[Spectrum, ...]:
    """One foreign spectrum with wavelengths in Angstrom, marked as foreign, with notes on what was assumed."""
    answer = _ask_specutils(file)
    wavelength, flux = answer["wavelength_angstrom"], answer["flux"]
    if wavelength.ndim != 1 or flux.shape != wavelength.shape or wavelength.size < _FEWEST_PIXELS:
        raise FitsDamage(f"it holds data of shape {flux.shape}, not one spectrum")
    if not (wavelength.min() >= _SHORTEST_ANGSTROM and wavelength.max() <= _LONGEST_ANGSTROM):
        raise FitsDamage(
            f"its wavelengths would be {wavelength.min():g} to {wavelength.max():g} A: pixel numbers or an unknown unit"
        )
    # In erg/s/cm2/A an inverse variance overflows single precision: foreign fluxes are kept relative to their median.
    scale = float(np.median(np.abs(flux[np.isfinite(flux)]))) if np.isfinite(flux).any() else 1.0
    scale = scale if np.isfinite(scale) and scale > 0 else 1.0
    notes = [f"read by specutils; flux divided by its median, {scale:.6g} {answer['unit']}".rstrip()]
    flux = flux / scale
    ivar = _ivar(flux, answer["sigma"] / scale, notes)
    medium = _medium(hdus, wavelength, notes)
    arm = make_arm("foreign", wavelength, flux, ivar, [answer["mask"]] if answer["mask"].size else [])
    source = Source(file.path.name, str(file.path), file.sha256, "foreign")
    facts = _facts(hdus[0].header)
    return (Spectrum((arm,), medium, "observed", source, facts, is_foreign=True, notes=tuple(notes)),)


def _ask_specutils(file: FileBytes) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="stellarview-") as folder:
        path = Path(folder) / "spectrum.fits"
        path.write_bytes(file.data)
        command = [sys.executable, "-m", "stellarview.io.foreign_worker", str(path)]
        try:
            run = subprocess.run(command, capture_output=True, timeout=_LONGEST_WAIT_S, check=False)
        except subprocess.TimeoutExpired as error:
            raise FitsDamage(f"specutils did not finish with it within {_LONGEST_WAIT_S} s") from error
    if run.returncode != 0:
        reason = run.stderr.decode(errors="replace").strip().splitlines()
        raise FitsDamage(
            f"it is no LAMOST file, and specutils cannot load it ({reason[-1] if reason else 'it crashed'})"
        )
    with np.load(io.BytesIO(run.stdout), allow_pickle=False) as arrays:
        answer: dict[str, Any] = {name: arrays[name] for name in ("wavelength_angstrom", "flux", "sigma", "mask")}
        answer |= json.loads(str(arrays["facts"]))
    return answer


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


def _facts(header: FitsHeader) -> HeaderFacts:
    return HeaderFacts(
        object_name=fact_text(header, "OBJECT", "TARGNAME", "TARGPROP"),
        ra_deg=fact_float(header, "RA", "RADEG", "PLUG_RA"),
        dec_deg=fact_float(header, "DEC", "DECDEG", "PLUG_DEC"),
        observed_at=fact_text(header, "DATE-OBS"),
        release=fact_text(header, "TELESCOP", "INSTRUME"),
    )
