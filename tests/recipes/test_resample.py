"""Onto a network's wavelengths."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spectra import arm, observed, spectrum

from stellarview.domain.spectrum import MaskReason, Spectrum
from stellarview.recipes.resample import Resample, Window

METHODS = ["linear", "flux-conserving"]


def ramp(n: int = 400, slope: float = 2.0, **changes: np.ndarray) -> Spectrum:
    wavelength = 5000 + 0.8 * np.arange(n)
    facts = {"wavelength_angstrom": wavelength, "flux": slope * wavelength, "ivar": np.full(n, 4.0)}
    return spectrum(arm(n=n, **(facts | changes)))


def onto(window: Window, method: str, of: Spectrum) -> Spectrum:
    return Resample((window,), method)(of)  # type: ignore[arg-type]


def test_that_windows_have_the_papers_step() -> None:
    grid = Window("B", 4968.0, 5328.0, 3600).wavelength_angstrom
    assert grid[0] == 4968.0
    assert np.diff(grid) == pytest.approx(0.1)
    logarithmic = Window("LRS", 3700.0, 9000.0, 3700, "log").wavelength_angstrom
    assert np.ptp(np.diff(np.log(logarithmic))) < 1e-12


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=30)
@given(points=st.integers(20, 900))
def test_that_a_straight_line_stays_a_straight_line(method: str, points: int) -> None:
    window = Window("LRS", 5010.0, 5300.0, points)
    result = onto(window, method, ramp()).arms[0]
    # Mean flux over pixels knows a slope only to half an input pixel: 0.4 A of 5000 A.
    assert result.flux == pytest.approx(2 * window.wavelength_angstrom, rel=1e-9 if method == "linear" else 8e-5)
    assert result.is_good.all()


def test_that_flux_is_conserved_over_a_line() -> None:
    wavelength = 5000 + 0.3 * np.arange(1000)
    line = np.exp(-0.5 * ((wavelength - 5150) / 0.9) ** 2)
    result = onto(
        Window("LRS", 5020.0, 5280.0, 131), "flux-conserving", ramp(1000, wavelength_angstrom=wavelength, flux=line)
    )
    assert result.arms[0].flux.sum() * (260 / 131) == pytest.approx(line.sum() * 0.3, rel=1e-6)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("points", [120, 363, 1500])
def test_that_the_stated_errors_are_those_that_noise_makes(method: str, points: int) -> None:
    rng = np.random.default_rng(5)
    window = Window("LRS", 5010.0, 5300.0, points)
    results = [onto(window, method, ramp(flux=1000 + rng.normal(0, 0.5, 400))).arms[0] for _ in range(150)]
    scatter = np.std([result.flux for result in results], axis=0)
    assert np.median(scatter * np.sqrt(results[0].ivar)) == pytest.approx(1.0, abs=0.06)


@pytest.mark.parametrize("method", METHODS)
def test_that_masked_gaps_stay_masked_after_resampling(method: str) -> None:
    mask, flux = np.zeros(400, dtype=np.uint16), np.full(400, 10.0)
    mask[100:105], flux[100:105] = MaskReason.ANDMASK, 1e6
    window = Window("LRS", 5010.0, 5300.0, 900)
    result = onto(window, method, ramp(flux=flux, mask=mask)).arms[0]
    inside = (window.wavelength_angstrom > 5080.0) & (window.wavelength_angstrom < 5083.2)
    assert ((result.mask[inside] & MaskReason.ANDMASK) != 0).all()
    assert result.flux.max() == pytest.approx(10.0)
    far = np.abs(window.wavelength_angstrom - 5081.6) > 4.0
    assert result.is_good[far].all()


@pytest.mark.parametrize("method", METHODS)
def test_that_pixels_beyond_the_arm_are_outside_and_hold_the_edge(method: str) -> None:
    result = onto(Window("LRS", 4900.0, 5400.0, 500), method, ramp(flux=np.full(400, 7.0))).arms[0]
    grid = np.linspace(4900, 5400, 500, endpoint=False)
    outside = (grid < 4999.0) | (grid > 5320.5)
    assert ((result.mask[outside] & MaskReason.OUTSIDE) != 0).all()
    assert (result.ivar[outside] == 0).all()
    assert result.flux == pytest.approx(7.0)


def test_that_a_run_of_bad_pixels_reaching_out_of_the_window_is_bridged_from_its_true_neighbours() -> None:
    mask, flux = np.zeros(400, dtype=np.uint16), 2.0 * (5000 + 0.8 * np.arange(400))
    mask[60:160], flux[60:160] = MaskReason.ANDMASK, -1e6
    window = Window("LRS", 5100.0, 5300.0, 500)
    result = onto(window, "linear", ramp(flux=flux, mask=mask)).arms[0]
    assert result.flux == pytest.approx(2 * window.wavelength_angstrom, rel=1e-9)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_that_any_share_of_an_unknown_pixel_leaves_the_result_unknown(method: str, dtype: type) -> None:
    ivar = np.full(400, 4.0)
    ivar[200] = 0.0
    unknown = ramp(flux=np.full(400, 7.0, dtype=dtype), ivar=ivar.astype(dtype), mask=np.where(ivar > 0, 0, 4))
    result = onto(Window("LRS", 5150.0, 5170.0, 2003), method, unknown).arms[0]
    touched = ~result.is_good
    assert touched.any()
    assert (result.ivar[touched] == 0).all()
    assert (result.ivar[~touched] > 0.1).all()


def test_that_a_spectrum_of_bad_pixels_alone_stays_wholly_masked() -> None:
    result = onto(Window("LRS", 5010.0, 5300.0, 90), "linear", ramp(mask=np.full(400, 1, dtype=np.uint16)))
    assert not result.arms[0].is_good.any()
    assert np.isfinite(result.arms[0].flux).all()


def test_that_each_window_takes_the_arm_that_covers_it() -> None:
    windows = (Window("one", 6400.0, 6500.0, 50), Window("two", 5000.0, 5100.0, 50))
    red, blue = Resample(windows)(observed()).arms
    assert (red.name, blue.name) == ("one", "two")
    assert red.is_good.all()
    assert blue.is_good.all()
