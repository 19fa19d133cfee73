"""Training: the slope that the search for kernels goes by is the slope of what it minimises."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_emulator import RULES, toy_flux, toy_labels

from stellarview.synthesis.features import features
from stellarview.synthesis.train import _blocks, _components, _cost


def test_that_the_slope_of_the_cost_is_its_finite_difference() -> None:
    labels = toy_labels(40, 3)
    inputs = features(labels, np.zeros(40))[:, :-1]
    inputs = (inputs - inputs.mean(axis=0)) / inputs.std(axis=0)
    components, _ = _components(toy_flux(labels)[:, 20:60] - toy_flux(labels)[:, 20:60].mean(axis=0), 1e-3)
    logs = np.random.default_rng(0).normal(-1.5, 0.3, 2 * inputs.shape[1] + 3)
    _, slope = _cost(logs, inputs, components, RULES)
    for place in (0, 3, inputs.shape[1], logs.size - 2, logs.size - 1):
        step = np.zeros(logs.size)
        step[place] = 1e-5
        high, low = (_cost(logs + sign * step, inputs, components, RULES)[0] for sign in (1, -1))
        assert slope[place] == pytest.approx((high - low) / 2e-5, rel=1e-3, abs=1e-6)


def test_that_blocks_cover_every_pixel_once_and_none_reaches_across_arms() -> None:
    blocks = _blocks([95, 60], 50)
    assert [(block.start, block.stop) for block in blocks] == [(0, 50), (50, 95), (95, 145), (145, 155)]


def test_that_components_give_back_the_block_but_for_what_was_left_out() -> None:
    flux = toy_flux(toy_labels(60, 4))[:, :80]
    components, basis = _components(flux - flux.mean(axis=0), 1e-3)
    left = flux - flux.mean(axis=0) - components @ basis
    assert np.sqrt((left**2).mean()) <= 1e-3
    np.testing.assert_allclose((components**2).mean(axis=0), 1.0)
