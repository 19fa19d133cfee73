"""Spectra of one star are found out, wherever in the sky it is."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from stellarview.domain.spectrum import HeaderFacts
from stellarview.training.stars import SAME_STAR_ARCSEC, Sky, StarNumbers


@given(st.floats(0, 360), st.floats(-90, 90), st.floats(0, 2 * math.pi), st.floats(0, 2))
def test_that_a_place_is_found_up_to_the_width_of_a_fibre(ra: float, dec: float, angle: float, widths: float) -> None:
    sky, step = Sky(), widths * SAME_STAR_ARCSEC / 3600
    sky.add(ra, dec, 7)
    other_dec = dec + step * math.sin(angle)
    if abs(other_dec) > 89.9 or abs(widths - 1) < 0.01:
        return
    other_ra = ra + step * math.cos(angle) / math.cos(math.radians(dec)) if abs(dec) < 80 else ra
    found = sky.near(other_ra % 360, other_dec)
    expected = widths < 1 if abs(dec) < 80 else abs(step * math.sin(angle)) < SAME_STAR_ARCSEC / 3600
    assert (found == 7) == expected


def test_that_spectra_share_a_number_by_each_way_to_know_a_star() -> None:
    numbers = StarNumbers()
    first = HeaderFacts(obsid=1, designation="LAMOST J01+02", ra_deg=10.0, dec_deg=20.0)
    assert numbers.number_of(first) == 0
    assert numbers.number_of(HeaderFacts(obsid=1)) == 0
    assert numbers.number_of(HeaderFacts(obsid=2, designation="lamost J01+02")) == 0
    assert numbers.number_of(HeaderFacts(obsid=3, ra_deg=10.0, dec_deg=20.0 + 1 / 3600)) == 0
    assert numbers.number_of(HeaderFacts(obsid=4, ra_deg=10.0, dec_deg=20.1), row=5) == 1
    assert numbers.number_of(HeaderFacts(obsid=5), row=5) == 1
    assert numbers.number_of(HeaderFacts()) == 2
    assert numbers.number_of(HeaderFacts()) == 3
