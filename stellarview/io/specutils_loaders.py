"""LAMOST for specutils: after `import stellarview.io.specutils_loaders`, `Spectrum.read(path, format="LAMOST LRS")`.

`SpectrumList.read(path, format="LAMOST MRS")` gives both arms; `Spectrum.read(..., format="LAMOST MRS", arm="R")` one.
The format need not be named. Importing this takes as long as specutils does, which is why nothing else in the program
imports it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from astropy import units
from astropy.nddata import InverseVariance
from specutils import Spectrum as SpecutilsSpectrum
from specutils import SpectrumList
from specutils.io.registers import data_loader

from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import Arm, Spectrum
from stellarview.io.file_bytes import SPECTRUM_LIMIT_BYTES, FileBytes, read_file_bytes, unpack_bytes
from stellarview.io.spectra import lamost_layout, read_spectra_of

_PRIORITY = 20  # before the generic FITS loaders, which recognise these files too


def _is_lamost(kind: str) -> Callable[..., bool]:
    def identify(origin: str, path: Any, fileobj: Any, *args: Any, **kwargs: Any) -> bool:
        """By content alone, from the headers: no spectrum is read and specutils is not asked again."""
        source = path or fileobj
        if origin != "read" or source is None:
            return False
        try:
            return (lamost_layout(_content(source)) or "").startswith(kind)
        except (StellarViewError, OSError, ValueError):
            return False

    return identify


@data_loader(
    "LAMOST LRS", identifier=_is_lamost("lrs"), dtype=SpecutilsSpectrum, extensions=["fits", "gz"], priority=_PRIORITY
)
def load_lrs(path: Any, **kwargs: Any) -> SpecutilsSpectrum:
    """A low-resolution spectrum of any release, wavelengths in vacuum, observed frame."""
    spectrum = _of_layout(path, "lrs")
    return _as_specutils(spectrum, spectrum.arms[0])


@data_loader(
    "LAMOST MRS",
    identifier=_is_lamost("mrs"),
    dtype=SpecutilsSpectrum,
    extensions=["fits", "gz"],
    priority=_PRIORITY,
    autogenerate_spectrumlist=False,
)
def load_mrs(path: Any, arm: str = "B", **kwargs: Any) -> SpecutilsSpectrum:
    """One arm of the coadd (or of the first exposure, where there is no coadd)."""
    spectrum = _of_layout(path, "mrs")
    return _as_specutils(spectrum, spectrum.arm(arm))


@data_loader(
    "LAMOST MRS", identifier=_is_lamost("mrs"), dtype=SpectrumList, extensions=["fits", "gz"], priority=_PRIORITY
)
def load_mrs_arms(path: Any, **kwargs: Any) -> SpectrumList:
    """All arms of the coadd."""
    spectrum = _of_layout(path, "mrs")
    return SpectrumList([_as_specutils(spectrum, arm) for arm in spectrum.arms])


def _of_layout(source: Any, kind: str) -> Spectrum:
    spectrum = read_spectra_of(_content(source))[0]
    if not spectrum.source.layout.startswith(kind):
        raise StellarViewError(
            f"{spectrum.source.file_name} is no LAMOST {kind.upper()} file.",
            f"Its layout is {spectrum.source.layout}.",
            "Read it with the format that fits.",
        )
    return spectrum


def _content(source: Any) -> FileBytes:
    """astropy's registry hands over an open file where it recognised the format by itself; its name is better."""
    name = getattr(source, "name", source)
    if isinstance(name, str | Path) and Path(name).is_file():
        return read_file_bytes(Path(name))
    if not hasattr(source, "read"):
        return read_file_bytes(Path(str(source)))
    place = source.tell()
    source.seek(0)
    raw = source.read(SPECTRUM_LIMIT_BYTES + 1)
    source.seek(place)
    if not isinstance(raw, bytes) or len(raw) > SPECTRUM_LIMIT_BYTES:
        raise StellarViewError("Cannot read this stream.", "It is no stream of bytes, or too long.", "Give a file.")
    return unpack_bytes(Path("stream"), raw)


def _as_specutils(spectrum: Spectrum, arm: Arm) -> SpecutilsSpectrum:
    meta = {
        "header": vars(spectrum.header),
        "source": vars(spectrum.source),
        "medium": spectrum.medium,
        "arm": arm.name,
    }
    return SpecutilsSpectrum(
        flux=arm.flux * units.dimensionless_unscaled,
        spectral_axis=arm.wavelength_angstrom * units.AA,
        uncertainty=InverseVariance(arm.ivar),
        mask=~arm.is_good,
        meta=meta,
    )
