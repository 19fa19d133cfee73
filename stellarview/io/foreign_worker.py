"""The child process of `foreign`: loads one file with specutils, answers with plain arrays on standard output."""

from __future__ import annotations

import contextlib
import io
import json
import sys
import warnings
from typing import Any

import numpy as np

from stellarview.io.foreign import ANSWER_LIMIT_BYTES

_MEMORY_LIMIT_BYTES = 6 << 30


def main(path: str) -> int:
    """0 and an .npz on standard output, or 1 and one line on standard error."""
    _limit_memory()
    warnings.simplefilter("ignore")
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            arrays = _load(path)
            _check_size(arrays)
    except Exception as error:  # noqa: BLE001 - whatever a foreign loader raises becomes one line for the parent
        lines = str(error).strip().splitlines()
        print(f"{type(error).__name__}: {lines[0][:200] if lines else ''}", file=sys.stderr)
        return 1
    np.savez(sys.stdout.buffer, **arrays)
    return 0


def _load(path: str) -> dict[str, Any]:
    from astropy import units
    from specutils import Spectrum

    spectrum = Spectrum.read(path)
    wavelength = spectrum.spectral_axis.to_value(units.AA, equivalencies=units.spectral())
    flux, unit = spectrum.flux, str(spectrum.flux.unit)
    sigma = np.empty(0) if spectrum.uncertainty is None else _sigma(spectrum.uncertainty)
    # Per-Angstrom flux densities keep the shape that the recipes expect; Jy would tilt the continuum.
    factor = np.ones(1)
    density = units.erg / units.s / units.cm**2 / units.AA
    if flux.unit.is_equivalent(density, units.spectral_density(spectrum.spectral_axis)):
        factor = flux.unit.to(density, 1.0, equivalencies=units.spectral_density(spectrum.spectral_axis))
        factor = np.asarray(factor) / np.median(np.abs(factor))
        flux, unit = flux * factor, f"relative per Angstrom, from {unit}"
        sigma = sigma * factor if sigma.size else sigma
    mask = np.empty(0) if spectrum.mask is None else np.asarray(spectrum.mask, dtype=np.uint8)
    return {
        "wavelength_angstrom": np.asarray(wavelength, dtype=np.float64),
        "flux": np.asarray(flux.value if hasattr(flux, "value") else flux, dtype=np.float64),
        "sigma": np.asarray(sigma, dtype=np.float64),
        "factor": np.asarray(factor, dtype=np.float64),
        "mask": mask,
        "facts": json.dumps({"unit": unit}),
    }


def _check_size(arrays: dict[str, Any]) -> None:
    size = sum(np.asarray(values).nbytes for values in arrays.values())
    if size > ANSWER_LIMIT_BYTES:
        raise ValueError(f"its content takes {size >> 20} MB")


def _sigma(uncertainty: Any) -> Any:
    from astropy.nddata import StdDevUncertainty

    return uncertainty.represent_as(StdDevUncertainty).array


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_LIMIT_BYTES, _MEMORY_LIMIT_BYTES))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
