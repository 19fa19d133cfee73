"""Facts from headers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stellarview.domain.spectrum import MaskReason
from stellarview.io.fits_blocks import FitsDamage, FitsHeader
from stellarview.io.planes import fact_float, fact_int, fact_text, make_arm


def header(value: str, key: str = "KEY") -> FitsHeader:
    return FitsHeader(f"{key:<8}= {value}".ljust(80))


@pytest.mark.parametrize(
    ("value", "fact"),
    [
        ("-9999.0", None),
        ("'NaN'", None),
        ("-999", None),
        ("1.5D2", 150.0),
        ("'12.5'", 12.5),
        ("T", None),
        ("''", None),
        ("0", 0.0),
    ],
)
def test_that_sentinels_are_absent_facts(value: str, fact: float | None) -> None:
    assert fact_float(header(value), "KEY") == fact


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=70))
def test_that_no_card_makes_a_fact_that_is_not_finite(card: str) -> None:
    fact = fact_float(header(card), "KEY")
    assert fact is None or math.isfinite(fact)


def test_that_the_first_keyword_that_knows_something_counts() -> None:
    both = FitsHeader("SNRG    = -9999.0".ljust(80) + "SN_G    = 6.19".ljust(80))
    assert fact_float(both, "SNRG", "SN_G") == 6.19


@pytest.mark.parametrize(("value", "fact"), [("'Non     '", None), ("'G2'", "G2"), ("'NULL'", None), ("3", None)])
def test_that_words_that_say_nothing_are_absent(value: str, fact: str | None) -> None:
    assert fact_text(header(value), "KEY") == fact


@pytest.mark.parametrize(("value", "fact"), [("939701176", 939701176), ("'12'", 12), ("1.5", None), ("-1", None)])
def test_that_identifiers_are_whole_numbers(value: str, fact: int | None) -> None:
    assert fact_int(header(value), "KEY") == fact


@pytest.mark.parametrize("count", [0, 1])
def test_that_an_arm_of_no_pixels_is_refused(count: int) -> None:
    planes = [np.ones(count)] * 3
    with pytest.raises(FitsDamage, match=f"{count} pixels"):
        make_arm("B", *planes)


def test_that_fluxes_beyond_any_unit_are_no_numbers() -> None:
    flux = np.array([1.0, 2e30, -2e30, 9e29])
    arm = make_arm("B", 4000.0 + np.arange(4), flux, np.ones(4))
    assert arm.mask.tolist() == [0, MaskReason.NON_FINITE, MaskReason.NON_FINITE, 0]
    assert arm.flux[1:3].tolist() == arm.ivar[1:3].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("flux", [0.0, 100.0])
def test_that_an_arm_of_one_flux_alone_is_no_spectrum(flux: float) -> None:
    with pytest.raises(FitsDamage, match="every flux is the same"):
        make_arm("LRS", 4000.0 + np.arange(4), np.full(4, flux), np.ones(4))
