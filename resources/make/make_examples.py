"""Makes the bundled examples: a synthetic dwarf as LAMOST LRS and a synthetic giant as LAMOST MRS would deliver them.

    python resources/make/make_examples.py

No observation is in them: a bundled template on a black body, moved to a known velocity, with noise, a cosmic ray and a
dead column. Their headers say so.
"""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from stellarview.domain.velocity_templates import TemplateArm
from stellarview.io.velocity_templates import velocity_templates

OUT = Path(__file__).parents[1] / "examples"
SPEED_OF_LIGHT_KM_S = 299792.458
LRS_VELOCITY_KM_S, MRS_VELOCITY_KM_S = 36.0, -23.4
Array = NDArray[np.floating[Any]]


def planck(wavelength_angstrom: Array, temperature_k: float) -> Array:
    """Black-body flux per Angstrom, 1 at 5500 A."""

    def radiance(wavelength: Array) -> Array:
        return np.asarray(wavelength**-5 / np.expm1(1.438777e8 / (wavelength * temperature_k)))

    return np.asarray(radiance(wavelength_angstrom) / radiance(np.array(5500.0)))


def template(arm: TemplateArm, index: int, log10_wavelength: Array, velocity: float) -> Array:
    """The template as a star of this velocity shows it."""
    rest = log10_wavelength - np.log10(1 + velocity / SPEED_OF_LIGHT_KM_S)
    return np.asarray(np.interp(rest, arm.log10_wavelength, arm.flux_TM[index]))


def observe(flux: Array, snr: Array, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Noise, one cosmic ray, one dead column; flux, inverse variance and mask."""
    sigma = np.abs(flux) / snr
    noisy = flux + sigma * rng.standard_normal(flux.size)
    ivar, mask = sigma**-2, np.zeros(flux.size)
    noisy[1203] += 12 * flux[1203]
    noisy[2001:2004], ivar[2001:2004], mask[2001:2004] = 0.0, 0.0, 1
    return noisy, ivar, mask


def primary_header(name: str, star: str, obsid: int) -> fits.Header:
    """What both kinds of file say of themselves."""
    header = fits.Header()
    header["FILENAME"] = name
    header["OBSID"] = obsid
    header["DATA_V"] = ("synthetic", "made by StellarView, not observed")
    header["DESIG"] = f"synthetic {star}"
    header["OBJTYPE"] = "Star"
    header["HELIO"] = True
    header["VACUUM"] = (True, "wavelengths are in vacuum")
    return header


def make_lrs(rng: np.random.Generator) -> None:
    """A G2 dwarf, one-row table of arrays as from DR9 on."""
    start, step, count = 3.5682, 1e-4, 3909
    grid = start + step * np.arange(count)
    templates = velocity_templates("LRS")
    lines = template(templates.arms["LRS"], templates.names.index("G0-G4"), grid, LRS_VELOCITY_KM_S)
    wavelength = 10**grid
    throughput = 1 - np.exp(-((wavelength - 3500) / 600)) + 0.02 * np.sin(wavelength / 300)
    snr = 60 * np.clip(throughput * np.sqrt(planck(wavelength, 5770)), 0.1, None)
    flux, ivar, mask = observe(2000 * planck(wavelength, 5770) * throughput * lines, snr, rng)
    name = "spec-synthetic-G2V.fits"
    header = primary_header(name, "G2 dwarf", 1)
    header["COEFF0"], header["COEFF1"] = start, step
    header["CLASS"], header["SUBCLASS"] = "STAR", "G2"
    header["Z"], header["Z_ERR"] = round(LRS_VELOCITY_KM_S / SPEED_OF_LIGHT_KM_S, 8), 2e-5
    for band, low, high in (
        ("U", 3700, 4000),
        ("G", 4000, 5500),
        ("R", 5500, 7000),
        ("I", 7000, 8200),
        ("Z", 8200, 9100),
    ):
        header[f"SNR{band}"] = round(float(np.median(snr[(wavelength > low) & (wavelength < high)])), 2)
    planes = {"FLUX": flux, "IVAR": ivar, "WAVELENGTH": wavelength, "ANDMASK": mask, "ORMASK": mask}
    columns = [fits.Column(key, f"{count}E", array=plane[None].astype(">f4")) for key, plane in planes.items()]
    write(name, [fits.PrimaryHDU(header=header), fits.BinTableHDU.from_columns(columns, name="COADD")])


def make_mrs(rng: np.random.Generator) -> None:
    """A red giant with both arms, a coadd and three exposures, one row a pixel as up to DR7."""
    name = "med-synthetic-K1III.fits"
    hdus: list[Any] = [fits.PrimaryHDU(header=primary_header(name, "K1 giant", 2))]
    for exposure, factor in (("COADD", 1.0), ("80000000", 0.58), ("80000030", 0.58), ("80000060", 0.58)):
        for arm, snr in (("B", 60.0), ("R", 95.0)):
            hdus.append(mrs_table(arm, exposure, snr * factor, rng))
    write(name, hdus)


def mrs_table(arm: str, exposure: str, snr: float, rng: np.random.Generator) -> Any:
    """One arm of one exposure."""
    templates = velocity_templates("MRS")
    source = templates.arms[arm]
    grid = np.arange(source.log10_wavelength[0] + 4e-5, source.log10_wavelength[-1] - 4e-5, 1e-5)
    lines = template(source, templates.names.index("giant 4600 K"), grid, MRS_VELOCITY_KM_S)
    blaze = 1 - 0.35 * np.linspace(-1, 1, grid.size) ** 2 + 0.1 * np.linspace(-1, 1, grid.size)
    flux, ivar, mask = observe(5000 * planck(10**grid, 4600) * blaze * lines, snr * np.sqrt(blaze), rng)
    planes = {"FLUX": (flux, "E"), "IVAR": (ivar, "E"), "LOGLAM": (grid, "E")}
    is_coadd = exposure == "COADD"
    masks = ("ANDMASK", "ORMASK") if is_coadd else ("PIXMASK",)
    columns = [fits.Column(key, form, array=plane) for key, (plane, form) in planes.items()]
    columns += [fits.Column(key, "I", array=mask.astype(np.int16)) for key in masks]
    table = fits.BinTableHDU.from_columns(columns, name=f"COADD_{arm}" if is_coadd else f"{arm}-{exposure}")
    table.header["SNR"] = round(snr, 2)
    return table


def write(name: str, hdus: list[Any]) -> None:
    """Compressed without a time stamp, so that making them again changes nothing."""
    OUT.mkdir(exist_ok=True)
    plain = OUT / name
    fits.HDUList(hdus).writeto(plain, overwrite=True)
    packed = OUT / f"{name}.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes(), 9, mtime=0))
    plain.unlink()
    print(f"{packed}: {packed.stat().st_size:,} bytes")


def main() -> None:
    """Make both."""
    make_lrs(np.random.default_rng(1))
    make_mrs(np.random.default_rng(2))


if __name__ == "__main__":
    main()
