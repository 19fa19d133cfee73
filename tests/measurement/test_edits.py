"""Edits change what they say, where they say it, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spectra import arm, observed, spectrum

from stellarview.domain.arrays import FloatArray
from stellarview.domain.edit import Edit
from stellarview.domain.errors import StellarViewError
from stellarview.domain.lines import vacuum_to_air
from stellarview.domain.rest_frame import own_wavelengths
from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, MaskReason, RadialVelocity, Spectrum
from stellarview.measurement.edits import with_edits

CENTRE, SIGMA, DEPTH = 5100.0, 1.0, 0.5
STRETCH = (5090.0, 5110.0)


def gaussian(x: FloatArray, centre: float = CENTRE) -> FloatArray:
    return np.asarray(np.exp(-0.5 * ((x - centre) / SIGMA) ** 2))


def one_line(slope: float = 1e-3, noise: float = 0.0, step: float = 0.1) -> tuple[Spectrum, FloatArray]:
    """A Gaussian line on a tilted continuum, at rest, and this continuum."""
    x = np.arange(5050.0, 5150.0, step)
    continuum = 1000.0 * (1.0 + slope * (x - CENTRE))
    errors = np.random.default_rng(1).normal(0.0, noise, x.size) if noise else 0.0
    flux = continuum * (1.0 - DEPTH * gaussian(x)) + errors
    ivar = np.full(x.size, 1.0 / (noise or 1.0) ** 2)
    one = arm("B", wavelength_angstrom=x, flux=flux, ivar=ivar, mask=np.zeros(x.size, dtype=np.uint16))
    return spectrum(one, frame="rest"), continuum


def edited(star: Spectrum, *facts: object) -> FloatArray:
    return with_edits(star, [Edit(*STRETCH, *facts)]).arms[0].flux  # type: ignore[arg-type]


def inside(star: Spectrum, stretch: tuple[float, float] = STRETCH) -> np.ndarray:
    x = star.arms[0].wavelength_angstrom
    return (x >= stretch[0]) & (x <= stretch[1])


@given(factor=st.floats(0.0, 10.0), slope=st.floats(-5e-3, 5e-3))
def test_that_scaling_multiplies_the_depth_below_the_local_continuum(factor: float, slope: float) -> None:
    star, continuum = one_line(slope)
    expected = continuum * (1.0 - factor * DEPTH * gaussian(star.arms[0].wavelength_angstrom))
    assert np.allclose(edited(star, "scale", factor)[inside(star)], expected[inside(star)], atol=1e-6 * 1000.0)


@given(velocity=st.floats(-200.0, 200.0))
def test_that_shifting_moves_a_line_by_the_velocity(velocity: float) -> None:
    star, continuum = one_line()
    x = star.arms[0].wavelength_angstrom
    moved_to = CENTRE * (1.0 + velocity / SPEED_OF_LIGHT_KM_S)
    depth = (continuum - edited(star, "shift", velocity))[inside(star)]
    assert np.average(x[inside(star)], weights=depth) == pytest.approx(moved_to, abs=0.01)
    assert depth.max() == pytest.approx(DEPTH * 1000.0, rel=0.01)


@pytest.mark.parametrize("facts", [("scale", 1.0), ("shift", 0.0)])
def test_that_an_edit_by_nothing_changes_nothing(facts: tuple[str, float]) -> None:
    star, _ = one_line(noise=20.0)
    before, after = star.arms[0], with_edits(star, [Edit(*STRETCH, *facts)]).arms[0]  # type: ignore[arg-type]
    assert np.allclose(after.flux, before.flux, rtol=1e-12)
    assert np.allclose(after.ivar, before.ivar, rtol=1e-12)
    assert (after.mask == before.mask).all()


@given(
    kind=st.sampled_from(["mask", "scale", "shift"]),
    amount=st.floats(0.0, 10.0),
    start=st.floats(4800.0, 6900.0),
    width=st.floats(0.5, 600.0),
    n_bad=st.integers(0, 2000),
)
def test_that_only_the_stretch_changes_and_all_stays_finite(
    kind: str, amount: float, start: float, width: float, n_bad: int
) -> None:
    star = observed(velocity=50.0, n_bad=n_bad)
    edit = Edit(start, start + width, kind, amount)  # type: ignore[arg-type]
    try:
        after = with_edits(star, [edit])
    except StellarViewError as error:
        assert "too few good pixels" in error.why
        return
    low, high = own_wavelengths(star, edit.start_angstrom, edit.stop_angstrom)
    for old, new in zip(star.arms, after.arms, strict=True):
        outside = (old.wavelength_angstrom < low) | (old.wavelength_angstrom > high)
        for name in ("flux", "ivar", "mask"):
            assert np.array_equal(getattr(old, name)[outside], getattr(new, name)[outside])
        assert np.isfinite(new.flux).all()
        assert (np.isfinite(new.ivar) & (new.ivar > 0)).all()
        assert new.flux.dtype == old.flux.dtype
        bad = ~old.is_good
        assert np.array_equal(old.flux[bad], new.flux[bad])


def test_that_masked_pixels_say_that_a_hand_masked_them() -> None:
    star, _ = one_line()
    after = with_edits(star, [Edit(*STRETCH)]).arms[0]
    assert np.array_equal((after.mask & MaskReason.USER) != 0, inside(star))
    assert np.array_equal(after.flux, star.arms[0].flux)


def test_that_errors_scale_with_the_line_and_end_at_those_of_the_continuum() -> None:
    star, _ = one_line(noise=20.0)
    chosen = inside(star)
    sigma = {
        factor: with_edits(star, [Edit(*STRETCH, "scale", factor)]).arms[0].sigma[chosen] for factor in (0.0, 1.0, 2.0)
    }
    assert sigma[1.0] == pytest.approx(20.0)
    assert (np.abs(sigma[2.0] / 40.0 - 1.0) < 0.02).all()
    band_pixels = 50  # a quarter of 20 A, in pixels of 0.1 A; two such bands at the ends, both half in the middle
    assert (sigma[0.0] < 1.4 * 20.0 / np.sqrt(band_pixels)).all()
    assert (sigma[0.0] > 0.6 * 20.0 / np.sqrt(band_pixels)).all()


def test_that_an_edit_finds_its_line_whatever_the_velocity_and_the_medium() -> None:
    star, _ = one_line()
    x = star.arms[0].wavelength_angstrom
    for velocity, medium in ((0.0, "vacuum"), (150.0, "vacuum"), (-80.0, "air")):
        own = x * (1.0 + velocity / SPEED_OF_LIGHT_KM_S)
        own = vacuum_to_air(own) if medium == "air" else own
        moved = replace(
            star,
            arms=(replace(star.arms[0], wavelength_angstrom=own),),
            frame="observed",
            medium=medium,
            velocity=RadialVelocity(velocity, None, "user"),
        )
        assert np.allclose(edited(moved, "scale", 0.0), edited(star, "scale", 0.0), atol=1e-3)


def test_that_edits_are_made_one_after_the_other() -> None:
    star, _ = one_line()
    twice = with_edits(star, [Edit(*STRETCH, "scale", 2.0), Edit(*STRETCH, "scale", 0.5)]).arms[0].flux
    assert np.allclose(twice, star.arms[0].flux, atol=1e-6 * 1000.0)
    gone = with_edits(star, [Edit(*STRETCH), Edit(*STRETCH, "scale", 0.0)]).arms[0].flux
    assert np.array_equal(gone, star.arms[0].flux)  # a masked pixel is not changed any more


@pytest.mark.parametrize("stretch", [(5000.0, 5110.0), (5090.0, 5300.0), (4000.0, 6000.0)])
def test_that_at_an_end_of_the_arm_the_continuum_is_drawn_through_the_stretch_itself(
    stretch: tuple[float, float],
) -> None:
    star, continuum = one_line()
    gone = with_edits(star, [Edit(*stretch, "scale", 0.0)]).arms[0].flux
    assert np.allclose(gone, np.where(inside(star, stretch), continuum, star.arms[0].flux), atol=1e-6 * 1000.0)


def test_that_a_continuum_of_too_few_pixels_is_refused_but_may_be_masked() -> None:
    star, _ = one_line()
    mask = np.where(np.abs(star.arms[0].wavelength_angstrom - CENTRE) < 0.15, 0, 1).astype(np.uint16)
    poor = replace(star, arms=(replace(star.arms[0], mask=mask),))
    with pytest.raises(StellarViewError, match="too few good pixels"):
        edited(poor, "scale", 0.0)
    assert np.array_equal(edited(poor), star.arms[0].flux)


def test_that_an_edit_beyond_the_spectrum_changes_nothing() -> None:
    star, _ = one_line()
    after = with_edits(star, [Edit(8000.0, 8100.0, "scale", 0.0), Edit(8000.0, 8100.0)])
    assert np.array_equal(after.arms[0].flux, star.arms[0].flux)
    assert not after.arms[0].mask.any()
