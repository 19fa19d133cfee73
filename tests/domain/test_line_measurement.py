"""A measured line in words, and as a row of a table."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from stellarview.domain.line_measurement import LINE_COLUMNS, LineFit, LineMeasurement, Measured, line_row


def measurement(fit: LineFit | None = None) -> LineMeasurement:
    return LineMeasurement(
        file="a.fits",
        line_name="Na D1",
        line_angstrom=5897.558,
        start_angstrom=5893.0,
        stop_angstrom=5901.0,
        continuum="local",
        equivalent_width_angstrom=Measured(0.8123, 0.0112),
        sigma_noise_angstrom=0.009,
        sigma_continuum_angstrom=0.0067,
        n_pixels=7,
        n_bad_pixels=1,
        fit=fit,
        flags=("1 of 7 pixels are bad: bridged",),
        wavelength_angstrom_N=np.arange(3.0),
        continuum_flux_N=np.ones(3),
    )


FIT = LineFit(
    "gaussian",
    True,
    centre_angstrom=Measured(5897.61, 0.02),
    fwhm_angstrom=Measured(3.3, 0.1),
    depth=Measured(0.23, 0.01),
    equivalent_width_angstrom=Measured(0.82, 0.02),
    reduced_chi2=1.13,
    velocity_km_s=Measured(2.6, math.inf),
)


@pytest.mark.parametrize(
    ("measured", "text"),
    [
        (Measured(0.8123, 0.0112), "0.812 ± 0.011 A"),
        (Measured(5184.96, 2.4), "5185.0 ± 2.4 A"),
        (Measured(-20.0, 26.0), "-20 ± 26 A"),
        (Measured(1.5, 0.0), "1.5 A"),
        (Measured(1.5, math.inf), "1.5 A"),
    ],
)
def test_that_numbers_have_the_digits_that_their_errors_allow(measured: Measured, text: str) -> None:
    assert measured.text("A") == text


def test_that_a_sentence_says_that_absorption_is_positive() -> None:
    assert measurement().sentence == (
        "Na D1: equivalent width 0.812 ± 0.011 A (absorption is positive); 1 of 7 pixels are bad: bridged"
    )
    assert "Gaussian: equivalent width 0.820 ± 0.020 A, centre 5897.610 ± 0.020 A" in measurement(FIT).sentence


@pytest.mark.parametrize("fit", [None, FIT])
def test_that_a_row_has_a_value_for_every_column_and_is_json(fit: LineFit | None) -> None:
    row = line_row(measurement(fit))
    assert list(row) == [column.name for column in LINE_COLUMNS]
    assert len({column.name for column in LINE_COLUMNS}) == len(LINE_COLUMNS)
    assert json.loads(json.dumps(row, allow_nan=False)) == row
    assert row["ew"] == 0.8123
    assert row["profile"] == ("gaussian" if fit else "none")
    assert row["centre"] == (5897.61 if fit else None)
    assert row["line_rv_sigma"] is None
