"""A measured line as the user keeps it: its row and the fitted curve, in plain values for files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from stellarview.domain.line_measurement import LINE_COLUMNS, LineMeasurement, line_row
from stellarview.domain.results import Column

_EXPOSURE = Column("exposure", "text", "the exposure, or coadd")
# The file is that of the star; its exposure comes next.
MEASURED_COLUMNS: tuple[Column, ...] = (LINE_COLUMNS[0], _EXPOSURE, *LINE_COLUMNS[1:])
_NUMBERS = tuple(column.name for column in LINE_COLUMNS if column.kind != "text")
_WHOLE = {column.name for column in LINE_COLUMNS if column.kind == "whole"}


@dataclass(frozen=True)
class Number:
    """One cell of a row."""

    name: str
    value: float


@dataclass(frozen=True)
class MeasuredLine:
    """One row of the table of lines. The curve has the spectrum's own wavelengths and the unit of its flux.

    The curve is the fitted profile, or where none was fitted the continuum that the equivalent width stands on.
    """

    name: str
    line: str = ""
    file: str = ""
    exposure: str = "coadd"
    continuum: str = "local"
    profile: str = "none"
    numbers: tuple[Number, ...] = ()
    flags: tuple[str, ...] = ()
    curve_angstrom: tuple[float, ...] = ()
    curve_flux: tuple[float, ...] = ()

    @classmethod
    def of(cls, measured: LineMeasurement, exposure: str) -> Self:
        """The measurement as it is kept."""
        row = line_row(measured)
        flux = measured.continuum_flux_N if measured.profile_flux_N is None else measured.profile_flux_N
        return cls(
            name=measured.name,
            line=measured.line_name,
            file=measured.file,
            exposure=exposure,
            continuum=measured.continuum,
            profile=row["profile"],
            numbers=tuple(Number(name, float(row[name])) for name in _NUMBERS if row[name] is not None),
            flags=measured.flags,
            curve_angstrom=tuple(measured.wavelength_angstrom_N.tolist()),
            curve_flux=tuple(flux.tolist()),
        )

    @property
    def row(self) -> dict[str, Any]:
        """One value a column of MEASURED_COLUMNS; None for what is not known."""
        known: dict[str, Any] = {one.name: one.value for one in self.numbers}
        texts = ("line", "file", "exposure", "continuum", "profile")
        known |= {name: getattr(self, name) or None for name in texts} | {"flags": list(self.flags)}
        return {
            column.name: int(known[column.name])
            if column.name in _WHOLE and column.name in known
            else known.get(column.name)
            for column in MEASURED_COLUMNS
        }
