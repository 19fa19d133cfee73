"""Bad pixels: found, counted, and lines left in peace."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spectra import arm, observed, spectrum

from stellarview.domain.spectrum import MaskReason, Spectrum
from stellarview.domain.stack import stack_spectra
from stellarview.recipes import RECIPES
from stellarview.recipes.mask_bad_pixels import MaskBadPixels, pixel_quality


def with_flux(original: Spectrum, flux: np.ndarray) -> Spectrum:
    return replace(original, arms=(replace(original.arms[0], flux=flux), *original.arms[1:]))


def cosmic_rays(of: Spectrum) -> list[int]:
    return np.flatnonzero(MaskBadPixels()(of).arms[0].mask & MaskReason.COSMIC_RAY).tolist()


@settings(max_examples=25)
@given(position=st.integers(50, 3500), height=st.floats(1.0, 50.0))
def test_that_a_spike_of_one_pixel_is_found_wherever_it_strikes(position: int, height: float) -> None:
    clean = observed(seed=3)
    flux = np.array(clean.arms[0].flux)
    flux[position] += height * flux.max()
    assert position in cosmic_rays(with_flux(clean, flux))


@pytest.mark.parametrize("offset_pixels", [0.0, 0.25, 0.5])
def test_that_an_unresolved_emission_line_is_no_cosmic_ray(offset_pixels: float) -> None:
    clean = observed(seed=3, snr=300.0)
    wavelength = clean.arms[0].wavelength_angstrom
    centre = 5175.0 + offset_pixels * (wavelength[1001] - wavelength[1000])
    sigma = 5175.0 / 7500 / 2.3548
    line = 20 * clean.arms[0].flux.mean() * np.exp(-0.5 * ((wavelength - centre) / sigma) ** 2)
    assert cosmic_rays(with_flux(clean, clean.arms[0].flux + line)) == []


def test_that_noise_alone_is_hardly_ever_taken_for_cosmic_rays() -> None:
    found = [len(cosmic_rays(observed(seed=k, snr=20.0))) for k in range(20)]
    assert sum(found) <= 2


def test_that_pixels_without_information_are_masked_with_their_reason() -> None:
    bad = spectrum(arm(ivar=np.array([0.0, 1, 1, 1, 1, 1, 1, 1])))
    assert MaskBadPixels()(bad).arms[0].mask[0] == MaskReason.NO_IVAR


def test_that_a_rejected_ormask_pixel_says_why_it_was_rejected() -> None:
    marked = spectrum(arm(mask=np.array([MaskReason.ORMASK, 0, 0, 0, 0, 0, 0, 0])))
    reason = MaskReason(int(MaskBadPixels(use_ormask=True)(marked).arms[0].mask[0]))
    assert MaskReason.ANDMASK not in reason
    assert MaskReason.REJECTED in reason


def test_that_a_number_that_is_none_poisons_nothing() -> None:
    clean = observed(seed=3)
    flux, ivar = np.array(clean.arms[0].flux), np.array(clean.arms[0].ivar)
    flux[100], ivar[200] = np.nan, np.inf
    dirty = replace(clean, arms=(replace(clean.arms[0], flux=flux, ivar=ivar), clean.arms[1]))
    ready = RECIPES["rrnet"](dirty)
    assert np.isfinite(ready.arms[0].flux).all()
    assert ready.arms[0].is_good.mean() > 0.99


@pytest.mark.parametrize("offset_pixels", [0.0, 0.25, 0.5])
def test_that_an_unresolved_emission_line_of_lrs_is_no_cosmic_ray(offset_pixels: float) -> None:
    wavelength = 10 ** (3.6 + 1e-4 * np.arange(3000))
    pixel = wavelength[1001] - wavelength[1000]
    line = np.exp(
        -0.5 * ((wavelength - wavelength[1000] - offset_pixels * pixel) / (wavelength[1000] / 1800 / 2.3548)) ** 2
    )
    one = arm(n=3000, wavelength_angstrom=wavelength, flux=100 + 5000 * line, ivar=np.ones(3000), resolution=1800.0)
    assert cosmic_rays(spectrum(one)) == []


@pytest.mark.parametrize(("use_ormask", "n_bad"), [(False, 0), (True, 1)])
def test_that_ormask_counts_only_when_asked_for(use_ormask: bool, n_bad: int) -> None:
    marked = spectrum(arm(mask=np.array([MaskReason.ORMASK, 0, 0, 0, 0, 0, 0, 0])))
    assert (~MaskBadPixels(use_ormask=use_ormask)(marked).arms[0].is_good).sum() == n_bad


@pytest.mark.parametrize(
    ("bad", "count", "run"), [([], 0, 0), ([3], 1, 1), ([0, 1, 2, 7], 4, 3), ([5, 6, 7], 3, 3), (list(range(8)), 8, 8)]
)
def test_that_bad_pixels_and_the_longest_run_are_counted(bad: list[int], count: int, run: int) -> None:
    mask = np.zeros(8, dtype=np.uint16)
    mask[bad] = MaskReason.ANDMASK
    quality = pixel_quality(stack_spectra([spectrum(arm(mask=mask))]))
    assert (quality.n_bad_B[0], quality.longest_run_B[0]) == (count, run)


@pytest.mark.parametrize(("n_bad", "spacing", "ok"), [(100, 2, True), (101, 2, False), (30, 1, True), (31, 1, False)])
def test_that_the_quality_rules_are_those_of_the_paper(n_bad: int, spacing: int, ok: bool) -> None:
    mask = np.zeros(400, dtype=np.uint16)
    mask[: n_bad * spacing : spacing] = MaskReason.ANDMASK
    assert pixel_quality(stack_spectra([spectrum(arm(n=400, mask=mask))])).is_acceptable_B[0] == ok
