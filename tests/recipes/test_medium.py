"""Air, vacuum, and the guard against converting twice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from spectra import spectrum

from stellarview.domain.errors import StellarViewError
from stellarview.recipes.medium import InVacuum, ToAir, ToVacuum


def test_that_there_and_back_is_where_we_were() -> None:
    before = spectrum()
    after = ToVacuum()(ToAir()(before))
    assert after.medium == "vacuum"
    assert np.allclose(after.arms[0].wavelength_angstrom, before.arms[0].wavelength_angstrom, atol=1e-8)


@pytest.mark.parametrize(("step", "medium"), [(ToVacuum(), "vacuum"), (ToAir(), "air")])
def test_that_a_second_conversion_is_refused(step: ToVacuum, medium: str) -> None:
    with pytest.raises(StellarViewError, match="already"):
        step(spectrum(medium=medium))


def test_that_in_vacuum_converts_only_what_is_in_air() -> None:
    vacuum = spectrum()
    assert np.array_equal(InVacuum()(vacuum).arms[0].wavelength_angstrom, vacuum.arms[0].wavelength_angstrom)
    shift = InVacuum()(spectrum(medium="air")).arms[0].wavelength_angstrom - vacuum.arms[0].wavelength_angstrom
    assert shift == pytest.approx(1.396, abs=0.002)


def test_that_a_spectrum_at_rest_is_not_converted() -> None:
    with pytest.raises(StellarViewError, match="at rest"):
        ToAir()(replace(spectrum(), frame="rest"))
