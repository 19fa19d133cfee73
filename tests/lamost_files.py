"""Writes small files in every LAMOST layout, with astropy, so that our own reader is judged by another's writer."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits

START, STEP = 3.5682, 1e-4
COUNT = 600


def planes(count: int = COUNT, seed: int = 0) -> dict[str, np.ndarray]:
    """Flux about 1000 with a line, its errors, and masks with two bad pixels."""
    rng = np.random.default_rng(seed)
    wavelength = 10 ** (START + STEP * np.arange(count))
    flux = 1000 * (1 - 0.5 * np.exp(-0.5 * ((np.arange(count) - count / 2) / 4) ** 2)) + rng.normal(0, 10, count)
    andmask = np.zeros(count)
    andmask[10:12] = 1
    ormask = andmask.copy()
    ormask[20] = 1
    return {"FLUX": flux, "IVAR": np.full(count, 0.01), "WAVELENGTH": wavelength, "ANDMASK": andmask, "ORMASK": ormask}


def header(**cards: Any) -> fits.Header:
    """The cards that readers ask for; None leaves one out."""
    facts: dict[str, Any] = {
        "OBSID": 939701176, "DATA_V": "LAMOST DR10", "TELESCOP": "LAMOST", "DESIG": "LAMOST J000000.00+000000.0",
        "RA": 112.3, "DEC": 3.07, "HELIO": True, "VACUUM": True, "COEFF0": START, "COEFF1": STEP, "CLASS": "STAR",
        "SUBCLASS": "G2", "Z": 1e-4, "Z_ERR": 2e-5,
        "SNRU": 5.0, "SNRG": 24.54, "SNRR": 30.0, "SNRI": 31.0, "SNRZ": 20.0,
    }  # fmt: skip
    result = fits.Header()
    for key, value in (facts | cards).items():
        if value is not None:
            result[key] = value
    return result


def write_lrs_image(path: Path, third_row: np.ndarray | None = None, **cards: Any) -> Path:
    """DR1 to DR8; with a third row of its own, pipeline v2.6."""
    data = planes()
    rows = np.array(list(data.values()), dtype=np.float32)
    if third_row is not None:
        rows[2] = third_row
    exten = (
        "Flux, Inverse, Wavelength, Andmask, Ormask"
        if third_row is None
        else "Flux Inverse Subcontinuum Andmask Ormask"
    )
    fits.PrimaryHDU(rows, header(EXTEN0=exten, **cards)).writeto(path, overwrite=True)
    return path


def write_lrs_table(path: Path, data: dict[str, np.ndarray] | None = None, **cards: Any) -> Path:
    """DR9 on: one row of arrays."""
    data = data or planes()
    columns = [fits.Column(key, f"{plane.size}E", array=plane[None]) for key, plane in data.items()]
    table = fits.BinTableHDU.from_columns(columns, name="COADD")
    fits.HDUList([fits.PrimaryHDU(header=header(**cards)), table]).writeto(path, overwrite=True)
    return path


def mrs_table(
    name: str, *, wavelength_column: str, one_row: bool, count: int = 400, snr: float = 50.0
) -> fits.BinTableHDU:
    """One table of an MRS file; red exposures run from red to blue, as the survey writes them."""
    first = {"B": 4950.0, "R": 6350.0}[name[6] if name.startswith("COADD") else name[0]]
    wavelength = first * 10 ** (1e-5 * np.arange(count))
    if name.startswith("R-"):
        wavelength = wavelength[::-1]
    flux = 500 + np.arange(count, dtype=float) * np.sign(wavelength[1] - wavelength[0])
    mask_names = ["ANDMASK", "ORMASK"] if name.startswith("COADD") else ["PIXMASK"]
    values = {"FLUX": flux, "IVAR": np.full(count, 0.04)}
    values[wavelength_column] = np.log10(wavelength) if wavelength_column == "LOGLAM" else wavelength
    values |= {mask: np.zeros(count) for mask in mask_names}
    form = f"{count}D" if one_row else "D"
    columns = [fits.Column(key, form, array=plane[None] if one_row else plane) for key, plane in values.items()]
    table = fits.BinTableHDU.from_columns(columns, name=name)
    table.header["SNR"] = snr
    return table


def write_mrs(
    path: Path, names: Iterable[str], *, wavelength_column: str = "LOGLAM", one_row: bool = False, **cards: Any
) -> Path:
    """An MRS file with these tables."""
    primary = fits.PrimaryHDU(
        header=header(COEFF0=None, COEFF1=None, Z=None, Z_ERR=None, CLASS=None, SUBCLASS=None, **cards)
    )
    primary.header["EXTNAME"] = "Information"
    tables = [mrs_table(name, wavelength_column=wavelength_column, one_row=one_row) for name in names]
    fits.HDUList([primary, *tables]).writeto(path, overwrite=True)
    return path
