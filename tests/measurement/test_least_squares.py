"""The fit finds minima, keeps to its limits, and says what it knows."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stellarview.domain.arrays import FloatArray
from stellarview.measurement.least_squares import Model, least_squares

ANYWHERE = np.array([np.inf, np.inf])


def straight(x: FloatArray, y: FloatArray) -> Model:
    basis = np.stack([np.ones_like(x), x], axis=1)
    return lambda parameters: (basis @ parameters - y, basis)


@given(a=st.floats(-1e3, 1e3), b=st.floats(-1e3, 1e3), seed=st.integers(0, 99))
def test_that_a_straight_line_is_that_of_linear_least_squares(a: float, b: float, seed: int) -> None:
    x = np.linspace(-1.0, 2.0, 20)
    y = a + b * x + np.random.default_rng(seed).normal(0, 1, x.size)
    found = least_squares(straight(x, y), np.zeros(2), -ANYWHERE, ANYWHERE)
    basis = np.stack([np.ones_like(x), x], axis=1)
    assert found.has_converged
    assert np.allclose(found.parameters_P, np.linalg.lstsq(basis, y, rcond=None)[0], atol=1e-4)
    assert np.allclose(found.covariance_PP, np.linalg.inv(basis.T @ basis), rtol=1e-6)


def test_that_a_valley_that_bends_is_followed_to_its_lowest_point() -> None:
    def rosenbrock(p: FloatArray) -> tuple[FloatArray, FloatArray]:
        residuals = np.array([10.0 * (p[1] - p[0] ** 2), 1.0 - p[0]])
        return residuals, np.array([[-20.0 * p[0], 10.0], [-1.0, 0.0]])

    found = least_squares(rosenbrock, np.array([-1.2, 1.0]), -ANYWHERE, ANYWHERE)
    assert found.has_converged
    assert np.allclose(found.parameters_P, 1.0, atol=1e-3)


def test_that_a_parameter_at_its_limit_stays_there_and_has_no_variance() -> None:
    x = np.linspace(-1.0, 2.0, 20)
    found = least_squares(straight(x, 1.0 - 3.0 * x), np.array([0.0, 5.0]), np.array([-np.inf, 0.0]), ANYWHERE)
    assert found.has_converged
    assert found.is_free_P.tolist() == [True, False]
    assert found.parameters_P[1] == 0.0
    assert found.covariance_PP[1, 1] == 0.0
    assert abs(found.parameters_P[0] - np.mean(1.0 - 3.0 * x)) < 1e-4


def test_that_a_fit_that_finds_no_way_down_says_so() -> None:
    found = least_squares(lambda p: (p - 5.0, -np.eye(2)), np.zeros(2), -ANYWHERE, ANYWHERE)  # slopes that lie
    assert not found.has_converged
    assert np.allclose(found.parameters_P, 0.0)
