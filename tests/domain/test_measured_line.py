"""A measured line keeps every number of its row, and comes back from a file as it was."""

from __future__ import annotations

import json

import pytest
from synthetic_lines import LINE, star_with_line

from stellarview.domain.line_measurement import Profile, line_row
from stellarview.domain.measured_line import MEASURED_COLUMNS, MeasuredLine
from stellarview.domain.typed_json import dataclass_from, json_facts
from stellarview.measurement.line import measure_line


@pytest.mark.parametrize("profile", ["none", "gaussian", "voigt"])
def test_that_a_measured_line_keeps_its_row(profile: Profile) -> None:
    told = measure_line(star_with_line(0.5), 5096.0, 5104.0, profile, LINE)
    kept = MeasuredLine.of(told, "83555758")
    assert kept.row == line_row(told) | {"exposure": "83555758"}
    assert list(kept.row) == [column.name for column in MEASURED_COLUMNS]


@pytest.mark.parametrize("profile", ["none", "gaussian"])
def test_that_it_keeps_what_is_drawn(profile: Profile) -> None:
    told = measure_line(star_with_line(0.5), 5096.0, 5104.0, profile, LINE)
    drawn = told.continuum_flux_N if told.profile_flux_N is None else told.profile_flux_N
    kept = MeasuredLine.of(told, "coadd")
    assert kept.curve_angstrom == tuple(told.wavelength_angstrom_N.tolist())
    assert kept.curve_flux == tuple(drawn.tolist())


def test_that_it_comes_back_from_json() -> None:
    kept = MeasuredLine.of(measure_line(star_with_line(0.5), 5096.0, 5104.0, "voigt"), "coadd")
    facts = json.loads(json.dumps(json_facts(kept), allow_nan=False))
    assert dataclass_from(MeasuredLine, facts, "line") == kept
    assert kept.name == "5096.0-5104.0 A"
