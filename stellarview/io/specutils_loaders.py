"""LAMOST for specutils: after `import stellarview.io.specutils_loaders`, `Spectrum.read(path, format="LAMOST LRS")`.

`SpectrumList.read(path, format="LAMOST MRS")` gives both arms; `Spectrum.read(..., format="LAMOST MRS", arm="R")` one.
Importing this takes as long as specutils does, which is why nothing else in the program imports it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from astropy import units
from astropy.nddata import InverseVariance
from specutils import Spectrum as SpecutilsSpectrum
from specutils import SpectrumList
from specutils.io.registers import data_loader

from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import Arm, Spectrum
from stellarview.io import read_spectra


def _is_lamost(kind: str) -> Any:
    def identify(origin: str, path: Any, fileobj: Any, *args: Any, **kwargs: Any) -> bool:
        """Only by content: the first bytes of a LAMOST file say so, and reading it takes a millisecond."""
        try:
            layout = read_spectra(_path(path))[0].source.layout if origin == "read" and path else ""
        except StellarViewError:
            return False
        return layout.startswith(kind)

    return identify


@data_loader(
    "LAMOST LRS", identifier=_is_lamost("lrs"), dtype=SpecutilsSpectrum, extensions=["fits", "gz"], priority=20
)
def load_lrs(path: Any, **kwargs: Any) -> SpecutilsSpectrum:
    """A low-resolution spectrum of any release, wavelengths in vacuum, observed frame."""
    spectrum = _of_layout(path, "lrs")
    return _as_specutils(spectrum, spectrum.arms[0])


@data_loader(
    "LAMOST MRS", identifier=_is_lamost("mrs"), dtype=SpecutilsSpectrum, extensions=["fits", "gz"], priority=20
)
def load_mrs(path: Any, arm: str = "B", **kwargs: Any) -> SpecutilsSpectrum:
    """One arm of the coadd (or of the first exposure, where there is no coadd)."""
    spectrum = _of_layout(path, "mrs")
    return _as_specutils(spectrum, spectrum.arm(arm))


@data_loader("LAMOST MRS", identifier=_is_lamost("mrs"), dtype=SpectrumList, extensions=["fits", "gz"], force=True)
def load_mrs_arms(path: Any, **kwargs: Any) -> SpectrumList:
    """All arms of the coadd."""
    spectrum = _of_layout(path, "mrs")
    return SpectrumList([_as_specutils(spectrum, arm) for arm in spectrum.arms])


def _of_layout(path: Any, kind: str) -> Spectrum:
    spectrum = read_spectra(_path(path))[0]
    if not spectrum.source.layout.startswith(kind):
        raise StellarViewError(
            f"{spectrum.source.file_name} is no LAMOST {kind.upper()} file.",
            f"Its layout is {spectrum.source.layout}.",
            "Read it with the format that fits.",
        )
    return spectrum


def _path(path: Any) -> Path:
    """astropy's registry hands over an open file where it recognised the format by itself."""
    return Path(str(getattr(path, "name", path)))


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
