"""Which exposure of a file is meant, and the line that lets somebody else find it."""

from __future__ import annotations

from collections.abc import Sequence

from stellarview import __version__
from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import Spectrum


def the_exposure(spectra: Sequence[Spectrum], exposure: str | None = None) -> Spectrum:
    """Of all spectra of a file the one that is meant: the first, or the one of that name."""
    if exposure is None:
        return spectra[0]
    for spectrum in spectra:
        if spectrum.exposure == exposure:
            return spectrum
    raise StellarViewError(
        f"{spectra[0].source.file_name} has no exposure {exposure!r}.",
        f"It holds {', '.join(spectrum.exposure for spectrum in spectra)}.",
        "Choose one of these.",
    )


def provenance(spectrum: Spectrum) -> str:
    """One line that lets somebody else find the same data and the same program."""
    velocity = spectrum.velocity
    rv = "no radial velocity" if velocity is None else f"RV {velocity.value_km_s:.3f} km/s from {velocity.source}"
    source = spectrum.source
    return f"StellarView {__version__}; {source.file_name} ({spectrum.exposure}); sha256 {source.sha256}; {rv}"
