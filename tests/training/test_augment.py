"""Augmentations do what they say, to each spectrum by itself, from a generator of their own."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from dataclasses import fields

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S
from stellarview.training import augment
from stellarview.training.augment import AUGMENTATIONS, augmentations_from
from stellarview.training.augment.augmentation import ArmGrid, Augmentation, Batch
from stellarview.training.augment.ccd_noise import CcdNoise
from stellarview.training.augment.continuum_tilt import ContinuumTilt
from stellarview.training.augment.cosmic_rays import CosmicRays
from stellarview.training.augment.dead_columns import DeadColumns
from stellarview.training.augment.line_depths import LineDepths
from stellarview.training.augment.masked_runs import MaskedRuns, bridged
from stellarview.training.augment.noise_at_snr import NoiseAtSnr
from stellarview.training.augment.resolution_jitter import ResolutionJitter, blurred
from stellarview.training.augment.velocity_jitter import VelocityJitter, cubic, shifted, whole_rows

BLUE, RED = np.linspace(5000.0, 5060.0, 61), np.geomspace(6500.0, 6600.0, 80)
GRID = (ArmGrid.of(BLUE, 0), ArmGrid.of(RED, 61))


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def batch(count: int = 8, seed: int = 0) -> Batch:
    flux_BL = 1.0 + 0.1 * torch.randn(count, 141, generator=seeded(seed))
    return Batch(flux_BL, torch.rand(count, 141, generator=seeded(seed + 1)) > 0.1)


def line(wavelength: np.ndarray | Tensor, centre: float, width: float) -> Tensor:
    x = torch.as_tensor(np.asarray(wavelength))
    return (1.0 - 0.6 * torch.exp(-0.5 * ((x - centre) / width) ** 2)).float()


@pytest.mark.parametrize("kind", AUGMENTATIONS.values(), ids=str)
@given(seed=st.integers(0, 1000), share=st.sampled_from([0.0, 0.5, 1.0]))
@settings(max_examples=15)
def test_that_augmentations_keep_shapes_and_inputs_and_repeat_themselves(
    kind: type[Augmentation], seed: int, share: float
) -> None:
    given_, untouched, one = batch(), batch(), kind(share=share)
    first, second = one(given_, GRID, seeded(seed)), one(given_, GRID, seeded(seed))
    assert torch.equal(given_.flux_BL, untouched.flux_BL)
    assert torch.equal(given_.good_BL, untouched.good_BL)
    assert torch.equal(first.flux_BL, second.flux_BL)
    assert torch.equal(first.good_BL, second.good_BL)
    assert first.flux_BL.shape == given_.flux_BL.shape
    assert first.flux_BL.dtype == torch.float32
    assert first.good_BL.dtype == torch.bool
    assert torch.isfinite(first.flux_BL).all()
    assert not (first.good_BL & ~given_.good_BL).any()
    if share == 0.0:
        assert torch.equal(first.flux_BL, given_.flux_BL)


@pytest.mark.parametrize("kind", AUGMENTATIONS.values(), ids=str)
def test_that_no_spectrum_feels_its_neighbours(kind: type[Augmentation]) -> None:
    given_ = batch()
    other = Batch(given_.flux_BL.clone(), given_.good_BL)
    other.flux_BL[3:] += 1.0
    one, two = (kind()(x, GRID, seeded(4)).flux_BL for x in (given_, other))
    assert torch.equal(one[:3], two[:3])


def test_that_every_module_stands_in_the_table() -> None:
    modules = {name for _, name, _ in pkgutil.iter_modules(augment.__path__)} - {"augmentation", "draw"}
    assert modules == set(AUGMENTATIONS)
    assert all(kind.name == name for name, kind in AUGMENTATIONS.items())


def test_that_every_field_says_what_it_does() -> None:
    assert all(field.metadata["about"] for kind in AUGMENTATIONS.values() for field in fields(kind))


def test_that_the_table_does_not_wait_for_torch() -> None:
    code = "import sys, stellarview.training.config_file; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"step": "noise"}, "none of noise_at_snr"),
        ({}, "none of"),
        ({"step": "noise_at_snr", "lest": 3.0}, "no parameter lest"),
        ({"step": "noise_at_snr", "least": 0.0}, "S/N from 0"),
        ({"step": "ccd_noise", "share": 2.0}, "share is 2"),
        ({"step": "dead_columns", "longest": 0}, "below 1"),
        ({"step": "line_depths", "width_pixels": 0}, "at least 1"),
    ],
)
def test_that_nonsense_is_refused(entry: dict[str, object], why: str) -> None:
    with pytest.raises((ValueError, TypeError), match=why):
        augmentations_from([entry])


def test_that_noise_has_the_drawn_signal_to_noise_ratio() -> None:
    flat = Batch(torch.ones(2000, 141), torch.ones(2000, 141, dtype=torch.bool))
    noise = NoiseAtSnr(least=20.0, most=80.0)(flat, GRID, seeded()).flux_BL - 1.0
    snr = 1.0 / noise.std(dim=1)
    assert 15 < snr.min() < 24
    assert 70 < snr.max() < 100
    assert snr.median() == pytest.approx(40, rel=0.1)  # the middle of the logarithms
    assert noise.mean() == pytest.approx(0, abs=1e-3)


def test_that_ccd_noise_grows_with_the_light() -> None:
    flux = torch.cat([torch.zeros(4000, 1), torch.ones(4000, 1), torch.full((4000, 1), 4.0)], dim=1)
    noisy = CcdNoise(read=0.03, shot=0.04)(Batch(flux, flux >= 0), (), seeded()).flux_BL - flux
    assert noisy.std(dim=0).tolist() == pytest.approx([0.03, 0.05, 0.0854], rel=0.05)


@given(most=st.integers(1, 6), seed=st.integers(0, 100))
def test_that_cosmic_rays_hit_as_many_pixels_as_allowed(most: int, seed: int) -> None:
    flux = torch.full((200, 141), 0.5)
    hit = CosmicRays(most=most)(Batch(flux, flux > 0), GRID, seeded(seed)).flux_BL
    counts = (hit == 1.0).sum(dim=1)
    assert ((hit == 1.0) | (hit == 0.5)).all()
    assert counts.min() >= 1
    assert counts.max() <= most


@given(longest=st.integers(1, 200), seed=st.integers(0, 100))
def test_that_dead_columns_are_one_run_of_zeros(longest: int, seed: int) -> None:
    flux = torch.ones(100, 141)
    dead = (DeadColumns(longest=longest)(Batch(flux, flux > 0), GRID, seeded(seed)).flux_BL == 0).int()
    assert ((dead.diff(dim=1) == 1).sum(dim=1) + dead[:, 0] == 1).all()
    assert dead.sum(dim=1).max() <= longest


def test_that_masked_runs_are_masked_and_bridged() -> None:
    given_ = batch(50)
    masked = MaskedRuns(count=1, longest=30)(given_, GRID, seeded())
    changed = given_.flux_BL != masked.flux_BL
    assert not (changed & masked.good_BL).any()
    straight = torch.arange(10.0)[None]
    run = torch.zeros(1, 10, dtype=torch.bool)
    run[0, 3:7] = True
    torch.testing.assert_close(bridged(straight.clone().masked_fill(run, 99.0), run), straight)
    ends = torch.zeros(2, 10, dtype=torch.bool)
    ends[0, :3], ends[1, 7:] = True, True
    assert bridged(straight.repeat(2, 1), ends)[0, :3].tolist() == [3.0, 3.0, 3.0]
    assert bridged(straight.repeat(2, 1), ends)[1, 7:].tolist() == [6.0, 6.0, 6.0]


@pytest.mark.parametrize(("wavelength", "width"), [(BLUE, 3.0), (RED, 4.0)], ids=["linear", "log"])
@given(velocity=st.floats(-300, 300))
def test_that_a_shift_is_that_of_the_wavelengths(wavelength: np.ndarray, width: float, velocity: float) -> None:
    arm, centre = ArmGrid.of(wavelength, 0), float(wavelength.mean())
    assert arm.spacing == ("linear" if wavelength is BLUE else "log")
    moved = shifted(line(wavelength, centre, width)[None], arm, torch.tensor([[velocity]], dtype=torch.float32))
    expected = line(wavelength / (1 + velocity / SPEED_OF_LIGHT_KM_S), centre, width)
    torch.testing.assert_close(moved[0, 8:-8], expected[8:-8], atol=2e-3, rtol=0)


def test_that_velocities_scatter_as_asked() -> None:
    assert VelocityJitter(sigma_km_s=0.0)(batch(), GRID, seeded()).flux_BL.allclose(batch().flux_BL, atol=1e-6)
    with pytest.raises(ValueError, match="sigma_km_s"):
        VelocityJitter(sigma_km_s=-1.0)


def test_that_a_tilt_is_smooth_and_parts_the_arms() -> None:
    flat = Batch(torch.ones(500, 141), torch.ones(500, 141, dtype=torch.bool))
    tilted = ContinuumTilt(degree=1, sigma=0.05)(flat, GRID, seeded()).flux_BL
    assert tilted[:, :61].diff(dim=1).diff(dim=1).abs().max() < 1e-5
    assert tilted[:, 30].std() == pytest.approx(0.05, rel=0.15)
    assert torch.corrcoef(torch.stack([tilted[:, 30], tilted[:, 100]]))[0, 1].abs() < 0.2


@given(sigma=st.floats(0.8, 3.0))
def test_that_a_blur_widens_lines_in_quadrature(sigma: float) -> None:
    n = 121
    narrow = line(np.arange(n, dtype=float), 60.0, 3.0)[None]
    expected_width = float(np.hypot(3.0, sigma))
    x = torch.arange(n, dtype=torch.float32)
    expected = 1.0 - 0.6 * 3.0 / expected_width * torch.exp(-0.5 * ((x - 60.0) / expected_width) ** 2)
    torch.testing.assert_close(blurred(narrow, torch.tensor([[sigma]]), 12)[0], expected, atol=2e-3, rtol=0)


def test_that_a_blur_keeps_a_flat_continuum() -> None:
    flat = Batch(torch.ones(20, 141), torch.ones(20, 141, dtype=torch.bool))
    torch.testing.assert_close(ResolutionJitter(most_pixels=3.0)(flat, GRID, seeded()).flux_BL, flat.flux_BL)


def test_that_every_module_can_be_imported_alone() -> None:
    for name in AUGMENTATIONS:
        importlib.import_module(f"stellarview.training.augment.{name}")


@given(shift=st.lists(st.floats(-6.0, 6.0), min_size=1, max_size=5), seed=st.integers(0, 9))
def test_that_shifting_whole_rows_is_the_cubic_of_each_pixel(shift: list[float], seed: int) -> None:
    flux_BN = torch.randn(len(shift), 40, generator=torch.Generator().manual_seed(seed))
    shift_B1 = torch.tensor(shift)[:, None]
    expected = cubic(flux_BN, torch.arange(40.0), shift_B1.expand(-1, 40))
    assert torch.allclose(whole_rows(flux_BN, shift_B1), expected, atol=1e-5)


def test_that_line_depths_err_with_the_asked_scatter_and_leave_the_continuum_alone() -> None:
    flux = torch.full((4000, 141), 0.6)
    flux[:, 70:] = 1.0
    depth = 1.0 - LineDepths(sigma=0.1, width_pixels=5)(Batch(flux, flux > 0), GRID, seeded()).flux_BL
    assert (depth[:, 70:] == 0).all()
    assert depth[:, 0:70:5].std(dim=0).tolist() == pytest.approx([0.04] * 14, rel=0.1)
    one, next_, far = depth[:, 10], depth[:, 11], depth[:, 20]
    assert torch.corrcoef(torch.stack([one, next_]))[0, 1] > 0.9  # one line errs as one
    assert abs(torch.corrcoef(torch.stack([one, far]))[0, 1]) < 0.1
